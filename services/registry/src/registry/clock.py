"""The present day in the district."""

from datetime import UTC, date, datetime

from shared.dates import day_of


def today() -> date:
    """The present day in Germany; mandates and appointments begin and end by it."""
    return day_of(datetime.now(UTC))
