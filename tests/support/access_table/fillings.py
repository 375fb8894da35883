"""What there is in each place of the test district. Names and words that are personal carry the place's own mark."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import httpx2
import sqlalchemy as sa
from events.calendars.model import PersonalCalendar
from notifications.notices.kinds import NoticeKind
from notifications.notices.model import FailureReason, Notice, NoticeStatus
from registry.mutual_help.model import HelpRequest, RequestState
from registry.organisations.model import Organisation
from shared import audit
from shared.contracts.envelope import parse_event
from shared.contracts.events import InvitationIssued, RegistrationTold
from shared.database import transaction
from testkit.tokens import municipality_officer

from access_table.attendance import fill_attendance
from access_table.imports import fill_imports
from access_table.model import PERSONS, Place

if TYPE_CHECKING:
    from access_table.world import World

STARTS, ENDS = "2031-05-07T18:00", "2031-05-07T20:00"


async def post(client: httpx2.AsyncClient, path: str, /, **body: Any) -> Any:
    """The answer to a command that must succeed."""
    answer = await client.post(path, json=body)
    assert answer.is_success, f"{path}: {answer.text}"
    return answer.json() if answer.content else None


async def fill_registry(world: "World", officer: httpx2.AsyncClient) -> None:
    """The territory, and in each village an association that leads, its contact, a draft, a volunteer."""
    await _fill_territory(world, officer)
    for place in world.places.values():
        await _fill_village(place, officer)
        await _fill_certificate(world, place, officer)
        await _fill_help(world, place, officer)
        await _fill_silence(world, place)
        await fill_imports(world, place)
    await _write_down_looks(world, "registry")


async def _fill_territory(world: "World", officer: httpx2.AsyncClient) -> None:
    from access_table.world import SEAT

    district = await post(officer, "/districts", ags="15082", name="Anhalt-Bitterfeld")
    ags = {"Muldestausee": "15082241", "Zörbig": "15082440"}
    municipalities = {name: await post(officer, "/municipalities", ags=ags[name], name=name) for name in ags}
    villages = {
        village: await post(officer, "/villages", municipality_id=municipalities[seat]["id"], name=village)
        for village, (seat, _) in SEAT.items()
    }
    networks = {
        name: await post(
            officer,
            "/networks",
            name=name,
            goals=["Ein Netzwerk"],
            village_ids=[villages[village]["id"] for village, (_, network) in SEAT.items() if network == name],
        )
        for name in ("Heidedörfer", "Seedörfer")
    }
    for village, (seat, name) in SEAT.items():
        place, municipality = world.places[village], municipalities[seat]["id"]
        place.put("district", district["id"], [])
        place.put("municipality", municipality, [municipality])
        place.put("municipality_slug", municipalities[seat]["slug"], [municipality])
        covering = [municipality]
        if name is not None:
            network = networks[name]["id"], networks[name]["slug"]
            place.put("network", network[0], network)
            place.put("network_slug", network[1], network)
            covering += network
        place.put("village", villages[village]["id"], covering)
        place.put("village_slug", villages[village]["slug"], covering)
        if name is not None:
            await _fill_network(place, officer)
    await _fill_merger(world, officer)
    fields = (await officer.get("/fields-of-activity")).json()["items"]
    for place in world.places.values():
        place.put("field", fields[-1]["id"], [])
        place.put("other_field", fields[-2]["id"], [])
    for place in world.places.values():  # a municipality's officers enter what is in any network that reaches into it
        if "network" in place.things:
            beside = [one for one in world.places.values() if one.things.get("network") == place["network"]]
            place.put("network_as_a_whole", place["network"], set().union(*(one.scopes["village"] for one in beside)))


async def _fill_network(place: Place, officer: httpx2.AsyncClient) -> None:
    """Since when the village is covered, and who speaks for the network: they are seen in all of its villages."""
    covered = await officer.get("/coverage", params={"village_id": place["village"]})
    place.put("coverage", covered.json()["items"][0]["id"], [])
    name, scopes = f"Netzkanarie {place.name}", [place["network"], place["network_slug"]]
    named = {"network_id": place["network"], "function": "contact_person", "person": _person(name, "netz")}
    place.put("network_contact", (await post(officer, "/network-contacts", **named))["id"], scopes)
    place.hide(name, "network_contact")


async def _fill_merger(world: "World", officer: httpx2.AsyncClient) -> None:
    """Of a municipality without any village, on a day far away."""
    other = await post(officer, "/municipalities", ags="15082340", name="Sandersdorf-Brehna")
    planned = {"ags": "15082998", "name": "Sandersdorf", "effective_on": "2042-01-01"}
    merger = await post(officer, "/mergers", **planned, municipality_ids=[other["id"]])
    for place in world.places.values():
        place.put("merger", merger["id"], [])


async def _fill_village(place: Place, officer: httpx2.AsyncClient) -> None:
    here = place.scopes["village"]
    entry = {"kind": "association", "village_id": place["village"]}
    organisation = await post(officer, "/organisations", name=f"Heimatverein {place.name}", **entry)
    place.put("organisation", organisation["id"], [*here, organisation["id"]])
    place.put("organisation_slug", organisation["slug"], place.scopes["organisation"])
    unpublished = f"Entwurfsverein {place.name}"
    draft = await post(officer, "/organisations", name=unpublished, publication="draft", **entry)
    place.put("draft_organisation", draft["id"], [*here, draft["id"]])
    place.hide(unpublished, "draft_organisation")
    await _fill_people(place, officer)
    mandate = {"village_id": place["village"], "organisation_id": place["organisation"], "starts_on": "2024-01-01"}
    place.put("mandate", (await post(officer, "/lead-mandates", **mandate))["id"], here)


async def _fill_people(place: Place, officer: httpx2.AsyncClient) -> None:
    for kind in ("guest", "officer", "official", "coordinator"):  # people whom only the district's officer entered
        entered = await post(officer, "/persons", **_person(f"{kind} {place.name}", kind))
        place.put(kind, entered["id"], [entered["id"]])
        place.hide(f"{kind} {place.name}", kind)
    await _fill_contact(place, officer)
    await _fill_volunteer(place, officer)
    await _fill_sign_up(place, officer)
    await _fill_erasure(place, officer)


async def _fill_contact(place: Place, officer: httpx2.AsyncClient) -> None:
    here, organisation, name = place.scopes["village"], place["organisation"], f"Kontaktkanarie {place.name}"
    named = _person(name, "kontakt")
    contact = await post(officer, "/contacts", organisation_id=organisation, function="chair", person=named)
    person = contact["person"]["id"]
    place.put("person", person, [*here, organisation, person])
    place.put("contact", contact["id"], [*here, organisation, person])
    place.hide(name, "person")
    given = {"person_id": person, "role": "association_contact", "scope_id": organisation}
    place.put("grant", (await post(officer, "/grants", **given))["id"], here)
    program = {"name": f"Kalenderkanarie {place.name}", "scope": "association", "scope_id": organisation}
    place.put("api_client", (await post(officer, "/api-clients", **program))["id"], here)
    place.hide(program["name"], "api_client")


async def _fill_volunteer(place: Place, officer: httpx2.AsyncClient) -> None:
    name, here = f"Helferkanarie {place.name}", place.scopes["village"]
    entered = await post(officer, "/volunteers", **_offer(place, **_person(name, "helfer")), channel="in_person")
    person = entered["person"]["id"]
    place.put("volunteer_person", person, [*here, person])
    place.put("volunteer", entered["id"], [*here, person])
    place.hide(name, "volunteer")


async def _fill_certificate(world: "World", place: Place, officer: httpx2.AsyncClient) -> None:
    """Inspected by the municipality, so that nobody else's officers see it."""
    seen = {"issued_on": "2026-03-02", "inspected_on": "2026-03-16", "result": "clear"}
    path = f"/persons/{place['volunteer_person']}/certificates"
    token = world.issuer.token_for(municipality_officer(UUID(place["municipality"])), person=UUID(place["official"]))
    answer = await officer.post(path, json=seen, headers={"authorization": f"Bearer {token}"})
    place.put("certificate", answer.raise_for_status().json()["id"], place.scopes["municipality"])
    place.hide(place["certificate"], "certificate")


