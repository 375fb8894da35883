"""Who may call what of the service `events`."""

from uuid import uuid4

from shared.access.grants import Role

from access_table.common import COMMON
from access_table.model import NETWORK, PERSONS, Json, Place, Row, Who

EVERYBODY = Who.EVERYBODY


def _plan(place: Place) -> Json:
    return {
        "network": place["network_slug"],
        "title": "Neues Treffen",
        "place": "Dorfgemeinschaftshaus",
        "starts_at": "2031-06-07T18:00",
        "ends_at": "2031-06-07T20:00",
    }


def _change(place: Place) -> Json:
    return {name: value for name, value in _plan(place).items() if name != "network"}


def _in_network(place: Place) -> Json:
    return {"network": place["network_slug"]}


def _order(place: Place) -> Json:
    return {"item_ids": [place["spare_item"], place["agenda_item"]]}


def _new_source(place: Place) -> Json:
    name = f"{place['network_slug']}-{uuid4().hex[:8]}"
    return {**_in_network(place), "name": "Gemeinde", "url": f"https://gemeinde.example/{name}.ics"}


def _source_change(place: Place) -> Json:
    return {"name": "Rathaus", "url": f"https://gemeinde.example/{place['calendar_source']}.ics", "version": 1}


READERS = NETWORK | {Role.ASSOCIATION_CONTACT}
PAST, ITEM, TASK = {"meeting_id": "past"}, {"item_id": "agenda_item"}, {"item_id": "action_item"}
APPROVED, SOURCE = {"meeting_id": "approved"}, {"source_id": "calendar_source"}
MINUTES = "/meetings/{meeting_id}/minutes"
LATER = {"title": "Bus am Samstag"}
DUE = {"title": "Zelt bestellen", "due_on": "2099-05-01"}


AGENDA = (
    Row("GET /meetings/{meeting_id}/agenda", READERS, "past", path=PAST),
    Row("POST /meetings/{meeting_id}/agenda", NETWORK, "past_of_network", path=PAST, body=lambda _: LATER),
    Row("PUT /meetings/{meeting_id}/agenda/order", NETWORK, "past_of_network", path=PAST, body=_order),
    Row("PUT /agenda-items/{item_id}", NETWORK, "past_of_network", path=ITEM, body=lambda _: LATER),
    Row("DELETE /agenda-items/{item_id}", NETWORK, "past_of_network", path={"item_id": "spare_item"}),
    Row(
        "POST /agenda-items/{item_id}/status",
        NETWORK,
        "past_of_network",
        path=ITEM,
        body=lambda _: {"status": "dropped"},
    ),
    Row("POST /meetings/{meeting_id}/agenda/proposals", READERS, "past", path=PAST, body=lambda _: LATER),
    Row(
        "POST /agenda-proposals/{proposal_id}/answer",
        NETWORK,
        "past_of_network",
        path={"proposal_id": "agenda_proposal"},
        body=lambda _: {"accept": True},
    ),
)
OF_MINUTES = (
    Row("GET /minutes", READERS, "past", query=_in_network),
    Row(f"GET {MINUTES}", READERS, "past", path=PAST),
    Row("GET /meetings/{meeting_id}/notes", READERS, "past", path=PAST),
    Row("PUT /agenda-items/{item_id}/note", READERS, "past", path=ITEM, body=lambda _: {"text": "Neu", "version": 1}),
    Row("POST /agenda-items/{item_id}/decisions", NETWORK, "past_of_network", path=ITEM, body=lambda _: {"text": "Ja"}),
    Row("PUT /decisions/{decision_id}", NETWORK, "past_of_network", body=lambda _: {"text": "Doch"}),
    Row("DELETE /decisions/{decision_id}", NETWORK, "past_of_network"),
    Row("POST /agenda-items/{item_id}/action-items", NETWORK, "past_of_network", path=ITEM, body=lambda _: DUE),
    Row(f"PUT {MINUTES}/attendance", NETWORK, "past_of_network", path=PAST, body=lambda _: {"people": 9}),
    Row(f"POST {MINUTES}/submission", NETWORK, "past_of_network", path=PAST, body=lambda _: {}),
    Row(f"POST {MINUTES}/reopening", NETWORK, "past_of_network", path={"meeting_id": "submitted"}),
    Row(f"POST {MINUTES}/approval", NETWORK, "past_of_network", path={"meeting_id": "submitted"}, body=lambda _: {}),
    Row(
        f"POST {MINUTES}/corrections",
        NETWORK,
        "past_of_network",
        path=APPROVED,
        body=lambda at: {"reason": "Tippfehler", "notes": [{"agenda_item_id": at["approved_item"], "text": "Anders"}]},
    ),
    Row(f"GET {MINUTES}/versions/{{number}}", READERS, "past", path={**APPROVED, "number": "=1"}),
    Row(
        f"POST {MINUTES}/publication",
        NETWORK,
        "past_of_network",
        path=APPROVED,
        body=lambda _: {"items": [], "checked": True},
    ),
    Row("GET /action-items", READERS, "past", query=_in_network),
    Row("GET /action-items/{item_id}", READERS, "past", path=TASK),
    Row(
        "PUT /action-items/{item_id}",
        NETWORK,
        "past_of_network",
        path=TASK,
        body=lambda _: {**DUE, "version": 1},
    ),
    Row(
        "POST /action-items/{item_id}/state",
        READERS,
        "action_item",
        path=TASK,
        body=lambda _: {"state": "done"},
        note="its network, or the association that does it",
    ),
)

