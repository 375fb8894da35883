"""A grant covers what lies in its scope and nothing else."""

from uuid import uuid4

import pytest
from shared.access.grants import Access, Grant, Principal, Role, ScopeKind
from shared.errors import Forbidden

NETWORK, MUNICIPALITY, ORGANISATION = uuid4(), uuid4(), uuid4()
EVERY_ROLE = frozenset(Role)


def access(role: Role, scope: ScopeKind, scope_id: object = None, key: str | None = None) -> Access:
    grant = Grant.model_validate({"role": role, "scope": scope, "scope_id": scope_id, "scope_key": key})
    return Access(Principal(uuid4(), (grant,)), EVERY_ROLE)


def test_the_district_covers_everything() -> None:
    officer = access(Role.DISTRICT_OFFICER, ScopeKind.DISTRICT)
    assert officer.covers()
    assert officer.covers(network="heidedoerfer", organisation=ORGANISATION)


def test_a_network_is_known_by_id_and_by_slug() -> None:
    coordinator = access(Role.NETWORK_COORDINATOR, ScopeKind.NETWORK, NETWORK, "heidedoerfer")
    assert coordinator.covers(network=NETWORK)
    assert coordinator.covers(network="heidedoerfer")
    assert not coordinator.covers(network="elbauen")
    assert not coordinator.covers(municipality=MUNICIPALITY)
    assert not coordinator.covers()


@pytest.mark.parametrize(
    ("scope", "name"),
    [(ScopeKind.MUNICIPALITY, "municipality"), (ScopeKind.ASSOCIATION, "organisation"), (ScopeKind.NETWORK, "network")],
)
def test_a_foreign_scope_is_refused(scope: ScopeKind, name: str) -> None:
    caller = access(Role.MUNICIPALITY_OFFICER, scope, uuid4())
    with pytest.raises(Forbidden):
        caller.check(**{name: uuid4()})


def test_a_network_grant_without_ids_covers_no_network() -> None:
    assert not access(Role.NETWORK_COORDINATOR, ScopeKind.NETWORK).covers(network=NETWORK)
    assert not access(Role.NETWORK_COORDINATOR, ScopeKind.NETWORK).covers(network=None)


def test_oneself_is_only_oneself() -> None:
    volunteer = access(Role.VOLUNTEER, ScopeKind.ONESELF)
    assert volunteer.covers(person=volunteer.principal.id)
    assert not volunteer.covers(person=uuid4())


def test_a_role_that_the_endpoint_does_not_accept_counts_for_nothing() -> None:
    principal = access(Role.VOLUNTEER, ScopeKind.DISTRICT).principal
    assert not Access(principal, frozenset({Role.DISTRICT_OFFICER})).covers()
