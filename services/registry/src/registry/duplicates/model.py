"""Pairs of entries that are likely the same, and what somebody has said about them."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from registry.database import Base


class PairKind(StrEnum):
    """What is there twice."""

    ORGANISATIONS = "organisations"
    PERSONS = "persons"


class Pair:
    """`left_id` is the smaller of the two ids. Who says that they are two different ones is remembered for good."""

    score: Mapped[int]
    reasons: Mapped[list[str]] = mapped_column(ARRAY(Text))
    different_at: Mapped[datetime | None]
    different_by: Mapped[UUID | None]


class OrganisationPair(Pair, Base):
    __tablename__ = "organisation_pair"
    __table_args__ = (
        CheckConstraint("left_id < right_id", name="in_order"),
        sa.Index("ix_organisation_pair_score", "score", "left_id", "right_id"),
    )

    left_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True)
    right_id: Mapped[UUID] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class PersonPair(Pair, Base):
    __tablename__ = "person_pair"
    __table_args__ = (
        CheckConstraint("left_id < right_id", name="in_order"),
        sa.Index("ix_person_pair_score", "score", "left_id", "right_id"),
    )

    left_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    right_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True)


TABLES: dict[PairKind, type[OrganisationPair] | type[PersonPair]] = {
    PairKind.ORGANISATIONS: OrganisationPair,
    PairKind.PERSONS: PersonPair,
}
