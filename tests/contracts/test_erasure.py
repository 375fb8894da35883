"""Whoever may hold people takes part in erasures: a service that is added, or a queue, cannot be forgotten."""

from importlib import import_module

import pytest
from shared.contracts import events, notifications, portal, registry  # noqa: F401 - they fill the catalogue
from shared.contracts.envelope import Exchange, contracts
from shared.contracts.registry import ErasureRequested
from shared.erasure import SERVICES
from testkit.services import SERVICES as ALL
from testkit.services import settings_of


def test_every_service_has_to_confirm() -> None:
    assert set(SERVICES) == set(ALL)
    assert {f"{service}.erasure.confirmed.v1" for service in SERVICES} <= set(contracts())


@pytest.mark.parametrize("service", SERVICES)
def test_an_erasure_passes_every_queue_that_may_name_people(service: str) -> None:
    worker = import_module(f"{service}.worker").create_worker(settings_of(service))
    private = [
        consumer
        for consumer in worker.consumers
        if any(binding.exchange is Exchange.PRIVATE for binding in consumer.bindings())
    ]
    following = [consumer for consumer in worker.consumers if ErasureRequested in consumer.data_classes()]
    assert following, "nobody notes an erasure"
    assert {consumer.name for consumer in private} <= {consumer.name for consumer in following}


@pytest.mark.parametrize("service", SERVICES)
def test_every_worker_forgets_and_looks_for_what_it_missed(service: str) -> None:
    worker = import_module(f"{service}.worker").create_worker(settings_of(service))
    timers = {timer.name for timer in worker.timers}
    assert {"erasures", "erasures.sweep"} <= timers
    assert service == "registry" or "erasures.catch-up" in timers
