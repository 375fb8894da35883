"""Wherever somebody may write freely about people, the page asks to leave out health and religion (Art. 9 GDPR).

Reads the templates: a new field has to be a name, a number or the like, or its page shows the request.
"""

import re
from importlib import resources
from pathlib import Path

import pytest

TEMPLATES = Path(str(resources.files("portal"))) / "templates"
ASKS = ("kern.no_secrets()", "kern.textarea(", "kern.note(")  # the macros of text areas bring the request along
NO_FREE_TEXT = {
    "birth_date", "channel", "ends_at", "ends_on", "given_on", "inspected_on", "issued_on", "starts_at", "starts_on",
    "until", "email", "guardian_email", "phone", "website", "url", "register_court", "register_number", "founded",
    "legal_form",
    "name", "guardian", "guardian_name", "organisation", "place", "nummer", "code",
    "votes_for", "votes_against", "votes_abstained", "people", "weeks_ahead", "every", "count",
    "needs",  # about health on purpose: its hint asks for consent, and it goes with the meeting
    "ags", "effective_on", "latitude", "longitude",
}  # fmt: skip
TYPED = re.compile(r'type="(?:hidden|checkbox|radio|date|time|number|email|tel|search|file)"')


def fields_of(template: str) -> list[str]:
    """The fields of a template into which a text can be typed."""
    by_macro = re.findall(r'kern\.input\(form, "(\w+)"', template)
    plain = [
        tag
        for tag in re.findall(r"<(?:input|textarea)\b[^>]*>", template)
        if not TYPED.search(tag) and " readonly" not in tag
    ]
    names = [re.search(r'name="([^"]*)"', tag) for tag in plain]
    return [*by_macro, *(name.group(1) if name else "?" for name in names)]


def silent(template: str) -> list[str]:
    """Fields into which anything could be written, on a page that does not ask."""
    return [] if any(asks in template for asks in ASKS) else [n for n in fields_of(template) if n not in NO_FREE_TEXT]


FORMS = sorted(
    path for path in TEMPLATES.rglob("*.html") if path.name != "kern.html" and fields_of(path.read_text("utf-8"))
)


@pytest.mark.parametrize("path", FORMS, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_no_free_text_without_the_request(path: Path) -> None:
    assert silent(path.read_text("utf-8")) == []


def test_text_areas_come_from_the_macro_that_asks() -> None:
    written = [path.name for path in TEMPLATES.rglob("*.html") if "<textarea" in path.read_text("utf-8")]
    assert written == ["kern.html"]
    for macro in (TEMPLATES / "parts" / "kern.html").read_text("utf-8").split("{% endmacro %}"):
        before, area, _ = macro.partition("<textarea")
        assert not area or "no_secrets()" in before


@pytest.mark.parametrize(
    "added",
    ['{{ kern.input(form, "note", _("Note")) }}', '<input id="x" name="remark">', '<textarea name="n"></textarea>'],
)
def test_a_new_field_would_be_found(added: str) -> None:
    form = (TEMPLATES / "people" / "form.html").read_text("utf-8")
    assert silent(form) == []
    assert len(silent(form + added)) == 1
