"""The read model follows the public events. Their order does not matter: an older state never replaces a newer one."""

from datetime import UTC, datetime
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
from portal.read_model.standing import (
    rewrite_field,
    rewrite_municipality,
    rewrite_organisation,
    successor_of_field,
    with_successors,
)

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
    "public_body_kind": None,
    "register_court": "",
    "register_number": "",
    "notice": None,
    "purposes": [],
    "potentials": "",
    "founded_on": None,
    "members": None,
    "facilities": [],
    "languages": [],
    "federations": [],
    "confirmed_on": None,
    "stale_since": None,
}


_NO_MEETING: dict[str, Any] = {
    "kind": events.MeetingKind.NETWORK_MEETING.value,
    "title": "",
    "description": "",
    "village_id": None,
    "place": "",
    "starts_at": datetime(1970, 1, 1, tzinfo=UTC),
    "ends_at": datetime(1970, 1, 1, tzinfo=UTC),
    "agenda": [],
    "calendar_uid": "",
    "calendar_sequence": 0,
    "status": "withdrawn",
    "cancel_reason": "",
    "attendance": events.Attendance.ON_SITE.value,
    "organisation_ids": [],
    "capacity": None,
    "registration_from": None,
    "registration_until": None,
    "taken_over_from": None,
    "course_id": None,
}
_OF_A_MEETING = set(_NO_MEETING) - {"status", "cancel_reason"} | {"network"}


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
    "daytimes": [],
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
    await upsert_if_newer(session, table, key, event.sequence, await with_successors(session, values))


async def count_change(session: AsyncSession) -> None:
    """Tell every process that remembers something that it is old; others wait here until this transaction ends."""
    first = insert(model.Revision).values(id=1, number=1)
    await session.execute(
        first.on_conflict_do_update(index_elements=["id"], set_={"number": model.Revision.number + 1})
    )


def _values(data: EventData, *without: str) -> dict[str, Any]:
    dumped = data.model_dump(exclude=set(without))
    return {name: value for name, value in dumped.items() if name not in without}


@consumer.on(registry.FieldOfActivityListed, registry.FieldOfActivityChanged, registry.FieldOfActivityRetired)
async def field_of_activity_told(session: AsyncSession, event: Event[registry.FieldOfActivityState]) -> None:
    key = {"field_id": event.data.field_id}
    values = {**_values(event.data, "field_id"), "into_slug": None}
    await project(session, model.FieldOfActivity, key, event, values)


@consumer.on(registry.FieldOfActivityMerged)
async def field_of_activity_merged(session: AsyncSession, event: Event[registry.FieldOfActivityMerged]) -> None:
    key = {"field_id": event.data.field_id}
    await count_change(session)  # from here on nobody else writes
    into_slug = await successor_of_field(session, event.data.into_slug)
    values = {**_values(event.data, "field_id", "into_id"), "into_slug": into_slug}
    await project(session, model.FieldOfActivity, key, event, values)
    await rewrite_field(session, event.data.slug, into_slug)


@consumer.on(registry.MunicipalityRegistered, registry.MunicipalityChanged)
async def municipality_told(session: AsyncSession, event: Event[registry.MunicipalityState]) -> None:
    key = {"municipality_id": event.data.municipality_id}
    await project(session, model.Municipality, key, event, _values(event.data, "municipality_id"))


@consumer.on(registry.MunicipalityDissolved)
async def municipality_dissolved(session: AsyncSession, event: Event[registry.MunicipalityDissolved]) -> None:
    key = {"municipality_id": event.data.municipality_id}
    await project(session, model.Municipality, key, event, _values(event.data, "municipality_id"))
    await rewrite_municipality(session, event.data.municipality_id)


@consumer.on(registry.NetworkContactAppointed, registry.NetworkContactDismissed)
async def network_contact_told(
    session: AsyncSession, _event: Event[registry.NetworkContactAppointed | registry.NetworkContactDismissed]
) -> None:
    """Names are not kept here: the pages ask the registry again."""
    await count_change(session)


@consumer.on(registry.VillageRegistered, registry.VillageChanged)
async def village_described(session: AsyncSession, event: Event[registry.VillageState]) -> None:
    key = {"village_id": event.data.village_id}
    await project(session, model.Village, key, event, _values(event.data, "village_id", "network"))


@consumer.on(registry.NetworkFounded, registry.NetworkChanged)
async def network_described(session: AsyncSession, event: Event[registry.NetworkState]) -> None:
    key = {"network_id": event.data.network_id}
    await project(session, model.Network, key, event, _values(event.data, "network_id"))


@consumer.on(registry.OrganisationRegistered, registry.OrganisationChanged, registry.OrganisationWentStale)
async def organisation_described(session: AsyncSession, event: Event[registry.OrganisationState]) -> None:
    values = event.data.model_dump(exclude={"organisation_id", "areas", "notice"})
    values |= event.data.model_dump(mode="json", include={"areas", "notice"})
    key = {"organisation_id": event.data.organisation_id}
    await project(session, model.Organisation, key, event, {**values, "hidden": False})


