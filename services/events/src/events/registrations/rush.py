"""When many register for one meeting at the same time."""

from typing import ClassVar

from shared.web import TransactionalRoute


class MeetingRoute(TransactionalRoute):
    """Whoever changes who comes to a meeting locks its row, so the others may as well wait before they read."""

    in_turn_by: ClassVar[str | None] = "meeting_id"
