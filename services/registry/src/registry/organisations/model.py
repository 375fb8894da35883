"""Organisations: associations, companies, public bodies, federations, initiatives."""

from datetime import date
from enum import StrEnum
from http import HTTPStatus
from uuid import UUID

import sqlalchemy as sa
from shared.contracts.registry import Area, AreaKind, Notice, NoticeKind, OrganisationKind, PublicBodyKind
from shared.database import Identified, Versioned
from shared.errors import DomainError
from sqlalchemy import Column, ForeignKey, Table
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry.database import Base, Recorded
from registry.duplicates.keys import OrganisationKeys
from registry.fields_of_activity.model import FieldOfActivity
from registry.organisations.notices import notice_of
from registry.territory.model import Village


class Publication(StrEnum):
    DRAFT = "draft"  # never shown yet
    PUBLISHED = "published"
    HIDDEN = "hidden"  # was shown, is no longer


class RegisterNumberTaken(DomainError):
    code = "register_number_taken"
    message = "An organisation with this register number of this court is already entered."
    field = "register_number"


class OrganisationExists(DomainError):
    code = "organisation_exists"
    message = "This village already has an organisation of this name."
    field = "name"


class LeadsItsVillage(DomainError):
    code = "leads_its_village"
    message = "This association is or becomes the lead association of its village. Please hand the lead over first."


