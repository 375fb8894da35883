"""District, municipalities, villages, and the networks that cover villages."""

from datetime import date
from http import HTTPStatus
from uuid import UUID

import sqlalchemy as sa
from shared.database import Identified, Versioned
from shared.errors import DomainError
from sqlalchemy import ForeignKey, Text
from sqlalchemy.dialects.postgresql import ARRAY, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry.database import Base, Recorded


class DistrictExists(DomainError):
    code = "district_exists"
    message = "There is already a district; a deployment serves exactly one."


class DistrictMissing(DomainError):
    code = "district_missing"
    message = "Please register the district first."


class ForeignAgs(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "foreign_ags"
    message = "The AGS of a municipality in this district begins with {ags}."
    field = "ags"


class AgsTaken(DomainError):
    code = "ags_taken"
    message = "A municipality with this AGS is already registered."
    field = "ags"


class VillageExists(DomainError):
    code = "village_exists"
    message = "This municipality already has a village of this name."
    field = "name"


class SlugTaken(DomainError):
    code = "slug_taken"
    message = "Another network already has this short name."
    field = "slug"


class MunicipalityIsDissolved(DomainError):
    code = "municipality_dissolved"
    message = "{municipality} has been merged into another municipality and does not change any more."
    field = "municipality_id"


class HalfAPlace(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "half_a_place"
    message = "Please give both latitude and longitude, or none."
    field = "latitude"


class UnknownVillage(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "unknown_village"
    message = "This village is not registered."
    field = "village_id"


class UnknownVillages(UnknownVillage):
    message = "One of these villages is not registered."
    field = "village_ids"


class UnknownMunicipality(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "unknown_municipality"
    message = "This municipality is not registered."
    field = "municipality_id"


class UnknownNetwork(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "unknown_network"
    message = "This network is not registered."
    field = "network_id"


class UnknownArea(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "unknown_area"
    message = "One of the areas of activity is not registered."
    field = "areas"


class District(Identified, Versioned, Recorded, Base):
    """The Landkreis: one per deployment. Its AGS has 5 digits."""

    __tablename__ = "district"
    __table_args__ = (sa.Index("uq_district_only_one", sa.text("(true)"), unique=True),)

    ags: Mapped[str]
    name: Mapped[str]

    def check_ags(self, ags: str) -> None:
        """A municipality's AGS begins with its district's (Statistisches Bundesamt, Amtlicher Gemeindeschlüssel)."""
        if not ags.startswith(self.ags):
            raise ForeignAgs(ags=self.ags)


class Addressed:
    """Has a short name in addresses. Where that changes, the former ones lead here and are given to nobody else."""

    slug: Mapped[str] = mapped_column(unique=True)
    former_slugs: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)

    def take_slug(self, slug: str) -> None:
        """Be found under `slug` from now on, and still under the present one."""
        if slug != self.slug:
            self.former_slugs = [*(former for former in self.former_slugs if former != slug), self.slug]
            self.slug = slug


class Municipality(Identified, Versioned, Recorded, Addressed, Base):
    """A Gemeinde. `begins_on` is known of one that came from a merger; None: it was there before it was entered.

    One that was merged into its successor is kept: on `dissolved_on` it was no municipality any more.
    """

    __tablename__ = "municipality"
    __table_args__ = (
        sa.CheckConstraint("num_nonnulls(dissolved_on, successor_id) <> 1", name="dissolved_into_one"),
        sa.Index("ix_municipality_former_slugs", "former_slugs", postgresql_using="gin"),
    )

    district_id: Mapped[UUID] = mapped_column(ForeignKey("district.id"))
    ags: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    begins_on: Mapped[date | None]
    dissolved_on: Mapped[date | None]
    successor_id: Mapped[UUID | None] = mapped_column(ForeignKey("municipality.id"))

    def check_present(self) -> None:
        """Raise `MunicipalityIsDissolved`."""
        if self.dissolved_on is not None:
            raise MunicipalityIsDissolved(municipality=self.name)

    def dissolve(self, on: date, successor: "Municipality") -> None:
        """Be no municipality from this day on. Raises `MunicipalityIsDissolved`."""
        self.check_present()
        self.dissolved_on, self.successor_id = on, successor.id
        self.touch()


class NetworkGoal(Base):
    __tablename__ = "network_goal"

    network_id: Mapped[UUID] = mapped_column(ForeignKey("network.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]


class Network(Identified, Versioned, Recorded, Base):
    """A network of villages, also across municipalities."""

    __tablename__ = "network"

    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    programme: Mapped[str] = mapped_column(default="")
    description: Mapped[str] = mapped_column(default="")
    goals: Mapped[list[NetworkGoal]] = relationship(
        order_by=NetworkGoal.number, cascade="all, delete-orphan", lazy="raise"
    )

    def set_goals(self, texts: list[str]) -> bool:
        """The goals in their order, numbered from 1; returns whether that changes anything."""
        if texts == [goal.text for goal in self.goals]:
            return False
        known = {goal.number: goal for goal in self.goals}
        goals = []
        for number, text in enumerate(texts, start=1):
            goal = known.get(number) or NetworkGoal(number=number)
            goal.text = text
            goals.append(goal)
        self.goals = goals
        return True


class Village(Identified, Versioned, Recorded, Addressed, Base):
    """An Ortsteil: in one municipality, and in one network or none: what holds today.

    What held when, `VillageSeat` and `registry.coverage` know. `latitude` and `longitude` are degrees in WGS 84 of its
    middle, both or none.
    """

    __tablename__ = "village"
    __table_args__ = (
        sa.UniqueConstraint("municipality_id", "name"),
        sa.CheckConstraint("num_nonnulls(latitude, longitude) <> 1", name="place_is_whole"),
        sa.Index("ix_village_former_slugs", "former_slugs", postgresql_using="gin"),
    )

    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"))
    network_id: Mapped[UUID | None] = mapped_column(ForeignKey("network.id"), index=True)
    name: Mapped[str]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    network: Mapped[Network | None] = relationship(lazy="joined")

    def check_place(self) -> None:
        """Raise `HalfAPlace` when one of the two coordinates is missing."""
        if (self.latitude is None) is not (self.longitude is None):
            raise HalfAPlace

    @property
    def network_slug(self) -> str | None:
        """The slug of the network that covers the village; events about the village carry it."""
        return self.network.slug if self.network else None

    def be_covered_by(self, network: Network | None) -> None:
        """Belong to this network from now on, or to none."""
        self.network_id, self.network = network.id if network else None, network
        self.touch()

    def move_to(self, municipality: Municipality, name: str) -> None:
        """Lie in another municipality from now on, there under this name."""
        self.municipality_id, self.name = municipality.id, name
        self.touch()


class VillageSeat(Identified, Recorded, Base):
    """A village lay in a municipality from `starts_on` (None: since ever) to `until`, both included."""

    __tablename__ = "village_seat"
    __table_args__ = (
        sa.CheckConstraint("until >= starts_on - 1", name="ends_after_it_begins"),
        ExcludeConstraint(
            ("village_id", "="),
            (sa.literal_column("daterange(starts_on, until + 1)"), "&&"),
            using="gist",
            name="ex_village_seat_one_at_a_time",
        ),
    )

    village_id: Mapped[UUID] = mapped_column(ForeignKey("village.id"))
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"), index=True)
    starts_on: Mapped[date | None]
    until: Mapped[date | None]
