"""The notice of law 2008-12, article 58: controller, purposes, categories, recipients, what is compulsory, rights, retention,
transfers. Short on one screen, whole on request (NOTICE, or the menu) and on the card.
"""

VERSION = "2026-11b"

WHOLE = (
    "Vos données. Responsable: votre CPS et CARE Mbour. "
    "Buts: tenir vos comptes, vos déclarations, vous écrire. "
    "Données: nom, numéro, opérations, consentements; si vous le dites: sexe, naissance, adresse, pièce, parts. "
    "Lues par: votre CPS, CARE, l'opérateur SMS; le ministère: chiffres sans noms. "
    "Obligatoire: nom et numéro pour le service. "
    "Gardées 10 ans après la sortie pour les comptes, 1 an pour les SMS. "
    "Droits: voir, corriger, sortir du fichier: votre secrétaire ou la CDP. "
    "L'envoi des SMS passe par un opérateur hors du Sénégal."
)
"""In GSM-7, for SMS (four parts) and pages of USSD."""
