"""docs/access-table.md: the table for people who operate Dorfnetz."""

from collections.abc import Iterable

from shared.access.grants import Role

from access_table.model import Row, Who
from access_table.portal import PAGES
from access_table.table import ROWS

COLUMNS = {
    Role.DISTRICT_OFFICER: "district officer",
    Role.MUNICIPALITY_OFFICER: "municipality officer",
    Role.NETWORK_COORDINATOR: "network coordinator",
    Role.ASSOCIATION_CONTACT: "association contact",
    Role.VOLUNTEER: "volunteer",
    Role.API_CLIENT: "API client",
}
INTRODUCTION = """\
# Who may call what

Written by `make contracts` from `tests/support/access_table`; the tests call every line as every role, for things in
and outside of its scope. ● = yes, ◐ = for what lies in the scope of one's grants, – = no (403; 401 without a login).
What lies outside of one's scope is answered exactly like what does not exist, and nothing is written; a public thing
that is only named in the body may be answered with 403.
"""


def render() -> str:
    """The whole page."""
    parts = [INTRODUCTION]
    for service, rows in ROWS.items():
        parts.append(f"## `{service}`\n\n{_heading()}\n" + "\n".join(map(_line, rows)) + "\n")
    pages = "\n".join(map(_line, PAGES))
    return "\n".join([*parts, f"## Pages of the portal\n\n{_heading()}\n{pages}\n"])


def _heading() -> str:
    names = ["route", "nobody logged in", *COLUMNS.values()]
    return f"| {' | '.join(names)} |\n|{'---|' * len(names)}"


def _line(row: Row) -> str:
    note = f"<br>{row.note}" if row.note else ""
    return f"| `{row.route}`{note} | {' | '.join(_cells(row))} |"


def _cells(row: Row) -> Iterable[str]:
    yield "●" if row.who is Who.EVERYBODY else "–"
    for role in COLUMNS:
        if isinstance(row.who, Who):
            yield "–" if row.who is Who.PERSON and role is Role.API_CLIENT else "●"
        elif role not in row.who:
            yield "–"
        else:
            limited = row.within is not None or row.shows is not None
            yield "◐" if limited and role is not Role.DISTRICT_OFFICER else "●"
