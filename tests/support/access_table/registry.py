"""Who may call what of the registry."""

from datetime import date

from shared.access.grants import Role

from access_table import imports
from access_table.common import COMMON
from access_table.model import DISTRICT, KEEPERS, MUNICIPALITY, NETWORK, STAFF, Json, Place, Row, Who

EVERYBODY, PERSON, LOGGED_IN = Who.EVERYBODY, Who.PERSON, Who.LOGGED_IN
ERNA = {"name": "Erna Beispiel", "email": "erna@beispiel.example"}
VOLUNTEERS = frozenset({Role.VOLUNTEER})
NO_VOLUNTEER = "who has no profile as a volunteer finds none"
TEXT = {"text_version": "2026-11"}
PAPER = {"channel": "paper"}
NEWSLETTER = {"purpose": "=newsletter"}
PROOF = "the proof is in the body"


def _sign_up(place: Place) -> Json:
    areas = [{"kind": "village", "id": place["village"]}]
    return {**ERNA, "fields": ["sport"], "areas": areas, "consents": [{"purpose": "contact", **TEXT}]}


INSPECTION = {"issued_on": "2026-03-02", "inspected_on": "2026-03-16", "result": "clear"}


def _lead(place: Place) -> Json:
    return {
        "village_id": place["village"],
        "organisation_id": place["organisation"],
        "starts_on": "2025-01-01",
        "replaces": place["mandate"],
    }


NEED = {"entry_id": "need"}


def _need(place: Place) -> Json:
    return {"side": "need", "organisation_id": place["organisation"], "kind": "people", "title": "Hilfe"}


COVERAGE = {"coverage_id": "coverage"}


def _merger(place: Place) -> Json:
    merging = {"municipality_ids": [place["municipality"]], "effective_on": "2041-01-01"}
    return {"ags": "15082999", "name": "Neue Gemeinde", **merging}


def _grant(place: Place) -> Json:
    return {"person_id": place["person"], "role": "association_contact", "scope_id": place["draft_organisation"]}


