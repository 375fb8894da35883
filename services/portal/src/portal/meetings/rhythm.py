"""How often a series comes again, as people say it: every month on the second Wednesday, every two weeks."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from starlette.datastructures import FormData

from portal.web.forms import Form

NTH_WEEKDAY, LAST_WEEKDAY, DAY_OF_MONTH, LAST_DAY = "weekday", "last_weekday", "day", "last_day"
DAYS, WEEKS, YEARS = "days", "weeks", "years"
OTHER = "other"  # on several days, as only programs enter it
_UNITS = {"DAILY": DAYS, "WEEKLY": WEEKS, "MONTHLY": "months", "YEARLY": YEARS}
_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Pattern:
    """A way to come again. `number` is which weekday of the month (1 to 5), or the day of the month.

    `others` are the days of a rule with several: which weekday of the month (0: each) and the weekday, or the day of
    the month and None. `kept` is the part of the rule that says so.
    """

    name: str
    first: date
    weekday: int  # 0 is Monday
    number: int
    interval: int = 1  # of `unit`
    until: date | None = None
    count: int | None = None
    unit: str = "months"
    others: tuple[tuple[int, int | None], ...] = ()
    kept: str = ""

    @classmethod
    def read(cls, series: dict[str, Any]) -> "Pattern":
        """The rule of a series; it fits its first date, so that the rest is known from there."""
        parts = dict(part.split("=", 1) for part in series["rule"].split(";"))
        first = date.fromisoformat(series["starts_on"])
        days = parts.get("BYDAY") or parts.get("BYMONTHDAY") or ""
        name = DAY_OF_MONTH if parts["FREQ"] == "MONTHLY" else _UNITS[parts["FREQ"]]
        if "," in days or (days.startswith("-") and not days.startswith("-1")):
            name = OTHER
        elif parts["FREQ"] == "MONTHLY" and days.startswith("-"):
            name = LAST_WEEKDAY if "BYDAY" in parts else LAST_DAY
        elif parts["FREQ"] == "MONTHLY" and "BYDAY" in parts:
            name = NTH_WEEKDAY
        until = date.fromisoformat(parts["UNTIL"]) if "UNTIL" in parts else None
        count = int(parts["COUNT"]) if "COUNT" in parts else None
        found = _fitting(first, name, int(parts["INTERVAL"]), until, count)
        if name != OTHER:
            return found
        kept = ";".join(f"{part}={parts[part]}" for part in ("FREQ", "BYDAY", "BYMONTHDAY") if part in parts)
        return replace(found, unit=_UNITS[parts["FREQ"]], others=tuple(map(_day_of, days.split(","))), kept=kept)


def possible(first: date) -> list[Pattern]:
    """In which ways a date can come again."""
    names = [NTH_WEEKDAY if first.day <= 28 else "", DAY_OF_MONTH if first.day <= 28 else ""]
    names += [LAST_WEEKDAY if (first + _WEEK).month != first.month else ""]
    names += [LAST_DAY if (first + timedelta(days=1)).day == 1 else "", WEEKS, DAYS, YEARS]
    return [_fitting(first, name) for name in names if name]


class RhythmForm(Form):
    """Fields `pattern`, `every`, `ends` (never, on, after), `until` and `count`; for single dates `day_2024-10-03`,
    `one_more` and `one_less`."""

    @classmethod
    def empty(cls, first: date) -> "RhythmForm":
        return cls(values={"pattern": possible(first)[0].name, "every": "1", "ends": "never", "weeks_ahead": "6"})

    @classmethod
    def of(cls, data: FormData) -> "RhythmForm":
        sent = Form.sent(data)
        return cls(values=sent.values, key=sent.key)

    @classmethod
    def from_series(cls, series: dict[str, Any]) -> "RhythmForm":
        pattern = Pattern.read(series)
        ends = "on" if pattern.until else "after" if pattern.count else "never"
        values = {"pattern": pattern.name, "every": str(pattern.interval), "ends": ends, "kept": pattern.kept}
        values |= {"until": str(pattern.until or ""), "count": str(pattern.count or "")}
        return cls(values={**values, "left_out": series["left_out"], "extra": series["extra"]})

    def body(self, first: date) -> dict[str, Any]:
        """The rule and the exceptions, as the service reads them. What makes no sense it refuses."""
        names = {
            NTH_WEEKDAY: f"FREQ=MONTHLY;BYDAY={(first.day - 1) // 7 + 1}{_CODES[first.weekday()]}",
            LAST_WEEKDAY: f"FREQ=MONTHLY;BYDAY=-1{_CODES[first.weekday()]}",
            DAY_OF_MONTH: f"FREQ=MONTHLY;BYMONTHDAY={first.day}",
            LAST_DAY: "FREQ=MONTHLY;BYMONTHDAY=-1",
            WEEKS: f"FREQ=WEEKLY;BYDAY={_CODES[first.weekday()]}",
            DAYS: "FREQ=DAILY",
            YEARS: "FREQ=YEARLY",
            OTHER: self.text("kept"),
        }
        ends = {"on": f";UNTIL={self.text('until').replace('-', '')}", "after": f";COUNT={self.text('count')}"}
        rule = f"{names.get(self.text('pattern'), '')};INTERVAL={self.text('every') or '1'}"
        left_out, extra = self._exceptions()
        return {"rule": rule + ends.get(self.text("ends"), ""), "left_out": left_out, "extra": extra}

    def carried(self) -> list[tuple[str, str]]:
        """The exceptions and what a rule with several days says, for a page that sends them again."""
        left_out, extra = self._exceptions()
        kept = [("kept", self.text("kept"))] if self.text("kept") else []
        return [*kept, *(("left_out", day) for day in left_out), *(("extra", day) for day in extra)]

    def _exceptions(self) -> tuple[list[str], list[str]]:
        left_out, extra = set(self.texts("left_out")), set(self.texts("extra"))
        for name, choice in self.values.items():
            if name.startswith("day_") and choice in ("out", "week"):
                day = name.removeprefix("day_")
                left_out.add(day)
                extra.discard(day)
                if choice == "week":
                    extra.add(_week_later(day))
        more, less = set(self.texts("one_more")), set(self.texts("one_less"))
        extra, left_out = (extra - less) | more, (left_out - more) | less
        return sorted(left_out - extra), sorted(extra - {""})


def _week_later(day: str) -> str:
    try:
        return (date.fromisoformat(day) + _WEEK).isoformat()
    except ValueError:
        return day  # the service says what is wrong with it


def _fitting(first: date, name: str, interval: int = 1, until: date | None = None, count: int | None = None) -> Pattern:
    number = (first.day - 1) // 7 + 1 if name == NTH_WEEKDAY else first.day
    unit = name if name in (DAYS, WEEKS, YEARS) else "months"
    return Pattern(name, first, first.weekday(), number, interval, until, count, unit)


def _day_of(written: str) -> tuple[int, int | None]:
    """`2WE`, `WE` or `15` of a rule."""
    if written[-2:] in _CODES:
        return int(written[:-2] or 0), _CODES.index(written[-2:])
    return int(written), None
