"""STOP and START in every spelling that we know of, and what only looks like them."""

import pytest
from sqlalchemy import select, update

from app.commands import replies
from app.commands.grammar import order_in, parse
from app.coop.members import consent
from app.coop.members.models import Consent, Number
from app.sms import consents
from app.sms.models import Message
from app.sms.policy import prepare
from tests import sample_cooperative, sample_declarations

STOP = """STOP|stop|Stop.|STOP!|«STOP»|"stop"|stop svp|Stop s'il vous plaît|STOP merci|bonjour stop svp|STOOOP|sttop
S.T.O.P|S T O P
ARRET|ARRÊT|arrêt!|Arrêter|arretez|ARRÊTEZ LES SMS|arrêtez svp|FIN|fin.|Fin des messages|DEDDU|DËDDU|dëddu!|UNSUBSCRIBE|stopper
STOP SMS|stop-sms|STOP PUB|stop les annonces|Stop tout|STOP 12345|stop 21512|Désabonner|désinscription|st\u200bop|ＳＴＯＰ
arretez de m'envoyer|Arrêtez de m’envoyer vos messages svp|arrete de m'ecrire|Stop, je ne veux plus recevoir vos SMS|STOP AU 21512
stop ne m'envoyez plus rien svp|please stop|Stop sending me messages|stop texting me|stop it|ok stop|désabonnez-moi|unsubscribe me
Dëddul|bàyyil|taxawal message yi|dakkal sms yi|stop merci beaucoup
STOP 🛑|stop ça svp|STOP ALL|arrêtez stop|stoppez|  stop  |STOP, merci.
Stop. Thank you|STOP\\n\\nEnvoyé depuis mon Samsung|Stop\\nSent from my iPhone
Stop\\n-- \\nAwa Diop|Stop merci Awa Diop|Répondre: STOP|Re: stop
Stop mauvais numéro|STOP !!! c'est la 3e fois|STOP svp, ce n'est pas mon numéro|stop wrong number
Arrêtez, vous vous trompez de numéro
STOP, je ne suis plus membre|stop ça suffit|STOP! Ma femme est à Dakar|je me désabonne
Merci de me désinscrire|Retirez-moi de votre liste
Je ne veux plus recevoir vos messages|n'envoyez plus de messages svp|Ne m'envoyez plus rien|Je veux plus recevoir de SMS
Merci de ne plus m'envoyer de SMS|je ne veux plus recevoir de sms de votre part|Veuillez me retirer de votre liste
Ne plus recevoir|Envoyez STOP|St0p|J'envoie STOP au 21512|stop c'est pénible|STOP, on ne vous connaît pas|STOP pas besoin merci
Stop, je ne suis pas concerné|STOP c'est fatigant|Stop ce numéro n'est plus à elle|STOP envoyé au 21512|Stop je ne connais pas
Stop c'est la troisième fois|Stop elle est décédée|remove me from your list|please don't send me any more messages
Pas intéressée, stop|J'en ai marre de vos sms stop|Je veux stopper les sms|Arrêtez avec vos SMS
supprimez mon numéro|Plus de SMS svp|pas de messages merci|Merci de ne plus nous contacter|Rayez mon numéro de vos listes
Veuillez arrêter de m'envoyer des SMS|je veux arrêter de recevoir vos messages
Merci stop|Merci, STOP svp|STPO|sotp|Stop thanks Awa|Plus jamais de SMS|STOP bonne journée|stop bonne nuit merci"""
ALERTS = """STOP ALERTE|stop alertes|Stop-Alerte!|STOPALERTE|arrêt alerte
Arrêtez les alertes svp|FIN URGENCE|Envoyez STOP ALERTE|stop urgent|DEDDU ALERTE|stop alertes sms"""
START = "START|start!|Start svp|REPRENDRE|reprendre les messages|OUVRIR|Réabonner|recommencez svp|START ALERTE|staart"
OTHERS = """Fin de semaine je livre 20 caisses|arrêt de la pirogue demain|stop on ne sort pas|Finda|départ|stopover|FIN 2026
Arrêtez de m'envoyer Moussa|stop je ne veux pas vendre|Arrêtez la vente|ok demain|please send|ARRET 2 caisses|FIN 3
stop 2 caisses|dakar|taxi|je veux arrêter la pêche|stop ne venez pas|arrêtez pas svp|n'arrêtez pas
ouvrir la boutique|START PECHE|bonjour|svp|merci|arrêt 3 jours|alerte|
comment me désabonner ?|je ne veux pas me désabonner|Je ne reçois plus vos messages|je ne veux plus de glace
Stop merci d'envoyer l'argent|stop à la pollution|Stop au vol de moteurs|stop c'est dangereux en mer|Arrêtez c'est fatigant
Comment envoyer STOP ?|n'envoyez pas STOP|merci de ne plus m'envoyer de poisson|Ne plus recevoir de glace|Plus de glace svp
plus de place|fin de la journée|Fin de journée|arrêt de nuit|fin de la soirée
Retirez mon nom de la pesée|je n'ai pas demandé à être désabonnée|Pourquoi m'avez-vous désabonnée ?|arrêt, la pirogue est morte
stop la pluie arrive|Stop elle est partie en mer|je ne veux pas être payée par SMS|ne pas envoyer la glace
fin de la troisième sortie
Arrêtez. La vente est finie|Re: la pesée|je veux plus d'informations|stop, on ne sort pas, mauvais temps"""


