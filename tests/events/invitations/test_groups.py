"""Whom a meeting addresses: each kind of group, and that what a preview says is what is sent."""

from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
import sqlalchemy as sa
from events.invitations.handlers import issue_late
from shared.contracts.events import InvitationIssued, PersonInvited
from shared.contracts.registry import (
    Area,
    AreaKind,
    FieldOfActivityMerged,
    OrganisationHidden,
    VillageRegistered,
    VolunteerIdentified,
    VolunteerPaused,
    VolunteerResumed,
    VolunteerState,
    VolunteerWithdrawn,
)
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from testkit.tokens import volunteer

from tests.events.invitations.conftest import volunteers

Sessions = async_sessionmaker[AsyncSession]


async def persons(outbox: Any) -> set[UUID]:
    return {event.data.person_id for event in await outbox.of(PersonInvited)}


async def contacts(outbox: Any) -> set[UUID]:
    return {event.data.contact_id for event in await outbox.of(InvitationIssued)}


async def publish(client: httpx2.AsyncClient, meeting: str) -> dict[str, Any]:
    answer: dict[str, Any] = (await client.post(f"{meeting}/publication")).raise_for_status().json()
    return answer


async def test_a_new_meeting_addresses_the_lead_associations(
    coordinator: httpx2.AsyncClient, registry: Any, plan: dict[str, Any]
) -> None:
    await registry.lead(registry.gossa, contacts=2)
    meeting = (await coordinator.post("/meetings", json=plan)).raise_for_status().json()
    audience = (await coordinator.get(f"/meetings/{meeting['id']}/audience")).raise_for_status().json()
    assert [(group["role"], group["area"], group["people"]) for group in audience["groups"]] == [
        ("leads", "network", 2)
    ]
    assert (audience["people"], audience["new"]) == (2, 2)


async def test_volunteers_for_culture_in_two_villages(
    coordinator: httpx2.AsyncClient, registry: Any, people: Any, drafted: Any, outbox: Any
) -> None:
    there = {await people.helps(registry.gossa), await people.helps(registry.krina, fields=("natur", "kultur"))}
    await people.helps(registry.gossa, fields=("jugend",))  # in another field
    await people.helps(uuid4())  # in another village
    meeting = await drafted(volunteers(registry.gossa, registry.krina, fields=["kultur"]))
    audience = (await coordinator.get(f"{meeting}/audience")).json()
    assert (audience["people"], audience["new"]) == (2, 2)
    assert (await publish(coordinator, meeting))["counts"]["invited"] == 2
    assert await persons(outbox) == there
    assert (await coordinator.get(f"{meeting}/audience")).json()["new"] == 0


async def test_a_volunteer_from_before_this_service_listened_is_told_of_again(
    coordinator: httpx2.AsyncClient, registry: Any, people: Any, drafted: Any
) -> None:
    known, pauses, person = uuid4(), uuid4(), uuid4()
    place = [Area(kind=AreaKind.VILLAGE, id=registry.gossa)]
    await registry.tell(VolunteerPaused(volunteer_id=pauses), subject=pauses, sequence=4)
    meeting = await drafted(volunteers(registry.gossa, fields=["kultur"]))
    for _ in range(2):  # as often as an operator likes
        for one, who, sequence in ((known, person, 7), (pauses, uuid4(), 3)):  # the pause is the newer word
            state = VolunteerState(volunteer_id=one, fields=["kultur"], areas=place)
            told = VolunteerIdentified(volunteer_id=one, person_id=who, state=state)
            await registry.tell(told, subject=one, sequence=sequence)
        reached = (await coordinator.get(f"{meeting}/audience/people")).json()["items"]
        assert [one["person_id"] for one in reached] == [str(person)]


