"""A visitor without JavaScript: opens pages, fills in their forms, follows their links, reads documents."""

import subprocess
from html.parser import HTMLParser
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx2


class Form:
    """One form of a page, with what is in its fields."""

    def __init__(self, method: str, action: str) -> None:
        self.method = method
        self.action = action
        self.fields: list[tuple[str, str]] = []
        self.choices: dict[str, dict[str, str]] = {}  # name -> label -> value, of radio buttons, checkboxes and selects

    def fill(self, **values: Any) -> list[tuple[str, str]]:
        """What a browser would send after `values` were entered; a list for several fields of one name."""
        entered = {name: value if isinstance(value, list) else [value] for name, value in values.items()}
        unknown = entered.keys() - {name for name, _ in self.fields} - self.choices.keys()
        assert not unknown, f"the form has no fields {sorted(unknown)}"
        kept = [(name, value) for name, value in self.fields if name not in entered]
        return kept + [(name, str(value)) for name, several in entered.items() for value in several]


class Page(HTMLParser):
    """An answer, read as HTML."""

    def __init__(self, answer: httpx2.Response) -> None:
        super().__init__()
        self.status = answer.status_code
        self.url = str(answer.url)
        self.path = urlsplit(self.url).path
        self.html = answer.text
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []  # text, address
        self._words: list[str] = []
        self._form: Form | None = None
        self._select: tuple[str, list[str]] | None = None
        self._option: tuple[str, str] | None = None
        self._checks: dict[str, tuple[str, str]] = {}
        self._textarea: str | None = None
        self._gathering: list[str] | None = None
        self._link = ""
        self.feed(self.html)

    @property
    def text(self) -> str:
        """What can be read on the page, with single spaces."""
        return " ".join(" ".join(self._words).split())

    def form(self, *having: str) -> Form:
        """The form that has these fields or choices."""
        found = [f for f in self.forms if set(having) <= {name for name, _ in f.fields} | f.choices.keys()]
        assert found, f"{self.path} ({self.status}) has no form with {having}: {self.text[:500]}"
        return found[0]

    def link(self, text: str) -> str:
        """The address behind a link that contains this text."""
        found = [address for words, address in self.links if text in words]
        assert found, f"{self.path} ({self.status}) has no link “{text}”"
        return found[0]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(at.get("method", "get").lower(), urljoin(self.url, at.get("action", self.url)))
            self.forms.append(self._form)
        elif tag == "a":
            self._link, self._gathering = at.get("href", ""), []
        elif tag == "label" and at.get("for") in self._checks:
            self._option, self._gathering = self._checks[at["for"]], []
        elif self._form is not None:
            self._field(self._form, tag, at)

    def _field(self, form: Form, tag: str, at: dict[str, str]) -> None:
        name, value = at.get("name", ""), at.get("value", "")
        if tag == "input" and at.get("type") in ("radio", "checkbox"):
            form.choices.setdefault(name, {})
            self._checks[at.get("id", "")] = (name, value)
            if "checked" in at:
                form.fields.append((name, value))
        elif tag == "input" and name:
            form.fields.append((name, value))
        elif tag == "button" and name:
            form.choices.setdefault(name, {})[value] = value
        elif tag == "textarea":
            self._textarea, self._gathering = name, []
        elif tag == "select":
            self._select = (name, [])
            form.choices.setdefault(name, {})
        elif tag == "option" and self._select is not None:
            self._option, self._gathering = (self._select[0], value), []
            if "selected" in at or not self._select[1]:
                self._select = (self._select[0], [value])

    def handle_endtag(self, tag: str) -> None:
        words = " ".join("".join(self._gathering or []).split())
        if tag == "form":
            self._form = None
        elif tag == "a":
            self.links.append((words, urljoin(self.url, self._link)))
            self._gathering = None
        elif tag in ("label", "option") and self._option is not None and self._form is not None:
            self._form.choices[self._option[0]][words] = self._option[1]
            self._option = self._gathering = None
        elif tag == "textarea" and self._textarea is not None and self._form is not None:
            self._form.fields.append((self._textarea, "".join(self._gathering or []).removeprefix("\n")))
            self._textarea = self._gathering = None
        elif tag == "select" and self._select is not None and self._form is not None:
            self._form.fields += [(self._select[0], value) for value in self._select[1]]
            self._select = None

    def handle_data(self, data: str) -> None:
        self._words.append(data)
        if self._gathering is not None:
            self._gathering.append(data)


class Visitor:
    """One person with one browser."""

    def __init__(self, base_url: str) -> None:
        self._http = httpx2.Client(base_url=base_url, follow_redirects=True, timeout=30)

    def open(self, address: str) -> Page:
        """Read a page."""
        return Page(self._http.get(address))

    def send(self, form: Form, **values: Any) -> Page:
        """Fill in and send a form; gives the page that it leads to."""
        body: dict[str, list[str]] = {}
        for name, value in form.fill(**values):
            body.setdefault(name, []).append(value)
        return Page(self._http.request(form.method, form.action, data=body, headers={"sec-fetch-site": "same-origin"}))

    def upload(self, form: Form, name: str, content: bytes) -> Page:
        """Send a form with a file in its field `file`, called `name`."""
        headers = {"sec-fetch-site": "same-origin"}
        sent = [(field, value) for field, value in form.fill() if field != "file"]
        return Page(self._http.post(form.action, data=dict(sent), files={"file": (name, content)}, headers=headers))

    def __enter__(self) -> "Visitor":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()


def pdf_text(document: bytes, folder: Path) -> str:
    """What stands in a PDF, pages parted by form feeds; it is written to `folder/document.pdf`."""
    (folder / "document.pdf").write_bytes(document)
    done = subprocess.run(["pdftotext", "-layout", str(folder / "document.pdf"), "-"], capture_output=True, check=True)
    return done.stdout.decode()
