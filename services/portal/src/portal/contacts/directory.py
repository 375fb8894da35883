"""Who speaks for an organisation. Personal data: asked of the registry for each page, kept nowhere here."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from portal.web.view import View

SHOWN = 200  # the most that the registry gives at once


@dataclass(frozen=True)
class ContactPerson:
    """A present appointment; `id` is the appointment's. Without an email address nobody can be invited."""

    id: UUID
    name: str
    function: str
    email: str | None
    phone: str | None
    starts_on: date
    ends_on: date | None  # as planned
    until: date | None  # really: of somebody who no longer has the function


async def contact_people(view: View, organisation_id: UUID, *, ended: bool = False) -> list[ContactPerson]:
    """The organisation's contacts that the reader may see, by name; or those who were it before.

    Raises `LoginNeeded`, `TokenRefused`, `Refused` and `Unavailable`.
    """
    answer = await view.services.registry.get(
        "/contacts", token=await view.token(), organisation_id=str(organisation_id), ended=ended, limit=SHOWN
    )
    return [
        ContactPerson(
            id=UUID(contact["id"]),
            name=contact["person"]["name"],
            function=contact["function"],
            email=contact["person"]["email"],
            phone=contact["person"]["phone"],
            starts_on=date.fromisoformat(contact["starts_on"]),
            ends_on=_day(contact["ends_on"]),
            until=_day(contact["until"]),
        )
        for contact in answer["items"]
    ]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
