"""Answers about retention."""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from shared.retention.rules import Rule
from shared.retention.runs import Past


class RunAnswer(BaseModel):
    """What the last run found and removed; a dry run removes nothing."""

    model_config = ConfigDict(from_attributes=True)

    ran_at: datetime
    dry_run: bool
    found: int
    removed: int


class RuleAnswer(BaseModel):
    """A class of data. `deletes` says whether its next run, on `next_run_on`, removes what it finds."""

    slug: str
    name: str
    activity: str
    data: str
    subjects: str
    recipients: str
    kept: str
    tables: list[str]
    last_run: RunAnswer | None
    next_run_on: date | None
    deletes: bool

    @classmethod
    def of(cls, rule: Rule, last_run: Any, past: Past, next_run_on: date) -> "RuleAnswer":
        runs = rule.removal is not None
        return cls(
            slug=rule.slug,
            name=rule.name,
            activity=rule.activity.slug,
            data=rule.data,
            subjects=rule.subjects,
            recipients=rule.recipients,
            kept=rule.kept,
            tables=list(rule.covers),
            last_run=RunAnswer.model_validate(last_run) if last_run is not None else None,
            next_run_on=next_run_on if runs else None,
            deletes=runs and past.deletes_on(next_run_on),
        )


class AuditHead(BaseModel):
    """The last entry of the audit log: who has noted it can tell later whether the end was cut off."""

    position: int
    hash: str


class RetentionAnswer(BaseModel):
    items: list[RuleAnswer]
    audit_head: AuditHead | None


class DataClassAnswer(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    slug: str
    name: str
    data: str
    subjects: str
    recipients: str
    kept: str


class ActivityAnswer(BaseModel):
    slug: str
    name: str
    purpose: str
    legal_basis: str
    classes: list[DataClassAnswer]


class PeriodsAnswer(BaseModel):
    """What everybody may know (Art. 13 (2) (a) GDPR): purposes, and how long each class of data is kept."""

    activities: list[ActivityAnswer]


class Controller(BaseModel):
    """Who answers for the processing, and how to reach the data protection officer (Art. 30 (1) (a) GDPR)."""

    name: str
    address: str
    email: str
    phone: str
    privacy_officer: str


class RegisterAnswer(BaseModel):
    """This service's part of the register of processing activities."""

    controller: Controller
    activities: list[ActivityAnswer]
    transfer: str
    measures: list[str]
