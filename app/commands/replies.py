"""What commands answer: short French, at most 160 septets, no name and no amount."""

from collections.abc import Sequence
from datetime import date

from app.amounts import francs
from app.gsm7 import fold, septets
from app.service import Service

HELP = "Jappoo: envoyez PRIX, SOLDE, PROD produit quantité, RAPPEL, NOTICE ou STOP. {cost}. Ou composez {code}"
STOPPED = "Jappoo: vous ne recevrez plus d'annonces. Contre les alertes aussi: STOP ALERTE. Pour reprendre: START."
STOPPED_ALERTS = "Jappoo: vous ne recevrez plus d'alertes urgentes. Pour reprendre: START."
STARTED = "Jappoo: vous recevez de nouveau annonces et alertes. Pour finir: STOP."
STARTED_LISTED = (
    "Jappoo: noté. Votre numéro est encore bloqué chez l'opérateur des SMS: un responsable est prévenu. Pour finir: STOP."
)
HOW_STOP = "Jappoo: pour ne plus recevoir d'annonces, envoyez STOP seul. Votre message est transmis à un responsable. {cost}."
NOT_UNDERSTOOD = "Jappoo: noté, un responsable lira votre message et vous répondra. Commandes: AIDE. {cost}. Menu: {code}"
NOT_DONE = " Pas fait, à renvoyer seul: {line}."
"""Behind the answer to the first order of an SMS, on its second."""
GREETED = "Jappoo: bonjour. Envoyez PRIX, SOLDE, PROD produit quantité, RAPPEL, ou écrivez votre question. {cost}. {code}"
NEVER_A_CODE = "Jappoo: n'envoyez jamais votre code: personne de la CPS ne le demande. Changez-le: {code} puis 7, 3. {cost}."
HOW_REPLY = (
    "Jappoo: envoyez REPONDRE, le numéro du message, puis votre texte. Messages: {code} puis 8, 6, 2. Rien n'est envoyé. {cost}."
)
REPLY_GONE = "Jappoo: message {number}: déjà traité, ou pas de votre CPS. Rien n'est envoyé. {cost}."
REPLY_LONG = "Jappoo: réponse trop longue: {most} caractères au plus. Rien n'est envoyé. {cost}."
REPLY_DIED = "Jappoo: code périmé (15 min), rien n'est parti. Renvoyez votre REPONDRE. {cost}."
REPLIED = "Jappoo: réponse au message {number} envoyée, {parts} SMS. Reste à lire: {left}."
ENOUGH = (
    "Jappoo: assez de réponses par SMS à ce numéro aujourd'hui. Ce message et les suivants ne sont pas traités. Composez {code}."
)
DONE_UNSAID = (
    "Jappoo: assez de réponses par SMS à ce numéro aujourd'hui. Vos STOP, devis, OUI et réclamations valent, sans réponse. {code}."
)
BALANCE = "Jappoo: pour voir vos soldes, composez {balance}. {cost}."
JOIN = "Jappoo: ce numéro n'est pas celui d'un membre actif. Voyez le secrétariat de votre CPS, ou envoyez RAPPEL. {cost}."
CALL_BACK = "Jappoo: c'est noté, {who} vous rappelle."
CALL_BACK_AGAIN = "Jappoo: déjà noté ({since}), {who} vous rappelle."
LANGUAGE = "Jappoo: langue notée: {name}."
LANGUAGE_TO_COME = "Jappoo: langue notée: {name}. Pas encore traduite: vos SMS restent comme avant."
WHICH_LANGUAGE = "Jappoo: envoyez LANGUE FR ou LANGUE WO. {cost}."
WHICH_PRODUCT = "Jappoo: lequel ? {near} ? Envoyez: {line}. Rien n'est enregistré. {cost}."
NO_PRODUCT = "Jappoo: produit inconnu dans votre CPS. Elle prend: {near}. Exemple: {line}. Rien n'est enregistré. {cost}."
PRODUCT_GONE = "Jappoo: votre CPS ne prend plus ce produit. Rien n'est enregistré. Pour la liste: PRIX. {cost}."
PRICE_OF_WHICH = "Jappoo: prix de {near} ? Envoyez {word} et un de ces noms. {cost}."
PRICE_OF_ONE = "Jappoo: prix de {near} ? Envoyez {line}. {cost}."
PRICE_OF_NONE = "Jappoo: produit inconnu ici. Pour la liste, envoyez PRIX. {cost}."
PRICE_AT_OR_GRADE = (
    "Jappoo: qualité A, ou toutes ? Envoyez TARIF {name} {amount}, ou TARIF {name} QUALITE A {amount}. Rien n'est noté. {cost}."
)
HOW_PROD = "Jappoo: envoyez PROD produit quantité, par exemple PROD THIOF 25. Rien n'est enregistré. {cost}."
DECLARE_SO = "Jappoo: pour déclarer, envoyez: {line}. Rien n'est enregistré. {cost}."
HOW_MUCH = "Jappoo: {name}: combien {of} ? Par exemple {line}. Rien n'est enregistré. {cost}."
BAD_QUANTITY = "Jappoo: quantité pas comprise. Par exemple {line}. Rien n'est enregistré. {cost}."
WHOLE_QUANTITY = "Jappoo: {name} se compte en {units}, sans virgule. Envoyez: {line}. Rien n'est enregistré. {cost}."
MOST_QUANTITY = "Jappoo: quantité trop grande: au plus 99 999 {units} en une fois. Exemple: {line}. Rien n'est enregistré. {cost}."
SPACED_QUANTITY = "Jappoo: écrivez la quantité sans espace. Envoyez: {line}. Rien n'est enregistré. {cost}."
UNCLEAR_QUANTITY = "Jappoo: {typed} n'est pas clair. Envoyez: {line}, ou {high}. Rien n'est enregistré. {cost}."
DECIMALS = "Jappoo: {typed} n'est pas clair: au plus 2 chiffres après la virgule. Exemple: {line}. Rien n'est enregistré. {cost}."
OTHER_UNIT = "Jappoo: {name} se compte en {units}, pas en {typed}. Exemple: {line}. Rien n'est enregistré. {cost}."
NOT_READ = "Jappoo: pas compris: {typed}. Envoyez: {line}. Rien n'est enregistré. {cost}."
TWO_QUANTITIES = "Jappoo: deux quantités. Envoyez: {line}, ou {other}. Rien n'est enregistré. {cost}."
ONE_PRODUCT = "Jappoo: un seul produit par SMS. Envoyez: {line}, puis un autre SMS. Rien n'est enregistré. {cost}."
WHICH_CARD = "Jappoo: numéro partagé: numéro de carte ou place d'abord: {line}. Rien n'est enregistré. {cost}."
NOT_YOUR_CARD = "Jappoo: {card}: cette carte n'est pas sur votre numéro. Rien n'est enregistré. Voyez votre secrétaire. {cost}."
HOW_CANCEL = "Jappoo: pour annuler une déclaration: ANNULER et sa réf, par exemple ANNULER 623590. Rien n'est changé. {cost}."
HOW_UNDO = "Jappoo: rien n'est annulé. Pour annuler, envoyez seulement: {line}. {cost}."
LETTER_UNDOES = "Jappoo: rien n'est annulé. Pour annuler, envoyez: {line}. Un responsable lira votre message. {cost}."
WRONG_REFERENCE = "Jappoo: cette réf n'est pas juste: un chiffre est faux. Relisez le SMS. Rien n'est changé. {cost}."
NO_DECLARATION = "Jappoo: aucune déclaration à vous sous cette réf. Rien n'est changé. {cost}."
WEIGHED_ALREADY = "Jappoo: réf {reference}: déjà pesée, on ne peut plus l'annuler. Une erreur ? CONTESTER {reference}. {cost}."
REPEATED = "Jappoo: déjà enregistré, réf {reference}. Pour en déclarer encore, renvoyez le message avec AUTRE à la fin. {cost}."
SHARED = "Jappoo: ce numéro sert à plusieurs membres. Composez {code}. {cost}."
FAILED = "Jappoo: impossible pour le moment. Rien n'est enregistré. Composez {code}, ou renvoyez votre message. {cost}."
HOW_TARIF = "Jappoo: envoyez TARIF produit prix, par exemple TARIF THIOF 1300. Rien n'est noté. {cost}."
NOT_CONTESTED = (
    "Jappoo: rien n'a été fait pour vous sous cette réf ces 7 jours. "
    "Envoyez NON et la réf du SMS, comme NON 623590, ou RAPPEL. {cost}."
)
WHICH_NO = "Jappoo: rien n'est annulé. Pour annuler réf {reference}: NON {reference}. Contre les annonces: STOP seul. {cost}."
HOW_CONTEST = "Jappoo: envoyez CONTESTER et la réf du SMS, par exemple CONTESTER 623590. Rien n'est noté. {cost}."
NO_CONTEST = "Jappoo: rien à contester sous cette réf, ou passé 48 h. Rien n'est noté. Voyez votre secrétaire, ou RAPPEL. {cost}."
HOW_IDEA = "Jappoo: {why} Envoyez IDEE et votre idée, par exemple IDEE sécher les mangues. Rien n'est noté. {cost}."
IDEAS_WAIT = "Jappoo: trois de vos idées attendent déjà une réponse. Rien n'est noté. {cost}."
HOW_SUPPORT = "Jappoo: envoyez SOUTENIR et le numéro de l'idée, par exemple SOUTENIR 1. Rien n'est noté. {cost}."
NO_IDEA = "Jappoo: cette idée ne prend pas de voix, ou plus. Rien n'est noté. Voir les idées: {code} puis 4, 1, 2. {cost}."
SUPPORTED = "Jappoo: idée {idea}: {by_pin} voix, {by_sms} par SMS. Votre voix est à confirmer: {code} puis 4, 1, 3, 1. {cost}."
SCORED_IDEA = "Jappoo: vous avez noté cette idée: votre voix va à une autre. Rien n'est changé. {cost}."
VOICE_MOVED = (
    "Jappoo: idée {idea}: {by_pin} voix, {by_sms} par SMS. Votre voix quitte l'idée {moved_from}. "
    "Confirmez: {code} puis 4, 1, 3, 1. {cost}."
)
SUPPORTED_BEFORE = "Jappoo: idée {idea}: {by_pin} voix. Votre voix compte déjà. {cost}."
VOICE_GIVEN = (
    "Jappoo: votre voix est à l'idée {idea}, par votre code. Pour la changer: {code} puis 4, 1, 2. Rien n'est changé. {cost}."
)
NOTHING_SOLD = "Jappoo: rien en vente aujourd'hui à la boutique témoin. {cost}."
NO_OFFER = "Jappoo: pas d'offre sous ce numéro. Envoyez BOUTIQUE pour la liste. {cost}."
HOW_ORDER = "Jappoo: envoyez ACHAT, le numéro de l'offre et combien, par exemple ACHAT 1 2. Rien n'est commandé. {cost}."
NOTHING_LEFT = "Jappoo: plus rien de cette offre. Rien n'est commandé. {cost}."
TOO_FEW_LEFT = "Jappoo: il en reste {left}. Rien n'est commandé. {cost}."
ORDER_BY_CALL = "Jappoo: commander par SMS est pour les membres. Composez {code} puis 4, 4. {cost}."
NO_LOT = "Jappoo: pas de lot sous ce code. Envoyez TRACE et le code de l'étiquette, L et neuf chiffres. {cost}."
HOW_SHEET = "Jappoo: envoyez FICHE et son numéro, par exemple FICHE 1. Liste: {code} puis 4, 2, 3. {cost}."
NO_SHEET = "Jappoo: pas de fiche sous ce numéro. Liste: {code} puis 4, 2, 3. {cost}."
NO_TRAINING = "Jappoo: pas de formation ouverte sous ce numéro. La liste: FORMATION. {cost}."
NO_TRAININGS = "Jappoo: pas de formation ouverte aujourd'hui. Votre secrétaire vous le dira."
HOW_APPLY = "Jappoo: envoyez INSCRIRE et le numéro, par exemple INSCRIRE 1. La liste: FORMATION. {cost}."
APPLY_DIAL = "Jappoo: pour vous inscrire, composez {code} puis 5. {cost}."
APPLY_BIRTH = "Jappoo: il faut votre naissance: INSCRIRE {number} et l'année ou le jour, comme INSCRIRE {number} 29022004. {cost}."
NOT_APPLIED = "Jappoo: pas d'inscription: {why}. Rien n'est enregistré. {cost}."
SEAT_GONE = "Jappoo: trop tard, la place est passée à la personne suivante. Pour revenir à la fin: INSCRIRE {number}. {cost}."
PRESENT_NOTED = "Jappoo: présence notée aujourd'hui: {training}."
PRESENT_DIAL = "Jappoo: plusieurs inscrits sur ce numéro. Pour chaque personne présente: {code} puis 5, 3. {cost}."
HOW_PRESENT = "Jappoo: pas le code d'aujourd'hui pour vous. Envoyez PRESENT et le code dit sur place. {cost}."
NO_JOB = "Jappoo: pas d'offre d'emploi ouverte sous ce numéro. La liste: EMPLOI. {cost}."
NO_JOBS = "Jappoo: pas d'offre d'emploi ouverte aujourd'hui."
JOB_NOTED = "Jappoo: merci, c'est noté. Cela ne compte que dans des chiffres."
NO_JOB_QUESTION = "Jappoo: pas de question sous ce code pour votre numéro. Relisez le SMS. {cost}."
NO_PRICE = "Jappoo: pas de prix pour ce produit. {cost}."


