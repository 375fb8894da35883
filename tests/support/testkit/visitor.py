"""Somebody who uses the pages without a browser: reads a page, fills in its form, sends it."""

from collections.abc import Sequence
from html.parser import HTMLParser
from typing import Any

import httpx2

Value = str | Sequence[str]


class _Forms(HTMLParser):
    """The forms of a page, each with the values that a browser would send if nothing was changed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, list[str]]]] = []  # action, values by field
        self._select = self._textarea = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if tag == "form":
            self.found.append((given.get("action") or "", {}))
        elif tag == "select":
            self._select = given["name"] or ""
        elif tag == "option" and self._select and "selected" in given:
            self._take(self._select, given.get("value"))
        elif tag == "textarea":
            self._textarea = given["name"] or ""
            self._take(self._textarea, "")
        elif tag == "input" and given.get("type") not in ("submit", "button"):
            chosen = given.get("type") not in ("radio", "checkbox") or "checked" in given
            self._take(given.get("name") if chosen else None, given.get("value"))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._textarea = ""

    def handle_data(self, data: str) -> None:
        if self._textarea:
            values = self.found[-1][1][self._textarea]
            values[-1] += data.removeprefix("\n") if not values[-1] else data

    def _take(self, name: str | None, value: str | None) -> None:
        if self.found and name:
            self.found[-1][1].setdefault(name, []).append(value or "")


class Visitor:
    """One person at a site, with cookies."""

    def __init__(self, address: str) -> None:
        self._client = httpx2.Client(
            base_url=address, headers={"origin": address}, follow_redirects=True, timeout=60, trust_env=False
        )

    def close(self) -> None:
        self._client.close()

    def get(self, path: str, **options: Any) -> httpx2.Response:
        """The answer, redirects followed."""
        return self._client.get(path, **options)

    def read(self, path: str) -> str:
        """A page that has to be there."""
        answer = self.get(path)
        answer.raise_for_status()
        return answer.text

    def submit(self, path: str, **values: Value) -> httpx2.Response:
        """Send the last form of the page at `path` with these values; what is not named stays as the page has it."""
        action, fields = _Forms(self.read(path)).found[-1]
        return self._client.post(action or path, data={**fields, **values})

    def download(self, path: str) -> bytes:
        """The bytes at `path`."""
        answer = self.get(path)
        answer.raise_for_status()
        return answer.content
