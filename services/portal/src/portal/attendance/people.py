"""Who stands on the list of a meeting, by name."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from shared.errors import Unavailable
from shared.i18n import N_

from portal.minutes.people import read_people
from portal.networks.queries import NetworkPage
from portal.oversight.log import names_of
from portal.web.services import Refused
from portal.web.view import View


@dataclass(frozen=True)
class Person:
    """One line of the list. `named`: the name is known, not only a function or nothing."""

    id: str
    name: str
    named: bool
    organisation: str
    kind: str
    expected: int
    people: int
    state: str | None
    by_self: bool
    version: int

    @property
    def party(self) -> int:
        """How many are meant to come: at least the one who is listed."""
        return max(self.expected, 1)


async def people_on(view: View, page: NetworkPage, entries: list[dict[str, Any]]) -> list[Person]:
    """The entries of a list as the service gives them, with the names that the reader may know, in German order."""
    network = await read_people(view, page)
    accounts = await _accounts(view, [one["person_id"] for one in entries if one["person_id"]])
    translate = view.translate.gettext
    people = []
    for one in entries:
        mark = f"{{contact:{one['contact_id']}}}"
        known = one["name"] or accounts.get(one["person_id"]) or network.names.get(mark)
        organisation = one["organisation"] or network.organisations.get(one["organisation_id"] or "", "")
        fallback = network.functions.get(mark) or translate(_NAMELESS.get(one["kind"], _NAMELESS["registration"]))
        people.append(
            Person(
                id=one["id"],
                name=known or fallback,
                named=known is not None,
                organisation=organisation if known else "",
                kind=one["kind"],
                expected=one["expected"],
                people=one["people"],
                state=one["state"],
                by_self=one["by_self"],
                version=one["version"],
            )
        )
    return sorted(people, key=lambda person: german_order(person.name))


_NAMELESS = {"registration": N_("With an account"), "guest": N_("A guest"), "invitation": N_("A contact person")}


async def _accounts(view: View, persons: list[str]) -> dict[str, str]:
    try:
        return await names_of(view, persons)
    except (Refused, Unavailable):
        return {}


def german_order(name: str) -> tuple[str, str, str]:
    """A key that sorts by the last word, then the rest. ä is like a, ß like ss (DIN 5007-1)."""
    *first, last = name.split() or [""]
    return _plain(last), _plain(" ".join(first)), name


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in folded if not unicodedata.combining(char))


def matching(people: Iterable[Person], wanted: str) -> list[Person]:
    """Those in whose name or organisation each of the typed words stands; without words, all."""
    words = _plain(wanted).split()
    return [
        person for person in people if all(word in _plain(f"{person.name} {person.organisation}") for word in words)
    ]
