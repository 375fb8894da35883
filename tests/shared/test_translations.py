"""Whatever a person may read exists in German: every msgid of code and templates has its entry in a catalogue."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from string import Formatter
from typing import Any

import pytest
from babel.messages.extract import extract_from_dir
from shared.errors import DomainError
from shared.i18n import Translator

PACKAGES = ("shared", "registry", "events", "notifications", "portal", "standalone")
METHODS = [("**.py", "python"), ("**.html", "jinja2"), ("**.txt", "jinja2")]
KEYWORDS: dict[str, Any] = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2), "FieldError": (2,)}
OPTIONS = {"**.html": {"trimmed": "true", "silent": "false"}, "**.txt": {"trimmed": "true", "silent": "false"}}


def in_sources(package: str) -> Iterator[str | tuple[str, ...]]:
    folder = Path(str(import_module(package).__file__)).parent
    for _file, _line, message, _comments, _context in extract_from_dir(
        folder, METHODS, OPTIONS, KEYWORDS, directory_filter=lambda path: "vendor" not in Path(path).parts
    ):
        yield message


def in_errors(package: str) -> Iterator[str]:
    for module in walk_packages(import_module(package).__path__, f"{package}."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    waiting = [DomainError]
    while waiting:
        error = waiting.pop()
        waiting += error.__subclasses__()
        if error.__module__.partition(".")[0] == package:
            yield error.message


def placeholders(message: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(message) if name}


@pytest.mark.parametrize("package", PACKAGES)
def test_every_message_is_translated(package: str) -> None:
    translate = Translator(package)
    missing = set()
    for message in {*in_sources(package), *in_errors(package)}:
        if isinstance(message, tuple):
            singular, plural = message[:2]
            found = {translate.ngettext(singular, plural, 1), translate.ngettext(singular, plural, 2)}
            if found & {singular, plural}:
                missing.add(singular)
        elif message and translate.gettext(message) == message and message not in SAME_IN_GERMAN:
            missing.add(message)
    assert not missing, f"services' catalogues lack {sorted(missing)}"


SAME_IN_GERMAN = {"Name", "Start", "Status", "Version"}


@pytest.mark.parametrize("package", PACKAGES)
def test_translations_keep_the_placeholders(package: str) -> None:
    translate = Translator(package)
    for message in in_errors(package):
        assert placeholders(translate.gettext(message)) <= placeholders(message), message