def _listed(texts):
    """Give the texts of a table: one a `|` or a line; a line end within a text is written `\\n`."""
    return [text.replace("\\n", "\n") for text in texts.replace("\n", "|").split("|")]


CASES = [(text, "STOP") for text in _listed(STOP)]
CASES += [(text, "STOP ALERTE") for text in ALERTS.replace("\n", "|").split("|")] + [(text, "START") for text in START.split("|")]
CASES += [(text, "") for text in OTHERS.replace("\n", "|").split("|")]


@pytest.mark.parametrize(("text", "word"), CASES)
def test_a_stop_is_read_in_any_spelling_and_nothing_else_is_one(text, word):
    read = parse(text)
    assert read.word == word
    assert word == "" or order_in(read.beside) == "", "done, and said to be left"


@pytest.mark.parametrize("text", ["STOP 623590", "Stop 623 590 merci", "arrêtez réf 623590", "Non pas 623590", "NON 623590 111112"])
def test_a_stop_with_a_reference_stops_nothing_and_names_the_way_to_say_no(desk, text):
    said = desk.say(text)
    assert ("NON 623590" in said, "rien n'est annulé" in said, desk.answers()[-1].parts) == (True, True, 1)
    assert desk.rows(Consent) == []


CONFIRMED = (replies.STOPPED, replies.STOPPED_ALERTS, replies.STARTED, replies.STARTED_LISTED, replies.HOW_STOP)


@pytest.mark.parametrize("words", CONFIRMED)
def test_each_confirmation_is_one_part(words):
    assert prepare(words.replace("{cost}", "Gratuit").replace("{code}", "*384*44135#")).parts == 1


def test_a_stop_is_confirmed_even_after_a_stop_and_holds_notices_back(desk):
    assert "annonces" in desk.say("arrêt!")
    assert "annonces" in desk.say("STOP")
    assert [message.state for message in desk.answers()] == ["queued"] * 2


def test_a_shared_numbers_word_is_the_numbers_and_nobodys_alone(desk):
    for text, given in (("STOP", False), ("START", True)):
        desk.say(text, sender=sample_cooperative.SHARED)
        with desk.database.read() as reader:
            assert consent.allows(reader, sample_cooperative.SHARED, "broadcasts") is given
    assert {row.person_id for row in desk.rows(Consent)} == {None}


def test_what_begins_with_stop_and_says_more_is_told_how_and_read_by_somebody(desk):
    assert "STOP seul" in desk.say("stop on ne sort pas demain")
    assert [(row.state, row.word) for row in desk.inbox()] == [("unparsed", None)]
    assert desk.rows(Consent) == []


def test_a_start_from_a_number_on_the_gateways_list_tells_the_administrators(desk):
    sample_declarations.appoint(desk.database)
    with desk.database.transaction() as session:
        trusted = {"phone": sample_cooperative.NOBODY, "person_id": 103, "trusted": True}
        session.add(Number(**trusted, registered_at=desk.clock()))  # another's, by which she is reached: no alarm goes there
        consents.opted_out(session, [sample_cooperative.AWA], now=desk.clock())
    desk.clock.forward(minutes=5)
    assert desk.say("START") == replies.STARTED_LISTED
    [told] = [message for message in desk.rows(Message) if message.purpose == "alarm"]
    assert (told.to_number, sample_cooperative.AWA in told.text, told.parts) == (sample_declarations.ADMINISTRATOR, True, 1)
    with desk.database.read() as reader:
        assert all(consent.allows(reader, sample_cooperative.AWA, purpose) for purpose in consent.PURPOSES)


def test_a_start_that_nothing_hinders_is_only_confirmed(desk):
    sample_declarations.appoint(desk.database)
    with desk.database.transaction() as session:
        consents.opted_out(session, [sample_cooperative.AWA], now=desk.clock())
    desk.clock.forward(minutes=5)
    desk.say("AIDE")
    with desk.database.transaction() as session:
        session.execute(update(Message).values(state="delivered"))
    assert desk.say("START") == replies.STARTED
    with desk.database.read() as reader:
        assert reader.scalars(select(Message.purpose)).all() == ["answer"] * 2