class UnknownOrganisation(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "unknown_organisation"
    message = "This organisation is not entered."
    field = "organisation_id"


class RegisterCourtMissing(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "register_court_missing"
    message = "A register number needs its register court."
    field = "register_court"


class AlreadyShown(DomainError):
    code = "already_shown"
    message = "An entry that was public can be hidden, but is no draft any more."
    field = "publication"


class OnlyCompaniesSupport(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "only_companies_support"
    message = "Only companies have kinds of support."
    field = "support_kinds"


class NoPublicBody(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "no_public_body"
    message = "Only a public body is a village council or an administration."
    field = "public_body_kind"


class FoundedDiffers(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "founded_differs"
    message = "The year and the day of the foundation do not belong together."
    field = "founded"


class UnknownFederation(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "unknown_federation"
    message = "One of the federations is not entered as a federation."
    field = "federations"


class HasMembers(DomainError):
    code = "has_members"
    message = "Other organisations are entered as members of this federation. So it stays a federation."
    field = "kind"


organisation_field = Table(
    "organisation_field",
    Base.metadata,
    Column("organisation_id", ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True),
    Column("field_id", ForeignKey("field_of_activity.id"), primary_key=True, index=True),
)


class OrganisationArea(Base):
    """One area of activity; `area_id` is the id of a village, a municipality, a network or the district."""

    __tablename__ = "organisation_area"

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[AreaKind] = mapped_column(primary_key=True)
    area_id: Mapped[UUID] = mapped_column(primary_key=True, index=True)


class OrganisationFederation(Base):
    """The membership of an organisation in a federation."""

    __tablename__ = "organisation_federation"

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True)
    federation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True, index=True)


class Organisation(Identified, Versioned, Recorded, OrganisationKeys, Base):
    """An entry of the directory. A register number is unique only together with the register court.

    Its own people, or somebody with a link that was mailed to them, confirm it once a year: `confirmed_on`. `asked_on`,
    `reminded_on` and `stale_since` are about the confirmation that is missing, and empty again with the next.
    """

    __tablename__ = "organisation"
    __table_args__ = (
        sa.Index(
            "uq_organisation_register",
            sa.func.lower(sa.text("register_court")),
            sa.func.lower(sa.text("register_number")),
            unique=True,
            postgresql_where=sa.text("register_number <> ''"),
        ),
        sa.Index("uq_organisation_name_in_village", "village_id", sa.func.lower(sa.text("name")), unique=True),
        sa.Index("ix_organisation_name", "name", "id"),
        sa.CheckConstraint("num_nonnulls(notice_kind, notice_on) <> 1", name="notice_has_a_day"),
    )

    kind: Mapped[OrganisationKind]
    publication: Mapped[Publication]
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    village_id: Mapped[UUID] = mapped_column(ForeignKey("village.id"))
    legal_form: Mapped[str] = mapped_column(default="")
    register_court: Mapped[str] = mapped_column(default="")
    register_number: Mapped[str] = mapped_column(default="")
    goals: Mapped[str] = mapped_column(default="")
    strengths: Mapped[str] = mapped_column(default="")
    potentials: Mapped[str] = mapped_column(default="")
    founded: Mapped[int | None]  # year
    founded_on: Mapped[date | None]
    members: Mapped[int | None]  # about
    website: Mapped[str | None]
    public_body_kind: Mapped[PublicBodyKind | None]
    notice_kind: Mapped[NoticeKind | None]
    notice_on: Mapped[date | None]
    purposes: Mapped[list[str]] = mapped_column(ARRAY(sa.Text), default=list)
    facilities: Mapped[list[str]] = mapped_column(ARRAY(sa.Text), default=list)
    languages: Mapped[list[str]] = mapped_column(ARRAY(sa.Text), default=list)
    confirmed_on: Mapped[date | None]
    asked_on: Mapped[date | None]
    reminded_on: Mapped[date | None]
    stale_since: Mapped[date | None]
    support_kinds: Mapped[list[str]] = mapped_column(ARRAY(sa.Text), default=list)
    fields: Mapped[list[FieldOfActivity]] = relationship(
        secondary=organisation_field, order_by=FieldOfActivity.position, lazy="selectin"
    )
    area_rows: Mapped[list[OrganisationArea]] = relationship(
        order_by=(OrganisationArea.kind, OrganisationArea.area_id), cascade="all, delete-orphan", lazy="selectin"
    )
    federation_rows: Mapped[list[OrganisationFederation]] = relationship(
        foreign_keys=OrganisationFederation.organisation_id,
        order_by=OrganisationFederation.federation_id,
        cascade="all, delete-orphan",
        lazy="selectin",
    )
    village: Mapped[Village] = relationship(lazy="joined", innerjoin=True)

    @property
    def federations(self) -> list[UUID]:
        return [row.federation_id for row in self.federation_rows]

    @federations.setter
    def federations(self, ids: list[UUID]) -> None:
        known = {row.federation_id: row for row in self.federation_rows}
        self.federation_rows = [known.get(key) or OrganisationFederation(federation_id=key) for key in sorted(set(ids))]

    @property
    def notice(self) -> Notice | None:
        return notice_of(self.notice_kind, self.notice_on)

    @property
    def areas(self) -> list[Area]:
        return [Area(kind=row.kind, id=row.area_id) for row in self.area_rows]

    @areas.setter
    def areas(self, areas: list[Area]) -> None:
        known = {(row.kind, row.area_id): row for row in self.area_rows}
        wanted = dict.fromkeys((area.kind, area.id) for area in areas)
        self.area_rows = [known.get(key) or OrganisationArea(kind=key[0], area_id=key[1]) for key in wanted]

    def check(self) -> None:
        """Rules about one entry as a whole.

        Raises `OnlyCompaniesSupport`, `NoPublicBody`, `RegisterCourtMissing` and `FoundedDiffers`.
        """
        if self.support_kinds and self.kind is not OrganisationKind.COMPANY:
            raise OnlyCompaniesSupport
        if self.register_number and not self.register_court:
            raise RegisterCourtMissing
        if self.public_body_kind is not None and self.kind is not OrganisationKind.PUBLIC_BODY:
            raise NoPublicBody
        if self.founded_on is not None and self.founded != self.founded_on.year:
            raise FoundedDiffers

    def confirm(self, on: date) -> None:
        """The organisation says that its entry holds; nobody asks it again for a year."""
        self.confirmed_on = on
        self.asked_on = self.reminded_on = self.stale_since = None

    def check_publication(self, wanted: Publication) -> None:
        """Raise `AlreadyShown` for what was public and shall be a draft again."""
        if wanted is Publication.DRAFT and self.publication is not Publication.DRAFT:
            raise AlreadyShown

    @property
    def published(self) -> bool:
        return self.publication is Publication.PUBLISHED
