"""The contact directory follows the newest event, whatever order they come in."""

from typing import Any
from uuid import uuid4

from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from notifications.directory.model import Contact, Person


async def test_an_older_description_never_replaces_a_newer_one(world: Any) -> None:
    person = await world.describe_person("Hannelore Neu", "neu@verein.example", sequence=7)
    await world.describe_person("Hannelore Alt", "alt@verein.example", person=person, sequence=6)
    async with world.sessions() as session:
        known = await session.get(Person, person)
    assert (known.name, known.email, known.sequence) == ("Hannelore Neu", "neu@verein.example", 7)


@hypothesis_settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(1, 6)))
async def test_any_order_ends_with_the_newest(world: Any, order: list[int]) -> None:
    person = uuid4()
    for sequence in order:
        await world.describe_person(f"Name {sequence}", None, person=person, sequence=sequence)
    async with world.sessions() as session:
        known = await session.get(Person, person)
    assert (known.name, known.sequence) == ("Name 5", 5)


async def test_a_contact_is_known_by_its_person(world: Any) -> None:
    organisation = uuid4()
    person = await world.describe_person()
    contact = await world.identify(person, organisation=organisation)
    async with world.sessions() as session:
        known = await session.get(Contact, contact)
    assert (known.person_id, known.organisation_id) == (person, organisation)
