"""What the mails about a change of address say."""

from uuid import UUID

from pydantic import BaseModel


class NewAddress(BaseModel):
    """The content of the mail to the new address: who is addressed, and the secret of the link."""

    person_id: UUID  # so that it is forgotten with the person
    name: str
    token: str


class OldAddress(BaseModel):
    """The content of the mail to the old one. `asked`: nothing has changed yet, and the owner can still prevent it."""

    person_id: UUID
    name: str
    asked: bool