OTHER_PRICE = ". Un autre: PRIX et le produit."


# Of Unicode's private use, so that nobody types it.
_brace = "\ue000"


def quoted(text: str) -> str:
    """Return somebody's own words to be put into an answer: what looks like a placeholder in them stays as it is."""
    return text.replace("{", _brace)


def fill(words: str, service: Service) -> str:
    """Return an answer with what it costs and the strings to dial."""
    filled = (
        words.replace("{cost}", service.cost).replace("{code}", service.code).replace("{balance}", f"{service.code.rstrip('#')}*1#")
    )
    return filled.replace(_brace, "{")


def language_noted(name: str, *, served: bool) -> str:
    """Say which language was noted, and that one that isn't served yet is to come."""
    return (LANGUAGE if served else LANGUAGE_TO_COME).replace("{name}", name)


def line(name: str, quantity: str) -> str:
    """Return a declaration as it is to be sent."""
    return f"PROD {name.upper()} {quantity}"


def which_product(names: Sequence[str], number: str, *, known: bool) -> str:
    """Ask which product is meant: the likeliest (`known`) stand first; else say what the co-operative takes, as many as fit."""
    words = (WHICH_PRODUCT if known else NO_PRODUCT).replace("{line}", line(names[0], number[:9] or "25") if names else "PRIX")
    near = ", ".join(names[:3]) or "rien"
    for many in () if known else (3, 2, 1):
        near = ", ".join(names[:many]) + (", etc" if len(names) > many else "") if names else near
        if septets(fold(words.replace("{near}", near))) <= 158:  # with what it costs
            break
    return words.replace("{near}", near)


