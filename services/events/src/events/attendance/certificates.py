"""Certificates of participation: issued for whoever was there, verified by code and name, revoked by a correction."""

import hmac
from collections.abc import Collection
from datetime import UTC, datetime
from uuid import UUID

from shared import audit
from shared.errors import NotFound
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from events.attendance.codes import code_hash, name_hash, read_code
from events.attendance.entries import Entry
from events.attendance.model import AttendanceState, NotAttended, NotOverYet, ParticipationCertificate
from events.attendance.schemas import CertificateFacts, IssuedCertificate
from events.meetings.model import Meeting


def may_have(meeting: Meeting, entry: Entry) -> bool:
    """Whether a certificate can be issued now."""
    return entry.state is AttendanceState.ATTENDED and meeting.is_over(datetime.now(UTC))


def issue(session: AsyncSession, meeting: Meeting, entry: Entry, name: str) -> IssuedCertificate:
    """A new certificate; those that were issued before hold as well. Raises `NotOverYet`, `NotAttended`."""
    if not meeting.is_over(datetime.now(UTC)):
        raise NotOverYet
    if entry.state is not AttendanceState.ATTENDED:
        raise NotAttended
    certificate, code = ParticipationCertificate.issue(meeting, entry.id, name)
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


async def revoke(session: AsyncSession, entry_ids: Collection[UUID]) -> None:
    """They were not there after all: what was issued for them does not hold any more."""
    theirs = ParticipationCertificate.entry_id.in_(entry_ids), ParticipationCertificate.revoked_at.is_(None)
    await session.execute(update(ParticipationCertificate).where(*theirs).values(revoked_at=datetime.now(UTC)))
