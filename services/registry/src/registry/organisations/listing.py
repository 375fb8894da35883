"""Pages of organisations as rows of one statement: half the time that entries with their collections take."""

import functools
from typing import Any

import sqlalchemy as sa
from shared.access.grants import Access
from sqlalchemy.ext.asyncio import AsyncSession

from registry.arrays import array_of
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
    rows = _answers().where(*organisations_shown(access, wanted, own=own))
    found, following = await read_rows(session, rows, (Organisation.name, Organisation.id), after, limit)
    names = [str(column.key) for column in _answers().selected_columns]
    return [_answer(dict(zip(names, row, strict=True))) for row in found], following


def _answer(values: dict[str, Any]) -> OrganisationAnswer:
    values["notice"] = notice_of(values.pop("notice_kind"), values.pop("notice_on"))
    return OrganisationAnswer.model_validate(values)


@functools.cache
def _answers() -> sa.Select[Any]:
    """Made once: putting it together takes as long as running it."""
    own = [getattr(Organisation, name) for name in OrganisationAnswer.model_fields if name not in _MADE]
    notice = (Organisation.notice_kind, Organisation.notice_on)
    return sa.select(*own, *notice, _fields(), _areas(), _federations())


def _fields() -> sa.ColumnElement[Any]:
    link = organisation_field.c
    chosen = link.field_id == FieldOfActivity.id, link.organisation_id == Organisation.id
    slugs = sa.select(FieldOfActivity.slug).where(*chosen).order_by(FieldOfActivity.position)
    return array_of(slugs, Organisation).label("fields")


def _areas() -> sa.ColumnElement[Any]:
    area = sa.func.json_build_object("kind", OrganisationArea.kind, "id", OrganisationArea.area_id)
    areas = sa.select(area).where(OrganisationArea.organisation_id == Organisation.id)
    return array_of(areas.order_by(OrganisationArea.kind, OrganisationArea.area_id), Organisation).label("areas")


def _federations() -> sa.ColumnElement[Any]:
    federation_id = OrganisationFederation.federation_id
    federations = sa.select(federation_id).where(OrganisationFederation.organisation_id == Organisation.id)
    return array_of(federations.order_by(federation_id), Organisation).label("federations")
