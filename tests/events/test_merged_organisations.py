"""Two entries of an organisation were merged: meetings name the one that stays, and nobody is invited twice."""

from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from events.audience.model import Organisation
from events.database import Base
from events.invitations.handlers import issue_late
from events.meetings.model import Meeting
from events.merging.organisations import WITH_ORGANISATIONS, columns_naming_organisations, consumer
from shared.contracts.envelope import Event, create_event
from shared.contracts.events import InvitationIssued
from shared.contracts.registry import (
    ContactAppointed,
    ContactDismissed,
    ContactIdentified,
    LeadMandateGranted,
    OrganisationHidden,
    OrganisationMerged,
    OrganisationRegistered,
)
from shared.messaging.inbox import DONE, Inbox
from shared.messaging.transport import Delivery
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

Sessions = async_sessionmaker[AsyncSession]
GONE, KEPT = uuid4(), uuid4()


def _merged() -> Event[OrganisationMerged]:
    return create_event(OrganisationMerged(organisation_id=GONE, into_organisation_id=KEPT), subject=GONE, sequence=3)


async def _hear(sessions: Sessions, event: Event[Any]) -> None:
    delivery = Delivery(type(event.data).exchange, event.routing_key, event.to_bytes())
    assert await Inbox(consumer, sessions).process([delivery]) == [DONE]


async def _appoint(registry: Any, contact: UUID, person: UUID, organisation: UUID, sequence: int = 1) -> None:
    appointed = ContactAppointed(contact_id=contact, organisation_id=organisation, function="chair")
    identified = ContactIdentified(contact_id=contact, person_id=person, organisation_id=organisation)
    await registry.tell(appointed, subject=contact, sequence=sequence)
    await registry.tell(identified, subject=contact, sequence=sequence)


async def test_nobody_is_invited_twice(registry: Any, published: Any, outbox: Any, sessions: Sessions) -> None:
    """The chair of the lead was invited; the other entry names her, too, and somebody else, who is invited now."""
    chair, lead, double, other = (uuid4() for _ in range(4))
    granted: LeadMandateGranted = await registry.grant_mandate(GONE, registry.gossa)
    await _appoint(registry, lead, chair, GONE)
    await _appoint(registry, double, chair, KEPT)
    await _appoint(registry, other, uuid4(), KEPT)
    await published()
    again = granted.model_copy(update={"organisation_id": KEPT})
    await registry.tell(again, subject=registry.gossa, sequence=2)
    await issue_late(sessions)  # before the contacts are told of: in whatever order the events come
    await _appoint(registry, lead, chair, KEPT, sequence=2)
    await registry.tell(ContactDismissed(contact_id=double, organisation_id=KEPT), subject=double, sequence=2)
    await _hear(sessions, _merged())
    await issue_late(sessions)
    invited = [event.data.contact_id for event in await outbox.of(InvitationIssued)]
    assert invited == [lead, other]


async def test_meetings_tasks_and_agendas_name_the_entry_that_stays(
    registry: Any, published: Any, sessions: Sessions
) -> None:
    for organisation in (GONE, KEPT):
        entry = OrganisationRegistered(
            organisation_id=organisation,
            kind="association",
            slug=str(organisation),
            name="Heimatverein",
            village_id=registry.gossa,
        )
        await registry.tell(entry, subject=organisation)
    both = await published(organisation_ids=[str(GONE), str(KEPT)])
    alone = await published(title="Zweites Treffen", organisation_ids=[str(GONE)])
    async with sessions() as session, session.begin():
        items = Base.metadata.tables["agenda_item"]
        await session.execute(sa.update(items).values(organisation_id=GONE))
    await _hear(sessions, _merged())
    hidden = create_event(OrganisationHidden(organisation_id=GONE), subject=GONE, sequence=2)
    await registry.deliver(hidden)  # later than the merger, and older
    async with sessions() as session:
        for meeting in (both, alone):
            assert (await session.get_one(Meeting, UUID(meeting["id"]))).organisation_ids == [KEPT]
        for column in columns_naming_organisations():
            assert await session.scalar(sa.select(sa.func.count()).where(column == GONE)) == 0, column
        found = await session.scalar(sa.select(items.c.organisation_id).limit(1))
        assert found == KEPT
        assert (await session.get_one(Organisation, GONE)).hidden


def test_every_column_with_an_organisation_is_known() -> None:
    """Whoever adds one says here whether the merger moves it, or an event of its own."""
    named = {
        (table.name, column.name)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if "organisation" in column.name
    }
    assert named == {
        *((column.table.name, column.name) for column in columns_naming_organisations()),
        *((table.__tablename__, "organisation_ids") for table in WITH_ORGANISATIONS),
        ("attendance", "organisation"),  # what a guest wrote, in words
        ("contact", "organisation_id"),
        ("lead_mandate", "organisation_id"),
        ("need", "organisation_id"),
    }