async def test_a_volunteer_reaches_a_village_by_every_kind_of_area(
    coordinator: httpx2.AsyncClient, registry: Any, people: Any, drafted: Any, outbox: Any
) -> None:
    seat = uuid4()
    near, far, middle = uuid4(), uuid4(), uuid4()
    for village, latitude in ((near, 51.70), (far, 51.90), (middle, 51.73)):  # 3 km and 22 km apart
        told = VillageRegistered(
            village_id=village, municipality_id=seat, slug=village.hex, name="Dorf", latitude=latitude, longitude=12.4
        )
        await registry.tell(told, subject=village)
    gossa = VillageRegistered(
        village_id=registry.gossa, municipality_id=seat, slug="gossa", name="Gossa", latitude=51.7, longitude=12.4
    )
    await registry.tell(gossa, subject=registry.gossa, sequence=2)
    reached = {
        await people.helps(registry.gossa),
        await people.helps(seat, kind=AreaKind.MUNICIPALITY),
        await people.helps(registry.network_id, kind=AreaKind.NETWORK),
        await people.helps(uuid4(), kind=AreaKind.DISTRICT),
        await people.helps(middle, km=5),
    }
    await people.helps(far, km=5)
    await people.helps(uuid4(), kind=AreaKind.NETWORK)
    meeting = await drafted(volunteers(registry.gossa))
    await publish(coordinator, meeting)
    assert await persons(outbox) == reached


async def test_nobody_is_asked_without_consent(
    coordinator: httpx2.AsyncClient, registry: Any, people: Any, drafted: Any, outbox: Any, sessions: Sessions
) -> None:
    """Also who withdraws between the preview and the invitation, and who is back is invited then."""
    asked, withdrawn, paused = [await people.helps(registry.gossa) for _ in range(3)]
    meeting = await drafted(volunteers())
    assert (await coordinator.get(f"{meeting}/audience")).json()["new"] == 3
    for person, gone in ((withdrawn, VolunteerWithdrawn), (paused, VolunteerPaused)):
        volunteer = people.volunteers[person]
        await registry.tell(gone(volunteer_id=volunteer), subject=volunteer, sequence=2)
    await publish(coordinator, meeting)
    assert await persons(outbox) == {asked}
    volunteer = people.volunteers[paused]
    back = VolunteerResumed(volunteer_id=volunteer, fields=[], areas=[{"kind": "village", "id": registry.gossa}])
    await registry.tell(back, subject=volunteer, sequence=3)
    await issue_late(sessions)
    assert await persons(outbox) == {asked, paused}


async def test_contacts_by_field_village_and_organisation(
    coordinator: httpx2.AsyncClient, registry: Any, people: Any, drafted: Any
) -> None:
    first, choir = await people.speaks(registry.gossa, fields=("kultur",))
    second, _ = await people.speaks(registry.krina, fields=("natur",))
    await people.speaks(uuid4(), fields=("kultur",))
    _, hidden = await people.speaks(registry.gossa)
    await registry.tell(OrganisationHidden(organisation_id=hidden), subject=hidden, sequence=2)
    everybody = {"role": "contacts"}
    for group, expected in (
        (everybody, {first, second}),
        ({**everybody, "fields": ["kultur"]}, {first}),
        ({**everybody, "area": "villages", "area_ids": [str(registry.krina)]}, {second}),
        ({**everybody, "organisation_ids": [str(choir)]}, {first}),
        ({**everybody, "organisation_ids": [str(choir)], "fields": ["natur"]}, set()),
    ):
        meeting = await drafted(group)
        found = (await coordinator.get(f"{meeting}/audience/people")).raise_for_status().json()["items"]
        assert {UUID(one["contact_id"]) for one in found} == expected, group


async def test_a_merged_field_is_the_one_that_stands_for_it(
    coordinator: httpx2.AsyncClient, registry: Any, people: Any, drafted: Any
) -> None:
    await people.helps(registry.gossa, fields=("brauchtum",))
    merged = FieldOfActivityMerged(
        field_id=uuid4(), slug="brauchtum", name="Brauchtum", position=9, into_id=uuid4(), into_slug="kultur"
    )
    await registry.tell(merged, subject=merged.field_id)
    meeting = await drafted(volunteers(fields=["kultur"]))
    assert (await coordinator.get(f"{meeting}/audience")).json()["people"] == 1


