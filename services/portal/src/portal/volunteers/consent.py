"""The words of the consent, as the registry gives them out."""

import time
from dataclasses import dataclass

from shared.errors import Unavailable

from portal.web.services import ServiceClient

KEPT = 300  # seconds; the registry refuses an outdated version, then the page shows the new words
PURPOSE = "contact"


@dataclass(frozen=True)
class ConsentText:
    version: str
    text: str


class ConsentTexts:
    """Asks the registry once in a while; while it is away, the words we know still hold."""

    def __init__(self) -> None:
        self._known: ConsentText | None = None
        self._asked_at = float("-inf")

    async def get(self, registry: ServiceClient) -> ConsentText:
        """The present words. Raises `Unavailable` when the registry does not answer and never did."""
        if self._known is None or time.monotonic() - self._asked_at > KEPT:
            try:
                answer = await registry.get("/consent-texts")
            except Unavailable:
                if self._known is None:
                    raise
            else:
                text = next(item for item in answer["items"] if item["purpose"] == PURPOSE)
                self._known, self._asked_at = ConsentText(text["version"], text["text"]), time.monotonic()
        return self._known

    def forget(self) -> None:
        """The registry said that the words are outdated."""
        self._asked_at = float("-inf")
