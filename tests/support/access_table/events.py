"""Who may call what of the service `events`."""

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


ROWS = (
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
    Row("POST /meetings/{meeting_id}/cancellation", NETWORK, "meeting", body=lambda at: {"reason": "Wasserschaden"}),
    Row("GET /meetings/{meeting_id}/calendar.ics", EVERYBODY),
    Row("GET /meetings/{meeting_id}/invitations", NETWORK, "meeting"),
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
