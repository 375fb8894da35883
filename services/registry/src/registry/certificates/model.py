"""That a certificate of conduct was inspected; never the document, and nothing else that stands in it.

§ 72a Abs. 5 SGB VIII (in the version of the Kinder- und Jugendstärkungsgesetz, 2021) lets the bodies of youth welfare
store only that a certificate was inspected, its date, and whether the person was convicted of one of the offences of
Abs. 1 Satz 1. It is protected from everybody else, deleted at once when no activity follows, and otherwise at the
latest six months after the activity has ended.
"""

from datetime import date
from enum import StrEnum
from http import HTTPStatus
from uuid import UUID

from shared.database import Identified
from shared.errors import DomainError
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from registry.database import Base, Recorded

KEPT_MONTHS = 6
"""After the end of the activity, by § 72a Abs. 5 SGB VIII."""


class Result(StrEnum):
    CLEAR = "clear"  # no conviction of an offence that § 72a Abs. 1 names
    EXCLUDED = "excluded"  # such a conviction: the person may not do this activity


class BadInspection(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "bad_inspection"
    message = "A certificate is issued before it is inspected, and neither is in the future."
    field = "inspected_on"


class Certificate(Identified, Recorded, Base):
    """One inspection. `municipality_id` is that of the officer; None means the district's own."""

    __tablename__ = "certificate"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    municipality_id: Mapped[UUID | None] = mapped_column(ForeignKey("municipality.id"))
    issued_on: Mapped[date]
    inspected_on: Mapped[date]
    result: Mapped[Result]
    inspected_by: Mapped[UUID]
    activity_ended_on: Mapped[date | None]

    def check(self, today: date) -> None:
        """Raise `BadInspection` for dates that cannot be."""
        if not self.issued_on <= self.inspected_on <= today:
            raise BadInspection