async def test_coordinators_of_the_network_and_officers_of_the_district(
    coordinator: httpx2.AsyncClient, officer: httpx2.AsyncClient, registry: Any, people: Any, drafted: Any, outbox: Any
) -> None:
    ours, office = await people.coordinates(registry.network_id), await people.coordinates(None)
    other = await people.coordinates(uuid4())
    await publish(coordinator, await drafted({"role": "staff"}))
    assert await persons(outbox) == {ours}
    meeting = await drafted()
    chosen = await officer.put(f"{meeting}/audience", json={"groups": [{"role": "staff", "area": "district"}]})
    assert chosen.status_code == 200, chosen.text
    await publish(coordinator, meeting)
    assert await persons(outbox) == {ours, office}
    assert other not in await persons(outbox)  # of a network without a village that is known here


async def test_nobody_is_invited_twice_whatever_they_are(
    coordinator: httpx2.AsyncClient, registry: Any, people: Any, drafted: Any, outbox: Any, sessions: Sessions
) -> None:
    """A volunteer who speaks for two associations is in four groups, and gets one invitation: for an association."""
    person = await people.helps(registry.gossa)
    contact, organisation = await people.speaks(registry.gossa, person=person)
    other, _ = await people.speaks(registry.krina, person=person)
    await registry.grant_mandate(organisation, registry.gossa)
    meeting = await drafted(volunteers(), {"role": "leads"}, {"role": "contacts"}, volunteers(registry.gossa))
    audience = (await coordinator.get(f"{meeting}/audience")).json()
    assert [group["people"] for group in audience["groups"]] == [1, 1, 1, 1]
    assert (audience["people"], audience["new"]) == (1, 1)
    assert (await publish(coordinator, meeting))["counts"]["invited"] == 1
    for _ in range(2):
        await issue_late(sessions)
        (await coordinator.post(f"{meeting}/invitations")).raise_for_status()
    assert await persons(outbox) == set()
    assert len(await contacts(outbox)) == 1
    assert await contacts(outbox) <= {contact, other}


async def test_a_late_joiner_is_invited_once_while_registration_is_open(
    coordinator: httpx2.AsyncClient,
    registry: Any,
    people: Any,
    drafted: Any,
    outbox: Any,
    sessions: Sessions,
    plan: dict[str, Any],
) -> None:
    open_one = await drafted(volunteers())
    cancelled = await drafted(volunteers())
    closed = await drafted(volunteers(), registration_until="2026-01-01T12:00")
    for meeting in (open_one, cancelled, closed):
        await publish(coordinator, meeting)
    (await coordinator.post(f"{cancelled}/cancellation", json={})).raise_for_status()
    late = await people.helps(registry.gossa)
    for _ in range(2):
        await issue_late(sessions)
    (told,) = await outbox.of(PersonInvited)
    assert (told.data.person_id, f"/meetings/{told.data.meeting.meeting_id}") == (late, open_one)
    (item,) = (await coordinator.get(f"{open_one}/invitations")).json()["items"]
    assert (item["late"], item["contact_id"], item["person_id"]) == (True, None, str(late))


async def test_a_group_that_is_added_later_waits_for_the_button(
    coordinator: httpx2.AsyncClient, registry: Any, people: Any, drafted: Any, outbox: Any, sessions: Sessions
) -> None:
    helper = await people.helps(registry.gossa)
    meeting = await drafted({"role": "leads"})
    await publish(coordinator, meeting)
    groups = [{"role": "leads"}, volunteers()]
    (await coordinator.put(f"{meeting}/audience", json={"groups": groups})).raise_for_status()
    await issue_late(sessions)
    assert await persons(outbox) == set()
    leads, added = (await coordinator.get(f"{meeting}/audience")).json()["groups"]
    assert leads["released_at"] is not None
    assert (added["released_at"], added["new"]) == (None, 1)
    counts = (await coordinator.post(f"{meeting}/invitations")).raise_for_status().json()
    assert counts["invited"] == 1
    assert await persons(outbox) == {helper}


