"""Two entries of one organisation become one: what moves, who may, what others learn."""

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
import sqlalchemy as sa
from registry import tables
from registry.access.model import AccessGrant
from registry.duplicates.finding import find_pairs
from registry.duplicates.model import OrganisationPair
from registry.imports.model import EntryKind, ImportEntry, ListImport
from registry.merging.organisations_moving import WITHOUT_KEYS
from registry.organisations.model import Organisation
from registry.pointing import columns_naming
from shared.contracts.registry import (
    ContactAppointed,
    ContactDismissed,
    ContactIdentified,
    LeadMandateGranted,
    NeedPublished,
    OrganisationChanged,
    OrganisationHidden,
    OrganisationMerged,
)
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from tests.registry.conftest import Outbox, World, post

Sessions = async_sessionmaker[AsyncSession]


async def merge(
    client: httpx2.AsyncClient, gone: Any, kept: Any, *taken: str, versions: tuple[int, int] | None = None
) -> httpx2.Response:
    """Merge as a page does: with the versions of what it has shown."""
    path = f"/organisations/{gone['id']}/merge"
    if versions is None:
        shown = (await client.get(path, params={"into": kept["id"]})).json()
        versions = (shown["gone_version"], shown["kept_version"])
    body = {"into": kept["id"], "version": versions[0], "into_version": versions[1], "taken": list(taken)}
    return await client.post(path, json=body)


@pytest.fixture
async def two(world: World) -> tuple[Any, Any]:
    """The entry that goes, and the one that stays."""
    gone = await world.enter(
        "Heimatverein Gossa e. V.",
        register_court="Stendal",
        register_number="VR 4711",
        website="https://heimat.example",
        goals="Das Dorf pflegen.",
        fields=["sport"],
        areas=[{"kind": "village", "id": world.krina["id"]}],
        confirmed_on="2025-03-01",
    )
    kept = await world.enter("Gossaer Heimatverein", members=40, fields=["umwelt"])
    return gone, kept


async def test_the_chosen_values_and_everything_of_both_is_in_one_entry(
    world: World, two: tuple[Any, Any], outbox: Outbox
) -> None:
    gone, kept = two
    answer = await merge(await world.coordinator(), gone, kept, "name", "register", "website", "goals")
    assert answer.status_code == 200, answer.text
    one = answer.json()
    assert (one["id"], one["slug"], one["name"]) == (kept["id"], kept["slug"], "Heimatverein Gossa e. V.")
    assert (one["register_court"], one["register_number"]) == (gone["register_court"], gone["register_number"])
    assert (one["website"], one["members"]) == (gone["website"], 40)
    assert set(one["fields"]) == {"sport", "umwelt"}
    assert one["areas"] == [{"kind": "village", "id": world.krina["id"]}]
    assert one["confirmed_on"] == "2025-03-01"
    [hidden] = await outbox.of(OrganisationHidden)
    [merged] = await outbox.of(OrganisationMerged)
    [changed] = await outbox.of(OrganisationChanged)
    assert hidden.data.organisation_id == merged.data.organisation_id == UUID(gone["id"])
    assert (merged.data.into_organisation_id, merged.data.slug) == (UUID(kept["id"]), gone["slug"])
    assert merged.sequence > hidden.sequence
    assert changed.data.name == "Heimatverein Gossa e. V."


async def test_the_old_id_leads_to_the_entry_that_stays_also_after_a_second_merger(
    world: World, two: tuple[Any, Any], anybody: httpx2.AsyncClient
) -> None:
    gone, kept = two
    last = await world.enter("Heimatfreunde Gossa")
    assert (await merge(world.officer, gone, kept)).is_success
    assert (await merge(world.officer, kept, last)).is_success
    for old in (gone, kept):
        answer = await anybody.get(f"/organisations/{old['id']}")
        assert (answer.status_code, answer.headers["location"]) == (308, last["id"])
        assert str(answer.next_request.url).endswith(f"/organisations/{last['id']}")  # type: ignore[union-attr]


