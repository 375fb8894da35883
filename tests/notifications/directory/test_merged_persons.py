"""Somebody was entered twice: one entry is left, what waits goes there once, and nothing brings the other one back."""

from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from notifications.consents.consumers import consumer as consents
from notifications.consents.model import Subscription
from notifications.directory.model import Contact, Person
from notifications.erasures import forgetting
from shared.contracts.envelope import create_event
from shared.contracts.events import MeetingPublished
from shared.contracts.registry import ConsentGiven, ConsentPurpose, MergedContact, PersonMerged
from shared.database import transaction
from shared.erasure.forgetting import Subject
from shared.messaging.inbox import DONE, Inbox
from shared.messaging.transport import Delivery


async def _merge(world: Any, former: UUID, into: UUID, *contacts: tuple[UUID, UUID]) -> None:
    pairs = [MergedContact(contact_id=one, into_contact_id=other) for one, other in contacts]
    await world.tell(PersonMerged(person_id=former, into_person_id=into, contacts=pairs), subject=former)


async def _all(world: Any, column: Any) -> list[Any]:
    async with world.sessions() as session:
        return list(await session.scalars(sa.select(column)))


async def _hear(world: Any, data: Any, subject: UUID, sequence: int = 1) -> None:
    event = create_event(data, subject=subject, sequence=sequence, network="heidedoerfer")
    delivery = Delivery(type(data).exchange, event.routing_key, event.to_bytes())
    assert await Inbox(consents, world.sessions).process([delivery]) == [DONE]


async def test_an_older_event_never_brings_the_former_entry_back(world: Any) -> None:
    former, into = await world.describe_person("Erna Alt"), await world.describe_person("Erna Neu")
    contact = await world.identify(former)
    await _merge(world, former, into)
    await world.describe_person("Erna Alt", person=former, sequence=9)
    late = await world.identify(former)
    assert await _all(world, Person.id) == [into]
    assert set(await _all(world, Contact.person_id)) == {into}
    assert set(await _all(world, Contact.id)) == {contact, late}


async def test_an_erasure_forgets_former_entries_that_a_backup_still_holds(world: Any, meeting_facts: Any) -> None:
    former, into = await world.describe_person("Erna Alt"), uuid4()
    contact = await world.identify(former)
    await world.invite(contact, meeting_facts(), uuid4())
    async with transaction(world.sessions) as session:
        await forgetting.forget(session, Subject(uuid4(), into, former_person_ids=(former,)))
    await world.describe_person("Erna Alt", person=former, sequence=9)
    assert [await _all(world, column) for column in (Person.id, Contact.id)] == [[], []]
    assert await world.notices() == []


async def test_merges_told_in_another_order_lead_to_the_last_entry(world: Any) -> None:
    first, second, third = [await world.describe_person(f"Erna {number}") for number in "123"]
    contact = await world.identify(first)
    await _merge(world, second, third)
    await _merge(world, first, second)
    await _merge(world, first, second)
    assert await _all(world, Contact.person_id) == [third]
    assert (await _all(world, Contact.id), await _all(world, Person.id)) == ([contact], [third])


async def test_an_invitation_that_waits_for_both_goes_once(world: Any, meeting_facts: Any) -> None:
    former, into = await world.describe_person(email=None), await world.describe_person()
    club, meeting = uuid4(), meeting_facts()
    twice, once = await world.identify(former, organisation=club), await world.identify(into, organisation=club)
    await world.invite(once, meeting, club)
    await world.invite(twice, meeting, club)
    await world.invite(twice, meeting_facts(), club)
    await _merge(world, former, into, (twice, once))
    waiting = await world.notices()
    assert [notice.contact_id for notice in waiting] == [once, once]
    assert len({notice.meeting_id for notice in waiting}) == 2


async def test_the_news_of_a_meeting_are_mailed_once(world: Any, meeting_facts: Any) -> None:
    former, into = await world.describe_person(), await world.describe_person()
    given = {}
    for person in (former, into):
        given[person] = ConsentGiven(
            consent_id=uuid4(),
            person_id=person,
            purpose=ConsentPurpose.NEWSLETTER,
            networks=["heidedoerfer"],
            unsubscribe_token="geheim",
        )
        await _hear(world, given[person], given[person].consent_id)
    meeting = meeting_facts()
    await _hear(world, MeetingPublished(meeting=meeting), meeting.meeting_id)
    assert len(await world.notices()) == 2
    await _merge(world, former, into)
    await _hear(world, given[former], given[former].consent_id, 2)
    await _hear(world, MeetingPublished(meeting=meeting), meeting.meeting_id, 2)
    assert [notice.person_id for notice in await world.notices()] == [into]
    assert set(await _all(world, Subscription.person_id)) == {into}
