"""What the mail about an entry says."""

from datetime import date

from pydantic import BaseModel


class EntryQuestion(BaseModel):
    """The content of a notice: whose entry it is, when it was last confirmed, and the secret that opens it."""

    organisation: str
    village: str
    confirmed_on: date | None
    reminder: bool
    token: str
