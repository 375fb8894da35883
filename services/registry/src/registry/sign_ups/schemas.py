"""What comes in and goes out over HTTP about sign-ups."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints
from shared.contracts.registry import AreaWithRadius, ConsentPurpose
from shared.i18n import N_
from shared.inputs import Day, Email, Input
from shared.web.problems import FieldError

from registry.clock import today
from registry.consents.schemas import ConsentText, StaffChannel
from registry.people.model import sixteenth_birthday
from registry.people.schemas import PersonName
from registry.volunteers.schemas import Offer


def _of_a_child(value: date) -> date:
    if value > today():
        raise FieldError("born_in_the_future", N_("This day is yet to come."))
    if sixteenth_birthday(value) <= today():
        raise FieldError("not_under_16", N_("Who was born on this day is 16 or older. Then we do not need the date."))
    return value


class Minor(Input):
    """Of somebody under 16 alone: their guardian has to agree, and gets the link for it."""

    birth_date: Annotated[Day, AfterValidator(_of_a_child)]
    guardian_name: PersonName
    guardian_email: Email


class SignUpInput(Offer):
    """Somebody who wants to help. One of `email` and `phone` is needed; `minor` means that they are under 16."""

    minor: Minor | None = None

    @property
    def reached_at(self) -> str | None:
        """Where the link goes, or, without an email address, the telephone number that the staff calls."""
        email = self.minor.guardian_email if self.minor else self.email
        return email.lower() if email else self.phone


class SignUpAnswer(BaseModel):
    """The same for everybody, so that nobody learns from it who is already registered."""

    status: Literal["received"] = "received"


class Confirmation(Input):
    """The token of the link that was mailed."""

    token: Annotated[str, StringConstraints(min_length=1, max_length=100)]


class StaffConfirmation(Input):
    """How the staff knows: a call, a visit, or the guardian's signature on paper."""

    channel: StaffChannel
    given_on: Day | None = None  # today unless given


class SignUpToConfirm(BaseModel):
    """What the holder of a link is about to agree to, with the words. `guardian_name` agrees for somebody under 16."""

    name: str
    guardian_name: str | None
    fields: list[str]
    areas: list[AreaWithRadius]
    consents: list[ConsentText]


class OpenSignUp(BaseModel):
    """What waits for the staff."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    phone: str | None
    fields: list[str]
    areas: list[AreaWithRadius]
    agreements: dict[ConsentPurpose, str]
    under_16: bool
    guardian_name: str | None
    created_at: datetime
    expires_at: datetime


class OpenSignUpsAnswer(BaseModel):
    items: list[OpenSignUp]
