"""The processing activities of the platform, as the register of Art. 30 GDPR names them. Texts are for officers."""

from dataclasses import dataclass

PUBLIC_TASK = "Art. 6 Abs. 1 Buchst. e DSGVO, § 4 DSAG LSA (Aufgabe im öffentlichen Interesse)"
CONSENT = "Art. 6 Abs. 1 Buchst. a DSGVO (Einwilligung)"
LEGAL_DUTY = "Art. 6 Abs. 1 Buchst. c DSGVO (rechtliche Pflicht)"


@dataclass(frozen=True)
class Activity:
    """One activity: what is done, for what, by what right. Rules of retention belong to an activity."""

    slug: str
    name: str
    purpose: str
    legal_basis: str


CONTACTS = Activity(
    "ansprechpersonen",
    "Verzeichnis der Vereine und ihrer Ansprechpersonen",
    "Netzwerke, Gemeinden und Landkreis wissen, wer für einen Verein spricht, und können ihn erreichen.",
    PUBLIC_TASK,
)
VOLUNTEERS = Activity(
    "freiwillige",
    "Vermittlung von Freiwilligen",
    "Menschen, die helfen wollen, und Vereine, die Hilfe brauchen, finden zueinander.",
    CONSENT,
)
MEETINGS = Activity(
    "treffen",
    "Treffen der Netzwerke",
    "Treffen planen, dazu einladen, Zusagen und Anmeldungen annehmen.",
    PUBLIC_TASK,
)
NOTICES = Activity(
    "benachrichtigungen",
    "Benachrichtigungen per E-Mail",
    "Einladungen, Bestätigungen und Anmelde-Links kommen bei den richtigen Menschen an.",
    PUBLIC_TASK,
)
ACCESS = Activity(
    "anmeldung",
    "Berechtigungen und Anmeldung",
    "Nur wer es darf, sieht und ändert Daten.",
    f"{PUBLIC_TASK}; Art. 32 DSGVO (Sicherheit)",
)
CONSENTS = Activity(
    "einwilligungen",
    "Nachweis von Einwilligungen",
    "Belegen, wer wann worin eingewilligt oder eine Einwilligung widerrufen hat.",
    f"{LEGAL_DUTY}: Art. 7 Abs. 1 DSGVO",
)
RIGHTS = Activity(
    "betroffenenrechte",
    "Auskunft und Löschung",
    "Rechte von betroffenen Personen erfüllen und das belegen.",
    f"{LEGAL_DUTY}: Art. 12, 15 und 17 DSGVO",
)
AUDIT = Activity(
    "protokoll",
    "Protokoll der Zugriffe",
    "Belegen, wer welche personenbezogenen Daten gesehen oder geändert hat, und Missbrauch aufklären.",
    f"{LEGAL_DUTY}: Art. 5 Abs. 2 und Art. 32 DSGVO",
)
OPERATION = Activity(
    "betrieb",
    "Betrieb der Plattform",
    "Nachrichten zwischen den Diensten kommen genau einmal an, auch nach einer Störung.",
    f"{PUBLIC_TASK}; Art. 32 DSGVO (Sicherheit)",
)