async def test_contacts_move_and_nobody_has_a_function_twice(
    world: World, two: tuple[Any, Any], outbox: Outbox
) -> None:
    gone, kept = two
    same = await world.appoint(gone, starts_on="2019-05-01")
    await world.appoint(kept, starts_on="2021-05-01")
    alone = await world.appoint(gone, "Kurt Muster", function="treasurer")
    over = await world.appoint(gone, "Ida Probe", function="secretary", starts_on="2015-01-01", ends_on="2018-12-31")
    preview = (await world.officer.get(f"/organisations/{gone['id']}/merge", params={"into": kept["id"]})).json()
    assert (preview["moving"]["contacts"], preview["moving"]["former_contacts"]) == (2, 1)
    assert (await merge(world.officer, gone, kept)).is_success
    present = (await world.officer.get("/contacts", params={"organisation_id": kept["id"]})).json()["items"]
    assert {(one["person"]["name"], one["function"], one["starts_on"]) for one in present} == {
        ("Erna Beispiel", "chair", "2019-05-01"),
        ("Kurt Muster", "treasurer", alone["starts_on"]),
    }
    former = (await world.officer.get("/contacts", params={"organisation_id": kept["id"], "ended": "true"})).json()[
        "items"
    ]
    assert [one["id"] for one in former] == [over["id"]]
    assert [one.data.contact_id for one in await outbox.of(ContactDismissed)] == [UUID(same["id"])]
    for moved in ((await outbox.of(ContactAppointed))[-1], (await outbox.of(ContactIdentified))[-1]):
        assert (moved.data.contact_id, moved.data.organisation_id) == (UUID(alone["id"]), UUID(kept["id"]))
        assert moved.sequence > 1


async def test_of_two_appointments_that_of_the_lead_stays(world: World, two: tuple[Any, Any], outbox: Outbox) -> None:
    """Meetings have invited it: with the other one its invitations would be lost, or sent a second time."""
    gone, kept = two
    lead, other = await world.appoint(gone), await world.appoint(kept)
    await world.lead(gone)
    assert (await merge(world.officer, gone, kept)).is_success
    assert [one.data.contact_id for one in await outbox.of(ContactDismissed)] == [UUID(other["id"])]
    assert (await outbox.of(ContactIdentified))[-1].data.contact_id == UUID(lead["id"])
    granted = (await outbox.of(LeadMandateGranted))[-1]
    assert granted.data.organisation_id == UUID(kept["id"])


async def test_two_leads_of_one_village_one_after_the_other_are_of_one_association(
    world: World, two: tuple[Any, Any]
) -> None:
    gone, kept = two
    await world.lead(gone, "2020-01-01", until="2023-12-31")
    await world.lead(kept, "2024-01-01")
    assert (await merge(world.officer, gone, kept)).is_success
    mandates = (await world.officer.get("/lead-mandates", params={"village_id": world.gossa["id"]})).json()["items"]
    assert {one["organisation_id"] for one in mandates} == {kept["id"]}
    assert len(mandates) == 2


@pytest.mark.parametrize("facts", [{"kind": "company"}, {"publication": "draft"}, {"elsewhere": True}])
async def test_a_lead_stays_one_of_its_villages_published_associations(
    world: World, two: tuple[Any, Any], facts: dict[str, Any]
) -> None:
    gone, _ = two
    await world.lead(gone)
    kept = await world.enter("Gossa aktiv", village=world.krina if facts.pop("elsewhere", False) else None, **facts)
    answer = await merge(world.officer, gone, kept)
    assert (answer.status_code, answer.json()["code"]) == (409, "lead_stands_in_the_way")
    assert "Gossa" in answer.json()["detail"]
    assert (await merge(world.officer, gone, kept, "kind", "publication", "village")).is_success


async def test_both_leading_their_villages_is_refused(world: World, two: tuple[Any, Any]) -> None:
    gone, _ = two
    kept = await world.enter("Heimatverein Krina", village=world.krina)
    await world.lead(gone)
    await world.lead(kept)
    for taken in ((), ("village",)):
        assert (await merge(world.officer, gone, kept, *taken)).json()["code"] == "lead_stands_in_the_way"


