"""The read model follows the public events. Their order does not matter: an older state never replaces a newer one."""

from typing import Any
from uuid import UUID

from shared.contracts import events, notifications, registry
from shared.contracts.envelope import Event, EventData
from shared.messaging.consumer import Consumer
from shared.messaging.projection import upsert_if_newer
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from portal.database import Base
from portal.read_model import model

consumer = Consumer("portal.read-model")

_NOTHING_SAID: dict[str, Any] = {
    "kind": registry.OrganisationKind.ASSOCIATION.value,
    "slug": "",
    "name": "",
    "village_id": None,
    "legal_form": "",
    "goals": "",
    "strengths": "",
    "fields": [],
    "areas": [],
    "support_kinds": [],
    "founded": None,
    "website": None,
}


_NO_HELP: dict[str, Any] = {
    "withdrawn": True,
    "organisation_id": None,
    "village_id": None,
    "kind": registry.HelpKind.PEOPLE.value,
    "state": registry.HelpState.WITHDRAWN.value,
    "title": "",
    "description": "",
    "area": None,
    "fields": [],
    "starts_on": None,
    "ends_on": None,
    "weekdays": [],
    "wanted": 1,
}


async def project(
    session: AsyncSession, table: type[Base], key: dict[str, UUID], event: Event[Any], values: dict[str, Any]
) -> None:
    """Write a row unless it shows a newer state, and count the change.

    The count comes first: whoever holds its row lock is the only one who writes, so batches of two processes that
    touch the same rows in different order cannot block each other.
    """
    await count_change(session)
    await upsert_if_newer(session, table, key, event.sequence, values)


async def count_change(session: AsyncSession) -> None:
    """Tell every process that remembers something that it is old; others wait here until this transaction ends."""
    first = insert(model.Revision).values(id=1, number=1)
    await session.execute(
        first.on_conflict_do_update(index_elements=["id"], set_={"number": model.Revision.number + 1})
    )


def _values(data: EventData, *without: str) -> dict[str, Any]:
    dumped = data.model_dump(exclude=set(without))
    return {name: value for name, value in dumped.items() if name not in without}


@consumer.on(registry.FieldOfActivityListed)
async def field_of_activity_listed(session: AsyncSession, event: Event[registry.FieldOfActivityListed]) -> None:
    key = {"field_id": event.data.field_id}
    await project(session, model.FieldOfActivity, key, event, _values(event.data, "field_id"))


@consumer.on(registry.MunicipalityRegistered)
async def municipality_registered(session: AsyncSession, event: Event[registry.MunicipalityRegistered]) -> None:
    key = {"municipality_id": event.data.municipality_id}
    await project(session, model.Municipality, key, event, _values(event.data, "municipality_id"))


@consumer.on(registry.VillageRegistered, registry.VillageChanged)
async def village_described(session: AsyncSession, event: Event[registry.VillageState]) -> None:
    key = {"village_id": event.data.village_id}
    await project(session, model.Village, key, event, _values(event.data, "village_id", "network"))


@consumer.on(registry.NetworkFounded, registry.NetworkChanged)
async def network_described(session: AsyncSession, event: Event[registry.NetworkState]) -> None:
    key = {"network_id": event.data.network_id}
    await project(session, model.Network, key, event, _values(event.data, "network_id"))


@consumer.on(registry.OrganisationRegistered, registry.OrganisationChanged)
async def organisation_described(session: AsyncSession, event: Event[registry.OrganisationState]) -> None:
    values = event.data.model_dump(exclude={"organisation_id", "areas"})
    values["areas"] = [area.model_dump(mode="json") for area in event.data.areas]
    key = {"organisation_id": event.data.organisation_id}
    await project(session, model.Organisation, key, event, {**values, "hidden": False})


@consumer.on(registry.OrganisationHidden)
async def organisation_hidden(session: AsyncSession, event: Event[registry.OrganisationHidden]) -> None:
    key = {"organisation_id": event.data.organisation_id}
    await project(session, model.Organisation, key, event, {**_NOTHING_SAID, "hidden": True})


@consumer.on(registry.NeedPublished, registry.NeedFilled)
async def need_told(session: AsyncSession, event: Event[registry.HelpEntryState]) -> None:
    await _show_help(session, event, "need")


@consumer.on(registry.OfferPublished, registry.OfferTaken)
async def offer_told(session: AsyncSession, event: Event[registry.HelpEntryState]) -> None:
    await _show_help(session, event, "offer")


