"""What the platform writes by itself about dates of other calendars; in German, as all that people read."""

UNTITLED = "Termin"
SOMEWHERE = "Ort siehe Veranstalter"  # of a date that names no place


def gone(calendar: str) -> str:
    """Why a meeting does not take place."""
    return f"Der Termin steht nicht mehr im Kalender „{calendar}“."


def called_off(calendar: str) -> str:
    """Why a meeting does not take place."""
    return f"Der Termin ist im Kalender „{calendar}“ abgesagt."


def more(url: str) -> str:
    """The last line of a description."""
    return f"Mehr dazu: {url}"
