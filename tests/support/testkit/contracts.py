"""The published form of every event: its JSON Schema in docs/events, its golden file in tests/contracts/golden.

And of every service: its OpenAPI and AsyncAPI documents in docs/api, its queues in deploy/rabbitmq/definitions.json.
And the register of processing activities (Art. 30 GDPR), from the rules of retention, and the table of who may call
what, from the rows that the tests call.

`make contracts` writes what is missing or was extended, and refuses what would break a subscriber.
"""

import json
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from access_table.render import render as render_access_table
from shared.contracts import events, notifications, portal, registry  # noqa: F401 - they fill the catalogue
from shared.contracts.envelope import Event, EventData, contracts
from shared.logging import configure_logging
from shared.messaging.consumer import Consumer
from shared.messaging.topology import Topology
from shared.retention.register import to_markdown
from shared.settings import Settings

from testkit.aio import run_sync
from testkit.clients import Clients
from testkit.example_events import example
from testkit.services import SERVICES, create_service, settings_of
from testkit.tokens import Issuer

ROOT = Path(__file__).resolve().parents[3]
SCHEMAS = ROOT / "docs" / "events"
API = ROOT / "docs" / "api"
DOCUMENTED = ("registry", "events", "notifications")
DOCUMENTS = ("openapi.json", "asyncapi.json")
GOLDEN = ROOT / "tests" / "contracts" / "golden"
BROKER = ROOT / "deploy" / "rabbitmq" / "definitions.json"
REGISTER = ROOT / "docs" / "verarbeitungsverzeichnis.md"
ACCESS_TABLE = ROOT / "docs" / "access-table.md"


def schema_of(data_class: type[EventData]) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a whole event as it is published: what has no value is left out, never null."""
    schema = _as_published(Event[data_class].model_json_schema(mode="serialization"))  # type: ignore[valid-type]
    schema["properties"]["type"] = {"const": data_class.type}
    schema["required"] = sorted({*schema["required"], "specversion", "id", "time", "datacontenttype"})
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": data_class.type,
        "description": (data_class.__doc__ or "").strip(),
    }


def _as_published(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_as_published(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    alternatives = [item for item in schema.get("anyOf", []) if item != {"type": "null"}]
    if len(alternatives) == 1:
        schema = {**{key: value for key, value in schema.items() if key not in ("anyOf", "default")}, **alternatives[0]}
    return {
        key: _as_published(value) for key, value in schema.items() if not (key == "title" and isinstance(value, str))
    }


def schema_file(event_type: str) -> Path:
    return SCHEMAS / f"{event_type}.schema.json"


def golden_file(event_type: str) -> Path:
    return GOLDEN / f"{event_type}.json"


def breaks(old: Any, new: Any, place: str = "event") -> Iterator[str]:
    """What in `new` breaks a subscriber who relies on `old`: everything but optional additions and texts."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            if key in ("title", "description", "default", "examples"):
                continue
            inner = f"{place}.{key}"
            if key not in new:
                yield f"{inner} is gone"
            elif key not in old:
                added_by_name = place.endswith((".properties", ".$defs"))
                if not added_by_name:
                    yield f"{inner} is a new restriction"
            else:
                yield from breaks(old[key], new[key], inner)
    elif isinstance(old, list) and isinstance(new, list) and place.endswith(".required"):
        yield from (f"{place}: {name} became required" for name in sorted(set(new) - set(old)))
        yield from (f"{place}: {name} is no longer always there" for name in sorted(set(old) - set(new)))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for number, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from breaks(one, other, f"{place}[{number}]")
    elif old != new:
        yield f"{place} changed from {old!r} to {new!r}"


def as_text(content: Any) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def published_events() -> dict[str, type[EventData]]:
    """The catalogue by type, without events that a test made up."""
    return {name: found for name, found in contracts().items() if found.__module__.startswith("shared.contracts.")}


def documents_of(service: str) -> dict[Path, Any]:
    """The documents of a service as it serves them, by the file that keeps each."""
    issuer = Issuer()

    async def fetch() -> dict[Path, Any]:
        async with Clients() as clients:
            client = await clients(create_service(service, issuer))
            return {API / f"{service}.{name}": (await client.get(f"/{name}")).json() for name in DOCUMENTS}

    try:
        return run_sync(fetch)
    finally:
        issuer.close()


def broker_definitions() -> dict[str, Any]:
    """The definitions of the broker: users and rights as they are written, and every queue that a service declares."""
    consumers: list[Consumer] = []
    for service in SERVICES:
        worker = import_module(f"{service}.worker").create_worker(settings_of(service))
        consumers.extend(worker.consumers)
    topology = Topology(Settings.model_fields["amqp_prefix"].default)
    written: dict[str, Any] = json.loads(BROKER.read_text())
    return written | topology.definitions(consumers, vhost=written["vhosts"][0]["name"])


def register_of_processing() -> str:
    """The register of processing activities as a page of docs/."""
    return to_markdown([rule for service in SERVICES for rule in import_module(f"{service}.retention").RULES])


def _one_a_line(definitions: dict[str, Any]) -> str:
    parts = [
        f'  "{name}": [\n' + ",\n".join(f"    {json.dumps(item)}" for item in items) + "\n  ]"
        for name, items in definitions.items()
    ]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def regenerate() -> list[str]:
    """Write the files; returns what would break subscribers, which stays as it was."""
    problems: list[str] = []
    for event_type, data_class in published_events().items():
        path, schema = schema_file(event_type), schema_of(data_class)
        found = list(breaks(json.loads(path.read_text()), schema)) if path.exists() else []
        problems += [f"{event_type}: {problem}" for problem in found]
        if not found:
            path.write_text(as_text(schema))
        if not golden_file(event_type).exists():
            golden_file(event_type).write_text(as_text(json.loads(example(event_type).to_bytes())))
    for service in DOCUMENTED:
        for path, document in documents_of(service).items():
            path.write_text(as_text(document))
    BROKER.write_text(_one_a_line(broker_definitions()))
    REGISTER.write_text(register_of_processing())
    ACCESS_TABLE.write_text(render_access_table())
    return problems


def main() -> int:
    configure_logging("contracts", format="console", level="WARNING")
    problems = regenerate()
    for problem in problems:
        sys.stderr.write(f"{problem}\n")
    if problems:
        sys.stderr.write("A published event cannot change like this: publish a new version beside it.\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
