"""Jinja: autoescaped templates, texts by gettext, static files by their fingerprint."""

import json
import math
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from shared.contracts.registry import LANGUAGE_NAMES, PURPOSE_WORDING
from shared.dates import format_day, format_moment, format_span, format_start, in_berlin, is_whole_days
from shared.i18n import Translator

from portal.settings import PortalSettings
from portal.web import dates
from portal.web.messages import MESSAGES
from portal.web.static_files import StaticFiles


def create_templates(settings: PortalSettings, static: StaticFiles, translate: Translator) -> Environment:
    """The environment of every page. A name that a template does not get is an error, not an empty text."""
    environment = Environment(
        loader=PackageLoader("portal"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        auto_reload=False,
    )
    gettext = lru_cache(maxsize=None)(translate.gettext)
    environment.install_gettext_callables(gettext, translate.ngettext, newstyle=True)  # type: ignore[attr-defined]
    environment.globals.update(
        messages=MESSAGES, static=static.url, settings=settings, public_url=settings.public_url.rstrip("/")
    )
    environment.filters.update(
        day=dates.day,
        month=dates.month,
        exact=dates.exact,
        month_name=dates.month_name,
        weekday_name=dates.weekday_name,
        combined=lambda some, others: {**some, **others},
        weekday=format_day,
        moment=format_moment,
        in_berlin=in_berlin,
        iso=_iso,
        named_in=lambda key, names: names[key],
        paragraphs=_paragraphs,
        host=_host,
        around=_around,
        pretty=_pretty,
        number=_number,
        moment_of=lambda text: format_moment(datetime.fromisoformat(text)),
        at=datetime.fromisoformat,
        on=date.fromisoformat,
        as_day=lambda value: value if isinstance(value, date) else date.fromisoformat(value),
    )
    environment.globals.update(
        span=format_span, start=format_start, whole_days=is_whole_days, new_key=lambda: uuid4().hex, today=dates.today
    )
    environment.globals.update(purpose_wording=PURPOSE_WORDING, language_names=LANGUAGE_NAMES)
    return environment


def _iso(value: datetime) -> str:
    return value.isoformat()


def _number(value: int) -> str:
    """12.345"""
    return f"{value:,}".replace(",", ".")


def _pretty(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _host(url: str) -> str:
    return urlsplit(url).netloc or url


def _around(villages: list[Any]) -> list[tuple[Any, float, float, bool]]:
    """Places on an ellipse for the picture of a network: village, x, y, whether its name stands above."""
    step = 2 * math.pi / max(len(villages), 1)
    angles = [index * step - math.pi / 2 for index in range(len(villages))]
    return [
        (village, round(280 + 205 * math.cos(angle), 1), round(200 + 140 * math.sin(angle), 1), math.sin(angle) < -0.2)
        for village, angle in zip(villages, angles, strict=True)
    ]


def _paragraphs(text: str, css_class: str = "kern-body") -> Markup:
    """Text that people wrote: blank lines part paragraphs, single ones break lines. Everything in it is escaped."""
    blocks = [block.strip() for block in text.replace("\r\n", "\n").split("\n\n") if block.strip()]
    return Markup("\n").join(
        Markup('<p class="{}">{}</p>').format(
            css_class, Markup("<br>").join(escape(line) for line in block.split("\n"))
        )
        for block in blocks
    )