async def test_who_is_registered_already_is_not_invited(
    coordinator: httpx2.AsyncClient,
    registry: Any,
    people: Any,
    drafted: Any,
    outbox: Any,
    app: Any,
    client_for: Any,
    token_for: Any,
) -> None:
    meeting = await drafted({"role": "leads"})
    await publish(coordinator, meeting)
    person = await people.helps(registry.gossa)
    client = await client_for(app, token_for(volunteer(), person=person))
    (await client.post(f"{meeting}/registrations")).raise_for_status()
    (await coordinator.put(f"{meeting}/audience", json={"groups": [volunteers()]})).raise_for_status()
    (group,) = (await coordinator.get(f"{meeting}/audience")).json()["groups"]
    assert (group["people"], group["new"]) == (1, 0)
    (await coordinator.post(f"{meeting}/invitations")).raise_for_status()
    assert await persons(outbox) == set()


@pytest.mark.parametrize(
    ("group", "code"),
    [
        ({"role": "volunteers", "area": "villages"}, "places_missing"),
        ({"role": "volunteers", "area_ids": [str(uuid4())]}, "places_missing"),
        ({"role": "volunteers", "organisation_ids": [str(uuid4())]}, "not_of_this_role"),
        ({"role": "staff", "fields": ["kultur"]}, "not_of_this_role"),
        ({"role": "leads", "mailing_list_id": str(uuid4())}, "not_of_this_role"),
        ({"role": "mailing_list"}, "mailing_list_missing"),
        ({"role": "mailing_list", "mailing_list_id": str(uuid4())}, "unknown_mailing_list"),
        ({"role": "volunteers", "area": "villages", "area_ids": [str(uuid4())]}, "unknown_village"),
        ({"role": "contacts", "organisation_ids": [str(uuid4())]}, "unknown_organisation"),
        ({"role": "contacts", "fields": ["stricken"]}, "unknown_field"),
    ],
)
async def test_a_group_that_makes_no_sense_is_refused_and_nothing_changes(
    coordinator: httpx2.AsyncClient, people: Any, drafted: Any, group: dict[str, Any], code: str
) -> None:
    meeting = await drafted({"role": "leads"})
    answer = await coordinator.put(f"{meeting}/audience", json={"groups": [volunteers(), group]})
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert [one["role"] for one in (await coordinator.get(f"{meeting}/audience")).json()["groups"]] == ["leads"]


async def test_a_coordinator_invites_people_of_the_network_the_district_others_too(
    coordinator: httpx2.AsyncClient, officer: httpx2.AsyncClient, registry: Any, people: Any, drafted: Any
) -> None:
    elsewhere, seat = uuid4(), uuid4()
    told = VillageRegistered(village_id=elsewhere, municipality_id=seat, slug="zschornewitz", name="Zschornewitz")
    await registry.tell(told, subject=elsewhere)
    _, organisation = await people.speaks(elsewhere)
    meeting = await drafted({"role": "leads"})
    wide = [
        {"role": "leads", "area": "district"},
        {"role": "leads", "area": "municipalities", "area_ids": [str(seat)]},
        {"role": "contacts", "area": "villages", "area_ids": [str(elsewhere)]},
        {"role": "contacts", "organisation_ids": [str(organisation)]},
    ]
    for group in wide:
        answer = await coordinator.put(f"{meeting}/audience", json={"groups": [group]})
        assert (answer.status_code, answer.json()["code"]) == (403, "beyond_network"), group
    (await officer.put(f"{meeting}/audience", json={"groups": wide})).raise_for_status()
    kept = await coordinator.put(f"{meeting}/audience", json={"groups": [wide[2], volunteers()]})
    assert kept.status_code == 200  # what the district chose may stay
    assert [group["people"] for group in (await coordinator.get(f"{meeting}/audience")).json()["groups"]] == [1, 0]


