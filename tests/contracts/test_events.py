"""Every event is published in a form that other systems may rely on for years."""

import json
import re
from typing import Any

import pytest
from cloudevents.core.formats.json import JSONFormat
from jsonschema import Draft202012Validator, FormatChecker
from pydantic import BaseModel
from shared.contracts.envelope import CONTENT_TYPE, EventData, Exchange, parse_event
from shared.contracts.registry import ErasureRequested
from testkit.contracts import GOLDEN, SCHEMAS, breaks, golden_file, published_events, schema_file, schema_of
from testkit.example_events import EXAMPLES, example

CATALOGUE = published_events()
TYPE = re.compile(r"[a-z]+\.[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*\.v[1-9][0-9]*")
PERSONAL = {"email", "phone", "person_id", "person_name", "reply_token", "address", "birthday"}
# Whoever holds data of this person has to erase it; afterwards the id names nobody (decision 0024).
TELLS_OF_A_PERSON: dict[type[EventData], set[str]] = {ErasureRequested: {"person_id"}}

every_event = pytest.mark.parametrize(
    "data_class", [pytest.param(data_class, id=event_type) for event_type, data_class in CATALOGUE.items()]
)


@every_event
def test_the_published_schema_is_the_codes(data_class: type[EventData]) -> None:
    path = schema_file(data_class.type)
    assert path.exists(), "a new event: give it an example in testkit/example_events.py, then run `make contracts`"
    published, current = json.loads(path.read_text()), schema_of(data_class)
    assert not list(breaks(published, current)), "this breaks subscribers: publish a new version beside the old one"
    assert published == current, "the event was extended: run `make contracts`"


@every_event
def test_the_golden_file_is_still_understood(data_class: type[EventData]) -> None:
    golden = json.loads(golden_file(data_class.type).read_text())
    understood = json.loads(parse_event(data_class, json.dumps(golden).encode()).to_bytes())
    assert _contains(understood, golden), "something that was published before is lost or changed"
    validator = Draft202012Validator(schema_of(data_class), format_checker=FormatChecker())
    assert not list(validator.iter_errors(golden))


@every_event
def test_the_golden_file_shows_every_field(data_class: type[EventData]) -> None:
    golden = json.loads(golden_file(data_class.type).read_text())
    assert set(golden["data"]) == set(data_class.model_fields)


@every_event
def test_cloudevents_own_parser_reads_it(data_class: type[EventData]) -> None:
    event = example(data_class.type)
    read = JSONFormat().read(None, event.to_bytes())
    assert JSONFormat.CONTENT_TYPE == CONTENT_TYPE
    assert (read.get_specversion(), read.get_type()) == ("1.0", data_class.type)
    assert (read.get_id(), read.get_subject(), read.get_time()) == (str(event.id), event.subject, event.time)
    assert read.get_source() == f"/dorfnetz/{data_class.type.partition('.')[0]}"
    assert read.get_extension("sequence") == "3"
    assert isinstance(read.get_data(), dict)


@every_event
def test_an_event_without_its_optional_parts_can_be_read(data_class: type[EventData]) -> None:
    full = example(data_class.type)
    bare = full.model_copy(update={"networkid": None, "traceparent": None, "data": _without_optional_parts(full.data)})
    assert parse_event(data_class, bare.to_bytes()) == bare
    assert b"null" not in bare.to_bytes()


@every_event
def test_the_type_names_owner_aggregate_fact_and_version(data_class: type[EventData]) -> None:
    assert TYPE.fullmatch(data_class.type)
    assert data_class.type.partition(".")[0] == data_class.__module__.rpartition(".")[2]


@every_event
def test_public_events_hold_no_personal_data(data_class: type[EventData]) -> None:
    if data_class.exchange is Exchange.EVENTS:
        assert set(_field_names(data_class)) & PERSONAL == TELLS_OF_A_PERSON.get(data_class, set())


def test_nothing_is_published_that_the_code_does_not_know() -> None:
    assert {path.name.removesuffix(".schema.json") for path in SCHEMAS.glob("*.json")} == set(CATALOGUE)
    assert {path.stem for path in GOLDEN.glob("*.json")} == set(CATALOGUE)
    assert set(EXAMPLES) == set(CATALOGUE)


@pytest.mark.parametrize(
    ("change", "harmless"),
    [
        (lambda data: data["properties"].update(colour={"type": "string", "default": ""}), True),
        (lambda data: data.update(description="Another text."), True),
        (lambda data: data["properties"].pop("name"), False),
        (lambda data: data["properties"]["name"].update(type="integer"), False),
        (lambda data: data["properties"]["name"].update(maxLength=5), False),
        (lambda data: data["required"].append("colour"), False),
        (lambda data: data["required"].remove("name"), False),
    ],
)
def test_a_breaking_change_is_told_from_a_harmless_one(change: Any, harmless: bool) -> None:
    old = schema_of(CATALOGUE["registry.municipality.registered.v1"])
    new = json.loads(json.dumps(old))
    change(new["$defs"]["MunicipalityRegistered"])
    assert (not list(breaks(old, new))) is harmless


def _contains(whole: Any, part: Any) -> bool:
    if isinstance(part, dict) and isinstance(whole, dict):
        return all(key in whole and _contains(whole[key], value) for key, value in part.items())
    if isinstance(part, list) and isinstance(whole, list):
        return len(whole) == len(part) and all(map(_contains, whole, part))
    return bool(whole == part)


def _without_optional_parts(data: EventData) -> EventData:
    nullable = {
        name: None
        for name, field in type(data).model_fields.items()
        if type(None) in getattr(field.annotation, "__args__", ())
    }
    return data.model_copy(update=nullable)


def _field_names(model: type[BaseModel]) -> list[str]:
    names = list(model.model_fields)
    for field in model.model_fields.values():
        for inner in (field.annotation, *getattr(field.annotation, "__args__", ())):
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                names += _field_names(inner)
    return names