SERIES = (
    Row("GET /series", NETWORK, "network", query=_in_network),
    Row(
        "POST /series",
        NETWORK,
        "draft",
        body=lambda at: {"meeting_id": at["draft"], "rule": "FREQ=DAILY;INTERVAL=14"},
    ),
    Row(
        "POST /series/dates-preview",
        NETWORK,
        "draft",
        body=lambda at: {"meeting_id": at["draft"], "rule": "FREQ=DAILY;INTERVAL=14"},
    ),
    Row("GET /series/{series_id}", NETWORK, "series"),
    Row("PUT /series/{series_id}", NETWORK, "series", body=lambda _: {}),
    Row("POST /series/{series_id}/change-preview", NETWORK, "series", body=lambda _: {}),
    Row("POST /series/{series_id}/publication", NETWORK, "series"),
    Row(
        "POST /series/{series_id}/meetings",
        NETWORK,
        "series",
        body=lambda at: {"meeting_id": at["draft"]},
        answer=409,
        note="the series has a date on the draft's day",
    ),
)


def _link(place: Place) -> Json:
    return {"token": place["registration_token"]}


def _guest(place: Place) -> Json:
    return {"name": "Ottilie Specht", "email": f"ottilie.{place['meeting']}@specht.example"}


def _new_list(place: Place) -> Json:
    return {**_in_network(place), "name": f"Verteiler {uuid4().hex[:8]}"}