async def test_what_somebody_else_changed_is_not_overwritten(coordinator: httpx2.AsyncClient, drafted: Any) -> None:
    meeting = await drafted({"role": "leads"})
    known = [group["id"] for group in (await coordinator.get(f"{meeting}/audience")).json()["groups"]]
    (await coordinator.put(f"{meeting}/audience", json={"groups": [volunteers()], "known": known})).raise_for_status()
    late = await coordinator.put(f"{meeting}/audience", json={"groups": [], "known": known})
    assert (late.status_code, late.json()["code"]) == (409, "changed_meanwhile")


async def test_foreign_planners_find_nothing(
    coordinator: httpx2.AsyncClient, stranger: httpx2.AsyncClient, drafted: Any
) -> None:
    meeting = await drafted({"role": "leads"})
    await publish(coordinator, meeting)
    assert (await stranger.get(f"{meeting}/audience")).status_code == 404
    assert (await stranger.get(f"{meeting}/audience/people")).status_code == 404
    assert (await stranger.put(f"{meeting}/audience", json={"groups": []})).status_code == 404
    assert (await stranger.post(f"{meeting}/invitations")).status_code == 404
    assert (await stranger.post(f"{meeting}/invitation-trial")).status_code == 404


async def test_a_copy_addresses_whom_the_old_meeting_addressed(
    coordinator: httpx2.AsyncClient, drafted: Any, plan: dict[str, Any], outbox: Any, registry: Any, people: Any
) -> None:
    await people.helps(registry.gossa)
    old = await drafted(volunteers(), {"role": "staff"})
    await publish(coordinator, old)
    body = plan | {"audience_of": old.removeprefix("/meetings/")}
    copy = (await coordinator.post("/meetings", json=body)).raise_for_status().json()
    groups = (await coordinator.get(f"/meetings/{copy['id']}/audience")).json()["groups"]
    assert [(group["role"], group["released_at"], group["new"]) for group in groups] == [
        ("volunteers", None, 1),
        ("staff", None, 0),
    ]


async def test_thousands_are_invited_at_once(
    coordinator: httpx2.AsyncClient, registry: Any, drafted: Any, outbox: Any, sessions: Sessions
) -> None:
    """Each once, in one transaction; the pages of the list show all of them."""
    many = [(uuid4(), uuid4()) for _ in range(1200)]
    async with sessions() as session, session.begin():
        await session.execute(
            sa.text(
                "INSERT INTO volunteer SELECT id, 1, true, '{kultur}', ARRAY[CAST(:village AS uuid)], '{}', '{}', "
                "false, '[]' FROM unnest(CAST(:ids AS uuid[])) id"
            ),
            {"village": registry.gossa, "ids": [one[0] for one in many]},
        )
        await session.execute(
            sa.text(
                "INSERT INTO volunteer_person SELECT * FROM "
                "(SELECT v, 1, p FROM unnest(CAST(:ids AS uuid[]), CAST(:persons AS uuid[])) both_(v, p)) x"
            ),
            {"ids": [one[0] for one in many], "persons": [one[1] for one in many]},
        )
    meeting = await drafted(volunteers(registry.gossa))
    assert (await publish(coordinator, meeting))["counts"]["invited"] == 1200
    assert await persons(outbox) == {person for _, person in many}
    seen: list[str] = []
    after: dict[str, str] = {}
    while True:
        page = (await coordinator.get(f"{meeting}/invitations", params={"limit": 200, "state": "open", **after})).json()
        seen += [item["person_id"] for item in page["items"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert sorted(seen) == sorted(str(person) for _, person in many)
