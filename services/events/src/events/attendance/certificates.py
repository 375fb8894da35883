"""Certificates of participation: issued for whoever was there, verified by code and name, revoked by a correction."""

import hmac
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from shared import audit
from shared.errors import NotFound
from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from events.attendance.codes import code_hash, name_hash, read_code
from events.attendance.entries import Entry
from events.attendance.model import (
    AttendanceMark,
    AttendanceState,
    NotAttended,
    NotOverYet,
    ParticipationCertificate,
)
from events.attendance.schemas import CertificateFacts, IssuedCertificate
from events.meetings.model import Meeting
from events.meetings.queries import with_course

Dates = Mapping[UUID, Sequence[Meeting]]
"""The dates that a certificate of each entry tells of, by the id of the entry, in order of time."""


async def attended_dates(session: AsyncSession, meeting: Meeting, entries: Sequence[Entry]) -> Dates:
    """The dates that are over and where they were: of a course all of its dates, else the meeting or nothing."""
    course = (await with_course(session, meeting)).course
    noted = select(
        AttendanceMark.meeting_id, AttendanceMark.registration_id, AttendanceMark.invitation_id, AttendanceMark.id
    ).where(AttendanceMark.meeting_id.in_([one.id for one in course]), AttendanceMark.state == AttendanceState.ATTENDED)
    there: dict[UUID | None, set[UUID]] = defaultdict(set)
    for date, *ids in await session.execute(noted):
        for one in ids:
            there[one].add(date)
    now = datetime.now(UTC)
    over = [one for one in course if one.is_over(now)]
    return {entry.id: [date for date in over if any(date.id in there[one] for one in entry.ids)] for entry in entries}


def issue(
    session: AsyncSession, meeting: Meeting, entry: Entry, dates: Sequence[Meeting], name: str
) -> IssuedCertificate:
    """A new certificate of the `attended_dates`; those that were issued before hold as well.

    Raises `NotOverYet`, `NotAttended`.
    """
    if not dates:
        raise NotAttended if meeting.is_over(datetime.now(UTC)) else NotOverYet
    certificate, code = ParticipationCertificate.issue(meeting, dates, entry.id, name)
    session.add(certificate)
    persons = [entry.person_id] if entry.person_id else []
    audit.record(
        session,
        "participation_certificate.issued",
        kind="participation_certificate",
        subject=certificate.id,
        persons=persons,
        scopes=[meeting.network],
    )
    facts = CertificateFacts.model_validate(certificate, from_attributes=True)
    return IssuedCertificate(**facts.model_dump(), entry_id=entry.id, name=name, code=code)


async def find(session: AsyncSession, typed: str) -> ParticipationCertificate:
    """The certificate of a code as somebody typed it. Raises `NotFound`."""
    wanted = ParticipationCertificate.code_hash == code_hash(read_code(typed))
    certificate = await session.scalar(select(ParticipationCertificate).where(wanted))
    if certificate is None:
        raise NotFound
    return certificate


def is_for(certificate: ParticipationCertificate, typed: str, name: str) -> bool:
    """Whether it was issued for this name, and holds."""
    same = hmac.compare_digest(certificate.name_hash, name_hash(read_code(typed), name))
    return same and certificate.revoked_at is None


async def revoke(session: AsyncSession, meeting: Meeting, entry_ids: Collection[UUID]) -> None:
    """They were not there after all: what was issued for them and tells of this date does not hold any more."""
    tells = or_(
        ParticipationCertificate.course.is_(None) & (ParticipationCertificate.meeting_id == meeting.id),
        ParticipationCertificate.course.contains({"dates": [{"meeting_id": str(meeting.id)}]}),
    )
    theirs = ParticipationCertificate.entry_id.in_(entry_ids), ParticipationCertificate.revoked_at.is_(None)
    await session.execute(update(ParticipationCertificate).where(tells, *theirs).values(revoked_at=datetime.now(UTC)))