async def _fill_help(world: "World", place: Place, officer: httpx2.AsyncClient) -> None:
    """A need for which nobody is asked yet, and one for which the contact has said yes."""
    scopes = place.scopes["organisation"]
    need = {"side": "need", "organisation_id": place["organisation"], "kind": "people", "fields": ["sport"]}
    for kind in ("need", "asked_need"):
        entered = await post(officer, "/help-entries", title=f"Hilfe in {place.name}", **need)
        place.put(kind, entered["id"], scopes)
    path = f"/help-entries/{place['asked_need']}/requests"
    asked = await post(officer, path, volunteer_id=place["volunteer"])
    place.put("help_request", asked["id"], scopes)
    answered = {"state": RequestState.ACCEPTED, "answered_by": UUID(place["person"])}
    this = HelpRequest.id == UUID(asked["id"])
    await world.change("registry", sa.update(HelpRequest).where(this).values(**answered))


async def _fill_silence(world: "World", place: Place) -> None:
    """The association was entered long ago, and has not confirmed its entry since."""
    this = Organisation.id == UUID(place["organisation"])
    await world.change(
        "registry", sa.update(Organisation).where(this).values(created_at=datetime(2020, 1, 1, tzinfo=UTC))
    )


async def _fill_sign_up(place: Place, officer: httpx2.AsyncClient) -> None:
    """Somebody without an email address, whom the staff has to call."""
    name = f"Neulingskanarie {place.name}"
    await post(officer, "/sign-ups", **_offer(place, name=name, phone="+4934939990001"))
    waiting = (await officer.get("/sign-ups")).json()["items"]
    found = next(item["id"] for item in waiting if item["name"] == name)
    place.put("sign_up", found, place.scopes["village"])
    place.hide(name, "sign_up")


