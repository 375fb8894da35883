"""District, municipalities, villages, and the networks that cover villages."""

from http import HTTPStatus
from uuid import UUID

import sqlalchemy as sa
from shared.database import Identified, Versioned
from shared.errors import DomainError
from sqlalchemy import ForeignKey
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


class HalfAPlace(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "half_a_place"
    message = "Please give both latitude and longitude, or none."
    field = "latitude"


class CoveredElsewhere(DomainError):
    code = "covered_elsewhere"
    message = "{village} already belongs to another network."
    field = "village_ids"


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


class Municipality(Identified, Versioned, Recorded, Base):
    __tablename__ = "municipality"

    district_id: Mapped[UUID] = mapped_column(ForeignKey("district.id"))
    ags: Mapped[str] = mapped_column(unique=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]


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


class Village(Identified, Versioned, Recorded, Base):
    """An Ortsteil: in one municipality, and in one network or none.

    `latitude` and `longitude` are degrees in WGS 84 of its middle, both or none.
    """

    __tablename__ = "village"
    __table_args__ = (
        sa.UniqueConstraint("municipality_id", "name"),
        sa.CheckConstraint("num_nonnulls(latitude, longitude) <> 1", name="place_is_whole"),
    )

    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"))
    network_id: Mapped[UUID | None] = mapped_column(ForeignKey("network.id"), index=True)
    slug: Mapped[str] = mapped_column(unique=True)
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

    def join(self, network: Network) -> bool:
        """Be covered by `network`; returns whether that is new. A village is in one network at most."""
        if self.network_id == network.id:
            return False
        if self.network_id is not None:
            raise CoveredElsewhere(village=self.name)
        self.network_id, self.network = network.id, network
        self.touch()
        return True

    def leave(self) -> None:
        """Be covered by no network any more."""
        self.network_id, self.network = None, None
        self.touch()
