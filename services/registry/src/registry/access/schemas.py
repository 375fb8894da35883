"""What comes in and goes out over HTTP about grants."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from shared.access.grants import Role, ScopeKind
from shared.inputs import Day, Input


class GrantInput(Input):
    """A grant to give. `scope_id` is the municipality, network or association; None for a district officer.

    It holds from `starts_on` (today unless given) to `ends_on`, both included; without it until it is taken back.
    """

    person_id: UUID
    role: Literal[Role.DISTRICT_OFFICER, Role.MUNICIPALITY_OFFICER, Role.NETWORK_COORDINATOR, Role.ASSOCIATION_CONTACT]
    scope_id: UUID | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None


class GrantAnswer(BaseModel):
    """`given_by` is the person who gave it; None: an operator."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    person_id: UUID
    role: Role
    scope: ScopeKind
    scope_id: UUID | None
    starts_on: date
    ends_on: date | None
    given_by: UUID | None
    created_at: datetime


class GrantsAnswer(BaseModel):
    items: list[GrantAnswer]


class HeldGrant(BaseModel):
    """A grant of one's own. `scope_key` is the network's slug, `ends_on` the last day of a grant for a time."""

    model_config = ConfigDict(from_attributes=True)

    role: Role
    scope: ScopeKind
    scope_id: UUID | None
    scope_key: str | None
    ends_on: date | None


class Me(BaseModel):
    """Who is logged in, and what they may do now."""

    id: UUID
    name: str
    email: str | None
    phone: str | None
    grants: list[HeldGrant]
