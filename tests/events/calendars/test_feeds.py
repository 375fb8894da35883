"""The public feeds: what stands in them, how it is written, and that nothing new costs nothing."""

from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
import sqlalchemy as sa
from events.calendars.versions import kept_since
from events.meetings.model import Meeting
from ical.calendar_stream import IcsCalendarStream
from icalendar import Calendar
from shared.contracts.registry import (
    FieldOfActivityChanged,
    FieldOfActivityListed,
    FieldOfActivityMerged,
    OrganisationChanged,
    OrganisationKind,
    OrganisationRegistered,
    VillageChanged,
)
from shared.dates import BERLIN

NETWORK_FEED = "/feeds/networks/heidedoerfer.ics"


async def make_organisation(registry: Any, village: UUID, *fields: str, known: UUID | None = None) -> UUID:
    """An organisation as the registry tells of it; `known` changes its fields."""
    data_class = OrganisationChanged if known else OrganisationRegistered
    data = data_class(
        organisation_id=known or uuid4(),
        kind=OrganisationKind.ASSOCIATION,
        slug="chor",
        name="Chor",
        village_id=village,
        fields=list(fields),
    )
    await registry.tell(data, subject=data.organisation_id, sequence=2 if known else 1)
    return data.organisation_id


async def list_field(registry: Any, slug: str, name: str) -> UUID:
    """A field of activity as the registry tells of it."""
    data = FieldOfActivityListed(field_id=uuid4(), slug=slug, name=name)
    await registry.tell(data, subject=data.field_id)
    return data.field_id


async def test_a_feed_says_what_it_is_and_how_often_to_look(anybody: httpx2.AsyncClient, published: Any) -> None:
    await published()
    calendar: Any = Calendar.from_ical((await anybody.get(NETWORK_FEED)).content)
    assert calendar["VERSION"] == "2.0"
    assert calendar["NAME"] == calendar["X-WR-CALNAME"] == "Treffen: Heidedörfer"
    assert calendar["REFRESH-INTERVAL"].dt == timedelta(hours=4)
    assert calendar["REFRESH-INTERVAL"].params["VALUE"] == "DURATION"


async def test_a_meeting_keeps_its_uid_while_its_sequence_grows(
    coordinator: httpx2.AsyncClient, published: Any, body_of: Any, feed: Any
) -> None:
    meeting = await published(description="Bitte mitbringen:\nKuchen; Kaffee, Tassen\\ " + "ä" * 200)
    (before,) = (await feed()).values()
    assert (before.summary, before.sequence, before.status) == ("Netzwerktreffen im Herbst", 0, "CONFIRMED")
    assert "Kuchen; Kaffee, Tassen\\ " + "ä" * 200 in before.description
    assert before.url.endswith(f"/n/heidedoerfer/treffen/{meeting['id']}")
    later = body_of(meeting, starts_at=meeting["starts_at"][:11] + "19:00", ends_at=meeting["starts_at"][:11] + "21:00")
    (await coordinator.put(f"/meetings/{meeting['id']}", json=later)).raise_for_status()
    (after,) = (await feed()).values()
    assert (after.uid, after.sequence) == (before.uid, 1)
    assert after.starts_at == before.starts_at + timedelta(hours=1)


async def test_a_cancelled_meeting_stays_and_says_so(
    coordinator: httpx2.AsyncClient, published: Any, feed: Any
) -> None:
    meeting = await published()
    (await coordinator.post(f"/meetings/{meeting['id']}/cancellation", json={"reason": "Sturm"})).raise_for_status()
    (entry,) = (await feed()).values()
    assert (entry.status, entry.sequence) == ("CANCELLED", 1)


@pytest.mark.parametrize(
    ("starts", "ends", "utc"),
    [
        ("2027-03-27T18:00", "2027-03-27T20:00", datetime(2027, 3, 27, 17, tzinfo=UTC)),
        ("2027-03-28T18:00", "2027-03-28T20:00", datetime(2027, 3, 28, 16, tzinfo=UTC)),
        ("2027-10-30T18:00", "2027-10-30T20:00", datetime(2027, 10, 30, 16, tzinfo=UTC)),
        ("2027-10-31T18:00", "2027-10-31T20:00", datetime(2027, 10, 31, 17, tzinfo=UTC)),
    ],
    ids=["last day of winter", "first of summer", "last of summer", "first of winter"],
)
async def test_six_in_the_evening_stays_six_when_the_clock_changes(
    published: Any, feed: Any, anybody: httpx2.AsyncClient, starts: str, ends: str, utc: datetime
) -> None:
    await published(starts_at=starts, ends_at=ends)
    (entry,) = (await feed()).values()
    assert entry.starts_at == utc
    body = (await anybody.get(NETWORK_FEED)).text
    assert f"DTSTART;TZID=Europe/Berlin:{starts.replace('-', '').replace(':', '')}00" in body


