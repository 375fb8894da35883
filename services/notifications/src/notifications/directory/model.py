"""The contact directory: people, contacts and the names that a mail mentions. Written by `upsert_if_newer` alone."""

from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from notifications.database import Base


class _Projection(Base):
    """A row that follows the newest event of its subject."""

    __abstract__ = True
    id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int]


class Person(_Projection):
    __tablename__ = "person"

    name: Mapped[str]
    email: Mapped[str | None]
    language: Mapped[str]


class Contact(_Projection):
    """Which person stands behind a contact."""

    __tablename__ = "contact"

    person_id: Mapped[UUID]
    organisation_id: Mapped[UUID]


class Organisation(_Projection):
    __tablename__ = "organisation"

    name: Mapped[str]


class Network(_Projection):
    __tablename__ = "network"

    slug: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
