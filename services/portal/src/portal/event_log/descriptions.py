"""An event in one sentence of everyday language."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from shared.contracts import events, notifications, portal, registry
from shared.dates import format_moment
from shared.i18n import N_, Translator
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.event_log.model import EventEntry
from portal.read_model.model import Meeting, Organisation, Village
from portal.web import dates


@dataclass
class Names:
    """What ids stand for, as far as the read model knows."""

    villages: dict[str, str] = field(default_factory=dict)
    organisations: dict[str, str] = field(default_factory=dict)
    meetings: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """One row of the page: the entry and its sentence."""

    entry: EventEntry
    text: str


async def describe(session: AsyncSession, entries: list[EventEntry], translate: Translator) -> list[Line]:
    """The entries with their sentences, in the same order. Three queries for all of them."""
    names = await _names(session, [entry.body.get("data", {}) for entry in entries])
    return [Line(entry, sentence(entry.type, entry.body.get("data", {}), names, translate)) for entry in entries]


def sentence(event_type: str, data: dict[str, Any], names: Names, translate: Translator) -> str:
    """What happened. An event of a type or form that we do not know is named by its type."""
    known = _SENTENCES.get(event_type)
    if known is None:
        return translate.format(N_("Something happened: {type}"), {"type": event_type})
    message, params = known
    try:
        return translate.format(message, params(data, names, translate))
    except (KeyError, TypeError, ValueError):
        return translate.format(N_("Something happened: {type}"), {"type": event_type})


async def _names(session: AsyncSession, facts: Iterable[dict[str, Any]]) -> Names:
    wanted: dict[str, set[UUID]] = {"village_id": set(), "organisation_id": set(), "meeting_id": set()}
    for data in facts:
        for key, ids in wanted.items():
            if isinstance(data.get(key), str):
                ids.add(UUID(data[key]))
    names = Names()
    for key, table, target in (
        ("village_id", Village, names.villages),
        ("organisation_id", Organisation, names.organisations),
        ("meeting_id", Meeting, names.meetings),
    ):
        if wanted[key]:
            column = getattr(table, key)
            title = Meeting.title if table is Meeting else getattr(table, "name")  # noqa: B009 - two kinds of tables
            for row in await session.execute(select(column, title).where(column.in_(wanted[key]))):
                target[str(row[0])] = row[1]
    return names


Params = Callable[[dict[str, Any], Names, Translator], dict[str, Any]]


def _village(data: dict[str, Any], names: Names, translate: Translator) -> str:
    return names.villages.get(data["village_id"]) or translate.gettext(N_("a village"))


def _organisation(data: dict[str, Any], names: Names, translate: Translator) -> str:
    return names.organisations.get(data["organisation_id"]) or translate.gettext(N_("an organisation"))


def _meeting(data: dict[str, Any], names: Names, translate: Translator) -> str:
    return names.meetings.get(data["meeting_id"]) or translate.gettext(N_("a meeting"))


def _named(data: dict[str, Any], _names: Names, _translate: Translator) -> dict[str, Any]:
    return {"name": data["name"]}


def _entry(data: dict[str, Any], names: Names, translate: Translator) -> dict[str, Any]:
    return {"name": data["name"], "village": _village(data, names, translate)}


def _mandate(data: dict[str, Any], names: Names, translate: Translator) -> dict[str, Any]:
    return {
        "organisation": _organisation(data, names, translate),
        "village": _village(data, names, translate),
        "since": dates.day(date.fromisoformat(data["starts_on"])),
        "until": dates.day(date.fromisoformat(data["until"])) if data.get("until") else "",
    }


def _last_day(data: dict[str, Any], names: Names, translate: Translator) -> dict[str, Any]:
    return {
        "organisation": _organisation(data, names, translate),
        "village": _village(data, names, translate),
        "until": dates.day(date.fromisoformat(data["until"])),
    }


def _of_organisation(data: dict[str, Any], names: Names, translate: Translator) -> dict[str, Any]:
    return {"organisation": _organisation(data, names, translate)}


def _help(data: dict[str, Any], names: Names, translate: Translator) -> dict[str, Any]:
    return {"organisation": _organisation(data, names, translate), "title": data["title"]}


def _of_meeting(data: dict[str, Any], names: Names, translate: Translator) -> dict[str, Any]:
    return {"meeting": _meeting(data, names, translate)}


def _dated(data: dict[str, Any], _names: Names, _translate: Translator) -> dict[str, Any]:
    meeting = data["meeting"]
    return {"title": meeting["title"], "moment": format_moment(datetime.fromisoformat(meeting["starts_at"]))}


def _minutes(data: dict[str, Any], _names: Names, _translate: Translator) -> dict[str, Any]:
    return {"title": data["title"], "moment": format_moment(datetime.fromisoformat(data["starts_at"]))}


def _counted(data: dict[str, Any], names: Names, translate: Translator) -> dict[str, Any]:
    counts = {name: int(data[name]) for name in ("invited", "accepted", "declined")}
    return {"meeting": _meeting(data, names, translate), **counts}


def _attendance(data: dict[str, Any], names: Names, translate: Translator) -> dict[str, Any]:
    return {"meeting": _meeting(data, names, translate), "attended": int(data["attended"])}


def _nothing(_data: dict[str, Any], _names: Names, _translate: Translator) -> dict[str, Any]:
    return {}


_SENTENCES: dict[str, tuple[str, Params]] = {
    registry.FieldOfActivityListed.type: (N_("Field of activity “{name}” is on the list."), _named),
    registry.FieldOfActivityChanged.type: (N_("Field of activity “{name}” was changed."), _named),
    registry.FieldOfActivityRetired.type: (N_("Field of activity “{name}” cannot be chosen any more."), _named),
    registry.FieldOfActivityMerged.type: (N_("Field of activity “{name}” was merged into another one."), _named),
    registry.MunicipalityRegistered.type: (N_("Municipality {name} was entered."), _named),
    registry.MunicipalityDissolved.type: (N_("Municipality {name} became part of another one."), _named),
    registry.MergerPlanned.type: (N_("Municipalities are going to merge to {name}."), _named),
    registry.MergerCancelled.type: (N_("The merger to {name} does not take place."), _named),
    registry.MergerCompleted.type: (N_("Municipalities have merged to {name}."), _named),
    registry.NetworkContactAppointed.type: (N_("Somebody speaks for a network."), _nothing),
    registry.NetworkContactDismissed.type: (N_("Somebody speaks for a network no longer."), _nothing),
    registry.LeadMandateEndAnnounced.type: (
        N_("The mandate of “{organisation}” for {village} ends on {until}, and nobody follows yet."),
        _last_day,
    ),
    registry.VillageLeadLost.type: (
        N_("{village} has no lead association any more: the mandate of “{organisation}” ended on {until}."),
        _last_day,
    ),
    registry.MunicipalityChanged.type: (N_("The entry of municipality {name} was changed."), _named),
    registry.VillageRegistered.type: (N_("Village {name} was entered."), _named),
    registry.VillageChanged.type: (N_("The entry of village {name} was changed."), _named),
    registry.NetworkFounded.type: (N_("Network “{name}” was founded."), _named),
    registry.NetworkChanged.type: (N_("Network “{name}” was changed."), _named),
    registry.OrganisationRegistered.type: (N_("“{name}” in {village} was entered."), _entry),
    registry.OrganisationChanged.type: (N_("The entry of “{name}” in {village} was changed."), _entry),
    registry.OrganisationWentStale.type: (
        N_("Nobody has confirmed the entry of “{name}” in {village} for a year."),
        _entry,
    ),
    registry.OrganisationHidden.type: (N_("An organisation is no longer shown."), _nothing),
    registry.OrganisationMerged.type: (N_("Two entries of an organisation became one."), _nothing),
    registry.NeedPublished.type: (N_("“{organisation}” looks for: {title}."), _help),
    registry.NeedFilled.type: (N_("“{organisation}” has found help: {title}."), _help),
    registry.NeedWithdrawn.type: (N_("A need is no longer there."), _nothing),
    registry.OfferPublished.type: (N_("“{organisation}” offers: {title}."), _help),
    registry.OfferTaken.type: (N_("An offer of “{organisation}” is taken: {title}."), _help),
    registry.OfferWithdrawn.type: (N_("An offer is no longer there."), _nothing),
    registry.LeadMandateGranted.type: (
        N_("“{organisation}” leads the village network of {village} from {since}."),
        _mandate,
    ),
    registry.LeadMandateEnded.type: (
        N_("“{organisation}” leads the village network of {village} until {until}."),
        _mandate,
    ),
    registry.VolunteerSignedUp.type: (N_("Somebody wants to help."), _nothing),
    registry.VolunteerChanged.type: (N_("Somebody helps in other places or fields."), _nothing),
    registry.VolunteerPaused.type: (N_("Somebody who helps takes a break."), _nothing),
    registry.VolunteerResumed.type: (N_("Somebody who helps is back from a break."), _nothing),
    registry.VolunteerWithdrawn.type: (N_("Somebody no longer offers to help."), _nothing),
    registry.ProfilePublished.type: (N_("Somebody shows their name here."), _nothing),
    registry.ProfileWithdrawn.type: (N_("Somebody no longer shows their name here."), _nothing),
    registry.ContactAppointed.type: (N_("“{organisation}” has a contact person."), _of_organisation),
    registry.ContactDismissed.type: (N_("A contact person of “{organisation}” has stepped down."), _of_organisation),
    events.MeetingPublished.type: (N_("Meeting “{title}” on {moment} was published."), _dated),
    events.MeetingChanged.type: (N_("Meeting “{title}” on {moment} was changed."), _dated),
    events.MeetingCancelled.type: (N_("Meeting “{title}” on {moment} was cancelled."), _dated),
    events.MeetingHeld.type: (N_("Meeting “{title}” on {moment} took place."), _dated),
    events.MeetingWithdrawn.type: (N_("A meeting is no longer shown to everybody."), _nothing),
    events.RegistrationsCounted.type: (
        N_("“{meeting}”: {accepted} of {invited} invited come, {declined} cannot."),
        _counted,
    ),
    events.AttendanceRecorded.type: (N_("At “{meeting}” there were {attended} people."), _attendance),
    events.MinutesPublished.type: (N_("The minutes of “{title}” on {moment} were published."), _minutes),
    events.ActionItemCompleted.type: (N_("A task of “{meeting}” is done."), _of_meeting),
    registry.ErasureRequested.type: (N_("Somebody is being forgotten."), _nothing),
    registry.ErasureConfirmed.type: (N_("The registry has forgotten somebody."), _nothing),
    events.ErasureConfirmed.type: (N_("The calendar of meetings has forgotten somebody."), _nothing),
    notifications.ErasureConfirmed.type: (N_("The mail service has forgotten somebody."), _nothing),
    portal.ErasureConfirmed.type: (N_("The web pages have forgotten somebody."), _nothing),
    registry.ErasureCompleted.type: (N_("Somebody was forgotten everywhere."), _nothing),
    notifications.NoticeDelivered.type: (N_("A mail about “{meeting}” was handed over."), _of_meeting),
    notifications.NoticeFailed.type: (N_("A mail about “{meeting}” could not be delivered."), _of_meeting),
}
# What to choose from when only one type of event shall be shown: each type and its name.
TYPES: dict[str, str] = {
    registry.FieldOfActivityListed.type: N_("Field of activity listed"),
    registry.FieldOfActivityChanged.type: N_("Field of activity changed"),
    registry.FieldOfActivityRetired.type: N_("Field of activity retired"),
    registry.FieldOfActivityMerged.type: N_("Fields of activity merged"),
    registry.MunicipalityRegistered.type: N_("Municipality entered"),
    registry.MunicipalityDissolved.type: N_("Municipality dissolved"),
    registry.MergerPlanned.type: N_("Merger of municipalities planned"),
    registry.MergerCancelled.type: N_("Merger of municipalities cancelled"),
    registry.MergerCompleted.type: N_("Merger of municipalities completed"),
    registry.NetworkContactAppointed.type: N_("Contact person of a network entered"),
    registry.NetworkContactDismissed.type: N_("Contact person of a network struck off"),
    registry.LeadMandateEndAnnounced.type: N_("Lead mandate ends soon"),
    registry.VillageLeadLost.type: N_("Village without a lead association"),
    registry.MunicipalityChanged.type: N_("Municipality changed"),
    registry.VillageRegistered.type: N_("Village entered"),
    registry.VillageChanged.type: N_("Village changed"),
    registry.NetworkFounded.type: N_("Network founded"),
    registry.NetworkChanged.type: N_("Network changed"),
    registry.OrganisationRegistered.type: N_("Organisation entered"),
    registry.OrganisationChanged.type: N_("Organisation changed"),
    registry.OrganisationWentStale.type: N_("Entry not confirmed"),
    registry.OrganisationHidden.type: N_("Organisation hidden"),
    registry.OrganisationMerged.type: N_("Entries merged"),
    registry.NeedPublished.type: N_("Need published"),
    registry.NeedFilled.type: N_("Need filled"),
    registry.NeedWithdrawn.type: N_("Need withdrawn"),
    registry.OfferPublished.type: N_("Offer published"),
    registry.OfferTaken.type: N_("Offer taken"),
    registry.OfferWithdrawn.type: N_("Offer withdrawn"),
    registry.LeadMandateGranted.type: N_("Lead mandate begun"),
    registry.LeadMandateEnded.type: N_("Lead mandate ended"),
    registry.VolunteerSignedUp.type: N_("Volunteer signed up"),
    registry.VolunteerChanged.type: N_("Volunteer changed"),
    registry.VolunteerPaused.type: N_("Volunteer pauses"),
    registry.VolunteerResumed.type: N_("Volunteer is back"),
    registry.VolunteerWithdrawn.type: N_("Volunteer withdrawn"),
    registry.ProfilePublished.type: N_("Name published"),
    registry.ProfileWithdrawn.type: N_("Name withdrawn"),
    registry.ContactAppointed.type: N_("Contact person entered"),
    registry.ContactDismissed.type: N_("Contact person stepped down"),
    events.MeetingPublished.type: N_("Meeting published"),
    events.MeetingChanged.type: N_("Meeting changed"),
    events.MeetingCancelled.type: N_("Meeting cancelled"),
    events.MeetingHeld.type: N_("Meeting held"),
    events.MeetingWithdrawn.type: N_("Meeting no longer public"),
    events.RegistrationsCounted.type: N_("Answers counted"),
    events.AttendanceRecorded.type: N_("Attendance recorded"),
    events.MinutesPublished.type: N_("Minutes published"),
    events.ActionItemCompleted.type: N_("Task done"),
    registry.ErasureRequested.type: N_("Erasure requested"),
    registry.ErasureConfirmed.type: N_("Erased in the registry"),
    events.ErasureConfirmed.type: N_("Erased among the meetings"),
    notifications.ErasureConfirmed.type: N_("Erased in the mail service"),
    portal.ErasureConfirmed.type: N_("Erased on the web pages"),
    registry.ErasureCompleted.type: N_("Erasure completed"),
    notifications.NoticeDelivered.type: N_("Mail handed over"),
    notifications.NoticeFailed.type: N_("Mail not delivered"),
}
