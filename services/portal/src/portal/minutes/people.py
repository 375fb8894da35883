"""People in minutes: marks in the texts that the service keeps, names on the pages of those who may know them.

A mark is `{contact:<id>}` or `{person:<id>}`. Where a name is not known, or nobody may know it, the function stands
there. Whatever a page shows for a mark becomes that mark again when the text is saved.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any
from uuid import UUID

from shared.errors import Unavailable
from shared.i18n import N_
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.networks.queries import NetworkPage
from portal.oversight.log import names_of
from portal.read_model.model import Contact
from portal.web.services import Refused
from portal.web.view import View

_MARK = re.compile(r"\{(?:contact|person):[0-9a-f-]{36}\}")
REMEMBERED = 60.0  # seconds: so long after an erasure a name may still stand on a page that is being written
_PAGE, _PAGES = 200, 10  # contacts that the registry gives at once, and how often it is asked for one page of ours

FUNCTIONS = {
    "chair": N_("Chair"),
    "deputy_chair": N_("Deputy chair"),
    "treasurer": N_("Treasurer"),
    "secretary": N_("Secretary"),
    "youth_officer": N_("Youth work"),
    "managing_director": N_("Management"),
    "village_mayor": N_("Village mayor"),
    "contact_person": N_("Contact person"),
}
FORMER = N_("a former contact person")
STAFF = N_("the network's coordination")


class KnownNames:
    """The names that somebody was shown, for a minute: who writes minutes saves them every few seconds."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, UUID], tuple[float, dict[str, str]]] = {}

    def of(self, network: str, reader: UUID) -> dict[str, str] | None:
        """By mark; None where nobody asked, or too long ago."""
        now = monotonic()
        self._known = {key: value for key, value in self._known.items() if now - value[0] < REMEMBERED}
        found = self._known.get((network, reader))
        return found[1] if found else None

    def remember(self, network: str, reader: UUID, names: dict[str, str]) -> None:
        self._known[network, reader] = (monotonic(), names)


@dataclass
class People:
    """Who may stand in the minutes of a network. `functions` and `names` are by mark, `organisations` by id."""

    functions: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    organisations: dict[str, str] = field(default_factory=dict)
    former: str = ""
    staff: str = ""

    def shown(self, text: str) -> str:
        """The text with a name, or else a function, for each mark."""
        return _MARK.sub(lambda mark: self.names.get(mark[0]) or self.public_name(mark[0]), text)

    def public(self, text: str) -> str:
        """The text with a function for each mark, and for each name of somebody whom the reader knows."""
        return _MARK.sub(lambda mark: self.public_name(mark[0]), self.linked(text))

    def public_name(self, mark: str) -> str:
        return self.functions.get(mark) or (self.staff if mark.startswith("{person:") else self.former)

    def linked(self, text: str) -> str:
        """The text with a mark for each name, and for what stands for one; longer names first."""
        for words, mark in sorted(self._words().items(), key=lambda pair: -len(pair[0])):
            text = re.sub(rf"(?<!\w){re.escape(words)}(?!\w)", lambda _: mark, text)  # noqa: B023 - called at once
        return text

    def _words(self) -> dict[str, str]:
        words = {name: mark for mark, name in self.functions.items()}
        return words | {name: mark for mark, name in self.names.items() if " " in name}

    def who(self, task: Mapping[str, Any]) -> str:
        """Who does a task, or brings an item in, as `who` and `organisation_id` of the service say it."""
        organisation = self.organisations.get(task["organisation_id"] or "", "")
        if not task["who"]:
            return organisation
        shown = self.shown(task["who"])
        return f"{shown} ({organisation})" if organisation and organisation not in shown else shown


def persons_in(texts: Iterable[str]) -> list[str]:
    """The ids of the accounts that these texts mark."""
    return [one for text in texts for one in re.findall(r"\{person:([0-9a-f-]{36})\}", text)]


async def read_people(view: View, page: NetworkPage, persons: Iterable[str] = ()) -> People:
    """The contacts of the network's organisations, with the names that the reader may know; `persons` are ids of
    accounts that stand in the text."""
    translate = view.translate.gettext
    people = People(
        organisations={str(one.id): one.name for village in page.villages for one in village.organisations},
        former=translate(FORMER),
        staff=translate(STAFF),
    )
    async with view.reading() as session:
        for contact in await _contacts(session, [UUID(one) for one in people.organisations]):
            function = translate(FUNCTIONS[contact.function]) if contact.function in FUNCTIONS else contact.function
            organisation = people.organisations[str(contact.organisation_id)]
            people.functions[f"{{contact:{contact.contact_id}}}"] = f"{function} ({organisation})"
    if view.may_plan(page.slug):
        people.names = await _names(view, page.slug, people)
        people.names |= {f"{{person:{one}}}": name for one, name in (await _accounts(view, persons)).items()}
    elif view.viewer is not None:
        people.names = {f"{{person:{view.viewer.principal.id}}}": view.viewer.name}
    return people


async def _contacts(session: AsyncSession, organisations: list[UUID]) -> Iterable[Contact]:
    query = select(Contact).where(Contact.organisation_id.in_(organisations), ~Contact.dismissed)
    return (await session.scalars(query.order_by(Contact.contact_id))).all()


async def _names(view: View, network: str, people: People) -> dict[str, str]:
    """The contacts' names by mark; without those that the registry does not tell at the moment."""
    known: KnownNames = view.request.app.state.known_names
    names = known.of(network, view.holder.principal.id)
    if names is not None:
        return dict(names)
    names, more = {}, dict[str, str]()
    try:
        for _ in range(_PAGES):
            answer = await view.services.registry.get("/contacts", token=await view.token(), limit=_PAGE, **more)
            names |= {f"{{contact:{one['id']}}}": one["person"]["name"] for one in answer["items"]}
            if answer["next"] is None:
                break
            more = {"after": answer["next"]}
    except (Refused, Unavailable):
        return {}
    names = {mark: name for mark, name in names.items() if mark in people.functions}
    known.remember(network, view.holder.principal.id, names)
    return dict(names)


async def _accounts(view: View, persons: Iterable[str]) -> dict[str, str]:
    try:
        return await names_of(view, list(persons))
    except (Refused, Unavailable):
        return {}
