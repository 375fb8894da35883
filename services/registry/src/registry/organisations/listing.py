"""Pages of organisations as rows of one statement: half the time that entries with their collections take."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from shared.access.grants import Access
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from registry.fields_of_activity.model import FieldOfActivity
from registry.organisations.model import Organisation, OrganisationArea, OrganisationFederation, organisation_field
from registry.organisations.notices import notice_of
from registry.organisations.queries import Filter, organisations_shown
from registry.organisations.schemas import OrganisationAnswer
from registry.pages import read_rows

_MADE = frozenset({"notice", "fields", "areas", "federations"})  # of other columns and tables


async def list_answers(
    session: AsyncSession, access: Access | None, wanted: Filter, after: str | None, limit: int, *, own: bool = False
) -> tuple[list[OrganisationAnswer], str | None]:
    """What `queries.list_organisations` finds, as it is answered, and the next page's cursor."""
    rows = sa.select(*_columns()).where(*organisations_shown(access, wanted, own=own))
    found, following = await read_rows(session, rows, (Organisation.name, Organisation.id), after, limit)
    return [_answer(row) for row in found], following


def _answer(row: sa.Row[Any]) -> OrganisationAnswer:
    notice = notice_of(row.notice_kind, row.notice_on)
    return OrganisationAnswer.model_validate(row._asdict() | {"notice": notice})


def _columns() -> Sequence[sa.ColumnElement[Any]]:
    own = [getattr(Organisation, name) for name in OrganisationAnswer.model_fields if name not in _MADE]
    return [*own, Organisation.notice_kind, Organisation.notice_on, _fields(), _areas(), _federations()]


def _fields() -> sa.ColumnElement[Any]:
    chosen = (
        organisation_field.c.field_id == FieldOfActivity.id,
        organisation_field.c.organisation_id == Organisation.id,
    )
    return _array(sa.select(FieldOfActivity.slug).where(*chosen).order_by(FieldOfActivity.position)).label("fields")


def _areas() -> sa.ColumnElement[Any]:
    area = sa.func.json_build_object("kind", OrganisationArea.kind, "id", OrganisationArea.area_id)
    areas = sa.select(area).where(OrganisationArea.organisation_id == Organisation.id)
    return _array(areas.order_by(OrganisationArea.kind, OrganisationArea.area_id)).label("areas")


def _federations() -> sa.ColumnElement[Any]:
    federation_id = OrganisationFederation.federation_id
    federations = sa.select(federation_id).where(OrganisationFederation.organisation_id == Organisation.id)
    return _array(federations.order_by(federation_id)).label("federations")


def _array(values: sa.Select[Any]) -> sa.ColumnElement[Any]:
    """Of one column, in the order of the statement; empty for no rows."""
    subquery = values.correlate(Organisation).scalar_subquery()
    return sa.func.array(subquery, type_=ARRAY(subquery.type))
