"""What a person typed, and what was wrong with it. Input is never lost."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any
from uuid import uuid4

from starlette.datastructures import FormData

from portal.web.services import Problem


@dataclass
class Form:
    """`values` stand in the fields, `errors` beside them, `message` above; with `key` sending twice is harmless."""

    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    message: str | None = None
    key: str = field(default_factory=lambda: uuid4().hex)

    @classmethod
    def sent(cls, data: FormData) -> "Form":
        """The text fields of a request; a name that comes several times is a list. Files are ignored."""
        values: dict[str, Any] = {}
        for name in data:
            texts = [value.strip() for value in data.getlist(name) if isinstance(value, str)]
            values[name] = texts if len(texts) > 1 else "".join(texts)
        key = str(values.pop("_key", "")) or uuid4().hex
        return cls(values=values, key=key[:64])

    def text(self, name: str) -> str:
        """One field's text, empty where it is missing."""
        value = self.values.get(name, "")
        return value if isinstance(value, str) else value[0] if value else ""

    def texts(self, name: str) -> list[str]:
        """All values of a field with several, without empty ones."""
        value = self.values.get(name, [])
        return [text for text in ([value] if isinstance(value, str) else value) if text]

    def rows(self, *names: str) -> list[tuple[str, ...]]:
        """Fields that stand in several rows, row by row; what is missing in a row is empty."""
        columns = [[value] if isinstance(value := self.values.get(name, []), str) else value for name in names]
        return [tuple(row) for row in zip_longest(*columns, fillvalue="")]

    def optional(self, name: str) -> str | None:
        return self.text(name) or None

    def number(self, name: str) -> int | str | None:
        """A whole number; anything else as it is, so that the service says what is wrong with it."""
        text = self.text(name)
        return int(text) if text.isdecimal() and text.isascii() else text or None

    def refuse(self, name: str, message: str) -> None:
        """Show a message beside a field, unless it has one."""
        self.errors.setdefault(name, message)

    def take(self, problem: Problem, names: Mapping[str, str] | None = None) -> "Form":
        """Show a service's answer. `names` maps its fields to ours where they differ; their first word is enough."""
        self.message = problem.detail
        for theirs, message in problem.errors:
            self.errors.setdefault(_own_name(theirs, names or {}), message)
        self.key = uuid4().hex
        return self


def _own_name(theirs: str, names: Mapping[str, str]) -> str:
    if theirs in names:
        return names[theirs]
    head = theirs.partition(".")[0]
    return names.get(head, theirs if "." not in theirs else head)
