"""What comes in and goes out over HTTP about erasures."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field
from shared.i18n import Translator

from registry.erasures.handlers import Outlook
from registry.erasures.model import Erasure, Origin
from registry.people.model import ContactFunction

Number = Annotated[str, Field(min_length=1, max_length=40)]


class Obstacle(BaseModel):
    """Why it is not possible now; `message` is for people."""

    code: str
    message: str


class LostAppointment(BaseModel):
    """`organisation` keeps its entry; this function is then vacant."""

    organisation_id: UUID
    organisation: str
    function: ContactFunction


class OutlookAnswer(BaseModel):
    """What an erasure would take away."""

    person_id: UUID
    name: str
    appointments: list[LostAppointment]
    volunteers: bool
    obstacles: list[Obstacle]

    @classmethod
    def of(cls, outlook: Outlook, translate: Translator) -> "OutlookAnswer":
        return cls(
            person_id=outlook.person.id,
            name=outlook.person.name,
            appointments=[
                LostAppointment(
                    organisation_id=contact.organisation_id,
                    organisation=contact.organisation.name,
                    function=contact.function,
                )
                for contact in outlook.contacts
            ],
            volunteers=outlook.volunteers,
            obstacles=[
                Obstacle(code=obstacle.code, message=translate.gettext(obstacle.message))
                for obstacle in outlook.obstacles
            ],
        )


class Confirmation(BaseModel):
    """One service; `receipt` is its signed receipt (JWS), None while it is missing."""

    service: str
    confirmed_at: datetime | None
    receipt: str | None


class ErasureAnswer(BaseModel):
    """The state of an erasure. It names nobody.

    `origin` says who asked, `missing` are the services that have not confirmed.
    """

    id: UUID
    number: str
    requested_at: datetime
    origin: Origin
    completed_at: datetime | None
    missing: list[str]
    confirmations: list[Confirmation]

    @classmethod
    def of(cls, erasure: Erasure) -> "ErasureAnswer":
        received = {row.service: row for row in erasure.receipts}
        confirmations = []
        for service in erasure.services:
            row = received.get(service)
            confirmations.append(
                Confirmation(service=service, confirmed_at=row and row.received_at, receipt=row and row.text)
            )
        return cls(
            id=erasure.id,
            number=erasure.number,
            requested_at=erasure.requested_at,
            origin=erasure.origin,
            completed_at=erasure.completed_at,
            missing=erasure.missing,
            confirmations=confirmations,
        )


class ErasurePage(BaseModel):
    """Newest first; `next` is the cursor of the page after this one, None on the last."""

    items: list[ErasureAnswer]
    next: UUID | None = None


class Proof(ErasureAnswer):
    """The state with all that a third party needs to check the receipts: the services' public keys as JWK set."""

    subject: UUID
    keys: dict[str, Any]
