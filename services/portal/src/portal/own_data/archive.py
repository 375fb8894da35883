"""One archive of everything: what each service holds as JSON, and all of it as a readable document."""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from shared.dates import format_moment
from shared.i18n import N_, Translator

from portal.documents import render
from portal.own_data.wording import WORDS

TITLES = {
    "registry": N_("Directory: who you are and what you do"),
    "events": N_("Meetings"),
    "notifications": N_("Messages to you"),
    "portal": N_("These pages"),
}
ABOUT = N_("For: {purpose} Legal basis: {legal_basis}. Kept: {kept}.")
INTRO = N_(
    "This is everything that is stored about you here, as of {moment}. The files beside this one hold the same for "
    "computers. If something is wrong or should go, change it in your account or ask the office."
)


async def make_archive(parts: Sequence[Mapping[str, Any]], translate: Translator, now: datetime, site: str) -> bytes:
    """`parts` are the services' answers (`shared.own_data.OwnData`). A zip file."""
    document = await render("own_data", readable(parts, translate, now, site))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(_entry("Meine-Daten.pdf", now), document)
        for part in parts:
            text = json.dumps(part, ensure_ascii=False, indent=2)
            archive.writestr(_entry(f"{part['service']}.json", now), text)
    return target.getvalue()


def _entry(name: str, now: datetime) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, now.timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def readable(parts: Sequence[Mapping[str, Any]], translate: Translator, now: datetime, site: str) -> dict[str, Any]:
    """What the template `own_data` shows."""
    return {
        "title": translate.gettext(N_("My stored data")),
        "footer": site,
        "intro": translate.format(INTRO, {"moment": format_moment(now)}),
        "nothing": translate.gettext(N_("Nothing is stored.")),
        "services": [
            {"title": translate.gettext(title), "parts": [_readable(each, translate) for each in part["parts"]]}
            for part in parts
            for title in [TITLES[part["service"]]]
        ],
    }


def _readable(part: Mapping[str, Any], translate: Translator) -> dict[str, Any]:
    return {
        "title": part["title"],
        "about": translate.format(ABOUT, part),
        "rows": [
            [
                [part["labels"][key], _in_words(part["key"], key, value, translate)]
                for key, value in row.items()
                if value is not None
            ]
            for row in part["rows"]
        ],
    }


def _in_words(part: str, column: str, value: Any, translate: Translator) -> str:
    words = WORDS.get((part, column), {})
    if isinstance(value, list):
        return ", ".join(_in_words(part, column, each, translate) for each in value)
    return translate.gettext(words[value]) if isinstance(value, str) and value in words else in_words(value)


def in_words(value: Any) -> str:
    """A value of JSON as people read it: days and moments in German, lists with commas."""
    if isinstance(value, bool):
        return "ja" if value else "nein"
    if isinstance(value, list):
        return ", ".join(in_words(each) for each in value)
    text = str(value)
    try:
        return format_moment(datetime.fromisoformat(text)) if "T" in text else f"{date.fromisoformat(text):%d.%m.%Y}"
    except ValueError:
        return text
