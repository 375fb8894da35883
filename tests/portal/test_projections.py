"""The read model and the log of events: whatever order events come in, the newest state is shown."""

import random
from collections.abc import Callable
from datetime import date
from typing import Any

import httpx2
import pytest
from example_network import NETWORK, everything, id_of, lead, meeting, organisation, territory, told
from portal.event_log.consumers import consumer as event_log
from portal.event_log.model import EventEntry
from portal.networks.queries import NetworkPage, network_page
from portal.read_model.consumers import consumer as read_model
from portal.read_model.model import Meeting, MeetingCount, Organisation
from shared.contracts import events, registry
from shared.contracts.envelope import Exchange
from shared.messaging.inbox import DONE, Inbox
from shared.messaging.transport import Delivery
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

Sessions = async_sessionmaker[AsyncSession]
Tell = Callable[..., Any]


async def shown(sessions: Sessions) -> NetworkPage:
    async with sessions() as session:
        return await network_page(session, NETWORK)


async def deliver(sessions: Sessions, told_events: list[Any]) -> None:
    """As the transport does it: batches through the inbox of both consumers."""
    for consumer in (read_model, event_log):
        wanted = [event for event in told_events if consumer.calls_for(event.type, Exchange.EVENTS)]
        batch = [Delivery(Exchange.EVENTS, event.routing_key, event.to_bytes()) for event in wanted]
        assert set(await Inbox(consumer, sessions).process(batch)) == {DONE}


@pytest.mark.parametrize("seed", range(3))
async def test_any_order_and_any_repetition_gives_the_same_page(sessions: Sessions, seed: int) -> None:
    history = [
        *everything(),
        organisation("Dorfclub Gossa e. V.", "Gossa", sequence=2, goals="alt"),
        organisation("Dorfclub Gossa e. V.", "Gossa", sequence=3, goals="neu"),
    ]
    shuffled = [*history, *random.Random(seed).sample(history, 20)]
    random.Random(seed).shuffle(shuffled)
    for start in range(0, len(shuffled), 25):
        await deliver(sessions, shuffled[start : start + 25])
    page = await shown(sessions)
    gossa = page.village("gossa")
    assert gossa.lead is not None
    assert (gossa.lead.organisation.name, gossa.lead.organisation.goals) == ("Dorfclub Gossa e. V.", "neu")
    assert (page.with_lead, page.associations, page.companies, page.volunteers) == (6, 9, 2, 17)
    async with sessions() as session:
        assert await session.scalar(select(func.count()).select_from(EventEntry)) == len(history)


async def test_a_hidden_organisation_stays_hidden(sessions: Sessions, telling: Tell) -> None:
    name = "Dorfclub Gossa e. V."
    hidden = told(registry.OrganisationHidden(organisation_id=id_of(name)), id_of(name), 3, NETWORK)
    await telling(*territory(), hidden, organisation(name, "Gossa"), organisation(name, "Gossa", sequence=2))
    assert not (await shown(sessions)).village("gossa").organisations
    async with sessions() as session:
        row = await session.get_one(Organisation, id_of(name))
        assert (row.name, row.goals, row.website) == ("", "", None), "nothing of a hidden entry is kept"


async def test_succession_in_the_lead(sessions: Sessions, telling: Tell) -> None:
    first, second, third = "Erster e. V.", "Zweiter e. V.", "Dritter e. V."
    ended = registry.LeadMandateEnded(
        mandate_id=id_of(f"{first} leads"),
        village_id=id_of("Gossa"),
        organisation_id=id_of(first),
        starts_on=date(2024, 3, 1),
        until=date(2025, 5, 31),
    )
    await telling(
        *territory(),
        *(organisation(name, "Gossa") for name in (first, second, third)),
        told(ended, id_of("Gossa"), 3, NETWORK),
        lead(second, "Gossa", sequence=4, since=date(2025, 6, 1)),
        lead(first, "Gossa", sequence=2),
        lead(third, "Gossa", sequence=5, since=date(2190, 1, 1)),
    )
    gossa = (await shown(sessions)).village("gossa")
    assert gossa.lead is not None
    assert gossa.next_lead is not None
    assert (gossa.lead.organisation.name, gossa.next_lead.organisation.name) == (second, third)


async def test_a_cancelled_meeting_and_older_counts(sessions: Sessions, telling: Tell) -> None:
    facts = meeting("Netzwerktreffen")
    key = facts.meeting_id

    def counted(sequence: int, accepted: int) -> Any:
        data = events.RegistrationsCounted(
            meeting_id=key, invited=9, accepted=accepted, declined=0, registered=accepted
        )
        return told(data, key, sequence, NETWORK)

    await telling(
        counted(7, 3),
        told(events.MeetingCancelled(meeting=facts), key, 8, NETWORK),
        counted(5, 1),
        told(events.MeetingPublished(meeting=facts), key, 2, NETWORK),
    )
    async with sessions() as session:
        assert (await session.get_one(Meeting, key)).status == "cancelled"
        assert (await session.get_one(MeetingCount, key)).accepted == 3


async def test_event_log_page(pages: httpx2.AsyncClient, telling: Tell) -> None:
    await telling(*everything())
    html = (await pages.get("/ereignisse")).text
    assert "„Netzwerktreffen im Advent“: 3 von 6 Eingeladenen kommen, 1 können nicht." in html
    assert "events.registrations.counted.v1" in html
    assert "&#34;specversion&#34;: &#34;1.0&#34;" in html
    chosen = (await pages.get("/ereignisse", params={"art": "registry.lead_mandate.granted.v1"})).text
    assert chosen.count('<li class="dn-event') == 6
    assert "„Dorfclub Gossa e. V.“ ist ab 1. März 2024 federführender Verein in Gossa." in chosen
    fragment = await pages.get("/ereignisse", headers={"hx-request": "true", "hx-request-type": "partial"})
    assert fragment.text.lstrip().startswith('<div id="ereignisse">')
    older = await pages.get("/ereignisse", params={"vor": 5})
    assert older.text.count('<li class="dn-event') == 4


async def test_live_events_start_where_the_reader_was(pages: httpx2.AsyncClient, telling: Tell) -> None:
    """Read by `nach` what came before; `httpx2.ASGITransport` cannot stream, so only the first part is read here."""
    await telling(*territory()[:3])
    state = pages._transport.app.state  # type: ignore[attr-defined]
    from portal.event_log.routes import _entries
    from starlette.requests import Request

    request = Request({"type": "http", "app": pages._transport.app})  # type: ignore[attr-defined]
    stream = _entries(request, 1)
    assert await anext(stream) is None
    first, second = await anext(stream), await anext(stream)
    assert first is not None
    assert second is not None
    assert (first.position, second.position) == (2, 3)
    await telling(organisation("Live e. V.", "Gossa"))
    third = await anext(stream)
    assert third is not None
    assert third.type == "registry.organisation.registered.v1"
    assert len(state.follower._watchers) == 1
    await stream.aclose()
    assert not state.follower._watchers