async def test_help_federations_and_grants_move(
    world: World, two: tuple[Any, Any], outbox: Outbox, sessions: Sessions
) -> None:
    gone, kept = two
    federation = await world.enter("Kreisverband", kind="federation")
    for one in two:
        changed = await world.officer.patch(f"/organisations/{one['id']}", json={"federations": [federation["id"]]})
        assert changed.is_success
    need = await post(
        world.officer,
        "/help-entries",
        side="need",
        organisation_id=gone["id"],
        kind="people",
        title="Helfer für das Dorffest",
        area={"kind": "village", "id": world.gossa["id"]},
    )
    contact = await world.appoint(gone)
    for one in two:
        granted = {"person_id": contact["person"]["id"], "role": "association_contact", "scope_id": one["id"]}
        await post(world.officer, "/grants", **granted)
    merged = (await merge(world.officer, gone, kept)).json()
    assert merged["federations"] == [federation["id"]]
    told = (await outbox.of(NeedPublished))[-1]
    assert (told.data.entry_id, told.data.organisation_id) == (UUID(need["id"]), UUID(kept["id"]))
    async with sessions() as session:
        held = (await session.scalars(sa.select(AccessGrant).where(AccessGrant.ended_at.is_(None)))).all()
        assert [one.scope_id for one in held if one.scope_id] == [UUID(kept["id"])]


async def test_members_of_a_federation_are_those_of_the_entry_that_stays(world: World) -> None:
    gone, kept = [await world.enter(name, kind="federation") for name in ("Kreisverband Sport", "Kreissportbund")]
    member = await world.enter("Sportverein Löberitz", village=world.loeberitz, federations=[gone["id"], kept["id"]])
    assert (await world.officer.patch(f"/organisations/{kept['id']}", json={"federations": [gone["id"]]})).is_success
    other = await world.enter("Heimatverein")
    assert (await merge(world.officer, gone, other)).json()["code"] == "has_members"
    merged = (await merge(await world.coordinator(), gone, kept)).json()
    assert merged["federations"] == []  # not of itself
    found = (await world.officer.get(f"/organisations/{member['id']}")).json()
    assert found["federations"] == [kept["id"]]


async def test_what_was_told_apart_from_one_is_apart_from_the_other(
    world: World, two: tuple[Any, Any], sessions: Sessions
) -> None:
    gone, kept = two
    third = await world.enter("Heimatverein von Gossa")
    await find_pairs(sessions)
    told = {"left_id": gone["id"], "right_id": third["id"]}
    assert (await world.officer.post("/duplicates/organisations/differences", json=told)).is_success
    assert (await merge(world.officer, gone, kept)).is_success
    async with sessions() as session:
        [pair] = (await session.scalars(sa.select(OrganisationPair))).all()
    assert {pair.left_id, pair.right_id} == {UUID(kept["id"]), UUID(third["id"])}
    assert pair.different_at is not None


async def test_an_undone_import_leaves_the_entry(world: World, two: tuple[Any, Any], sessions: Sessions) -> None:
    gone, kept = two
    imported = {"import_id": uuid4(), "kind": EntryKind.ORGANISATION, "part": 1, "row": 2, "created": True}
    async with sessions() as session, session.begin():
        columns = {column.name for column in ListImport.__table__.columns}
        values: dict[str, Any] = {"id": imported["import_id"], "state": "done", "office": "district"}
        values |= {"created_by": uuid4(), "role": "district_officer", "file_name": "liste.csv", "format": "csv"}
        values |= {"size": 1, "changed_at": sa.func.now()}
        await session.execute(
            sa.insert(ListImport).values({name: value for name, value in values.items() if name in columns})
        )
        session.add(ImportEntry(entity_id=UUID(gone["id"]), version=1, **imported))
    assert (await merge(world.officer, gone, kept)).is_success
    async with sessions() as session:
        [entry] = (await session.scalars(sa.select(ImportEntry))).all()
    assert (entry.entity_id, entry.kept) == (UUID(kept["id"]), "changed")