def which_card(typed: str) -> str:
    """Ask for the card before what was typed, on a number of several members."""
    return WHICH_CARD.replace("{line}", f"PROD 201 {quoted(typed[:28]) or 'THIOF 25'}")


def which_price(near: Sequence[str], word: str, behind: str = "") -> str:
    """Ask whose price is meant, which `PRIX` or `TARIF` names by none of ours; of one give the line, with what is `behind`."""
    if not near:
        return PRICE_OF_NONE
    words = PRICE_OF_ONE if len(near) == 1 else PRICE_OF_WHICH
    line = f"{word} {near[0].upper()} {behind}".strip()
    return words.replace("{near}", " ou ".join(near)).replace("{word}", word).replace("{line}", line)


def at_or_grade(name: str, amount: str) -> str:
    """Ask whether an `a` before an amount is a grade or a preposition."""
    return PRICE_AT_OR_GRADE.replace("{name}", name[:20]).replace("{amount}", amount[:11])


def price_line(name: str, graded: list[tuple[str | None, int]], unit: str, since: date, place: str) -> str:
    """Say a product's prices: XOF a unit, for all grades (None) or one, day, place."""
    amounts = ", ".join(f"{grade} {francs(amount)}" if grade else francs(amount) for grade, amount in graded)
    return f"{name}: {amounts} par {unit}, depuis le {since:%d/%m}, {place}"


