"""Free time in a week: seven days with three parts each, numbered so that the database finds overlaps by itself."""

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field
from shared.contracts.registry import Daytime
from shared.inputs import Input

Weekday = Annotated[int, Field(ge=1, le=7)]
"""1 (Monday) to 7."""

_DAYTIMES = list(Daytime)


class FreeTime(Input):
    """One part of one weekday."""

    weekday: Weekday
    daytime: Daytime

    @property
    def slot(self) -> int:
        """Its number, 0 (Monday morning) to 20."""
        return (self.weekday - 1) * len(_DAYTIMES) + _DAYTIMES.index(self.daytime)


def slots_of(times: Iterable[FreeTime]) -> list[int]:
    """The numbers of these times, each once and in order."""
    return sorted({time.slot for time in times})


def times_of(slots: Iterable[int]) -> list[FreeTime]:
    """The counterpart of `slots_of`."""
    return [FreeTime(weekday=slot // len(_DAYTIMES) + 1, daytime=_DAYTIMES[slot % len(_DAYTIMES)]) for slot in slots]


def slots_within(weekdays: Iterable[int], daytimes: Iterable[Daytime]) -> list[int]:
    """Every slot on one of these days in one of these parts of the day; where one of them is empty, on any.

    Both empty is no restriction: an empty list.
    """
    days, parts = list(weekdays), list(daytimes)
    if not days and not parts:
        return []
    return slots_of(FreeTime(weekday=day, daytime=part) for day in days or range(1, 8) for part in parts or _DAYTIMES)