async def test_old_versions_change_nothing(world: World, two: tuple[Any, Any], outbox: Outbox) -> None:
    gone, kept = two
    for versions in ((2, 1), (1, 2)):
        answer = await merge(world.officer, gone, kept, versions=versions)
        assert (answer.status_code, answer.json()["code"]) == (409, "changed_meanwhile")
    assert await outbox.of(OrganisationMerged) == []
    assert (await world.officer.get(f"/organisations/{gone['id']}")).status_code == 200


async def test_of_two_who_merge_at_once_one_is_told_that_it_is_done(world: World, two: tuple[Any, Any]) -> None:
    gone, kept = two
    answers = await asyncio.gather(
        merge(world.officer, gone, kept, versions=(1, 1)), merge(world.officer, kept, gone, versions=(1, 1))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    [refused] = [answer for answer in answers if answer.status_code == 409]
    assert refused.json()["code"] == "already_merged"
    again = await merge(world.officer, gone, kept, versions=(1, 1))
    assert again.status_code in (404, 409)


async def test_it_is_for_staff_of_both(world: World, two: tuple[Any, Any], anybody: httpx2.AsyncClient) -> None:
    gone, kept = two
    far = await world.enter("Heimatverein Löberitz", village=world.loeberitz)
    office = await world.municipality_officer()
    assert (await merge(office, far, kept, versions=(1, 1))).status_code == 404
    assert (await merge(office, gone, far, versions=(1, 1))).status_code == 403
    assert (await merge(office, gone, {"id": str(uuid4())}, versions=(1, 1))).json()["code"] == "unknown_organisation"
    assert (await merge(office, gone, gone, versions=(1, 1))).json()["code"] == "same_entry"
    assert (await merge(anybody, gone, kept, versions=(1, 1))).status_code == 401
    assert (await merge(office, gone, kept)).is_success
    assert (await merge(office, gone, far, versions=(1, 1))).json()["code"] == "already_merged"
    foreign = await world.foreign_officer()
    assert (await merge(foreign, gone, far, versions=(1, 1))).status_code == 404


async def test_a_draft_becomes_public_with_what_it_takes_of_a_public_one(world: World, two: tuple[Any, Any]) -> None:
    gone, _ = two
    draft = await world.enter("Heimatverein Gossa", publication="draft")
    merged = (await merge(world.officer, gone, draft, "publication")).json()
    assert merged["publication"] == "published"
    tomorrow = date.today() + timedelta(days=1)  # noqa: DTZ011 - any day will do
    await world.lead(merged, tomorrow.isoformat())


def test_every_column_that_holds_the_id_of_an_organisation_is_known() -> None:
    """A new one is moved by itself if it is a foreign key; whoever adds it says so here, and thinks of its rows."""
    by_key = {(one.table.name, one.name) for one in columns_naming(Organisation.__table__)}  # type: ignore[arg-type]
    assert by_key == {
        ("confirmation_link", "organisation_id"),
        ("contact", "organisation_id"),
        ("help_entry", "organisation_id"),
        ("lead_mandate", "organisation_id"),
        ("merged_organisation", "into_id"),
        ("organisation_area", "organisation_id"),
        ("organisation_federation", "federation_id"),
        ("organisation_federation", "organisation_id"),
        ("organisation_field", "organisation_id"),
        ("organisation_pair", "left_id"),
        ("organisation_pair", "right_id"),
    }
    without = {
        (table.name, column.name)
        for table in tables.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, sa.Uuid) and not column.foreign_keys
        if "organisation" in column.name or column.name in ("scope_id", "entity_id", "target_id")
    }
    apart = {("access_grant", "scope_id"), ("list_import_entry", "entity_id")}  # given anew, and marked
    assert without == WITHOUT_KEYS | apart
