"""Answers about registrations."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel


class RegistrationView(BaseModel):
    id: UUID
    meeting_id: UUID
    registered_at: datetime
