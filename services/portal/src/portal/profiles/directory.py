"""Published profiles, read live from the registry and kept until an event says that something has changed."""

import time
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from shared.errors import Unavailable
from sqlalchemy import select

from portal.read_model.model import Revision
from portal.web.services import Refused
from portal.web.view import View

KEPT = 60  # seconds, also while no event comes: nobody stays published because a queue stands still
ASK_AGAIN = 5  # seconds without names after the registry did not answer: pages do not wait for it one by one


@dataclass(frozen=True)
class Profile:
    """A name, and a contact's function and organisation or a volunteer's fields (slugs) and areas (ids)."""

    name: str
    organisation_id: UUID | None = None
    function: str = ""
    fields: tuple[str, ...] = ()
    areas: frozenset[UUID] = frozenset()


@dataclass(frozen=True)
class Published:
    """The published people of a network, by name; `speakers` speak for the network itself."""

    speakers: list[Profile] = field(default_factory=list)
    contacts: list[Profile] = field(default_factory=list)
    volunteers: list[Profile] = field(default_factory=list)

    def of_organisation(self, organisation_id: UUID) -> list[Profile]:
        return [one for one in self.contacts if one.organisation_id == organisation_id]

    def of_village(self, village_id: UUID) -> list[Profile]:
        """Volunteers who named the village."""
        return [one for one in self.volunteers if village_id in one.areas]


class ProfileDirectory:
    """What a process remembers of the registry's profiles, by the network's slug."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[int, float, Published]] = {}

    async def of(self, view: View, network: str) -> Published:
        """The people of a network that exists. While the registry does not answer nobody is shown.

        The count of changes is read first: what the registry says is never older than it.
        """
        async with view.reading() as session:
            revision = await session.scalar(select(Revision.number)) or 0
        known = self._known.get(network)
        if known is not None and known[0] == revision and time.monotonic() - known[1] < KEPT:
            return known[2]
        asked_at = time.monotonic()
        try:
            answer = await view.services.registry.get("/profiles", network=network)
        except (Refused, Unavailable):
            self._known[network] = (revision, time.monotonic() - KEPT + ASK_AGAIN, Published())
            return Published()
        published = _published(answer["items"])
        self._known[network] = (revision, asked_at, published)
        return published


def _published(items: list[dict[str, Any]]) -> Published:
    contacts = [
        Profile(name=one["name"], organisation_id=UUID(one["organisation_id"]), function=one["function"])
        for one in items
        if one["kind"] == "contact"
    ]
    volunteers = [
        Profile(
            name=one["name"],
            fields=tuple(one["fields"]),
            areas=frozenset(UUID(area["id"]) for area in one["areas"]),
        )
        for one in items
        if one["kind"] == "volunteer"
    ]
    speakers = [
        Profile(name=one["name"], function=one["function"]) for one in items if one["kind"] == "network_contact"
    ]
    return Published(speakers, contacts, volunteers)
