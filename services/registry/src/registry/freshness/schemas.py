"""What comes in and goes out about confirmations."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints
from shared.contracts.registry import OrganisationKind
from shared.inputs import Input

from registry.freshness.model import Reason
from registry.organisations.schemas import OrganisationAnswer
from registry.people.schemas import ContactAnswer


class EntryConfirmation(Input):
    token: Annotated[str, StringConstraints(min_length=1, max_length=100)]


class EntryToConfirm(BaseModel):
    """What the holder of a link is asked about."""

    model_config = ConfigDict(from_attributes=True)

    organisation: OrganisationAnswer
    village: str
    network: str | None  # slug


class UnconfirmedAnswer(BaseModel):
    """An entry that is due. `confirmed_on` is None where it was never confirmed, `asked_on` where nobody was asked."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    kind: OrganisationKind
    slug: str
    name: str
    village: str
    network: str | None  # slug
    reason: Reason
    confirmed_on: date | None
    asked_on: date | None
    reminded_on: date | None
    stale_since: date | None
    contacts: list[ContactAnswer]
