"""Two associations in one network, and what they need and offer."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx2
import pytest
from shared.contracts.registry import HelpNews, HelpRequestTold
from testkit.tokens import association_contact

Enter = Callable[..., Awaitable[Any]]


@dataclass
class Village:
    """The seeker in Gossa, whose contact is logged in as `contact`, and a neighbour in Krina with a contact person."""

    seeker: Any
    neighbour: Any
    contact: httpx2.AsyncClient
    contact_id: UUID
    outbox: Any

    async def token_for(self, person_id: str) -> str:
        """The link that somebody was mailed last."""
        told = [e.data for e in await self.outbox.of(HelpRequestTold) if e.data.news is HelpNews.ASKED]
        return next(str(one.token) for one in reversed(told) if str(one.person_id) == person_id)


@pytest.fixture
async def place(world: Any, outbox: Any) -> Village:
    seeker = await world.enter("Heimatverein Gossa")
    neighbour = await world.enter("Sportverein Krina", village=world.krina)
    contact = await world.appoint(seeker, "Erna Beispiel")
    await world.appoint(neighbour, "Hilde Muster")
    person = UUID(contact["person"]["id"])
    client = await world.log_in(association_contact(UUID(seeker["id"])), person=person)
    return Village(seeker, neighbour, client, person, outbox)


@pytest.fixture
def enter(world: Any, place: Village) -> Enter:
    """`await enter(side, by=client, raw=False, **facts)`: a need of the seeker, or an offer of the neighbour."""

    async def entered(side: str = "need", *, by: Any = None, raw: bool = False, **facts: Any) -> Any:
        owner = place.seeker if side == "need" else place.neighbour
        body = {
            "side": side,
            "organisation_id": owner["id"],
            "kind": "people",
            "title": "Helfer für das Herbstfest",
            "fields": ["sport"],
            **facts,
        }
        answer = await (by or world.officer).post("/help-entries", json=body)
        if raw:
            return answer
        assert answer.status_code == 201, answer.text
        return answer.json()

    return entered
