"""The list of registrations as a file for Excel: for the sign-in at the door, for name tags, for catering."""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime
from typing import Any

from shared.dates import day_of
from shared.i18n import N_
from shared.sheets.columns import ColumnOnly, KindOnly, Style
from shared.sheets.files import Sheet

STATE_NAMES = {
    "coming": N_("comes"),
    "waiting": N_("waits"),
    "offered": N_("has an offer"),
    "withdrawn": N_("has cancelled"),
    "lapsed": N_("did not answer"),
}
_DAY = KindOnly(lambda moment: day_of(datetime.fromisoformat(moment)), Style.DAY, 12)
_WHOLE = KindOnly(int, Style.NUMBER, 10)
_WIDE = KindOnly(width=40)


def sheet_of_registrations(
    entries: AsyncIterator[dict[str, Any]],
    questions: Mapping[str, str],
    translate: Callable[[str], str],
) -> Sheet:
    """The sheet. `entries` are the service's, `name` being filled in; `questions` are titles by id."""
    columns = (
        ColumnOnly("name", "Name", _WIDE),
        ColumnOnly("people", "Personen", _WHOLE),
        ColumnOnly("state", "Stand"),
        ColumnOnly("registered_at", "Angemeldet am", _DAY),
        ColumnOnly("email", "E-Mail", _WIDE),
        ColumnOnly("phone", "Telefon"),
        ColumnOnly("needs", "Braucht zur Teilnahme", _WIDE),
        *(ColumnOnly(key, title, _WIDE) for key, title in questions.items()),
    )

    async def rows() -> AsyncIterator[dict[str, Any]]:
        async for one in entries:
            yield one | one["answers"] | {"state": translate(STATE_NAMES[one["state"]])}

    return Sheet("Anmeldungen", columns, rows())
