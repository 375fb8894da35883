"""What other systems read before they talk to a service is committed, so that every change of it is seen."""

import json

import pytest
from access_table.render import render
from testkit.contracts import ACCESS_TABLE, BROKER, DOCUMENTED, broker_definitions, documents_of


@pytest.mark.parametrize("service", DOCUMENTED)
def test_the_committed_documents_are_the_served_ones(service: str) -> None:
    for path, served in documents_of(service).items():
        assert path.exists(), "run `make contracts`"
        assert json.loads(path.read_text()) == served, f"{path.name} changed: if that is meant, run `make contracts`"


@pytest.mark.parametrize("service", DOCUMENTED)
def test_they_are_of_the_versions_that_tools_read(service: str) -> None:
    versions = {
        path.name: served.get("openapi") or served.get("asyncapi") for path, served in documents_of(service).items()
    }
    assert versions[f"{service}.openapi.json"].startswith("3.1")
    assert versions[f"{service}.asyncapi.json"].startswith("3.0")


def test_the_broker_starts_with_every_queue_that_a_service_declares() -> None:
    """Else the first events of a new deployment are lost to a service that starts after the one that speaks."""
    written = json.loads(BROKER.read_text())
    assert written == broker_definitions(), "run `make contracts`"
    assert len(written["queues"]) > 2


def test_the_table_of_who_may_call_what_is_the_one_that_the_tests_call() -> None:
    assert ACCESS_TABLE.read_text() == render(), "run `make contracts`"