MAILING = {"list_id": "mailing_list"}
INVITATIONS = (
    Row("GET /meetings/{meeting_id}/invitations", NETWORK, "meeting"),
    Row("POST /meetings/{meeting_id}/invitations", NETWORK, "meeting"),
    Row("POST /meetings/{meeting_id}/invitation-trial", NETWORK, "meeting"),
    Row("GET /meetings/{meeting_id}/audience", NETWORK, "meeting"),
    Row("PUT /meetings/{meeting_id}/audience", NETWORK, "meeting", body=lambda _: {"groups": [{"role": "leads"}]}),
    Row("GET /meetings/{meeting_id}/audience/people", NETWORK, "meeting"),
    Row("GET /mailing-lists", NETWORK, "network", query=_in_network),
    Row("POST /mailing-lists", NETWORK, "network", body=_new_list),
    Row("GET /mailing-lists/{list_id}", NETWORK, "mailing_list", path=MAILING),
    Row("PUT /mailing-lists/{list_id}", NETWORK, "mailing_list", path=MAILING, body=lambda at: {"name": at.name}),
    Row("DELETE /mailing-lists/{list_id}", NETWORK, "spare_list", path={"list_id": "spare_list"}),
)
OWN = {"meeting_id": "attended"}
REGISTRATIONS = (
    Row("GET /meetings/{meeting_id}/registration-form", EVERYBODY),
    Row("PUT /meetings/{meeting_id}/registration-form", NETWORK, "meeting", body=lambda _: {"confirm_hours": 12}),
    Row("GET /meetings/{meeting_id}/registrations", NETWORK, "meeting"),
    Row(
        "POST /meetings/{meeting_id}/registrations/for-somebody",
        NETWORK,
        "meeting",
        body=lambda _: {"name": "Kuno Elster"},
    ),
    Row("POST /registrations/{registration_id}/confirmation", NETWORK, "registration", answer=409),
    Row("POST /registrations/{registration_id}/withdrawal", NETWORK, "registration"),
    Row("POST /meetings/{meeting_id}/registrations/mine/confirmation", PERSONS, path=OWN, answer=409, note="one's own"),
    Row("POST /meetings/{meeting_id}/registrations/mine/withdrawal", PERSONS, path=OWN, note="one's own"),
    Row("POST /meetings/{meeting_id}/guest-registrations", EVERYBODY, body=_guest),
    Row(
        "GET /registrations/by-token",
        EVERYBODY,
        headers=lambda at: {"registration-token": at["registration_token"]},
        note="the proof is the token",
    ),
    Row("POST /registrations/confirmation", EVERYBODY, body=_link, answer=409, note="the proof is the token"),
    Row("POST /registrations/withdrawal", EVERYBODY, body=_link, note="the proof is the token"),
)

CAME = {"meeting_id": "past", "entry_id": "came"}
LIST = "/meetings/{meeting_id}/attendance"


def _came(place: Place) -> Json:
    return {"items": [{"entry_id": place["came"], "name": "Falk Wiedehopf"}]}


def _door_guest(place: Place) -> Json:
    return {"door_code": place["door_code"], "name": "Falk Wiedehopf"}


def _proof(place: Place) -> Json:
    return {"code": place["certificate_code"], "name": "Falk Wiedehopf"}


ATTENDANCE = (
    Row(f"GET {LIST}", NETWORK, "past_of_network", path=PAST),
    Row(f"GET {LIST}/now", NETWORK, "past_of_network", path=PAST),
    Row(
        f"PUT {LIST}/{{entry_id}}",
        NETWORK,
        "past_of_network",
        path=CAME,
        body=lambda _: {"state": "attended", "people": 2, "version": 1},
    ),
    Row(f"POST {LIST}/guests", NETWORK, "past_of_network", path=PAST, body=lambda _: {"name": "Ilse Goldammer"}),
    Row(f"POST {LIST}/closing", NETWORK, "past_of_network", path=PAST),
    Row(f"GET {LIST}/mine", PERSONS, path=OWN, note="one's own"),
    Row(
        "GET /attendance/by-token",
        EVERYBODY,
        headers=lambda at: {"registration-token": at["registration_token"]},
        note="the proof is the token",
    ),
    Row("POST /meetings/{meeting_id}/door-codes", NETWORK, "meeting"),
    Row("DELETE /meetings/{meeting_id}/door-codes", NETWORK, "meeting"),
    Row(
        "GET /door",
        EVERYBODY,
        headers=lambda at: {"door-code": at["door_code"]},
        note="the proof is the code at the door",
    ),
    Row(
        "POST /door/check-in",
        EVERYBODY,
        body=lambda at: {"door_code": at["door_code"]},
        answer=409,
        note="the proof is the code at the door; it is not the day of the meeting",
    ),
    Row("POST /door/guests", EVERYBODY, body=_door_guest, answer=409, note="the same"),
    Row(
        "GET /check-in",
        EVERYBODY,
        headers=lambda at: {"check-in-code": at["check_in_code"]},
        note="the proof is somebody's own code; only the meeting's planners read a name",
    ),
    Row("POST /meetings/{meeting_id}/certificates", NETWORK, "past_of_network", path=PAST, body=_came),
    Row("POST /meetings/{meeting_id}/certificates/mine", PERSONS, path=OWN, answer=409, note="one's own"),
    Row("POST /certificates/by-token", EVERYBODY, body=_link, answer=409, note="the proof is the token"),
    Row(
        "GET /certificates/by-code",
        EVERYBODY,
        headers=lambda at: {"certificate-code": at["certificate_code"]},
        note="the proof is the code on the certificate",
    ),
    Row("POST /certificates/verification", EVERYBODY, body=_proof, note="the proof is the code on the certificate"),
)

