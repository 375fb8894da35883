"""The form of a meeting."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.contracts.events import Attendance, MeetingKind, Visibility
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

    @property
    def only_looks(self) -> bool:
        """Whether the button that was pressed saves nothing."""
        return self.wants_more_rows or "_check" in self.values or "_back" in self.values

    @property
    def sure(self) -> bool:
        """Whether the planner has seen how many people are told."""
        return "_sure" in self.values

    @classmethod
    def empty(cls) -> "MeetingForm":
        form = cls(values={"kind": MeetingKind.NETWORK_MEETING.value, "visibility": Visibility.PUBLIC.value})
        form.values["agenda"] = _padded([])
        return form

    @classmethod
    def of(cls, data: FormData) -> "MeetingForm":
        """What the browser sent."""
        sent = Form.sent(data)
        form = cls(values=sent.values, key=sent.key, wants_more_rows="_more" in sent.values)
        rows = [{"title": title, "minutes": minutes} for title, minutes in sent.rows("agenda_title", "agenda_minutes")]
        form.values["agenda"] = _padded(rows[:MOST_ROWS])
        form.values["organisation_ids"] = form.texts("organisation_ids")
        revision = form.number("revision")
        form.revision = revision if isinstance(revision, int) else None
        return form

    @classmethod
    def from_meeting(cls, meeting: dict[str, Any]) -> "MeetingForm":
        """What the meeting is now, as the service describes it."""
        values = _lasting_values(meeting)
        starts_at, ends_at = (in_berlin(datetime.fromisoformat(meeting[name])) for name in ("starts_at", "ends_at"))
        values |= {
            "starts_on": f"{starts_at:%Y-%m-%d}",
            "starts_at": f"{starts_at:%H:%M}",
            "ends_on": f"{ends_at:%Y-%m-%d}" if ends_at.date() != starts_at.date() else "",
            "ends_at": f"{ends_at:%H:%M}",
        }
        for name in ("registration_from", "registration_until"):
            values[name] = meeting[name][:16] if meeting[name] else ""  # the clock on the wall
        values["scope"] = "this"  # of a date of a series
        return cls(values={**values, "meeting_id": meeting["id"]}, revision=meeting["revision"])

    @classmethod
    def copy_of(cls, meeting: dict[str, Any]) -> "MeetingForm":
        """Everything of an old meeting but its dates; the time of day is likely the same."""
        starts_at, ends_at = (in_berlin(datetime.fromisoformat(meeting[name])) for name in ("starts_at", "ends_at"))
        return cls(
            values={**_lasting_values(meeting), "starts_at": f"{starts_at:%H:%M}", "ends_at": f"{ends_at:%H:%M}"}
        )

    def with_more_rows(self) -> "MeetingForm":
        """The same with empty rows for the agenda, if they are wanted."""
        if self.wants_more_rows:
            rows = self.values["agenda"]
            self.values["agenda"] = (rows + [{"title": "", "minutes": ""}] * MORE)[:MOST_ROWS]
        return self

    def hidden(self) -> list[tuple[str, str]]:
        """Every field and its value, for a page in between that sends the form again."""
        shown = [
            (name, text)
            for name, value in self.values.items()
            if name != "agenda" and not name.startswith(("_", "agenda_"))
            for text in ([value] if isinstance(value, str) else value)
        ]
        rows = [(f"agenda_{name}", row[name]) for row in self.values["agenda"] for name in ("title", "minutes")]
        return [*shown, *rows]

    def body(self) -> dict[str, Any]:
        """The request to the service. Times are the clock on the wall; the last day is the first unless given."""
        ends_on = self.text("ends_on") or self.text("starts_on")
        return {
            "kind": self.text("kind") or MeetingKind.NETWORK_MEETING.value,
            "title": self.text("title"),
            "description": self.text("description"),
            "village_id": self.optional("village_id"),
            "place": self.text("place"),
            "online_link": self.optional("online_link"),
            "visibility": self.text("visibility") or Visibility.PUBLIC.value,
            "organisation_ids": self.texts("organisation_ids"),
            "capacity": self.number("capacity"),
            "registration_from": self.optional("registration_from"),
            "registration_until": self.optional("registration_until"),
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


def _lasting_values(meeting: dict[str, Any]) -> dict[str, Any]:
    """What of a meeting is no date."""
    plain = ("kind", "title", "description", "village_id", "place", "online_link", "visibility")
    values: dict[str, Any] = {name: meeting[name] or "" for name in plain}
    if meeting["attendance"] == Attendance.ONLINE:
        values["place"] = ""  # the service fills it in again
    values["organisation_ids"] = meeting["organisation_ids"]
    values["capacity"] = str(meeting["capacity"] or "")
    values["agenda"] = _padded(
        [{"title": item["title"], "minutes": str(item["minutes"] or "")} for item in meeting["agenda"]]
    )
    return values