async def _fill_erasure(place: Place, officer: httpx2.AsyncClient) -> None:
    """Somebody who was a contact and is forgotten: nobody reads the name any more."""
    name, organisation = f"Vergessenskanarie {place.name}", place["organisation"]
    named = _person(name, "vergessen")
    contact = await post(officer, "/contacts", organisation_id=organisation, function="secretary", person=named)
    erasure = await post(officer, f"/persons/{contact['person']['id']}/erasure")
    place.put("erasure", erasure["id"], [*place.scopes["village"], organisation])
    place.put("erasure_number", erasure["number"], [])
    place.put("forgotten", contact["person"]["id"], [])
    place.hide(name, "forgotten")


def _offer(place: Place, **who: str) -> dict[str, Any]:
    return {
        **who,
        "fields": ["sport"],
        "areas": [{"kind": "village", "id": place["village"]}],
        "consents": [{"purpose": "contact", "text_version": "2026-11"}],
    }


async def _write_down_looks(world: "World", service: str) -> None:
    """Somebody of each place looked at somebody's data."""
    async with transaction(world.workers[service].sessions) as session:
        for place in world.places.values():
            scopes = place.scopes["village"]
            place.put("audited", place.things.get("audited", uuid4()), scopes)
            audit.record(session, "person.seen", kind="person", subject=UUID(place["audited"]), scopes=scopes)


def _person(name: str, mailbox: str) -> dict[str, str]:
    return {"name": name, "email": f"{mailbox}.{uuid4().hex[:8]}@kanarie.example"}


