"""What a mail with login links says."""

from pydantic import BaseModel
from shared.contracts.registry import LoginLink


class LoginLinks(BaseModel):
    """The content of a notice: a link for each person who shares the mailbox, and the page to go on with."""

    links: list[LoginLink]
    next: str | None = None