async def test_a_whole_day_is_a_day_and_no_time(published: Any, anybody: httpx2.AsyncClient) -> None:
    await published(starts_at="2027-03-28T00:00", ends_at="2027-03-29T00:00")  # 23 hours: the clock changes
    body = (await anybody.get(NETWORK_FEED)).content
    for event in (Calendar.from_ical(body).events[0], IcsCalendarStream.calendar_from_ics(body.decode()).events[0]):
        assert (event.start, event.end) == (date(2027, 3, 28), date(2027, 3, 29))


async def test_each_date_of_a_series_stands_in_the_feed_as_a_date_of_its_own(
    coordinator: httpx2.AsyncClient, plan: dict[str, Any], registry: Any, feed: Any
) -> None:
    """With a UID of its own: one date can be moved or cancelled without touching the others."""
    meeting = (await coordinator.post("/meetings", json=plan)).raise_for_status().json()
    wanted = {"meeting_id": meeting["id"], "rule": "FREQ=WEEKLY;COUNT=4", "weeks_ahead": None}
    series = (await coordinator.post("/series", json=wanted)).raise_for_status().json()
    assert await feed() == {}  # drafts
    (await coordinator.post(f"/series/{series['id']}/publication")).raise_for_status()
    found = await feed()
    assert len(found) == 4
    days = sorted(entry.starts_at.astimezone(BERLIN).date() for entry in found.values())
    assert [(day - days[0]).days for day in days] == [0, 7, 14, 21]
    gone = series["dates"][1]["meeting_id"]
    (await coordinator.post(f"/meetings/{gone}/cancellation", json={"reason": "Ferien"})).raise_for_status()
    assert sorted(entry.status for entry in (await feed()).values()) == ["CANCELLED", *["CONFIRMED"] * 3]


async def test_only_public_meetings_and_no_online_address_stand_in_public_feeds(
    coordinator: httpx2.AsyncClient, published: Any, plan: dict[str, Any], anybody: httpx2.AsyncClient, registry: Any
) -> None:
    await published(title="Fest", online_link="https://meet.example/geheim", village_id=str(registry.gossa))
    await published(title="Intern", visibility="network", village_id=str(registry.gossa))
    await published(title="Kleiner Kreis", visibility="invited", village_id=str(registry.gossa))
    await coordinator.post("/meetings", json=plan | {"title": "Entwurf"})
    for path in (NETWORK_FEED, f"/feeds/villages/{registry.gossa}.ics"):
        body = (await anybody.get(path)).text
        assert body.count("BEGIN:VEVENT") == 1
        assert "SUMMARY:Fest" in body
        assert "geheim" not in body


async def test_a_village_has_what_is_in_it_and_what_its_organisations_do_elsewhere(
    published: Any, registry: Any, feed: Any
) -> None:
    choir = await make_organisation(registry, registry.gossa, "kultur")
    await published(title="In Gossa", village_id=str(registry.gossa), place="")
    await published(title="Mit Gossa", village_id=str(registry.krina), organisation_ids=[str(choir)])
    await published(title="Ohne Gossa", village_id=str(registry.krina))
    found = (await feed(f"/feeds/villages/{registry.gossa}.ics")).values()
    assert {entry.summary for entry in found} == {"In Gossa", "Mit Gossa"}
    assert {entry.location for entry in found} == {"Gossa", "Dorfgemeinschaftshaus Gossa, Krina"}


async def test_a_field_has_what_its_organisations_do(published: Any, registry: Any, feed: Any) -> None:
    await list_field(registry, "kultur", "Kultur und Musik")
    choir = await make_organisation(registry, registry.gossa, "kultur")
    sports = await make_organisation(registry, registry.krina, "sport")
    await published(title="Konzert", organisation_ids=[str(choir)])
    await published(title="Turnier", organisation_ids=[str(sports)])
    path = "/feeds/fields/kultur.ics"
    assert {entry.summary for entry in (await feed(path)).values()} == {"Konzert"}
    assert {entry.summary for entry in (await feed(f"{path}?network=heidedoerfer")).values()} == {"Konzert"}
    await make_organisation(registry, registry.krina, "sport", "kultur", known=sports)
    assert {entry.summary for entry in (await feed(path)).values()} == {"Konzert", "Turnier"}


async def test_a_field_is_called_by_its_name_and_goes_on_where_it_was_merged_into(
    published: Any, registry: Any, feed: Any, anybody: httpx2.AsyncClient
) -> None:
    """What the registry links with a merged field is not told anew one by one."""
    path = "/feeds/fields/musik.ics"
    music, culture = await list_field(registry, "musik", "Musik"), await list_field(registry, "kultur", "Kultur")
    choir = await make_organisation(registry, registry.gossa, "musik")
    await published(title="Konzert", organisation_ids=[str(choir)])
    first = await anybody.get(path)
    assert Calendar.from_ical(first.content)["NAME"] == "Treffen: Musik"
    renamed = FieldOfActivityChanged(field_id=culture, slug="kultur", name="Kultur und Musik")
    await registry.tell(renamed, subject=culture, sequence=2)
    merged = FieldOfActivityMerged(
        field_id=music, slug="musik", name="Musik", retired=True, into_id=culture, into_slug="kultur"
    )
    await registry.tell(merged, subject=music, sequence=2)
    again = await anybody.get(path, headers={"if-none-match": first.headers["etag"]})
    assert Calendar.from_ical(again.content)["NAME"] == "Treffen: Kultur und Musik"
    for feed_path in (path, "/feeds/fields/kultur.ics"):
        assert {entry.summary for entry in (await feed(feed_path)).values()} == {"Konzert"}


