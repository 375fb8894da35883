"""Volunteers and sign-ups."""

from uuid import UUID

from pydantic import AwareDatetime

from shared.contracts.envelope import EventData, Exchange
from shared.contracts.registry.areas import Area


class VolunteerSignedUp(EventData):
    """subject: the volunteer's id, which is not the person's."""

    type = "registry.volunteer.signed_up.v1"
    volunteer_id: UUID
    fields: list[str]
    areas: list[Area]


class VolunteerWithdrawn(EventData):
    """subject: the volunteer's id. They may not be asked any more; a later sign-up of the same id brings them back."""

    type = "registry.volunteer.withdrawn.v1"
    volunteer_id: UUID


class SignUpReceived(EventData):
    """subject: the sign-up's id. Nobody is a volunteer before the link with `token` is confirmed; for notifications.

    The mail goes to the person, or to the guardian of somebody under 16, who is then named in `child`.
    """

    type = "registry.sign_up.received.v1"
    exchange = Exchange.PRIVATE
    sign_up_id: UUID
    name: str
    email: str
    child: str | None = None
    token: str
    expires_at: AwareDatetime
