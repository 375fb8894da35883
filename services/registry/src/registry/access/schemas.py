"""What comes in and goes out over HTTP about access."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from shared.access.grants import Role, ScopeKind
from shared.inputs import Input

Secret = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class LoginCodeExchange(Input):
    """Exchange a single-use login code."""

    grant_type: Literal["login_code"]
    code: Secret


class RefreshExchange(Input):
    """Exchange a refresh token; it is used up, the answer has the next one."""

    grant_type: Literal["refresh_token"]
    refresh_token: Secret


TokenRequest = Annotated[LoginCodeExchange | RefreshExchange, Field(discriminator="grant_type")]


class TokenAnswer(BaseModel):
    """As in RFC 6749, section 5.1. `expires_in` is in seconds."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - a kind, not a secret
    expires_in: int
    refresh_token: str


class LogoutRequest(Input):
    refresh_token: Secret


class KeySetAnswer(BaseModel):
    """Public keys as a JSON Web Key Set (RFC 7517)."""

    keys: list[dict[str, Any]]


class GrantInput(Input):
    """A grant to give. `scope_id` is the municipality, network or association; None for a district officer."""

    person_id: UUID
    role: Literal[Role.DISTRICT_OFFICER, Role.MUNICIPALITY_OFFICER, Role.NETWORK_COORDINATOR, Role.ASSOCIATION_CONTACT]
    scope_id: UUID | None = None


class GrantAnswer(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    person_id: UUID
    role: Role
    scope: ScopeKind
    scope_id: UUID | None
    given_by: UUID | None
    created_at: datetime


class GrantsAnswer(BaseModel):
    items: list[GrantAnswer]


class HeldGrant(BaseModel):
    """A grant of one's own. `scope_key` is the network's slug."""

    model_config = ConfigDict(from_attributes=True)

    role: Role
    scope: ScopeKind
    scope_id: UUID | None
    scope_key: str | None


class Me(BaseModel):
    """Who is logged in, and what they may do now."""

    id: UUID
    name: str
    email: str | None
    phone: str | None
    grants: list[HeldGrant]
