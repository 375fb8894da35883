"""What comes in and goes out over HTTP about API clients."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from shared.access.grants import ScopeKind
from shared.inputs import Day, Input, Name


class ApiClientInput(Input):
    """A client to make. `scope_id` is the municipality, network or association; None for the whole district."""

    name: Name
    scope: Literal[ScopeKind.DISTRICT, ScopeKind.MUNICIPALITY, ScopeKind.NETWORK, ScopeKind.ASSOCIATION]
    scope_id: UUID | None = None
    ends_on: Day | None = None


class ApiClientAnswer(BaseModel):
    """`id` is the `client_id` of `POST /auth/token`."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    scope: ScopeKind
    scope_id: UUID | None
    ends_on: date | None
    created_by: UUID
    created_at: datetime
    renewed_at: datetime | None


class ApiClientSecret(ApiClientAnswer):
    """With the `client_secret`, which nobody can read again."""

    client_secret: str


class ApiClientsAnswer(BaseModel):
    items: list[ApiClientAnswer]
