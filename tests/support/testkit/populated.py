"""Services with something in them: what a fuzzer asks for should exist more often than not."""

import re
from importlib import import_module
from typing import Any

import httpx2
from shared.access.tenancy import EVERYTHING
from shared.database import create_engine, create_sessions
from shared.messaging.inbox import Inbox
from shared.messaging.transport import Delivery

from testkit.aio import run_sync
from testkit.example_events import EXAMPLES, example
from testkit.services import settings_of


def tell_examples(service: str, database_url: str) -> None:
    """Give the example of every event to a service's consumers, as its worker would."""
    settings = settings_of(service, database_url=database_url)
    worker = import_module(f"{service}.worker").create_worker(settings)

    async def tell() -> None:
        engine = create_engine(settings, scopes=EVERYTHING)
        for event in map(example, EXAMPLES):
            for consumer in worker.consumers:
                if consumer.calls_for(event.type, event.data.exchange):
                    delivery = Delivery(event.data.exchange, event.routing_key, event.to_bytes())
                    await Inbox(consumer, create_sessions(engine)).process([delivery])
        await engine.dispose()
        await worker.engine.dispose()

    run_sync(tell)


def fill_registry(officer: httpx2.Client) -> None:
    """A municipality, a village, a network, an association that leads, with a contact."""

    def post(path: str, **body: Any) -> Any:
        answer = officer.post(path, json=body)
        assert answer.is_success, answer.text
        return answer.json()

    post("/districts", ags="15082", name="Anhalt-Bitterfeld")
    municipality = post("/municipalities", ags="15082241", name="Muldestausee")
    village = post("/villages", municipality_id=municipality["id"], name="Gossa")
    post("/networks", name="Heidedörfer", goals=["Ein Netzwerk"], village_ids=[village["id"]])
    organisation = post("/organisations", kind="association", name="Heimatverein", village_id=village["id"])
    person = {"name": "Erna Beispiel", "email": "erna@beispiel.example"}
    post("/contacts", organisation_id=organisation["id"], function="chair", person=person)
    post("/lead-mandates", village_id=village["id"], organisation_id=organisation["id"], starts_on="2024-01-01")


def fill_events(officer: httpx2.Client) -> None:
    """A meeting that is planned, and one that is published."""
    for publish in (False, True):
        plan = {
            "network": "heidedoerfer",
            "kind": "network_meeting",
            "title": "Netzwerktreffen",
            "place": "Dorfgemeinschaftshaus",
            "starts_at": "2031-05-07T18:00",
            "ends_at": "2031-05-07T20:00",
            "agenda": [{"title": "Begrüßung", "minutes": 10}],
        }
        meeting = officer.post("/meetings", json=plan).raise_for_status().json()
        if publish:
            officer.post(f"/meetings/{meeting['id']}/publication").raise_for_status()


def known_ids(officer: httpx2.Client) -> dict[str, list[str]]:
    """The ids of what exists, by the name of the path parameter: {"village_id": ["…"]}."""
    known: dict[str, list[str]] = {}
    paths = officer.get("/openapi.json").raise_for_status().json()["paths"]
    for path in paths:
        found = re.match(r"^(/[a-z-]+)/{([a-z_]+)}", path)
        if found and "get" in paths.get(found[1], {}):
            items = officer.get(found[1], params=_wanted(paths[found[1]]["get"])).raise_for_status().json()["items"]
            known[found[2]] = [item["id"] for item in items]
    return known


def _wanted(operation: dict[str, Any]) -> dict[str, str]:
    """The network that was filled, for the lists that are of one network only."""
    required = [each["name"] for each in operation.get("parameters", ()) if each["in"] == "query" and each["required"]]
    return {name: {"network": "heidedoerfer"}[name] for name in required}
