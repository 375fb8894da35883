"""People in texts: a mark with an id stands where the name was typed, so that nobody has to search for names.

Pages show the name to those who may know it, and the function to everybody else. Who is erased becomes `FORMER`.
"""

import re
from collections.abc import Iterable
from uuid import UUID

from events.action_items.responsible import WithResponsible

FORMER = "eine ehemalige Ansprechperson"
_MARK = re.compile(r"\{(contact|person):([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\}")


def contact_mark(contact_id: UUID) -> str:
    return f"{{contact:{contact_id}}}"


def person_mark(person_id: UUID) -> str:
    return f"{{person:{person_id}}}"


def mark_of(row: WithResponsible) -> str:
    """Who is responsible as a mark; empty for an organisation as a whole, and for nobody."""
    if row.contact_id is not None:
        return contact_mark(row.contact_id)
    if row.person_id is not None:
        return person_mark(row.person_id)
    return FORMER if row.former else ""


def marked(texts: Iterable[str]) -> tuple[set[UUID], set[UUID]]:
    """The ids of the contacts and of the persons that these texts name."""
    contacts, persons = set[UUID](), set[UUID]()
    for text in texts:
        for kind, value in _MARK.findall(text):
            (contacts if kind == "contact" else persons).add(UUID(value))
    return contacts, persons


def names_somebody(text: str) -> bool:
    return _MARK.search(text) is not None
