"""Consents as conditions of queries."""

from uuid import UUID

from shared.contracts.registry import ConsentPurpose
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute

from registry.consents.model import Consent


def has_given(person_id: InstrumentedAttribute[UUID], purpose: ConsentPurpose) -> ColumnElement[bool]:
    """Whether the person of a row agrees to this purpose now."""
    given = Consent.person_id == person_id, Consent.purpose == purpose, Consent.withdrawn_at.is_(None)
    return select(Consent.id).where(*given).correlate(person_id.class_).exists()
