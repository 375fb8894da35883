"""Who speaks for an organisation. Personal data: asked of the registry for each page, kept nowhere here."""

from dataclasses import dataclass
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


async def contact_people(view: View, organisation_id: UUID) -> list[ContactPerson]:
    """The organisation's contacts that the reader may see, by name.

    Raises `LoginNeeded`, `TokenRefused`, `Refused` and `Unavailable`.
    """
    answer = await view.services.registry.get(
        "/contacts", token=await view.token(), organisation_id=str(organisation_id), limit=SHOWN
    )
    return [
        ContactPerson(
            id=UUID(contact["id"]),
            name=contact["person"]["name"],
            function=contact["function"],
            email=contact["person"]["email"],
            phone=contact["person"]["phone"],
        )
        for contact in answer["items"]
    ]
