"""What the reminders after a meeting say."""

from datetime import date

from pydantic import AwareDatetime, BaseModel


class TaskReminder(BaseModel):
    """The content of a notice: a task, the meeting that gave it, and the how manyth reminder it is."""

    network: str  # slug
    title: str
    due_on: date
    number: int
    meeting_title: str
    met_at: AwareDatetime


class MissingMinutes(BaseModel):
    """The content of a notice: the meeting, and the path of the page on which its minutes are written."""

    meeting_title: str
    met_at: AwareDatetime
    path: str