async def test_past_meetings_stay_for_a_year(published: Any, feed: Any, sessions: Any) -> None:
    young, old = await published(title="Jung"), await published(title="Alt")
    since = kept_since(datetime.now(UTC))
    async with sessions() as session, session.begin():
        for meeting, end in ((young, since + timedelta(hours=1)), (old, since - timedelta(hours=1))):
            moved = {"starts_at": end - timedelta(hours=2), "ends_at": end}
            await session.execute(sa.update(Meeting).where(Meeting.id == UUID(meeting["id"])).values(moved))
    assert [entry.summary for entry in (await feed()).values()] == ["Jung"]


async def test_an_unchanged_feed_is_answered_without_touching_the_meetings(
    anybody: httpx2.AsyncClient, published: Any, statements: Any
) -> None:
    await published()
    first = await anybody.get(NETWORK_FEED)
    with statements() as told:
        again = await anybody.get(NETWORK_FEED, headers={"if-none-match": f'"other", W/{first.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert told
    assert not [statement for statement in told if "meeting" in statement or "agenda_item" in statement]
    with statements() as told:
        full = await anybody.get(NETWORK_FEED)
    assert full.content == first.content
    assert not [statement for statement in told if "meeting" in statement]  # the body was kept


async def test_an_old_program_asks_by_the_moment(
    anybody: httpx2.AsyncClient, published: Any, sessions: Any, coordinator: httpx2.AsyncClient, plan: dict[str, Any]
) -> None:
    await published()
    assert "last-modified" not in (await anybody.get(NETWORK_FEED)).headers  # a second change may follow at once
    async with sessions() as session, session.begin():
        await session.execute(sa.text("UPDATE feed_version SET changed_at = changed_at - interval '1 hour'"))
    modified = (await anybody.get(NETWORK_FEED)).headers["last-modified"]
    assert (await anybody.get(NETWORK_FEED, headers={"if-modified-since": modified})).status_code == 304
    before = format_datetime(datetime.now(UTC) - timedelta(hours=2), usegmt=True)
    assert (await anybody.get(NETWORK_FEED, headers={"if-modified-since": before})).status_code == 200
    assert (await anybody.get(NETWORK_FEED, headers={"if-modified-since": "gestern"})).status_code == 200
    await published(title="Noch eins")
    assert (await anybody.get(NETWORK_FEED, headers={"if-modified-since": modified})).status_code == 200


async def test_whatever_a_feed_shows_changes_its_tag(
    coordinator: httpx2.AsyncClient, anybody: httpx2.AsyncClient, published: Any, body_of: Any, registry: Any
) -> None:
    meeting = await published(village_id=str(registry.gossa))
    seen: list[str] = [(await anybody.get(NETWORK_FEED)).headers["etag"]]

    async def is_new() -> bool:
        seen.append((await anybody.get(NETWORK_FEED)).headers["etag"])
        return seen[-1] not in seen[:-1]

    async def change(**changes: Any) -> None:
        newest = (await coordinator.get(f"/meetings/{meeting['id']}")).json()
        answer = await coordinator.put(f"/meetings/{meeting['id']}", json=body_of(newest, **changes))
        answer.raise_for_status()

    await change(title="Anders")
    assert await is_new()
    (await coordinator.post(f"/meetings/{meeting['id']}/agenda", json={"title": "Noch etwas"})).raise_for_status()
    assert await is_new()
    village = VillageChanged(village_id=registry.gossa, municipality_id=uuid4(), slug="gossa", name="Neu-Gossa")
    await registry.tell(village, subject=registry.gossa, sequence=2)
    assert await is_new()
    await change(visibility="network")
    assert await is_new()
    assert not await is_new()
    await coordinator.post("/meetings", json={**body_of(meeting), "network": "heidedoerfer", "revision": 1})
    assert not await is_new()  # a draft stands in no calendar


async def test_what_does_not_exist_has_no_feed(anybody: httpx2.AsyncClient, registry: Any) -> None:
    await list_field(registry, "sport", "Sport")
    for path in (
        "networks/nirgends",
        f"villages/{uuid4()}",
        "fields/nichts",
        "personal/geraten",
    ):
        assert (await anybody.get(f"/feeds/{path}.ics")).status_code == 404, path
    assert (await anybody.get("/feeds/fields/sport.ics?network=nirgends")).status_code == 404
    assert (await anybody.get("/feeds/fields/sport.ics")).status_code == 200
