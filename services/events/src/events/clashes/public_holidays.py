"""Public holidays of the state in which the district lies."""

from datetime import date, timedelta
from functools import lru_cache

import holidays


def holidays_between(first: date, last: date, subdivision: str) -> list[tuple[date, str]]:
    """Each public holiday of these days and its German name. `subdivision` is a code of ISO 3166-2:DE, such as `ST`."""
    days = (first + timedelta(days=index) for index in range((last - first).days + 1))
    return [(day, name) for day in days if (name := _of_year(day.year, subdivision).get(day))]


@lru_cache(maxsize=32)
def _of_year(year: int, subdivision: str) -> dict[date, str]:
    return dict(holidays.country_holidays("DE", subdiv=subdivision, years=year, language="de"))
