"""The district's list of fields of activity (Einsatzfelder)."""

from http import HTTPStatus

from shared.database import Identified, Versioned
from shared.errors import DomainError
from sqlalchemy.orm import Mapped, mapped_column

from registry.database import Base


class UnknownField(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "unknown_field"
    message = "One of the fields of activity is not in the district's list."
    field = "fields"


class FieldOfActivity(Identified, Versioned, Base):
    """The list starts with the fourteen areas of the Deutscher Freiwilligensurvey; the first migration writes them."""

    __tablename__ = "field_of_activity"

    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    position: Mapped[int]
