"""What the public may know of people who agreed to it."""

from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel
from shared.contracts.registry import Area

from registry.network_contacts.model import NetworkFunction
from registry.people.model import ContactFunction


class ProfileKind(StrEnum):
    CONTACT = "contact"  # speaks for an organisation
    VOLUNTEER = "volunteer"
    NETWORK_CONTACT = "network_contact"  # speaks for the network


class ProfileAnswer(BaseModel):
    """A name, and a contact's function and organisation or a volunteer's fields (slugs) and areas; nothing else.

    A person with several functions has the same `profile_id` in each. `registry.profile.withdrawn.v1` names it when
    the name may not be shown any more.
    """

    profile_id: UUID
    kind: ProfileKind
    name: str
    organisation_id: UUID | None = None
    function: ContactFunction | NetworkFunction | None = None
    fields: list[str] = []
    areas: list[Area] = []


class ProfilesAnswer(BaseModel):
    items: list[ProfileAnswer]
