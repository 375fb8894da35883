"""Every table of every service has a rule of retention, or a reason why it needs none."""

from importlib import import_module
from types import ModuleType

import pytest
import sqlalchemy as sa
from shared.messaging import tables as messaging
from testkit.contracts import REGISTER, register_of_processing
from testkit.services import SERVICES


@pytest.fixture(params=SERVICES)
def service(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def declared(service: str) -> ModuleType:
    return import_module(f"{service}.retention")


@pytest.fixture
def tables(service: str) -> set[str]:
    metadata: sa.MetaData = import_module(f"{service}.tables").metadata
    messaging.attach(metadata)
    return set(metadata.tables)


def test_each_table_has_a_rule_or_a_reason(declared: ModuleType, tables: set[str]) -> None:
    covered = {table for rule in declared.RULES for table in rule.covers}
    assert covered.isdisjoint(declared.EXEMPT)
    assert covered | set(declared.EXEMPT) == tables
    assert all(reason.strip() for reason in declared.EXEMPT.values())


def test_each_rule_has_a_name_of_its_own_and_says_everything(declared: ModuleType) -> None:
    slugs = [rule.slug for rule in declared.RULES]
    assert len(slugs) == len(set(slugs))
    for rule in declared.RULES:
        assert all((rule.name, rule.data, rule.subjects, rule.recipients, rule.since))


def test_the_published_register_is_that_of_the_rules() -> None:
    assert REGISTER.read_text() == register_of_processing(), "run `make contracts`"
