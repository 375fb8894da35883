"""Columns of the lists that cannot be imported, and what exports show otherwise than the import reads it."""

from collections.abc import Container
from dataclasses import replace

from shared.contracts.registry import ConsentPurpose

from registry.consents.model import ConsentChannel
from registry.imports import options
from registry.imports.layouts import PERSON_NAME, layout_of
from registry.imports.model import ListKind
from registry.imports.vocabulary import Vocabulary
from registry.organisations.model import Publication
from registry.spreadsheets import kinds
from registry.spreadsheets.choices import choice
from registry.spreadsheets.columns import Column

NAMES = frozenset({"area", "areas", "federations", "fields", "publication"})
"""Columns whose rows hold text already: the import reads ids and slugs from them, and knows no hidden entries."""
PUBLICATIONS = {**options.PUBLICATIONS, Publication.HIDDEN: "ausgeblendet"}

PURPOSES = {
    ConsentPurpose.PUBLICATION: "Name auf öffentlichen Seiten",
    ConsentPurpose.CONTACT: "Kontakt",
    ConsentPurpose.NEWSLETTER: "Rundbrief",
    ConsentPurpose.PHOTOS: "Fotos",
    ConsentPurpose.SHARING: "Weitergabe an andere Gemeinden",
}
CHANNELS = {
    ConsentChannel.WEB: "online",
    ConsentChannel.LINK: "Link in einer E-Mail",
    ConsentChannel.PAPER: "Papier",
    ConsentChannel.TELEPHONE: "Telefon",
    ConsentChannel.IN_PERSON: "persönlich",
    ConsentChannel.RENEWED: "erneuert",
}
_VILLAGE, _MUNICIPALITY = Column("village", "Ort", kinds.LINE), Column("municipality", "Gemeinde", kinds.LINE)
_AGS, _NETWORK = Column("ags", "AGS", kinds.AGS), Column("network", "Netzwerk", kinds.LINE)
_EMAIL, _PHONE = Column("email", "E-Mail", kinds.EMAIL), Column("phone", "Telefon", kinds.PHONE)
_PERSON = Column("name", "Name", PERSON_NAME)
SALUTATION = Column("salutation", "Anrede", kinds.LINE)

LEADS = (
    _VILLAGE,
    _MUNICIPALITY,
    Column("organisation", "Federführender Verein", kinds.LINE),
    Column("starts_on", "Seit", kinds.DAY),
    Column("until", "Bis", kinds.DAY),
)
VILLAGES = (
    Column("name", "Ort", kinds.LINE),
    _MUNICIPALITY,
    _AGS,
    _NETWORK,
    Column("latitude", "Breite", kinds.DECIMAL),
    Column("longitude", "Länge", kinds.DECIMAL),
)
MUNICIPALITIES = (
    Column("name", "Gemeinde", kinds.LINE),
    _AGS,
    Column("villages", "Anzahl Orte", kinds.WHOLE),
    Column("dissolved_on", "Aufgelöst am", kinds.DAY),
)
FIELDS = (
    Column("name", "Tätigkeitsfeld", kinds.LINE),
    Column("slug", "Kurzname", kinds.LINE),
    Column("retired", "Nicht mehr wählbar", kinds.YES_NO),
)
CONSENTS = (
    _PERSON,
    _EMAIL,
    _PHONE,
    Column("purpose", "Einwilligung", choice(PURPOSES)),
    Column("given_on", "Gegeben am", kinds.DAY),
    Column("channel", "Wie", choice(CHANNELS)),
    Column("guardian", "Sorgeberechtigte Person", PERSON_NAME),
)
CONTACT_LETTERS = (
    SALUTATION,
    _PERSON,
    Column("function", "Funktion", choice(options.FUNCTIONS)),
    Column("organisation", "Verein", kinds.LINE),
    _VILLAGE,
    _MUNICIPALITY,
    _EMAIL,
    _PHONE,
)
VOLUNTEER_LETTERS = (
    SALUTATION,
    _PERSON,
    Column("street", "Straße", kinds.LINE),
    Column("postcode", "Postleitzahl", kinds.POSTCODE),
    Column("town", "Wohnort", kinds.LINE),
    _EMAIL,
    _PHONE,
    Column("fields", "Einsatzfelder", kinds.PROSE),
    Column("areas", "Einsatzgebiete", kinds.PROSE),
)


def of_import(kind: ListKind, vocabulary: Vocabulary, without: Container[str] = ()) -> tuple[Column, ...]:
    """The columns by which a list of this kind is imported, for rows with names in place of ids."""
    columns = (column for column in layout_of(kind, vocabulary).columns if column.name not in without)
    return tuple(replace(column, kind=kinds.PROSE) if column.name in NAMES else column for column in columns)
