"""What the cells of lists may say where a choice is meant: the words of our exports, and what else people write."""

from shared.contracts.registry import (
    Daytime,
    HelpKind,
    HelpState,
    NoticeKind,
    OrganisationKind,
    PublicBodyKind,
    Rhythm,
    SupportKind,
)

from registry.mutual_help.model import Side
from registry.organisations.model import Publication
from registry.people.model import ContactFunction

ORGANISATION_KINDS = {
    OrganisationKind.ASSOCIATION: "Verein",
    OrganisationKind.COMPANY: "Unternehmen",
    OrganisationKind.PUBLIC_BODY: "Öffentliche Stelle",
    OrganisationKind.FEDERATION: "Verband",
    OrganisationKind.INITIATIVE: "Gruppe ohne Rechtsform",
}
OTHER_KINDS = {
    "e. V.": OrganisationKind.ASSOCIATION,
    "eingetragener Verein": OrganisationKind.ASSOCIATION,
    "Firma": OrganisationKind.COMPANY,
    "Betrieb": OrganisationKind.COMPANY,
    "Behörde": OrganisationKind.PUBLIC_BODY,
    "Dachverband": OrganisationKind.FEDERATION,
    "Initiative": OrganisationKind.INITIATIVE,
    "Interessengemeinschaft": OrganisationKind.INITIATIVE,
}
PUBLIC_BODIES = {PublicBodyKind.VILLAGE_COUNCIL: "Ortschaftsrat", PublicBodyKind.ADMINISTRATION: "Verwaltung"}
NOTICES = {
    NoticeKind.EXEMPTION: "Freistellungsbescheid",
    NoticeKind.ASSESSMENT_ANNEX: "Anlage zum Körperschaftsteuerbescheid",
    NoticeKind.STATUTES: "Feststellung nach § 60a AO",
}
SUPPORT_KINDS = {
    SupportKind.MONEY: "Geld",
    SupportKind.MATERIAL: "Material",
    SupportKind.ROOMS: "Räume",
    SupportKind.VEHICLES: "Fahrzeuge",
    SupportKind.TIME: "Arbeitszeit",
    SupportKind.EXPERTISE: "Fachwissen",
}
PUBLICATIONS = {Publication.PUBLISHED: "veröffentlicht", Publication.DRAFT: "Entwurf"}
OTHER_PUBLICATIONS = {
    **dict.fromkeys(("ja", "öffentlich"), Publication.PUBLISHED),
    **dict.fromkeys(("nein", "ausgeblendet"), Publication.DRAFT),  # whose entry was hidden: not shown either
}
FUNCTIONS = {
    ContactFunction.CHAIR: "Vorsitz",
    ContactFunction.DEPUTY_CHAIR: "stellvertretender Vorsitz",
    ContactFunction.TREASURER: "Kasse",
    ContactFunction.SECRETARY: "Schriftführung",
    ContactFunction.YOUTH_OFFICER: "Jugendarbeit",
    ContactFunction.MANAGING_DIRECTOR: "Geschäftsführung",
    ContactFunction.VILLAGE_MAYOR: "Ortsbürgermeisterin oder Ortsbürgermeister",
    ContactFunction.CONTACT_PERSON: "Ansprechperson",
}
OTHER_FUNCTIONS = {
    **dict.fromkeys(("Vorsitzende", "Vorsitzender", "1. Vorsitzende", "1. Vorsitzender"), ContactFunction.CHAIR),
    **dict.fromkeys(
        ("Stellvertreter", "Stellvertreterin", "2. Vorsitzende", "2. Vorsitzender", "stellv. Vorsitzende"),
        ContactFunction.DEPUTY_CHAIR,
    ),
    **dict.fromkeys(("stellv. Vorsitzender", "stellv. Vorsitz"), ContactFunction.DEPUTY_CHAIR),
    **dict.fromkeys(
        ("Kassierer", "Kassiererin", "Kassenwart", "Kassenwartin", "Schatzmeister", "Schatzmeisterin"),
        ContactFunction.TREASURER,
    ),
    **dict.fromkeys(("Schriftführer", "Schriftführerin"), ContactFunction.SECRETARY),
    **dict.fromkeys(("Jugendwart", "Jugendwartin", "Jugendleitung"), ContactFunction.YOUTH_OFFICER),
    **dict.fromkeys(
        ("Geschäftsführer", "Geschäftsführerin", "Inhaber", "Inhaberin"), ContactFunction.MANAGING_DIRECTOR
    ),
    **dict.fromkeys(("Ortsbürgermeister", "Ortsbürgermeisterin", "Bürgermeister"), ContactFunction.VILLAGE_MAYOR),
    **dict.fromkeys(("Ansprechpartner", "Ansprechpartnerin", "Kontakt"), ContactFunction.CONTACT_PERSON),
}
WEEKDAYS = dict(enumerate(("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"), start=1))
OTHER_WEEKDAYS = {
    **{name: day for day, name in enumerate(("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"), start=1)},
    "Sonnabend": 6,
}
OTHER_DAYTIMES = {
    **dict.fromkeys(("vormittag", "morgens", "früh"), Daytime.MORNING),
    "nachmittag": Daytime.AFTERNOON,
    "abend": Daytime.EVENING,
}
OTHER_RHYTHMS = {
    **dict.fromkeys(("einmal", "einmalig", "einzelne Aktionen", "gelegentlich"), Rhythm.ONE_OFF),
    "dauerhaft": Rhythm.REGULAR,
}
SIDES = {Side.NEED: "Bedarf", Side.OFFER: "Angebot"}
OTHER_SIDES = {
    **dict.fromkeys(("Gesuch", "Suche", "Gesucht", "Wir suchen"), Side.NEED),
    **dict.fromkeys(("Biete", "Wir bieten", "Verleih"), Side.OFFER),
}
HELP_KINDS = {
    HelpKind.PEOPLE: "Menschen",
    HelpKind.ROOMS: "Räume",
    HelpKind.EQUIPMENT: "Geräte und Material",
    HelpKind.EXPERTISE: "Fachwissen",
}
OTHER_HELP_KINDS = {
    **dict.fromkeys(("Helfer", "Helferinnen und Helfer", "Personen"), HelpKind.PEOPLE),
    **dict.fromkeys(("Raum", "Räumlichkeiten"), HelpKind.ROOMS),
    **dict.fromkeys(("Geräte", "Material", "Gerät", "Ausstattung"), HelpKind.EQUIPMENT),
}
HELP_STATES = {
    HelpState.OPEN: "offen",
    HelpState.TAKEN: "vergeben",
    HelpState.DONE: "erledigt",
    HelpState.WITHDRAWN: "zurückgezogen",
}
