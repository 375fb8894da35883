"""Translations from gettext catalogues, read as .po files at start: nothing has to be compiled.

A package keeps its catalogue in `<package>/locales/<language>/LC_MESSAGES/messages.po`. Msgids are English.
"""

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

DEFAULT_LANGUAGE = "de"


def N_(message: str) -> str:  # noqa: N802 - the name that extraction tools know
    """Mark a msgid that is translated where it is shown."""
    return message


@cache
def _catalogue(package: str, language: str) -> Catalog | None:
    path = resources.files(package) / "locales" / language / "LC_MESSAGES" / "messages.po"
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return read_po(file, locale=language)


class Translator:
    """Looks a msgid up in the catalogues of several packages; the first that knows it wins."""

    def __init__(self, *packages: str, language: str = DEFAULT_LANGUAGE) -> None:
        found = (_catalogue(package, language) for package in (*packages, "shared"))
        self.language = language
        self._catalogues = [catalogue for catalogue in found if catalogue is not None]

    def gettext(self, message: str) -> str:
        """The translation, or the msgid itself where there is none."""
        for catalogue in self._catalogues:
            known = catalogue.get(message)
            if known is not None and known.string and isinstance(known.string, str):
                return known.string
        return message

    def ngettext(self, singular: str, plural: str, count: int) -> str:
        """The form of the plural that the language uses for `count`."""
        for catalogue in self._catalogues:
            known = catalogue.get(singular)
            if known is not None and isinstance(known.string, tuple) and all(known.string):
                forms = known.string
                return str(forms[0] if count == 1 else forms[-1])
        return singular if count == 1 else plural

    def format(self, message: str, params: Mapping[str, Any]) -> str:
        """Translate, then fill in {placeholders}."""
        return self.gettext(message).format(**params) if params else self.gettext(message)