ROWS = (
    # Territory: public facts
    Row("GET /districts", EVERYBODY),
    Row("POST /districts", DISTRICT, body=lambda at: {"ags": "15082", "name": "Neu"}, answer=409, note="once"),
    Row("PATCH /districts/{district_id}", DISTRICT, within="district", body=lambda at: {"name": "Neu"}),
    Row("GET /municipalities", EVERYBODY, shows="municipality"),
    Row("GET /municipalities/{municipality_id}", EVERYBODY),
    Row("POST /municipalities", DISTRICT, body=lambda at: {"ags": "15082005", "name": "Aken (Elbe)"}),
    Row("PATCH /municipalities/{municipality_id}", MUNICIPALITY, "municipality", body=lambda at: {"name": "Neu"}),
    Row("GET /villages", EVERYBODY, shows="village"),
    Row("GET /villages/{village_id}", EVERYBODY),
    Row(
        "POST /villages",
        MUNICIPALITY,
        "municipality",
        body=lambda at: {"municipality_id": at["municipality"], "name": "Neudorf"},
    ),
    Row("PATCH /villages/{village_id}", MUNICIPALITY, "municipality", body=lambda at: {"name": "Neu"}),
    Row("GET /networks", EVERYBODY, shows="network"),
    Row("GET /networks/{network_id}", EVERYBODY),
    Row("POST /networks", DISTRICT, body=lambda at: {"name": "Neues Netzwerk", "village_ids": []}),
    Row("PATCH /networks/{network_id}", NETWORK, "network", body=lambda at: {"programme": "Engagiertes Land"}),
    Row("GET /territory", EVERYBODY, query=lambda at: {"on": "2026-01-01"}),
    Row("GET /coverage", EVERYBODY, query=lambda at: {"village_id": at["village"]}),
    Row(
        "POST /coverage",
        DISTRICT,
        body=lambda at: (
            {"network_id": at["network"], "village_id": at["village"], "starts_on": "2001-01-01"}
            | {"until": "2001-12-31"}
        ),
    ),
    Row("PATCH /coverage/{coverage_id}", DISTRICT, "coverage", path=COVERAGE, body=lambda at: {"until": None}),
    Row("GET /mergers", DISTRICT),
    Row("POST /mergers/preview", DISTRICT, body=_merger),
    Row("POST /mergers", DISTRICT, body=_merger),
    Row("DELETE /mergers/{merger_id}", DISTRICT, "merger", path={"merger_id": "merger"}),
    Row("GET /network-contacts", NETWORK, shows="network_contact"),
    Row(
        "POST /network-contacts",
        NETWORK,
        "network",
        body=lambda at: {"network_id": at["network"], "function": "spokesperson", "person": ERNA},
    ),
    Row(
        "PATCH /network-contacts/{contact_id}",
        NETWORK,
        "network_contact",
        path={"contact_id": "network_contact"},
        body=lambda at: {"until": "2031-12-31"},
    ),
    Row("GET /fields-of-activity", EVERYBODY),
    Row("GET /fields-of-activity/uses", DISTRICT),
    Row("POST /fields-of-activity", DISTRICT, body=lambda at: {"name": "Heimatpflege"}),
    Row("PUT /fields-of-activity/order", DISTRICT, body=lambda at: {"field_ids": [at["field"]]}, answer=409),
    Row("PATCH /fields-of-activity/{field_id}", DISTRICT, "field", body=lambda at: {"retired": True}),
    Row("POST /fields-of-activity/{field_id}/merge", DISTRICT, "field", body=lambda at: {"into_id": at["other_field"]}),
    # Organisations and their leads
    Row("GET /organisations", EVERYBODY, shows="organisation"),
    Row(
        "GET /organisations",
        KEEPERS,
        shows="draft_organisation",
        query=lambda at: {"publication": "draft"},
        note="drafts and hidden entries",
    ),
    Row("GET /organisations/{organisation_id}", EVERYBODY),
    Row(
        "GET /organisations/{organisation_id}",
        KEEPERS,
        "draft_organisation",
        path={"organisation_id": "draft_organisation"},
        open=True,
        note="a draft or a hidden entry",
    ),
    Row(
        "POST /organisations",
        STAFF,
        "village",
        body=lambda at: {"kind": "association", "name": "Neuer Verein", "village_id": at["village"]},
    ),
    Row("PATCH /organisations/{organisation_id}", KEEPERS, "organisation", body=lambda at: {"goals": "Neues wagen."}),
    Row(
        "PATCH /organisations/{organisation_id}",
        KEEPERS,
        "draft_organisation",
        path={"organisation_id": "draft_organisation"},
        body=lambda at: {"goals": "Neues wagen."},
        note="a draft",
    ),
    # Whether entries still hold
    Row("GET /unconfirmed-organisations", STAFF, shows="organisation"),
    Row("POST /organisations/{organisation_id}/confirmation", KEEPERS, "organisation"),
    Row("POST /organisations/{organisation_id}/confirmation-requests", STAFF, "organisation"),
    Row(
        "GET /entry-confirmations/by-token",
        EVERYBODY,
        headers=lambda at: {"confirmation-token": "guessed"},
        answer=404,
        note="the proof is in a header",
    ),
    Row("POST /entry-confirmations", EVERYBODY, body=lambda at: {"token": "guessed"}, answer=404, note=PROOF),
    Row(
        "PATCH /entry-confirmations/by-token",
        EVERYBODY,
        headers=lambda at: {"confirmation-token": "guessed"},
        body=lambda at: {"goals": "Neues wagen."},
        answer=404,
        note="the proof is in a header",
    ),
    Row("GET /lead-mandates", EVERYBODY, shows="mandate"),
    Row("POST /lead-mandates", STAFF, "village", body=_lead),
    Row("PATCH /lead-mandates/{mandate_id}", STAFF, "mandate", body=lambda at: {"until": str(date.today())}),  # noqa: DTZ011
    # People
    Row("GET /persons", KEEPERS, shows="person"),
    Row("GET /persons/{person_id}", KEEPERS, "person"),
    Row("GET /person-names", STAFF, query=lambda at: {"id": [at["person"], at["volunteer_person"], at["official"]]}),
    Row("POST /persons", STAFF, body=lambda at: ERNA),
    Row(
        "GET /persons/{person_id}/merge",
        STAFF,
        query=lambda at: {"into": at["person"]},
        answer=422,
        note="nobody is merged with themselves",
    ),
    Row(
        "POST /persons/{person_id}/merge",
        STAFF,
        body=lambda at: {"into": at["person"], "version": 1, "into_version": 1},
        answer=422,
        note="nobody is merged with themselves",
    ),
    Row("PATCH /persons/{person_id}", KEEPERS, "person", body=lambda at: {"phone": "03493 4455"}),
    Row("GET /contacts", KEEPERS | {Role.API_CLIENT}, shows="contact"),
    Row(
        "POST /contacts",
        KEEPERS,
        "organisation",
        body=lambda at: {"organisation_id": at["organisation"], "function": "treasurer", "person": ERNA},
    ),
    Row(
        "POST /contacts",
        KEEPERS,
        "organisation",
        body=lambda at: {
            "organisation_id": at["organisation"],
            "function": "treasurer",
            "person_id": at["person"],
        },
        note="somebody who is entered",
    ),
    Row("PATCH /contacts/{contact_id}", KEEPERS, "contact", body=lambda at: {"ends_on": "2040-12-31"}),
    Row("DELETE /contacts/{contact_id}", KEEPERS, "contact"),
    # Volunteers
    Row(
        "GET /organisations/{organisation_id}/merge",
        STAFF,
        "organisation",
        query=lambda at: {"into": at["organisation"]},
        answer=422,
        note="an entry is not merged with itself",
    ),
    Row(
        "POST /organisations/{organisation_id}/merge",
        STAFF,
        "organisation",
        body=lambda at: {"into": at["organisation"], "version": 1, "into_version": 1},
        answer=422,
        note="an entry is not merged with itself",
    ),
    Row("GET /duplicates/counts", STAFF),
    Row("GET /duplicates/{kind}", STAFF, path={"kind": "=organisations"}),
    *(
        Row(
            f"POST /duplicates/{{kind}}/{command}",
            STAFF,
            path={"kind": "=organisations"},
            body=lambda at: {"left_id": at["organisation"], "right_id": at["organisation"]},
            answer=404,
            note="no pair was found in the test district",
        )
        for command in ("differences", "differences/withdrawal")
    ),
    Row("POST /duplicates/organisations/check", STAFF, body=lambda at: {"name": "Angelfreunde"}),
    Row("POST /duplicates/persons/check", STAFF, body=lambda at: {"name": "Kim Beispiel"}),
    *(
        Row(f"GET /exports/{name}", STAFF, note="the file holds what the list of this name shows to the caller")
        for name in (
            *("organisations", "contacts", "volunteers", "consents", "lead-mandates", "help-entries"),
            *("villages", "municipalities", "fields-of-activity"),
        )
    ),
    Row("GET /volunteers", STAFF, shows="volunteer"),
    Row("GET /volunteers/{volunteer_id}", STAFF, "volunteer"),
    Row("POST /volunteers", STAFF, "village", body=lambda at: {**_sign_up(at), "channel": "in_person"}),
    Row("PATCH /volunteers/{volunteer_id}", STAFF, "volunteer", body=lambda at: {"best_time": "abends"}),
    Row("POST /volunteers/{volunteer_id}/pause", STAFF, "volunteer", body=lambda at: {}),
    Row("POST /volunteers/{volunteer_id}/resumption", STAFF, "volunteer"),
    Row("POST /volunteers/{volunteer_id}/departure", STAFF, "volunteer", body=lambda at: {"channel": "telephone"}),
    Row("GET /me/volunteer", VOLUNTEERS, open=True, note=NO_VOLUNTEER),
    Row("PATCH /me/volunteer", VOLUNTEERS, body=lambda at: {"best_time": "abends"}, open=True, note=NO_VOLUNTEER),
    Row("POST /me/volunteer/pause", VOLUNTEERS, body=lambda at: {}, open=True, note=NO_VOLUNTEER),
    Row("POST /me/volunteer/resumption", VOLUNTEERS, open=True, note=NO_VOLUNTEER),
    Row("POST /me/volunteer/departure", VOLUNTEERS, body=lambda at: {}, open=True, note=NO_VOLUNTEER),
    *imports.ROWS,
    Row("GET /search", EVERYBODY, query=lambda at: {"q": "Dorf"}),
    Row("GET /profiles", EVERYBODY, query=lambda at: {"network": at["network_slug"]}),
    Row("POST /sign-ups", EVERYBODY, body=_sign_up),
    Row("GET /sign-ups", STAFF, shows="sign_up"),
    Row("POST /sign-ups/{sign_up_id}/confirmation", STAFF, "sign_up", body=lambda at: {"channel": "telephone"}),
    Row("DELETE /sign-ups/{sign_up_id}", STAFF, "sign_up"),
    Row(
        "GET /sign-ups/by-token",
        EVERYBODY,
        headers=lambda at: {"confirmation-token": "guessed"},
        answer=404,
        note="the proof is in a header",
    ),
    Row(
        "GET /address-changes/by-token",
        EVERYBODY,
        headers=lambda at: {"confirmation-token": "guessed"},
        answer=404,
        note="the proof is in a header",
    ),
    Row("POST /address-changes/confirmation", EVERYBODY, body=lambda at: {"token": "guessed"}, answer=404, note=PROOF),
    Row("POST /sign-ups/confirmation", EVERYBODY, body=lambda at: {"token": "guessed"}, answer=404, note=PROOF),
    # Consents
    Row(
        "GET /guardian-consents",
        EVERYBODY,
        headers=lambda at: {"guardian-token": "guessed"},
        answer=404,
        note="the proof is in a header",
    ),
    Row(
        "POST /guardian-consents/withdrawal",
        EVERYBODY,
        body=lambda at: {"token": "guessed", "purpose": "contact"},
        answer=404,
        note=PROOF,
    ),
    Row("GET /consent-texts", EVERYBODY),
    Row("GET /me/consents", PERSON),
    Row("POST /me/consents/{purpose}", PERSON, path=NEWSLETTER, body=lambda at: {"given": True, **TEXT}),
    Row("POST /me/consents/{purpose}/withdrawal", PERSON, path=NEWSLETTER),
    Row("POST /unsubscriptions", EVERYBODY, body=lambda at: {"token": "guessed"}, note=PROOF),
    *(
        row
        for kind, note in (("person", ""), ("volunteer_person", "a volunteer"))
        for row in (
            Row("GET /persons/{person_id}/consents", STAFF, kind, path={"person_id": kind}, note=note),
            Row(
                "POST /persons/{person_id}/consents",
                STAFF,
                kind,
                path={"person_id": kind},
                body=lambda at: {"purpose": "newsletter", **TEXT, **PAPER},
                note=note,
            ),
            Row(
                "POST /persons/{person_id}/consents/{purpose}/withdrawal",
                STAFF,
                kind,
                path={"person_id": kind, **NEWSLETTER},
                body=lambda at: PAPER,
                note=note,
            ),
            Row("GET /persons/{person_id}/certificates", MUNICIPALITY, kind, path={"person_id": kind}, note=note),
            Row(
                "POST /persons/{person_id}/certificates",
                MUNICIPALITY,
                kind,
                path={"person_id": kind},
                body=lambda at: INSPECTION,
                note=note,
            ),
            Row("GET /persons/{person_id}/erasure", STAFF, kind, path={"person_id": kind}, note=note),
            Row("POST /persons/{person_id}/erasure", STAFF, kind, path={"person_id": kind}, note=note),
        )
    ),
    # Mutual help: what is needed and offered is public, who is asked is not
    Row("GET /help-entries", EVERYBODY, shows="need"),
    Row("GET /help-entries/{entry_id}", EVERYBODY, path=NEED),
    Row("POST /help-entries", KEEPERS, "organisation", body=_need),
    Row("PATCH /help-entries/{entry_id}", KEEPERS, "need", path=NEED, body=lambda at: {"wanted": 3}),
    Row("GET /help-entries/{entry_id}/suggestions", KEEPERS, "need", path=NEED),
    Row("GET /help-entries/{entry_id}/requests", KEEPERS, "asked_need", path={"entry_id": "asked_need"}),
    Row(
        "POST /help-entries/{entry_id}/requests",
        KEEPERS,
        "need",
        path=NEED,
        body=lambda at: {"volunteer_id": at["volunteer"]},
    ),
    Row(
        "POST /help-requests/{request_id}/completion",
        KEEPERS,
        "help_request",
        path={"request_id": "help_request"},
        body=lambda at: {"thanks": "Danke!"},
    ),
    Row(
        "POST /help-requests/{request_id}/withdrawal",
        KEEPERS,
        "help_request",
        path={"request_id": "help_request"},
    ),
    Row(
        "GET /help-requests/by-token",
        EVERYBODY,
        headers=lambda at: {"reply-token": "guessed"},
        answer=404,
        note="the proof is in a header",
    ),
    Row(
        "POST /help-requests/answer",
        EVERYBODY,
        body=lambda at: {"token": "guessed", "accept": True},
        answer=404,
        note=PROOF,
    ),
    Row("GET /help-gaps", STAFF),
    # Certificates of conduct
    Row(
        "POST /certificates/{certificate_id}/activity-end",
        MUNICIPALITY,
        "certificate",
        body=lambda at: {"ended_on": "2026-01-31"},
    ),
    Row("DELETE /certificates/{certificate_id}", MUNICIPALITY, "certificate"),
    # Erasure
    Row("GET /me/erasure", PERSON),
    Row("POST /me/erasure", PERSON),
    Row("GET /erasures", STAFF, shows="erasure"),
    Row("GET /erasures/{erasure_id}", STAFF, "erasure"),
    Row(
        "GET /erasures/by-number",
        EVERYBODY,
        query=lambda at: {"number": at["erasure_number"]},
        note="the proof is the number",
    ),
    Row(
        "GET /erasures/by-number/proof",
        EVERYBODY,
        query=lambda at: {"number": at["erasure_number"]},
        note="the proof is the number",
    ),
    # Logins and grants
    Row("GET /.well-known/jwks.json", EVERYBODY),
    Row(
        "POST /auth/token",
        EVERYBODY,
        body=lambda at: {"grant_type": "login_code", "code": "guessed"},
        answer=401,
        note=PROOF,
    ),
    Row("POST /auth/login-links", EVERYBODY, body=lambda at: {"email": "guessed@beispiel.example"}),
    Row("POST /auth/logout", EVERYBODY, body=lambda at: {"refresh_token": "guessed"}, note=PROOF),
    Row("POST /auth/logout-everywhere", LOGGED_IN),
    Row("GET /me", PERSON),
    Row("PATCH /me", PERSON, body=lambda at: {"phone": "03493 4455"}),
    Row("GET /grants", STAFF, shows="grant"),
    Row("POST /grants", STAFF, "village", body=_grant),
    Row("DELETE /grants/{grant_id}", STAFF, "grant"),
    Row("GET /api-clients", STAFF, shows="api_client"),
    Row(
        "POST /api-clients",
        STAFF,
        "organisation",
        body=lambda at: {"name": "Kalender", "scope": "association", "scope_id": at["organisation"]},
    ),
    Row("POST /api-clients/{client_id}/secret", STAFF, "api_client", path={"client_id": "api_client"}),
    Row("DELETE /api-clients/{client_id}", STAFF, "api_client", path={"client_id": "api_client"}),
    *COMMON,
)
