"""Retention and the register of processing activities over HTTP: the periods for everybody, the rest for staff."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Request

from shared.access.dependencies import allow, public
from shared.access.grants import Access, Role
from shared.audit.queries import read_head
from shared.retention.register import MEASURES, TRANSFER, records_of
from shared.retention.report import report
from shared.retention.rules import Rule
from shared.retention.schemas import (
    ActivityAnswer,
    AuditHead,
    Controller,
    DataClassAnswer,
    PeriodsAnswer,
    RegisterAnswer,
    RetentionAnswer,
)
from shared.settings import Settings
from shared.web import DbSession, TransactionalRoute

STAFF = (Role.DISTRICT_OFFICER, Role.MUNICIPALITY_OFFICER, Role.NETWORK_COORDINATOR)
Staff = Annotated[Access, Depends(allow(*STAFF))]


def create_router(rules: Sequence[Rule]) -> APIRouter:
    """For a service that declares these rules and keeps an audit log."""
    router = APIRouter(route_class=TransactionalRoute, tags=["Retention"])

    @router.get("/retention", summary="How long what is kept, what was deleted last and will be next")
    async def read_retention(session: DbSession, _access: Staff) -> RetentionAnswer:
        head = await read_head(session)
        return RetentionAnswer(
            items=await report(session, rules),
            audit_head=AuditHead(position=head.position, hash=head.hash) if head is not None else None,
        )

    @router.get("/retention-periods", summary="What is kept for what, and how long", dependencies=[Depends(public)])
    async def read_periods() -> PeriodsAnswer:
        return PeriodsAnswer(activities=activities_of(rules))

    @router.get("/processing-activities", summary="This service's part of the register of Art. 30 GDPR")
    async def read_register(request: Request, _access: Staff) -> RegisterAnswer:
        return RegisterAnswer(
            controller=controller_of(request.app.state.settings),
            activities=activities_of(rules),
            transfer=TRANSFER,
            measures=list(MEASURES),
        )

    return router


def controller_of(settings: Settings) -> Controller:
    """As the imprint names them."""
    return Controller(
        name=settings.operator_name,
        address=settings.operator_address,
        email=settings.operator_email,
        phone=settings.operator_phone,
        privacy_officer=settings.privacy_officer,
    )


def activities_of(rules: Sequence[Rule]) -> list[ActivityAnswer]:
    return [
        ActivityAnswer(
            slug=record.activity.slug,
            name=record.activity.name,
            purpose=record.activity.purpose,
            legal_basis=record.activity.legal_basis,
            classes=[DataClassAnswer.model_validate(rule) for rule in record.rules],
        )
        for record in records_of(rules)
    ]