ROWS = (
    *SERIES,
    *AGENDA,
    *ATTENDANCE,
    *OF_MINUTES,
    Row("GET /meetings", EVERYBODY, shows="meeting"),
    Row("GET /meetings", NETWORK, shows="draft", open=True, note="drafts"),
    Row("POST /meetings", NETWORK, "network", body=_plan),
    Row("GET /meetings/{meeting_id}", EVERYBODY),
    Row("GET /meetings/{meeting_id}", NETWORK, "draft", path={"meeting_id": "draft"}, open=True, note="a draft"),
    Row("PUT /meetings/{meeting_id}", NETWORK, "draft", path={"meeting_id": "draft"}, body=_change, note="a draft"),
    Row("PUT /meetings/{meeting_id}", NETWORK, "meeting", body=_change),
    Row("POST /meetings/{meeting_id}/publication", NETWORK, "draft", path={"meeting_id": "draft"}),
    Row("POST /meetings/{meeting_id}/change-preview", NETWORK, "meeting", body=_change),
    Row("GET /meetings/{meeting_id}/concerned", NETWORK, "meeting"),
    Row(
        "GET /clashes",
        NETWORK,
        "network",
        query=lambda at: {
            "network": at["network_slug"],
            "starts_at": "2031-05-07T18:00",
            "ends_at": "2031-05-07T20:00",
        },
    ),
    Row("POST /meetings/{meeting_id}/cancellation", NETWORK, "meeting", body=lambda at: {"reason": "Wasserschaden"}),
    Row("GET /meetings/{meeting_id}/calendar.ics", EVERYBODY),
    Row("GET /feeds/networks/{slug}.ics", EVERYBODY, path={"slug": "network_slug"}),
    Row("GET /feeds/villages/{village_id}.ics", EVERYBODY),
    Row("GET /feeds/fields/{field}.ics", EVERYBODY, path={"field": "=sport"}),
    Row("GET /feeds/personal/{token}.ics", EVERYBODY, path={"token": "calendar"}, note="the proof is the address"),
    Row("GET /calendar-sources", NETWORK, "network", query=_in_network),
    Row("POST /calendar-sources", NETWORK, "network", body=_new_source),
    Row("GET /calendar-sources/{source_id}", NETWORK, "calendar_source", path=SOURCE),
    Row("GET /calendar-sources/{source_id}/dates", NETWORK, "calendar_source", path=SOURCE),
    Row("PUT /calendar-sources/{source_id}", NETWORK, "calendar_source", path=SOURCE, body=_source_change),
    Row("POST /calendar-sources/{source_id}/check", NETWORK, "calendar_source", path=SOURCE),
    Row("DELETE /calendar-sources/{source_id}", NETWORK, "calendar_source", path={"source_id": "spare_source"}),
    Row("GET /me/calendar", Who.LOGGED_IN, note="one's own"),
    Row("POST /me/calendar/address", Who.LOGGED_IN, note="one's own"),
    Row("DELETE /me/calendar/address", Who.LOGGED_IN, note="one's own"),
    *INVITATIONS,
    *REGISTRATIONS,
    Row("POST /meetings/{meeting_id}/registrations", PERSONS, note="for oneself"),
    Row(
        "GET /meetings/{meeting_id}/registrations/mine",
        PERSONS,
        path={"meeting_id": "attended"},
        note="one's own",
    ),
    Row(
        "GET /invitations/by-token",
        EVERYBODY,
        headers=lambda at: {"reply-token": at["reply_token"]},
        note="the proof is the reply token",
    ),
    Row(
        "POST /invitations/answer",
        EVERYBODY,
        body=lambda at: {"reply_token": at["reply_token"], "answer": "accepted"},
        note="the proof is the reply token",
    ),
    *COMMON,
)