async def fill_events(world: "World", officer: httpx2.AsyncClient) -> None:
    """In each village of a network a meeting that is published, one with registrations, and a draft."""
    await _write_down_looks(world, "events")
    await _open_calendars(world)
    for place in world.places.values():
        if "network" not in place.things:
            continue
        secret = f"Entwurfstreffen {place.name}"
        place.put("draft", await _plan(place, officer, secret), place.scopes["network"])
        place.hide(secret, "draft")
        first = await _plan(place, officer, f"Reihe {place.name}")
        again = {"meeting_id": first, "rule": "FREQ=DAILY;INTERVAL=99"}
        place.put("series", (await post(officer, "/series", **again))["id"], place.scopes["network"])
        for kind in ("calendar_source", "spare_source"):
            place.put(kind, await _take_over(place, officer, kind), place.scopes["network"])
        for kind in ("meeting", "attended"):
            meeting = await _plan(place, officer, f"Treffen {place.name}")
            await post(officer, f"/meetings/{meeting}/publication")
            place.put(kind, meeting, place.scopes["network"])
        for caller in world.callers():
            if caller.role in PERSONS:
                own = {"authorization": f"Bearer {caller.token}"}
                (await officer.post(f"/meetings/{place['attended']}/registrations", headers=own)).raise_for_status()
        on_the_telephone = {"name": f"Anmeldekanarie {place.name}", "email": f"{uuid4().hex}@kanarie.example"}
        entered = await post(officer, f"/meetings/{place['meeting']}/registrations/for-somebody", **on_the_telephone)
        place.put("registration", entered["id"], place.scopes["network"])
        place.hide(on_the_telephone["name"], "registration")
        holder = {"name": "Frieda", "email": f"{uuid4().hex}@link.example"}  # whoever has her link may read her name
        linked = await post(officer, f"/meetings/{place['meeting']}/registrations/for-somebody", **holder)
        place.put("linked_registration", linked["id"], place.scopes["network"])
        for kind in ("mailing_list", "spare_list"):
            name = {"network": place["network_slug"], "name": f"{kind} {place.name}"}
            kept = await post(officer, "/mailing-lists", **name, contact_ids=[place["contact"]])
            place.put(kind, kept["id"], place.scopes["network"])
    await fill_minutes(world, officer)
    await fill_attendance(world, officer)
    for row in await world.told_by("events"):
        if row.type == RegistrationTold.type:
            told = parse_event(RegistrationTold, row.body).data
            for place in world.places.values():
                if place.things.get("linked_registration") == str(told.registration_id):
                    place.put("registration_token", told.token, [place["person"]])
                    place.hide(told.token, "registration_token")
        if row.type == InvitationIssued.type:
            issued = parse_event(InvitationIssued, row.body).data
            for place in world.places.values():
                if (place.things.get("meeting"), place["contact"]) == (
                    str(issued.meeting.meeting_id),
                    str(issued.contact_id),
                ):
                    place.put("reply_token", issued.reply_token, [place["person"]])
                    place.put("invitation", issued.invitation_id, place.scopes["network"])
                    place.hide(issued.reply_token, "reply_token")


async def _open_calendars(world: "World") -> None:
    """In each place somebody who never calls has a calendar of their own, and tells nobody its address."""
    async with transaction(world.workers["events"].sessions) as session:
        for place in world.places.values():
            calendar, token = PersonalCalendar.make(uuid4())
            session.add(calendar)
            place.put("calendar", token, [])


async def _take_over(place: Place, officer: httpx2.AsyncClient, kind: str) -> str:
    source = {"network": place["network_slug"], "name": f"Kalender {place.name}"}
    url = f"https://gemeinde.example/{place.name}/{kind}.ics".replace(" ", "-")
    return str((await post(officer, "/calendar-sources", **source, url=url))["id"])


async def _plan(place: Place, officer: httpx2.AsyncClient, title: str) -> str:
    plan = {"network": place["network_slug"], "title": title, "place": "Dorfgemeinschaftshaus"}
    return str((await post(officer, "/meetings", starts_at=STARTS, ends_at=ENDS, **plan))["id"])


async def fill_minutes(world: "World", officer: httpx2.AsyncClient) -> None:
    """In each village of a network a meeting with open minutes, one with submitted and one with approved ones."""
    for place in world.places.values():
        if "network" not in place.things:
            continue
        beside = [one for one in world.places.values() if one.things.get("network") == place["network"]]
        leads = {one["organisation"] for one in beside}
        readers, network = [*place.scopes["network"], *leads], place.scopes["network"]
        for kind, days in (("approved", 60), ("submitted", 30), ("past", 1)):
            place.put(kind, await _hold(place, officer, days), readers)
            await _write_minutes(place, officer, kind)
            if kind != "past":
                await post(officer, f"/meetings/{place[kind]}/minutes/submission")
            if kind == "approved":
                await _hold_and_approve(place, officer)
        place.put("past_of_network", place["past"], network)
        await _fill_past(place, officer, network, readers)


