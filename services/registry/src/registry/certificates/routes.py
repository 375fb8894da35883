"""Certificates of conduct: for officers of the district and of municipalities, and nobody else."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from shared.access.dependencies import allow
from shared.access.grants import Access, Role
from shared.web import DbSession, TransactionalRoute

from registry.certificates import handlers
from registry.certificates.schemas import ActivityEnd, CertificateAnswer, CertificateInput, CertificatesAnswer

router = APIRouter(route_class=TransactionalRoute, tags=["Certificates"])

Officer = Annotated[Access, Depends(allow(Role.DISTRICT_OFFICER, Role.MUNICIPALITY_OFFICER))]


@router.get("/persons/{person_id}/certificates")
async def list_certificates(session: DbSession, access: Officer, person_id: UUID) -> CertificatesAnswer:
    """The inspections of a person's certificates that the caller's office has recorded."""
    rows = await handlers.certificates_of(session, access, person_id)
    return CertificatesAnswer(items=[CertificateAnswer.model_validate(row) for row in rows])


@router.post("/persons/{person_id}/certificates", status_code=HTTPStatus.CREATED)
async def record_inspection(
    session: DbSession, access: Officer, person_id: UUID, entered: CertificateInput
) -> CertificateAnswer:
    """Note that a certificate was inspected; the document itself is never kept (§ 72a Abs. 5 SGB VIII)."""
    certificate = await handlers.record_inspection(session, access, person_id, entered)
    return CertificateAnswer.model_validate(certificate)


@router.post("/certificates/{certificate_id}/activity-end")
async def end_activity(
    session: DbSession, access: Officer, certificate_id: UUID, told: ActivityEnd
) -> CertificateAnswer:
    """The activity has ended; six months later the note is deleted."""
    return CertificateAnswer.model_validate(await handlers.end_activity(session, access, certificate_id, told))


@router.delete("/certificates/{certificate_id}", status_code=HTTPStatus.NO_CONTENT)
async def delete_certificate(session: DbSession, access: Officer, certificate_id: UUID) -> None:
    """Delete the note at once, as when no activity follows."""
    await handlers.delete_certificate(session, access, certificate_id)
