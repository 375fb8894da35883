"""Who may do what: roles, scopes, grants, and the caller of a request."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.errors import Forbidden, NotFound


class Role(StrEnum):
    DISTRICT_OFFICER = "district_officer"
    MUNICIPALITY_OFFICER = "municipality_officer"
    NETWORK_COORDINATOR = "network_coordinator"
    ASSOCIATION_CONTACT = "association_contact"
    VOLUNTEER = "volunteer"
    API_CLIENT = "api_client"


class ScopeKind(StrEnum):
    DISTRICT = "district"
    MUNICIPALITY = "municipality"
    NETWORK = "network"
    ASSOCIATION = "association"
    ONESELF = "oneself"


class Grant(BaseModel):
    """A role in a scope. `scope_id` is None for the district (one per deployment) and for oneself.

    `scope_key` is the network's slug where the scope is a network: other services know networks by it. `ends_on` is the
    last day of a grant for a time; tokens carry only grants that have begun.
    """

    model_config = ConfigDict(frozen=True)
    role: Role
    scope: ScopeKind
    scope_id: UUID | None = None
    scope_key: str | None = None
    ends_on: date | None = None


@dataclass(frozen=True)
class Principal:
    """A caller whose token was verified. `id` is the person's (or client's) id."""

    id: UUID
    grants: tuple[Grant, ...] = field(default=())

    def roles(self) -> set[Role]:
        return {grant.role for grant in self.grants}


@dataclass(frozen=True)
class Access:
    """A caller at an endpoint: the principal, and the roles that the endpoint accepts."""

    principal: Principal
    roles: frozenset[Role]

    def covers(
        self,
        *,
        network: UUID | str | None = None,
        municipality: UUID | None = None,
        organisation: UUID | None = None,
        person: UUID | None = None,
    ) -> bool:
        """Whether one of the accepted roles is held in a scope that contains the thing.

        Name every scope the thing lies in: a network by id or slug. A grant for the district covers everything.
        """
        return any(
            grant.scope is ScopeKind.DISTRICT
            or (
                grant.scope is ScopeKind.NETWORK
                and network is not None
                and network in (grant.scope_id, grant.scope_key)
            )
            or (grant.scope is ScopeKind.MUNICIPALITY and municipality is not None and municipality == grant.scope_id)
            or (grant.scope is ScopeKind.ASSOCIATION and organisation is not None and organisation == grant.scope_id)
            or (grant.scope is ScopeKind.ONESELF and person is not None and person == self.principal.id)
            for grant in self.principal.grants
            if grant.role in self.roles
        )

    def check(
        self,
        *,
        network: UUID | str | None = None,
        municipality: UUID | None = None,
        organisation: UUID | None = None,
        person: UUID | None = None,
    ) -> None:
        """Raise `Forbidden` unless `covers` says yes."""
        if not self.covers(network=network, municipality=municipality, organisation=organisation, person=person):
            raise Forbidden

    def reach(
        self,
        *,
        network: UUID | str | None = None,
        municipality: UUID | None = None,
        organisation: UUID | None = None,
        person: UUID | None = None,
    ) -> None:
        """Like `check`, for a thing that is there already: a foreign one is answered like a missing one: `NotFound`."""
        if not self.covers(network=network, municipality=municipality, organisation=organisation, person=person):
            raise NotFound