@consumer.on(registry.NeedWithdrawn)
async def need_withdrawn(session: AsyncSession, event: Event[registry.NeedWithdrawn]) -> None:
    key = {"entry_id": event.data.entry_id}
    await project(session, model.HelpEntry, key, event, {**_NO_HELP, "side": "need"})


@consumer.on(registry.OfferWithdrawn)
async def offer_withdrawn(session: AsyncSession, event: Event[registry.OfferWithdrawn]) -> None:
    key = {"entry_id": event.data.entry_id}
    await project(session, model.HelpEntry, key, event, {**_NO_HELP, "side": "offer"})


async def _show_help(session: AsyncSession, event: Event[registry.HelpEntryState], side: str) -> None:
    values = event.data.model_dump(exclude={"entry_id", "area"})
    values |= {"side": side, "withdrawn": False, "area": event.data.area.model_dump(mode="json")}
    await project(session, model.HelpEntry, {"entry_id": event.data.entry_id}, event, values)


@consumer.on(registry.LeadMandateGranted, registry.LeadMandateEnded)
async def lead_mandate_told(
    session: AsyncSession, event: Event[registry.LeadMandateGranted | registry.LeadMandateEnded]
) -> None:
    key = {"mandate_id": event.data.mandate_id}
    await project(session, model.LeadMandate, key, event, _values(event.data, "mandate_id"))


@consumer.on(registry.VolunteerSignedUp)
async def volunteer_signed_up(session: AsyncSession, event: Event[registry.VolunteerSignedUp]) -> None:
    key = {"volunteer_id": event.data.volunteer_id}
    areas = event.data.areas
    everywhere = any(area.kind is registry.AreaKind.DISTRICT for area in areas)
    values = {"fields": event.data.fields, "area_ids": [area.id for area in areas], "everywhere": everywhere}
    await project(session, model.Volunteer, key, event, values)


@consumer.on(registry.VolunteerWithdrawn)
async def volunteer_withdrawn(session: AsyncSession, event: Event[registry.VolunteerWithdrawn]) -> None:
    """They count nowhere any more; the row stays, so that an older event cannot bring them back."""
    key = {"volunteer_id": event.data.volunteer_id}
    await project(session, model.Volunteer, key, event, {"fields": [], "area_ids": [], "everywhere": False})


@consumer.on(registry.ProfilePublished, registry.ProfileWithdrawn)
async def profile_told(
    session: AsyncSession, _event: Event[registry.ProfilePublished | registry.ProfileWithdrawn]
) -> None:
    """Names are not kept here: the pages ask the registry again."""
    await count_change(session)


@consumer.on(registry.ContactAppointed)
async def contact_appointed(session: AsyncSession, event: Event[registry.ContactAppointed]) -> None:
    key = {"contact_id": event.data.contact_id}
    values = _values(event.data, "contact_id")
    await project(session, model.Contact, key, event, {**values, "dismissed": False})


@consumer.on(registry.ContactDismissed)
async def contact_dismissed(session: AsyncSession, event: Event[registry.ContactDismissed]) -> None:
    key = {"contact_id": event.data.contact_id}
    values = _values(event.data, "contact_id")
    await project(session, model.Contact, key, event, {**values, "function": "", "dismissed": True})


@consumer.on(events.MeetingPublished, events.MeetingChanged, events.MeetingCancelled)
async def meeting_told(
    session: AsyncSession, event: Event[events.MeetingPublished | events.MeetingChanged | events.MeetingCancelled]
) -> None:
    values = event.data.meeting.model_dump(exclude={"meeting_id"})
    cancelled = event.type == events.MeetingCancelled.type
    key = {"meeting_id": event.data.meeting.meeting_id}
    await project(session, model.Meeting, key, event, {**values, "cancelled": cancelled})


@consumer.on(events.RegistrationsCounted)
async def registrations_counted(session: AsyncSession, event: Event[events.RegistrationsCounted]) -> None:
    key = {"meeting_id": event.data.meeting_id}
    await project(session, model.MeetingCount, key, event, _values(event.data, "meeting_id"))


@consumer.on(notifications.NoticeDelivered)
async def notice_delivered(session: AsyncSession, event: Event[notifications.NoticeDelivered]) -> None:
    key = {"notice_id": event.data.notice_id}
    await project(session, model.Notice, key, event, {**_values(event.data, "notice_id"), "delivered": True})


@consumer.on(notifications.NoticeFailed)
async def notice_failed(session: AsyncSession, event: Event[notifications.NoticeFailed]) -> None:
    key = {"notice_id": event.data.notice_id}
    await project(session, model.Notice, key, event, {**_values(event.data, "notice_id", "reason"), "delivered": False})