async def _hold(place: Place, officer: httpx2.AsyncClient, days: int) -> str:
    ends = datetime.now(UTC) - timedelta(days=days)
    plan = {
        "network": place["network_slug"],
        "title": f"Protokolltreffen {place.name}",
        "place": "Dorfgemeinschaftshaus",
        "starts_at": (ends - timedelta(hours=2)).isoformat(),
        "ends_at": ends.isoformat(),
        "agenda": [{"title": "Dorffest"}, {"title": "Wege"}],
    }
    meeting = str((await post(officer, "/meetings", **plan))["id"])
    await post(officer, f"/meetings/{meeting}/publication")
    return meeting


async def _write_minutes(place: Place, officer: httpx2.AsyncClient, kind: str) -> None:
    agenda = (await officer.get(f"/meetings/{place[kind]}/agenda")).json()["items"]
    topics = [item["id"] for item in agenda if item["purpose"] == "topic"]
    text = f"Protokollkanarie {place.name}"
    saved = await officer.put(f"/agenda-items/{topics[0]}/note", json={"text": text, "version": 0})
    saved.raise_for_status()
    place.put(f"{kind}_item", topics[0], place.scopes[kind])
    place.hide(text, kind)


async def _hold_and_approve(place: Place, officer: httpx2.AsyncClient) -> None:
    """A meeting of another day, so that the approval changes none of those that the table is about."""
    between = await _hold(place, officer, 45)
    await post(officer, f"/meetings/{place['approved']}/minutes/approval")
    agenda = (await officer.get(f"/meetings/{between}/agenda")).json()["items"]
    await post(officer, f"/meetings/{place['approved']}/minutes/publication", items=[], checked=True)
    place.put("published", place["approved"], place.scopes["approved"])
    note = {"text": "Genehmigt.", "version": 0}
    (await officer.put(f"/agenda-items/{agenda[0]['id']}/note", json=note)).raise_for_status()
    await post(officer, f"/meetings/{between}/minutes/submission")


async def _fill_past(place: Place, officer: httpx2.AsyncClient, network: Iterable[str], readers: Iterable[str]) -> None:
    agenda = (await officer.get(f"/meetings/{place['past']}/agenda")).json()["items"]
    place.put("agenda_item", place["past_item"], network)
    place.put("spare_item", next(item["id"] for item in agenda if item["title"] == "Wege"), network)
    path = f"/agenda-items/{place['agenda_item']}"
    place.put("decision", (await post(officer, f"{path}/decisions", text="Das Fest findet statt."))["id"], network)
    title, responsible = f"Aufgabenkanarie {place.name}", {"contact_id": place["contact"]}
    brought_in = {"title": "Dorffest", "responsible": responsible}
    (await officer.put(path, json=brought_in)).raise_for_status()
    task = {"title": title, "due_on": "2099-04-01", "responsible": responsible}
    taken = await post(officer, f"{path}/action-items", **task)
    place.put("action_item", taken["id"], [*network, place["organisation"]])
    place.hide(title, "past")
    proposed = await post(officer, f"/meetings/{place['past']}/agenda/proposals", title="Bänke")
    place.put("agenda_proposal", proposed["id"], readers)


async def fill_notifications(world: "World", officer: httpx2.AsyncClient) -> None:
    """Invitations that could not be delivered."""
    await _write_down_looks(world, "notifications")
    failed = sa.update(Notice).values(status=NoticeStatus.FAILED, reason=FailureReason.GAVE_UP)
    await world.change("notifications", failed)
    for place in world.places.values():
        if "meeting" not in place.things:
            continue
        answer = await officer.get("/notices", params={"meeting": place["meeting"]})
        notices = [item for item in answer.json()["items"] if item["kind"] == NoticeKind.MEETING_INVITATION]
        own = next(item for item in notices if item["cause"] == place["invitation"])
        place.put("notice", own["id"], place.scopes["network"])
