"""The words of the consents, as the registry gives them out."""

import time
from dataclasses import dataclass

from shared.errors import Unavailable

from portal.web.services import ServiceClient

KEPT = 300  # seconds; the registry refuses an outdated version, then the page shows the new words


@dataclass(frozen=True)
class ConsentText:
    purpose: str
    version: str
    text: str


class ConsentTexts:
    """Asks the registry once in a while; while it is away, the words we know still hold."""

    def __init__(self) -> None:
        self._known: dict[str, ConsentText] = {}
        self._asked_at = float("-inf")

    async def get(self, registry: ServiceClient) -> dict[str, ConsentText]:
        """The present words by purpose. Raises `Unavailable` when the registry does not answer and never did."""
        if not self._known or time.monotonic() - self._asked_at > KEPT:
            try:
                answer = await registry.get("/consent-texts")
            except Unavailable:
                if not self._known:
                    raise
            else:
                self._known = {one["purpose"]: ConsentText(**one) for one in answer["items"]}
                self._asked_at = time.monotonic()
        return self._known

    def forget(self) -> None:
        """The registry said that the words are outdated."""
        self._asked_at = float("-inf")
