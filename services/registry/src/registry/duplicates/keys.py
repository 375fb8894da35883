"""What entries are compared by: columns that PostgreSQL derives from a row whenever it is written.

They are columns and not indexes on expressions, because below row-level security only leak-proof conditions, such as
the equality of two texts, may use an index; the functions themselves (migration 0014) are not leak-proof.
"""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

# Words that tell nothing of who somebody is; folded, as `dorfnetz_match_text` writes them.
LEGAL_FORMS = (
    *("e", "ev", "v", "eg", "gmbh", "ggmbh", "mbh", "ug", "gug", "ag", "kg", "ohg", "gbr", "co", "haftungsbeschraenkt"),
    *("eingetragener", "eingetragene", "genossenschaft", "gemeinnuetzige", "gemeinnuetziger", "gemeinnuetzig"),
    *("verein", "der", "die", "das", "des", "den", "dem", "fuer", "in", "im", "am", "zu", "zur", "zum", "von", "und"),
)
FORMS_OF_ADDRESS = ("dr", "prof", "med", "dipl", "ing", "mag", "frau", "herr", "herrn", "familie")
COURTS = ("amtsgericht", "ag", "registergericht", "vereinsregister", "register", "beim", "des", "am", "im")


def _words(column: str, without: tuple[str, ...]) -> str:
    return f"dorfnetz_match_words({column}, '{{{','.join(without)}}}')"


ORGANISATION_NAME = _words("name", LEGAL_FORMS)
REGISTER_COURT = _words("register_court", COURTS)
REGISTER_NUMBER = "nullif(dorfnetz_match_register_number(register_number), '')"
WEBSITE = "dorfnetz_match_website(website)"
PERSON_NAME = _words("name", FORMS_OF_ADDRESS)
PERSON_SOUND = f"dorfnetz_match_sound({PERSON_NAME})"
EMAIL = 'lower(email COLLATE "C")'
"""Of which columns each key is derived, in SQL; the same for entries and for rows that are not entered yet."""

OF_ORGANISATIONS = {
    "name_key": ORGANISATION_NAME,
    "court_key": REGISTER_COURT,
    "register_key": REGISTER_NUMBER,
    "website_key": WEBSITE,
    "email_key": EMAIL,
}
OF_PERSONS = {"name_key": PERSON_NAME, "sound_key": PERSON_SOUND, "email_key": EMAIL}


def _derived(expression: str) -> sa.Computed:
    return sa.Computed(expression, persisted=True)


class OrganisationKeys:
    """Of an organisation. Without register number or website their keys are NULL and equal nothing."""

    name_key: Mapped[str] = mapped_column(_derived(ORGANISATION_NAME), deferred=True, index=True)
    court_key: Mapped[str] = mapped_column(_derived(REGISTER_COURT), deferred=True)
    register_key: Mapped[str | None] = mapped_column(_derived(REGISTER_NUMBER), deferred=True, index=True)
    website_key: Mapped[str | None] = mapped_column(_derived(WEBSITE), deferred=True, index=True)


class PersonKeys:
    """Of a person. `sound_key` is how the name sounds in German: Meyer as Maier, Schmidt as Schmitt."""

    name_key: Mapped[str] = mapped_column(_derived(PERSON_NAME), deferred=True)
    sound_key: Mapped[str] = mapped_column(_derived(PERSON_SOUND), deferred=True, index=True)
    email_key: Mapped[str | None] = mapped_column(_derived(EMAIL), deferred=True, index=True)
