"""What remains of an organisation whose entry became part of another one."""

from datetime import datetime
from enum import StrEnum
from http import HTTPStatus
from uuid import UUID

from shared.errors import DomainError
from sqlalchemy import ForeignKey, func
from sqlalchemy.orm import Mapped, mapped_column

from registry.database import Base


class AlreadyMerged(DomainError):
    code = "already_merged"
    message = "Somebody else has just merged one of these entries. Please look at the list again."


class SameEntry(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "same_entry"
    message = "An entry cannot be merged with itself."
    field = "into"


class LeadStandsInTheWay(DomainError):
    code = "lead_stands_in_the_way"
    message = (
        "One of the two is or becomes the lead association of {village}. That needs a published association of "
        "{village}: please choose these values, or end the mandate first."
    )


class MergedOrganisation(Base):
    """An entry that is gone. Its id, and the `slug` under which it was public (else empty), lead to another one."""

    __tablename__ = "merged_organisation"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    into_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), index=True)
    slug: Mapped[str]
    merged_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Part(StrEnum):
    """What is chosen of one of two entries. Fields of activity, areas and federations are kept of both."""

    NAME = "name"
    KIND = "kind"
    VILLAGE = "village"
    PUBLICATION = "publication"
    LEGAL_FORM = "legal_form"
    REGISTER = "register"
    NOTICE = "notice"
    PURPOSES = "purposes"
    GOALS = "goals"
    STRENGTHS = "strengths"
    POTENTIALS = "potentials"
    SUPPORT_KINDS = "support_kinds"
    FOUNDED = "founded"
    MEMBERS = "members"
    FACILITIES = "facilities"
    LANGUAGES = "languages"
    WEBSITE = "website"


_SEVERAL = {
    Part.KIND: ("kind", "public_body_kind"),
    Part.VILLAGE: ("village",),
    Part.REGISTER: ("register_court", "register_number"),
    Part.NOTICE: ("notice_kind", "notice_on"),
    Part.FOUNDED: ("founded", "founded_on"),
}
ATTRIBUTES: dict[Part, tuple[str, ...]] = {part: _SEVERAL.get(part, (part.value,)) for part in Part}
"""The attributes of an organisation that make each part."""
