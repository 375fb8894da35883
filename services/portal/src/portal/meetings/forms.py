"""The form of a meeting."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.contracts.events import MeetingKind
from shared.dates import in_berlin
from starlette.datastructures import FormData

from portal.web.forms import Form
from portal.web.services import Problem

ROWS = 5  # of the agenda at first; a button adds more
MORE = 3
MOST_ROWS = 50


@dataclass
class MeetingForm(Form):
    """`values` has `agenda`: a list of {title, minutes}, the empty rows included."""

    revision: int | None = None
    wants_more_rows: bool = False

    @classmethod
    def empty(cls) -> "MeetingForm":
        form = cls(values={"kind": MeetingKind.NETWORK_MEETING.value})
        form.values["agenda"] = _padded([])
        return form

    @classmethod
    def of(cls, data: FormData) -> "MeetingForm":
        """What the browser sent."""
        sent = Form.sent(data)
        form = cls(values=sent.values, key=sent.key, wants_more_rows="_more" in sent.values)
        rows = [{"title": title, "minutes": minutes} for title, minutes in sent.rows("agenda_title", "agenda_minutes")]
        form.values["agenda"] = _padded(rows[:MOST_ROWS])
        revision = form.number("revision")
        form.revision = revision if isinstance(revision, int) else None
        return form

    @classmethod
    def from_meeting(cls, meeting: dict[str, Any]) -> "MeetingForm":
        """What the meeting is now, as the service describes it."""
        starts_at, ends_at = (in_berlin(datetime.fromisoformat(meeting[name])) for name in ("starts_at", "ends_at"))
        agenda = [{"title": item["title"], "minutes": str(item["minutes"] or "")} for item in meeting["agenda"]]
        values = {name: meeting[name] or "" for name in ("kind", "title", "description", "village_id", "place")}
        times = {
            "starts_on": f"{starts_at:%Y-%m-%d}",
            "starts_at": f"{starts_at:%H:%M}",
            "ends_on": f"{ends_at:%Y-%m-%d}" if ends_at.date() != starts_at.date() else "",
            "ends_at": f"{ends_at:%H:%M}",
        }
        return cls(values={**values, **times, "agenda": _padded(agenda)}, revision=meeting["revision"])

    def with_more_rows(self) -> "MeetingForm":
        """The same with empty rows for the agenda."""
        rows = self.values["agenda"]
        self.values["agenda"] = (rows + [{"title": "", "minutes": ""}] * MORE)[:MOST_ROWS]
        return self

    def body(self) -> dict[str, Any]:
        """The request to the service. Times are the clock on the wall; the last day is the first unless given."""
        ends_on = self.text("ends_on") or self.text("starts_on")
        return {
            "kind": self.text("kind") or MeetingKind.NETWORK_MEETING.value,
            "title": self.text("title"),
            "description": self.text("description"),
            "village_id": self.optional("village_id"),
            "place": self.text("place"),
            "starts_at": f"{self.text('starts_on')}T{self.text('starts_at')}",
            "ends_at": f"{ends_on}T{self.text('ends_at')}",
            "agenda": [
                {
                    "title": row["title"],
                    "minutes": int(row["minutes"]) if row["minutes"].isdecimal() else row["minutes"] or None,
                }
                for _, row in self._filled_rows()
            ],
        }

    def show(self, problem: Problem) -> None:
        """Put a service's messages beside our fields; a row of the agenda is found again behind the empty ones."""
        names = {
            f"agenda.{index}.{column}": f"agenda_{column}_{row}"
            for index, (row, _) in enumerate(self._filled_rows())
            for column in ("title", "minutes")
        }
        self.take(problem, names)
        if "starts_at" in self.errors and not self.text("starts_on"):
            self.errors["starts_on"] = self.errors.pop("starts_at")

    def _filled_rows(self) -> list[tuple[int, dict[str, str]]]:
        return [(index, row) for index, row in enumerate(self.values["agenda"]) if row["title"] or row["minutes"]]


def _padded(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    missing = max(ROWS - len(rows), 0)
    return rows + [{"title": "", "minutes": ""} for _ in range(missing)]
