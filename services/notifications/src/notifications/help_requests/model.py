"""What a mail about a request for help says."""

from typing import Literal

from pydantic import BaseModel
from shared.contracts.registry import HelpNews


class HelpMessage(BaseModel):
    """The content of a notice: the news, for what and for whom, what its people wrote, and the secret to answer by."""

    news: HelpNews | Literal["taken_back"]
    title: str
    organisation: str
    village: str
    words: str = ""
    token: str | None = None
