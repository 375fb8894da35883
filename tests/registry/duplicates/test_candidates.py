"""Which entries are likely the same as rows that are not entered yet, and who is told of them."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest
from registry.duplicates.candidates import (
    POSSIBLE,
    PROBABLE,
    Candidate,
    Reason,
    StagedOrganisation,
    StagedPerson,
    like_organisations,
    like_persons,
    values_of,
)
from registry.settings import RegistrySettings
from shared.access.grants import Access, Grant, Principal, Role
from shared.access.tenancy import enter_scopes, scopes_of
from shared.database import create_engine, create_sessions
from testkit.tokens import district_officer, municipality_officer

from tests.registry.conftest import Volunteer, World

Staged = StagedOrganisation | StagedPerson
Ask = Callable[..., Awaitable[Sequence[Candidate]]]


@pytest.fixture
def ask(settings: RegistrySettings) -> Ask:
    """`await ask(*rows, by=grant)`: what somebody with this grant is told, in the application's role."""

    async def candidates(*rows: Staged, by: Grant | None = None, least: int = PROBABLE) -> Sequence[Candidate]:
        principal = Principal(id=uuid4(), grants=(by or district_officer(),))
        access = Access(principal, frozenset(Role))
        engine = create_engine(settings)
        async with create_sessions(engine)() as session, session.begin():
            await enter_scopes(session, scopes_of(principal))
            like = like_organisations if isinstance(rows[0], StagedOrganisation) else like_persons
            found = await like(session, access, values_of(rows), least=least)  # type: ignore[arg-type]
        await engine.dispose()
        return found

    return candidates


@pytest.mark.parametrize(
    ("row", "reasons"),
    [
        ({"name": "Heimatverein Gossa"}, {Reason.SAME_NAME, Reason.VILLAGE}),
        ({"name": "HEIMATVEREIN eingetragener Verein"}, {Reason.SAME_NAME, Reason.VILLAGE}),
        ({"name": "Heimatverrein Gossa e.V."}, {Reason.SIMILAR_NAME, Reason.VILLAGE}),
        ({"name": "Geschichtskreis", "register_number": "VR123", "register_court": "AG Stendal"}, {Reason.REGISTER}),
        ({"name": "Heimatverein", "register_number": "123"}, {Reason.SAME_NAME, Reason.REGISTER_NUMBER}),
        ({"name": "Heimatvereine", "website": "http://heimat.example"}, {Reason.SIMILAR_NAME, Reason.WEBSITE}),
    ],
)
async def test_an_organisation_is_recognised(world: World, ask: Ask, row: dict[str, str], reasons: set[Reason]) -> None:
    facts: dict[str, Any] = {
        "register_court": "Amtsgericht Stendal",
        "register_number": "VR 0123",
        "website": "https://www.heimat.example/",
    }
    entered = await world.enter("Gossaer Heimatverein e. V.", **facts)
    [found] = await ask(StagedOrganisation(7, village_id=UUID(world.gossa["id"]), **row))
    assert (found.row, str(found.id)) == (7, entered["id"])
    assert reasons <= set(found.reasons)
    assert PROBABLE <= found.score <= 100


async def test_an_organisation_is_recognised_by_the_address_of_a_contact(world: World, ask: Ask) -> None:
    entered = await world.enter("Heimat- und Kulturverein")
    await world.appoint(entered, "Erna Beispiel")
    [found] = await ask(
        StagedOrganisation(1, "Kulturverein Gossa", UUID(world.gossa["id"]), email="ERNA@verein.example")
    )
    assert Reason.EMAIL in found.reasons


async def test_other_organisations_are_not_taken_for_the_same(world: World, ask: Ask) -> None:
    await world.enter("Sportverein Gossa e. V.", register_court="Stendal", register_number="VR 12")
    gossa, krina = UUID(world.gossa["id"]), UUID(world.krina["id"])
    rows = [
        StagedOrganisation(1, "Schützenverein Gossa e. V.", gossa),
        StagedOrganisation(2, "Sportverein Krina e. V.", krina),
        StagedOrganisation(3, "Angelverein", gossa, "Amtsgericht Dessau", "VR 12"),
    ]
    assert await ask(*rows) == []


async def test_a_name_that_every_village_has_is_no_sign(world: World, ask: Ask) -> None:
    for village in (world.gossa, world.krina, world.loeberitz):
        await world.enter("Freiwillige Feuerwehr", village=village)
    assert await ask(StagedOrganisation(1, "Freiwillige Feuerwehr", UUID(world.pouch["id"])), least=POSSIBLE) == []
    [found] = await ask(StagedOrganisation(1, "Freiwillige Feuerwehr", UUID(world.krina["id"])))
    assert Reason.VILLAGE in found.reasons


async def test_drafts_are_told_in_their_scope_alone(world: World, ask: Ask) -> None:
    await world.enter("Heimatverein", publication="draft")
    row = StagedOrganisation(1, "Heimatverein Gossa", UUID(world.gossa["id"]))
    assert len(await ask(row, by=municipality_officer(UUID(world.muldestausee["id"])))) == 1
    assert await ask(row, by=municipality_officer(UUID(world.zoerbig["id"]))) == []


@pytest.mark.parametrize(
    ("row", "reasons"),
    [
        ({"name": "Helfer, Kurt", "phone": "+493493412345"}, {Reason.SAME_NAME, Reason.PHONE}),
        ({"name": "Dr. Curt Hellfer", "email": "KURT@post.example"}, {Reason.SIMILAR_NAME, Reason.EMAIL}),
        ({"name": "K. Helfer", "phone": "+493493412345"}, {Reason.SIMILAR_NAME, Reason.PHONE}),
        ({"name": "Kurt Helfer", "village_ids": "here"}, {Reason.SAME_NAME, Reason.VILLAGE}),
    ],
)
async def test_a_volunteer_is_recognised(
    world: World, volunteer: Volunteer, ask: Ask, row: dict[str, str], reasons: set[Reason]
) -> None:
    entered = await volunteer(name="Kurt Helfer", email="kurt@post.example", phone="03493 412345")
    here = {"village_ids": (UUID(world.gossa["id"]),)} if "village_ids" in row else {}
    [found] = await ask(StagedPerson(3, **(row | here)))  # type: ignore[arg-type]
    assert str(found.id) == entered["person"]["id"]
    assert reasons <= set(found.reasons)


async def test_couples_and_namesakes_are_two_people(volunteer: Volunteer, ask: Ask) -> None:
    await volunteer(name="Kurt Helfer", email="familie@post.example")
    assert await ask(StagedPerson(1, "Renate Helfer", "familie@post.example")) == []
    assert await ask(StagedPerson(1, "Kurt Helfer", "anderer@post.example")) == []


async def test_nobody_learns_of_people_outside_of_their_scope(world: World, volunteer: Volunteer, ask: Ask) -> None:
    await volunteer(name="Kurt Helfer", email="kurt@post.example")
    row = StagedPerson(1, "Kurt Helfer", "kurt@post.example")
    assert len(await ask(row, by=municipality_officer(UUID(world.muldestausee["id"])))) == 1
    assert await ask(row, by=municipality_officer(UUID(world.zoerbig["id"]))) == []