@consumer.on(registry.OrganisationHidden)
async def organisation_hidden(session: AsyncSession, event: Event[registry.OrganisationHidden]) -> None:
    key = {"organisation_id": event.data.organisation_id}
    await project(session, model.Organisation, key, event, {**_NOTHING_SAID, "hidden": True})


@consumer.on(registry.OrganisationMerged)
async def organisation_merged(session: AsyncSession, event: Event[registry.OrganisationMerged]) -> None:
    """Its page leads to the other entry, which stands wherever this one was named."""
    gone = event.data.organisation_id
    await project(session, model.Organisation, {"organisation_id": gone}, event, {**_NOTHING_SAID, "hidden": True})
    values = _values(event.data, "organisation_id")
    await project(session, model.MergedOrganisation, {"organisation_id": gone}, event, values)
    await rewrite_organisation(session, gone)


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


@consumer.on(registry.VolunteerSignedUp, registry.VolunteerChanged, registry.VolunteerResumed)
async def volunteer_told(session: AsyncSession, event: Event[registry.VolunteerState]) -> None:
    areas = event.data.areas
    values = {
        "fields": event.data.fields,
        "area_ids": [area.id for area in areas],
        "everywhere": any(area.kind is registry.AreaKind.DISTRICT for area in areas),
        "around_villages": [one.village_id for one in event.data.around],
        "around_km": [one.km for one in event.data.around],
    }
    await project(session, model.Volunteer, {"volunteer_id": event.data.volunteer_id}, event, values)


@consumer.on(registry.VolunteerPaused, registry.VolunteerWithdrawn)
async def volunteer_not_asked(
    session: AsyncSession, event: Event[registry.VolunteerPaused | registry.VolunteerWithdrawn]
) -> None:
    """They count nowhere; the row stays, so that an older event cannot bring them back."""
    nowhere = {"fields": [], "area_ids": [], "everywhere": False, "around_villages": [], "around_km": []}
    await project(session, model.Volunteer, {"volunteer_id": event.data.volunteer_id}, event, nowhere)


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


@consumer.on(events.MeetingPublished, events.MeetingChanged)
async def meeting_told(session: AsyncSession, event: Event[events.MeetingPublished | events.MeetingChanged]) -> None:
    await _show_meeting(session, event, status="published")


@consumer.on(events.MeetingCancelled)
async def meeting_cancelled(session: AsyncSession, event: Event[events.MeetingCancelled]) -> None:
    await _show_meeting(session, event, status="cancelled", cancel_reason=event.data.reason)


@consumer.on(events.MeetingHeld)
async def meeting_held(session: AsyncSession, event: Event[events.MeetingHeld]) -> None:
    await _show_meeting(session, event, status="held")


@consumer.on(events.MeetingWithdrawn)
async def meeting_withdrawn(session: AsyncSession, event: Event[events.MeetingWithdrawn]) -> None:
    key = {"meeting_id": event.data.meeting_id}
    await project(session, model.Meeting, key, event, {**_NO_MEETING, "network": event.data.network})


async def _show_meeting(
    session: AsyncSession,
    event: Event[events.MeetingPublished | events.MeetingChanged | events.MeetingCancelled | events.MeetingHeld],
    *,
    status: str,
    cancel_reason: str = "",
) -> None:
    values = event.data.meeting.model_dump(include=_OF_A_MEETING)
    key = {"meeting_id": event.data.meeting.meeting_id}
    values |= {"status": status, "cancel_reason": cancel_reason}
    await project(session, model.Meeting, key, event, values)


@consumer.on(events.RegistrationsCounted)
async def registrations_counted(session: AsyncSession, event: Event[events.RegistrationsCounted]) -> None:
    key = {"meeting_id": event.data.meeting_id}
    await project(session, model.MeetingCount, key, event, _values(event.data, "meeting_id"))


@consumer.on(events.MinutesPublished)
async def minutes_published(session: AsyncSession, event: Event[events.MinutesPublished]) -> None:
    values = _values(event.data, "minutes_id", "items")
    values["items"] = [item.model_dump(mode="json") for item in event.data.items]
    await project(session, model.PublishedMinutes, {"minutes_id": event.data.minutes_id}, event, values)


@consumer.on(notifications.NoticeDelivered)
async def notice_delivered(session: AsyncSession, event: Event[notifications.NoticeDelivered]) -> None:
    key = {"notice_id": event.data.notice_id}
    await project(session, model.Notice, key, event, {**_values(event.data, "notice_id"), "delivered": True})


@consumer.on(notifications.NoticeFailed)
async def notice_failed(session: AsyncSession, event: Event[notifications.NoticeFailed]) -> None:
    key = {"notice_id": event.data.notice_id}
    await project(session, model.Notice, key, event, {**_values(event.data, "notice_id", "reason"), "delivered": False})
