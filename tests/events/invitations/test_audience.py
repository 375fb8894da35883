"""Who is invited when a meeting is published, and who is invited later."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
from events.invitations.handlers import issue_late
from shared.contracts.envelope import create_event
from shared.contracts.events import InvitationIssued, RegistrationsCounted
from shared.contracts.registry import ContactDismissed, LeadMandateEnded
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

Sessions = async_sessionmaker[AsyncSession]
TODAY = datetime.now(UTC).date()
DAYS = timedelta(days=1)


async def invited(outbox: Any) -> list[UUID]:
    return sorted(event.data.contact_id for event in await outbox.of(InvitationIssued))


async def test_every_contact_of_a_lead_association_is_invited(registry: Any, published: Any, outbox: Any) -> None:
    contacts = await registry.lead(registry.gossa, contacts=2) + await registry.lead(registry.krina)
    await registry.lead(uuid4())  # leads a village of another network
    await registry.appoint(uuid4())  # an association that leads nothing
    meeting = await published()
    assert meeting["counts"] == {"invited": 3, "accepted": 0, "declined": 0, "registered": 0}
    assert await invited(outbox) == sorted(contacts)
    tokens = await outbox.reply_tokens()
    assert len(set(tokens.values())) == 3
    assert all(len(token) >= 43 for token in tokens.values())


async def test_a_mandate_counts_from_today_to_the_day_of_the_meeting(
    registry: Any, published: Any, outbox: Any
) -> None:
    async def lead(since: int, until: int | None) -> UUID:
        organisation = uuid4()
        await registry.grant_mandate(
            organisation,
            registry.gossa,
            since=TODAY + since * DAYS,
            until=None if until is None else TODAY + until * DAYS,
        )
        contact: UUID = await registry.appoint(organisation)
        return contact

    await lead(-900, -2)  # ended
    outgoing = await lead(-900, 10)
    successor = await lead(11, None)  # before the meeting, which is in 30 days
    await lead(40, None)  # after the meeting
    await published()
    assert await invited(outbox) == sorted([outgoing, successor])


async def test_an_association_that_leads_two_villages_is_invited_once(
    registry: Any, published: Any, outbox: Any
) -> None:
    organisation = uuid4()
    await registry.grant_mandate(organisation, registry.gossa)
    await registry.grant_mandate(organisation, registry.krina)
    contact = await registry.appoint(organisation)
    await published()
    assert await invited(outbox) == [contact]


async def test_a_mandate_granted_just_before_publication_is_not_forgotten(
    registry: Any, published: Any, outbox: Any, sessions: Sessions, coordinator: httpx2.AsyncClient
) -> None:
    """The registry's events are still on their way when the coordinator publishes."""
    early = await registry.lead(registry.gossa)
    meeting = await published()
    assert await invited(outbox) == early
    late = await registry.lead(registry.krina)
    await issue_late(sessions)
    assert await invited(outbox) == sorted(early + late)
    assert (await coordinator.get(f"/meetings/{meeting['id']}")).json()["counts"]["invited"] == 2
    assert [event.data.invited for event in await outbox.of(RegistrationsCounted)] == [1, 2]
    await issue_late(sessions)
    assert len(await invited(outbox)) == 2


async def test_the_order_of_the_registrys_events_does_not_matter(
    registry: Any, published: Any, outbox: Any, sessions: Sessions
) -> None:
    await published()
    organisation = uuid4()
    contact = await registry.appoint(organisation)
    await issue_late(sessions)
    assert await invited(outbox) == []
    await registry.grant_mandate(organisation, registry.krina)
    await issue_late(sessions)
    assert await invited(outbox) == [contact]


async def test_late_contacts_of_a_draft_or_a_past_meeting_are_not_invited(
    coordinator: httpx2.AsyncClient,
    registry: Any,
    published: Any,
    plan: dict[str, Any],
    outbox: Any,
    sessions: Sessions,
) -> None:
    await published(starts_at="2024-09-11T13:30", ends_at="2024-09-11T15:00")
    (await coordinator.post("/meetings", json=plan)).raise_for_status()
    await registry.lead(registry.gossa)
    await issue_late(sessions)
    assert await invited(outbox) == []


async def test_late_invitations_and_publication_at_once_invite_everybody_once(
    coordinator: httpx2.AsyncClient, registry: Any, plan: dict[str, Any], outbox: Any, sessions: Sessions
) -> None:
    contacts = await registry.lead(registry.gossa, contacts=4)
    draft = (await coordinator.post("/meetings", json=plan)).json()
    await asyncio.gather(
        coordinator.post(f"/meetings/{draft['id']}/publication"),
        *(issue_late(sessions) for _ in range(4)),
        registry.lead(registry.krina),
    )
    await asyncio.gather(*(issue_late(sessions) for _ in range(4)))
    told = await invited(outbox)
    assert len(told) == len(set(told)) == 5
    assert set(contacts) < set(told)


async def test_an_ended_mandate_and_a_dismissed_contact_are_not_invited(
    registry: Any, published: Any, outbox: Any
) -> None:
    organisation, other = uuid4(), uuid4()
    mandate = await registry.grant_mandate(organisation, registry.gossa)
    await registry.appoint(organisation)
    ended = LeadMandateEnded(**(mandate.model_dump() | {"until": TODAY - 2 * DAYS}))
    await registry.tell(ended, subject=registry.gossa, sequence=2)
    await registry.grant_mandate(other, registry.krina)
    contact = await registry.appoint(other)
    dismissed = ContactDismissed(contact_id=contact, organisation_id=other)
    await registry.tell(dismissed, subject=contact, sequence=2)
    await published()
    assert await invited(outbox) == []


async def test_an_older_event_does_not_bring_a_mandate_back(registry: Any, published: Any, outbox: Any) -> None:
    organisation = uuid4()
    contact = await registry.appoint(organisation)
    mandate = await registry.grant_mandate(organisation, registry.gossa)
    ended = LeadMandateEnded(**(mandate.model_dump() | {"until": TODAY - 2 * DAYS}))
    await registry.tell(ended, subject=registry.gossa, sequence=5)
    await registry.deliver(create_event(mandate, subject=registry.gossa, sequence=4))  # overtaken, with a new id
    await published()
    assert contact not in await invited(outbox)


async def test_planners_see_who_was_invited(
    coordinator: httpx2.AsyncClient,
    stranger: httpx2.AsyncClient,
    resident: httpx2.AsyncClient,
    anybody: httpx2.AsyncClient,
    registry: Any,
    published: Any,
) -> None:
    contacts = await registry.lead(registry.gossa, contacts=2)
    meeting = await published()
    address = f"/meetings/{meeting['id']}/invitations"
    items = (await coordinator.get(address)).raise_for_status().json()["items"]
    assert sorted(item["contact_id"] for item in items) == sorted(map(str, contacts))
    assert not any("token" in name for item in items for name in item)
    assert (await anybody.get(address)).status_code == 401
    assert (await resident.get(address)).status_code == 403
    assert (await stranger.get(address)).status_code == 404
