"""What comes in and goes out over HTTP about certificates of conduct."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from shared.inputs import Day, Input

from registry.certificates.model import Result


class CertificateInput(Input):
    """An inspection: the certificate's own date, the day on which it was looked at, and the result."""

    issued_on: Day
    inspected_on: Day
    result: Result


class ActivityEnd(Input):
    ended_on: Day


class CertificateAnswer(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    person_id: UUID
    issued_on: date
    inspected_on: date
    result: Result
    inspected_by: UUID
    activity_ended_on: date | None


class CertificatesAnswer(BaseModel):
    items: list[CertificateAnswer]
