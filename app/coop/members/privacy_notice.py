"""The notice of law 2008-12, article 58: controller, purposes, categories, recipients, what is compulsory, rights, retention,
transfers. Short on one screen, whole on request (NOTICE, or the menu) and on the card.
"""

VERSION = "2026-11c"

WHOLE = (
    "Vos données, gardées par votre CPS et CARE Mbour:\n"
    "nom, numéro, opérations, accords; si vous le dites: sexe, naissance, adresse, pièce, parts.\n"
    "C'est pour tenir vos comptes et vous écrire. Nom et numéro sont obligatoires.\n"
    "Les lisent: CPS, CARE, opérateur SMS (hors du Sénégal); le ministère, sans noms.\n"
    "Comptes: 10 ans après la sortie; SMS: 1 an.\n"
    "Vos droits: voir, corriger, sortir du fichier: votre secrétaire ou la CDP."
)
"""In GSM-7, for SMS (three parts) and pages of USSD, which end where a line does."""
