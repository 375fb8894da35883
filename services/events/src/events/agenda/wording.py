"""What the platform writes by itself on agendas and into minutes. People read it in German, as all that they write."""

from datetime import datetime

from shared.dates import format_day

OPEN_ITEMS = "Offene Aufgaben"


def approval(met_at: datetime) -> str:
    """The title of the item under which minutes are approved."""
    return f"Genehmigung des Protokolls vom {_day(met_at)}"


def approved(met_at: datetime) -> str:
    """The decision that approves them."""
    return f"Das Protokoll vom {_day(met_at)} wird genehmigt."


def _day(moment: datetime) -> str:
    return format_day(moment).partition(", ")[2]  # without the day of the week