def price_noted(name: str, before: int | None, amount: int, unit: str, place: str) -> str:
    """Say a price that was proposed, in XOF a unit, and how to confirm it."""
    was = f" (avant {francs(before)})" if before is not None else ""
    what = f"{name}, {francs(amount)} par {unit}{was}, {place}"
    return f"Jappoo: {what}: noté. Pour publier: {{code}} puis 8, 4, 2, code secret. {{cost}}."


def price_list(prices: list[tuple[str, int, str]], today: date, place: str) -> str:
    """Say the prices of the day in one part: as many as fit, and how to ask for another."""
    words = f"Prix du {today:%d/%m}, {place}:"
    for name, amount, unit in prices:
        more = f" {name} {francs(amount)}/{unit};"
        if len(words) + len(more) > 160 - len(OTHER_PRICE):
            return words.rstrip(";") + OTHER_PRICE
        words += more
    return words.rstrip(";") + "."


def offer_list(offers: list[tuple[int, str, int]]) -> str:
    """Say what is for sale in one part, each under the number that orders it: as many as fit."""
    words = "Boutique témoin:"
    for number, name, amount in offers:
        more = f" {number} {name} {francs(amount)};"
        if septets(fold(words + more)) > 120:
            return f"{words} et d'autres. ACHAT numéro combien"
        words += more
    return f"{words.rstrip(';')}. ACHAT numéro combien"


def sheet(number: int, name: str, steps: str, page: int) -> str | None:
    """Say one SMS of a technique's how-to, with what to send for the next; None beyond the last."""
    # The frame at its widest for every page: were it each page's own, page 2 could begin elsewhere than page 1 ended.
    room = 160 - len(f"Fiche {number} {name} (9/9): ") - len(f" Suite: FICHE {number} 9")
    pieces, words = [""], steps.split()
    for word in words:
        longer = f"{pieces[-1]} {word}".strip()
        if septets(fold(longer)) > room:
            pieces.append(word)
        else:
            pieces[-1] = longer
    if page > len(pieces):
        return None
    more = f" Suite: FICHE {number} {page + 1}" if page < len(pieces) else ""
    return f"Fiche {number} {name} ({page}/{len(pieces)}): {pieces[page - 1]}{more}"


def balances(shares: int, savings: int, payable: int, owed: int) -> str:
    """Say the four balances: only to who asked for amounts by SMS, on a number of their own."""
    return (
        f"Jappoo: la CPS vous doit {francs(payable)}, vous devez {francs(owed)}, "
        f"épargne {francs(savings)}, parts {francs(shares)}. Détail: {{balance}}"
    )
