"""Answers about clashes."""

from uuid import UUID

from pydantic import BaseModel
from shared.inputs import Day

from events.clashes.queries import Clash
from events.meetings.model import MeetingStatus
from events.meetings.schemas import LocalTime


class HolidayView(BaseModel):
    day: Day
    name: str


class WantedView(BaseModel):
    """A contact who is wanted at both; who it is, the registry tells those who may know."""

    contact_id: UUID
    organisation_id: UUID


class ClashView(BaseModel):
    """Another meeting on the same days. `contacts` are wanted at both at the same time."""

    id: UUID
    network: str
    title: str
    status: MeetingStatus
    village_id: UUID | None
    place: str
    starts_at: LocalTime
    ends_at: LocalTime
    same_time: bool
    contacts: list[WantedView]
    organisation_ids: list[UUID]

    @classmethod
    def of(cls, clash: Clash) -> "ClashView":
        meeting = clash.meeting
        return cls(
            id=meeting.id,
            network=meeting.network,
            title=meeting.title,
            status=meeting.status,
            village_id=meeting.village_id,
            place=meeting.place,
            starts_at=meeting.starts_at,
            ends_at=meeting.ends_at,
            same_time=clash.same_time,
            contacts=[WantedView.model_validate(one, from_attributes=True) for one in clash.contacts],
            organisation_ids=clash.organisation_ids,
        )


class ClashList(BaseModel):
    """What else is on these days, in order of time, and which of them are public holidays."""

    holidays: list[HolidayView]
    items: list[ClashView]
