"""Why the platform cannot start: one clear line each, in the user's language."""

from typing import Any

from shared.i18n import Translator


class CannotStart(Exception):
    """Ends the start. `message` is a msgid with {placeholders} that are filled from `params`."""

    def __init__(self, message: str, **params: Any) -> None:
        self.message = message
        self.params = params
        super().__init__(message.format(**params))

    def explain(self, translator: Translator) -> str:
        """The line that the user reads."""
        return translator.format(self.message, self.params)
