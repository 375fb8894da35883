"""Whoever downloads their data gets all of it: nothing that a database holds about them is missing in the archive."""

import asyncio
import json
from importlib import import_module
from typing import Any
from uuid import UUID, uuid4

import pytest
from shared.access.tenancy import EVERYTHING
from shared.contracts.envelope import create_event
from shared.contracts.events import InvitationIssued, MeetingFacts, MeetingKind
from shared.contracts.registry import ContactIdentified, PersonDescribed
from shared.database import create_engine, create_sessions
from shared.messaging.inbox import DONE, Inbox
from shared.messaging.transport import Delivery
from testkit import canaries
from testkit.canaries import PHONE
from testkit.services import create_service, settings_of
from testkit.tokens import association_contact, district_officer

# Where else a canary may be found: answers to the commands of the office, and events on their way.
NOT_SHOWN = {
    "registry.idempotency_key.body",
    "registry.outbox.body (private)",
    # what is made of the shown name and address, to compare and to find
    "registry.person.name_key",
    "registry.person.email_key",
    "registry.search_word.word",
    "registry.search_word.stem",
    "registry.search_typo.word",
    "registry.search_typo.key",
    "registry.search_posting.word",
    "registry.search_stale.entry",
}
CONTACT = {"purpose": "contact", "text_version": "2026-11"}
SATURDAY = {"weekday": 6, "daytime": "morning"}
SPECIAL = {
    "own_skills": ["Kanarienvogelzucht"],
    "best_time": "wenn der Kanarienvogel singt",
    "street": "Kanarienvogelweg 7",
    "town": "Kanarienvogelhausen",
}


async def own_data(client: Any) -> dict[str, Any]:
    answer = await client.get("/me/personal-data")
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return {part["key"]: part for part in answer.json()["parts"]}


async def test_everything_in_the_registry_and_in_notifications_is_in_the_archive(
    databases: Any, service_database: Any, issuer: Any, client_for: Any
) -> None:
    urls = {service: service_database(service) for service in ("registry", "notifications")}
    registry = create_service("registry", issuer, database_url=urls["registry"])
    officer = await client_for(registry, issuer.token_for(district_officer()))

    async def post(path: str, **body: Any) -> Any:
        answer = await officer.post(path, json=body)
        assert answer.is_success, answer.text
        return answer.json()

    await post("/districts", ags="15082", name="Anhalt-Bitterfeld")
    municipality = (await post("/municipalities", ags="15082241", name="Muldestausee"))["id"]
    village = (await post("/villages", municipality_id=municipality, name="Gossa"))["id"]
    organisation = (await post("/organisations", kind="association", name="Heimatverein", village_id=village))["id"]
    named = {"name": "Erna Kanarienvogel", "email": "erna@voliere.example", "phone": PHONE}
    contact = await post("/contacts", organisation_id=organisation, function="chair", person=named)
    person = UUID(contact["person"]["id"])
    helps = {"fields": ["sport"], "areas": [{"kind": "village", "id": village}], "times": [SATURDAY], **SPECIAL}
    await post("/volunteers", **named, **helps, consents=[CONTACT], channel="paper")
    own = await client_for(registry, issuer.token_for(association_contact(UUID(organisation)), person=person))
    parts = await own_data(own)
    [volunteer] = parts["volunteer"]["rows"]
    assert (volunteer["areas"], volunteer["times"]) == (["Gossa"], ["Samstag vormittags"])
    assert parts["person"]["rows"][0]["name"] == "Erna Kanarienvogel"
    assert parts["contact"]["rows"][0]["organisation"] == "Heimatverein"
    assert all(part["purpose"] and part["legal_basis"] and part["kept"] for part in parts.values())
    again = await own_data(own)
    assert "person.exported" in {row["action"] for row in again["audit_entry"]["rows"]}, "the export itself is recorded"

    settings = settings_of("notifications", database_url=urls["notifications"])
    sessions = create_sessions(engine := create_engine(settings, scopes=EVERYTHING))
    told = [
        (PersonDescribed(person_id=person, name=named["name"], email=named["email"]), person),
        (ContactIdentified(contact_id=contact["id"], person_id=person, organisation_id=organisation), contact["id"]),
        (_invitation(UUID(contact["id"]), UUID(organisation)), uuid4()),
    ]
    worker = import_module("notifications.worker").create_worker(settings)
    for data, subject in told:
        event = create_event(data, subject=UUID(str(subject)), sequence=1)
        (consumer,) = (each for each in worker.consumers if type(data) in each.data_classes())
        delivery = Delivery(type(data).exchange, event.routing_key, event.to_bytes())
        assert await Inbox(consumer, sessions).process([delivery]) == [DONE]
    await engine.dispose()
    await worker.engine.dispose()
    notifications = create_service("notifications", issuer, database_url=urls["notifications"])
    own = await client_for(notifications, issuer.token_for(association_contact(UUID(organisation)), person=person))
    archive = {"registry": parts, "notifications": await own_data(own)}
    assert [row["title"] for row in archive["notifications"]["notice"]["rows"]] == ["Herbsttreffen"]

    admin = {service: databases.admin_url(url).replace("+asyncpg", "") for service, url in urls.items()}
    found = await canaries.in_databases(admin)
    assert {"registry.person.phone", "notifications.person.email"} <= set(found)
    for place in set(found) - NOT_SHOWN:
        service, table, column = place.partition(" ")[0].split(".")
        shown = json.dumps([row.get(column) for row in archive[service][table]["rows"]], ensure_ascii=False)
        assert canaries.sings(shown), f"{place} is not in the archive"


def _invitation(contact: UUID, organisation: UUID) -> InvitationIssued:
    meeting = MeetingFacts(
        meeting_id=uuid4(), network="heide", kind=MeetingKind.NETWORK_MEETING, title="Herbsttreffen", place="Gossa",
        starts_at="2031-05-07T16:00:00Z", ends_at="2031-05-07T18:00:00Z", calendar_uid="1",
    )  # fmt: skip
    return InvitationIssued(
        invitation_id=uuid4(), contact_id=contact, organisation_id=organisation, reply_token="secret", meeting=meeting
    )


@pytest.mark.parametrize("service", ["registry", "events", "notifications"])
async def test_nobody_gets_anothers_data(service: str, service_database: Any, issuer: Any, client_for: Any) -> None:
    app = create_service(service, issuer, database_url=service_database(service))
    stranger, anybody = await asyncio.gather(client_for(app, issuer.token_for(district_officer())), client_for(app))
    parts = await own_data(stranger)
    assert {key for key, part in parts.items() if part["rows"]} <= {"audit_entry"}
    assert (await anybody.get("/me/personal-data")).status_code == 401
