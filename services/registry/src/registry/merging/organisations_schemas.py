"""What comes in and goes out over HTTP about merging two organisations."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field
from shared.inputs import Input

from registry.merging.organisations_model import Part
from registry.organisations.schemas import OrganisationAnswer

Version = Annotated[int, Field(ge=1, le=2_147_483_647)]


class OrganisationMergeInput(Input):
    """`into` is the entry that stays; of the other one it gets the values that `taken` names.

    `version` and `into_version` are what the caller has seen of both.
    """

    into: UUID
    version: Version
    into_version: Version
    taken: Annotated[list[Part], Field(max_length=len(Part))] = []


class MovingAnswer(BaseModel):
    """How much of the entry that goes would belong to the one that stays."""

    contacts: int
    former_contacts: int
    help_entries: int
    lead_mandates: int
    members: int  # of a federation
    grants: int  # people who may keep the entry


class OrganisationMergePreview(BaseModel):
    """Both entries as they are now, with their versions for `OrganisationMergeInput`."""

    gone: OrganisationAnswer
    gone_version: int
    kept: OrganisationAnswer
    kept_version: int
    moving: MovingAnswer
