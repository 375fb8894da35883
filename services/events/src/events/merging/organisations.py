"""Follows mergers of organisations: what names the entry that is gone names the one that stays."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from shared.contracts.envelope import Event
from shared.contracts.registry import OrganisationMerged
from shared.messaging.consumer import Consumer
from shared.messaging.projection import upsert_if_newer
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from events.audience.model import Organisation
from events.database import Base
from events.invitations.groups import AudienceGroup
from events.mailing_lists.model import MailingList
from events.meetings.model import Meeting
from events.merging.arrays import replace_in
from events.minutes.model import MinutesVersion
from events.series.model import Series

consumer = Consumer("events.merging")

WITH_ORGANISATIONS = (Meeting, AudienceGroup, MailingList)
"""What names several organisations by `organisation_ids`."""

FOLLOWED = {"contact", "lead_mandate", "need"}  # the registry tells of each of their rows


def columns_naming_organisations() -> Iterator[sa.Column[Any]]:
    """Of all tables here but those that follow events of their own: a table that is added later is not forgotten."""
    for table in Base.metadata.sorted_tables:
        if table.name not in FOLLOWED and "organisation_id" in table.columns:
            yield table.c.organisation_id


@consumer.on(OrganisationMerged)
async def organisation_merged(session: AsyncSession, event: Event[OrganisationMerged]) -> None:
    """Meetings, invitations, tasks, agendas and minutes. Nobody is told: for people nothing has changed."""
    gone, kept = event.data.organisation_id, event.data.into_organisation_id
    values: dict[str, Any] = {"village_id": None, "fields": [], "hidden": True}
    await upsert_if_newer(session, Organisation, {"id": gone}, event.sequence, values)
    for column in columns_naming_organisations():
        await session.execute(sa.update(column.table).where(column == gone).values({column.name: kept}))
    for table in WITH_ORGANISATIONS:
        await replace_in(session, table.organisation_ids, gone, kept)
    # What was approved says the same as before, of the same organisation, under the id that it has now.
    await _rewrite(session, MinutesVersion.content, gone, kept)
    await _rewrite(session, Series.stored_template, gone, kept)


async def _rewrite(session: AsyncSession, column: InstrumentedAttribute[Any], gone: UUID, kept: UUID) -> None:
    text = sa.cast(column, sa.Text)
    replaced = sa.cast(sa.func.replace(text, str(gone), str(kept)), JSONB)
    await session.execute(sa.update(column.class_).where(text.contains(str(gone))).values({column: replaced}))
