"""A sign-up: what somebody typed on the public page. Nothing of it is a volunteer before it is confirmed."""

from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Any

from shared.contracts.registry import AreaWithRadius, ConsentPurpose
from shared.database import Identified
from shared.errors import DomainError
from shared.i18n import N_
from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from registry.database import Base, Recorded

KEPT = timedelta(days=14)
"""How long a sign-up waits: a link that nobody confirms in this time is deleted with all that was typed."""


class GuardianOnPaper(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "guardian_on_paper"
    message = N_("For somebody under 16 we need the guardian's consent on paper.")
    field = "channel"


class SignUp(Identified, Recorded, Base):
    """Waits for the link that was mailed, or, of somebody without an email address, for a call by the staff.

    For somebody under 16 the link goes to the guardian. `scopes` are the ids of the municipalities and networks whose
    staff may see it.
    """

    __tablename__ = "sign_up"

    name: Mapped[str]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    fields: Mapped[list[str]] = mapped_column(ARRAY(Text))  # slugs
    area_list: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    details: Mapped[dict[str, Any]] = mapped_column(JSONB)  # of `VolunteerDetails`, what was given
    agreed: Mapped[dict[str, str]] = mapped_column(JSONB)  # text version by purpose
    birth_date: Mapped[date | None]
    guardian_name: Mapped[str | None]
    guardian_email: Mapped[str | None]
    token_hash: Mapped[bytes | None] = mapped_column(unique=True)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    expires_at: Mapped[datetime] = mapped_column(index=True)

    @property
    def areas(self) -> list[AreaWithRadius]:
        return [AreaWithRadius.model_validate(area) for area in self.area_list]

    @property
    def agreements(self) -> dict[ConsentPurpose, str]:
        return {ConsentPurpose(purpose): version for purpose, version in self.agreed.items()}

    @property
    def under_16(self) -> bool:
        return self.birth_date is not None

    @property
    def recipient(self) -> tuple[str, str] | None:
        """Whose link it is: name and address of the guardian, else of the person; None if nobody has an address."""
        if self.guardian_name and self.guardian_email:
            return self.guardian_name, self.guardian_email
        return (self.name, self.email) if self.email else None
