"""Recording inspections of certificates of conduct."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from shared import audit
from shared.access.grants import Access, ScopeKind
from shared.errors import NotFound
from sqlalchemy import ColumnElement, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from registry.certificates.model import Certificate
from registry.certificates.schemas import ActivityEnd, CertificateInput
from registry.clock import today
from registry.people import queries as people
from registry.scope import has_district, ids_of


async def certificates_of(session: AsyncSession, access: Access, person_id: UUID) -> Sequence[Certificate]:
    """The inspections that the caller's office has recorded, the newest first; the district sees all of them."""
    person = await people.person(session, access, person_id)
    rows = select(Certificate).where(Certificate.person_id == person.id, _in_scope(access))
    audit.record(session, "certificates.seen", kind="person", subject=person.id, persons=[person.id])
    return (await session.scalars(rows.order_by(Certificate.inspected_on.desc(), Certificate.id))).all()


async def record_inspection(
    session: AsyncSession, access: Access, person_id: UUID, entered: CertificateInput
) -> Certificate:
    """Note that the caller has seen the certificate of somebody in their scope. Raises `BadInspection`."""
    person = await people.person(session, access, person_id)
    own = ids_of(access, ScopeKind.MUNICIPALITY)
    certificate = Certificate(
        id=uuid4(),
        person_id=person.id,
        municipality_id=own[0] if own and not has_district(access) else None,
        inspected_by=access.principal.id,
        **entered.model_dump(),
    )
    certificate.check(today())
    session.add(certificate)
    await session.flush()
    _audit(session, "certificate.inspected", certificate)
    return certificate


async def end_activity(session: AsyncSession, access: Access, certificate_id: UUID, told: ActivityEnd) -> Certificate:
    """The activity that the certificate was for has ended: six months later it is deleted."""
    certificate = await _certificate(session, access, certificate_id)
    certificate.activity_ended_on = told.ended_on
    _audit(session, "certificate.changed", certificate)
    return certificate


async def delete_certificate(session: AsyncSession, access: Access, certificate_id: UUID) -> None:
    """Delete it at once, as when no activity follows."""
    certificate = await _certificate(session, access, certificate_id)
    _audit(session, "certificate.deleted", certificate)
    await session.delete(certificate)


async def _certificate(session: AsyncSession, access: Access, certificate_id: UUID) -> Certificate:
    wanted = select(Certificate).where(Certificate.id == certificate_id, _in_scope(access)).with_for_update()
    found = await session.scalar(wanted)
    if found is None:
        raise NotFound
    return found


def _in_scope(access: Access) -> ColumnElement[bool]:
    if has_district(access):
        return true()
    return Certificate.municipality_id.in_(ids_of(access, ScopeKind.MUNICIPALITY))


def _audit(session: AsyncSession, action: str, certificate: Certificate) -> None:
    scopes = [certificate.municipality_id] if certificate.municipality_id else []
    audit.record(
        session, action, kind="certificate", subject=certificate.id, persons=[certificate.person_id], scopes=scopes
    )
