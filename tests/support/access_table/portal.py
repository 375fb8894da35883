"""Who may open which page of the portal. What its forms send, the services decide again: see their tables."""

from collections.abc import Callable

from shared.access.grants import Role

from access_table.model import DISTRICT, KEEPERS, MUNICIPALITY, NETWORK, STAFF, Json, Place, Row, Who

EVERYBODY, LOGGED_IN = Who.EVERYBODY, Who.LOGGED_IN
NAMES = {"network": "network_slug", "village": "village_slug", "organisation": "organisation_slug"}


def _page(
    path: str,
    who: Who | frozenset[Role] = EVERYBODY,
    within: str | None = None,
    *,
    things: dict[str, str] | None = None,
    query: Callable[[Place], Json] | None = None,
    answer: int | None = None,
    shown_to_all: bool = False,
    note: str = "",
    never_ends: bool = False,
) -> Row:
    names = NAMES | (things or {})
    return Row(
        f"GET {path}",
        who,
        within,
        names,
        query=query,
        answer=answer,
        open=shown_to_all,
        note=note,
        never_ends=never_ends,
    )


NETWORK_PAGE, MEETING = "/n/{network}", "/n/{network}/treffen/{meeting_id}"
ORGANISATION, PERSON = "/n/{network}/organisationen/{organisation}", "/personen/{person_id}"
DRAFT, PROGRAM = {"meeting_id": "draft"}, {"program_id": "api_client"}
NEED = {"entry_id": "need"}
ASKED = {"entry_id": "asked_need", "request_id": "help_request"}
VOLUNTEER = {"volunteer_id": "volunteer"}
VOLUNTEERS = frozenset({Role.VOLUNTEER})
NO_VOLUNTEER = "who has no profile as a volunteer finds none"
UNPUBLISHED = {"organisation_id": "draft_organisation"}
READERS = NETWORK | {Role.ASSOCIATION_CONTACT}
PAST, APPROVED = {"meeting_id": "past"}, {"meeting_id": "approved"}
ITEM, TASK = {**PAST, "item_id": "agenda_item"}, {"task_id": "action_item"}
GUESSED, SOURCE = {"token": "=guessed"}, {"source_id": "calendar_source"}
LIST = {"list_id": "mailing_list"}


def _number(place: Place) -> Json:
    return {"nummer": place["erasure_number"]}


PAGES = (
    _page("/"),
    _page(NETWORK_PAGE),
    _page(f"{NETWORK_PAGE}/orte/{{village}}"),
    _page(f"{NETWORK_PAGE}/organisationen"),
    _page(ORGANISATION),
    _page(f"{NETWORK_PAGE}/mitmachen"),
    _page(f"{NETWORK_PAGE}/treffen"),
    _page(MEETING),
    _page(MEETING, NETWORK, "draft", things=DRAFT, shown_to_all=True, note="a draft"),
    _page(f"{MEETING}/kalender.ics"),
    _page(f"{NETWORK_PAGE}/kalender"),
    _page("/kalender/{network}.ics"),
    _page("/kalender/{network}/orte/{village}.ics"),
    _page("/kalender/{network}/felder/{field}.ics", things={"network": "network_slug", "field": "=sport"}),
    _page("/kalender/persoenlich/{token}.ics", things={"token": "calendar"}, note="the proof is in the address"),
    _page("/antwort/probe"),
    _page("/antwort/{token}", things={"token": "reply_token"}, note="the proof is in the address"),
    _page(f"{MEETING}/anmelden"),
    _page("/anmeldung/{token}", things={"token": "registration_token"}, note="the proof is in the address"),
    # Planning and keeping entries
    _page(f"{NETWORK_PAGE}/treffen/neu", NETWORK, "network"),
    _page(f"{NETWORK_PAGE}/kalender/uebernehmen", NETWORK, "network"),
    _page(f"{NETWORK_PAGE}/kalender/uebernehmen/{{source_id}}", NETWORK, "calendar_source", things=SOURCE),
    _page(f"{NETWORK_PAGE}/kalender/uebernehmen/{{source_id}}/entfernen", NETWORK, "calendar_source", things=SOURCE),
    _page(f"{MEETING}/bearbeiten", NETWORK, "draft", things=DRAFT),
    _page(f"{MEETING}/veroeffentlichen", NETWORK, "draft", things=DRAFT),
    _page(f"{MEETING}/absagen", NETWORK, "meeting"),
    _page(f"{MEETING}/anmeldungen", NETWORK, "meeting"),
    _page(f"{MEETING}/anmeldungen/liste/{{form}}", NETWORK, "meeting", things={"form": "=csv"}),
    _page(f"{MEETING}/anmeldungen/neu", NETWORK, "meeting"),
    _page(f"{MEETING}/anmeldungen/fragen", NETWORK, "meeting"),
    _page(f"{MEETING}/einladungen", NETWORK, "meeting"),
    _page(f"{MEETING}/einladungen/gruppe", NETWORK, "meeting"),
    _page(f"{MEETING}/einladungen/leute", NETWORK, "meeting"),
    _page(f"{MEETING}/einladungen/liste", NETWORK, "meeting"),
    _page(f"{NETWORK_PAGE}/verteiler", NETWORK, "network"),
    _page(f"{NETWORK_PAGE}/verteiler/neu", NETWORK, "network"),
    _page(f"{NETWORK_PAGE}/verteiler/{{list_id}}", NETWORK, "mailing_list", things=LIST),
    _page(f"{NETWORK_PAGE}/verteiler/{{list_id}}/entfernen", NETWORK, "mailing_list", things=LIST),
    _page(f"{MEETING}/reihe", NETWORK, "draft", things=DRAFT),
    _page(f"{NETWORK_PAGE}/reihen/{{series_id}}", NETWORK, "series"),
    _page(f"{NETWORK_PAGE}/reihen/{{series_id}}/rhythmus", NETWORK, "series"),
    _page(f"{MEETING}/einlass", NETWORK, "past_of_network", things=PAST),
    _page(
        f"{MEETING}/einlass/stand",
        NETWORK,
        "past_of_network",
        things=PAST,
        answer=204,
        note="asked again: nothing is new",
    ),
    _page("/einlass/{code}", things={"code": "check_in_code"}, note="a name is shown to the meeting's planners alone"),
    _page("/tuer/{code}", things={"code": "door_code"}, note="the proof is in the address"),
    _page("/bescheinigung"),
    _page("/bescheinigung/{code}", things={"code": "certificate_code"}, note="the proof is in the address"),
    _page(f"{NETWORK_PAGE}/eintragen", STAFF, "network_as_a_whole"),
    _page(f"{NETWORK_PAGE}/orte/{{village}}/federfuehrung", STAFF, "village"),
    _page(f"{ORGANISATION}/bearbeiten", KEEPERS, "organisation"),
    _page("/organisationen", STAFF),
    _page("/organisationen/neu", STAFF),
    _page("/organisationen/{organisation_id}", STAFF, "draft_organisation", things=UNPUBLISHED),
    _page("/organisationen/{organisation_id}/bearbeiten", STAFF, "draft_organisation", things=UNPUBLISHED),
    _page("/unbestaetigt", STAFF),
    _page("/unbestaetigt/{organisation_id}/brief.pdf", STAFF, "draft_organisation", things=UNPUBLISHED),
    _page("/eintrag/{token}", things=GUESSED, answer=404, note="the proof is in the address"),
    _page("/eintrag/{token}/aendern", things=GUESSED, answer=404, note="the proof is in the address"),
    _page(f"{ORGANISATION}/ansprechpersonen/neu", KEEPERS, "organisation"),
    _page(f"{ORGANISATION}/ansprechpersonen/{{contact_id}}/austragen", KEEPERS, "contact"),
    # Agendas, minutes, tasks
    _page(f"{MEETING}/tagesordnung", READERS, "past", things=PAST),
    _page(f"{MEETING}/tagesordnung/{{item_id}}", NETWORK, "past_of_network", things=ITEM),
    _page(f"{MEETING}/protokoll", READERS, "past", things=PAST),
    _page(f"{MEETING}/protokoll.pdf", READERS, "past", things=PAST),
    _page(f"{MEETING}/protokoll/punkte", READERS, "past", things=PAST, answer=204, note="asked again: nothing is new"),
    _page(f"{MEETING}/protokoll/punkte/{{item_id}}", READERS, "past", things=ITEM),
    _page(f"{MEETING}/protokoll/anwesenheit", NETWORK, "past_of_network", things=PAST),
    _page(f"{MEETING}/protokoll/berichtigen", NETWORK, "past_of_network", things=APPROVED),
    _page(f"{MEETING}/protokoll/fassungen/{{number}}", READERS, "past", things={**APPROVED, "number": "=1"}),
    _page(f"{MEETING}/protokoll/veroeffentlichen", NETWORK, "past_of_network", things=APPROVED),
    _page(f"{NETWORK_PAGE}/aufgaben", READERS, "past"),
    _page(f"{NETWORK_PAGE}/aufgaben/{{task_id}}/bearbeiten", NETWORK, "past_of_network", things=TASK),
    _page(f"{NETWORK_PAGE}/protokolle"),
    _page(f"{NETWORK_PAGE}/protokolle/{{meeting_id}}", things={"meeting_id": "published"}),
    _page(f"{NETWORK_PAGE}/protokolle/{{meeting_id}}/protokoll.pdf", things={"meeting_id": "published"}),
    # Mutual help
    _page(f"{NETWORK_PAGE}/suche-biete"),
    _page(f"{NETWORK_PAGE}/luecken", STAFF, "network_as_a_whole"),
    _page(f"{ORGANISATION}/hilfe/neu", KEEPERS, "organisation"),
    _page(f"{NETWORK_PAGE}/hilfe/{{entry_id}}", things=NEED),
    _page(f"{NETWORK_PAGE}/hilfe/{{entry_id}}/bearbeiten", KEEPERS, "need", things=NEED),
    _page(
        f"{NETWORK_PAGE}/hilfe/{{entry_id}}/anfragen/{{request_id}}/zuruecknehmen", KEEPERS, "asked_need", things=ASKED
    ),
    _page("/antwort/hilfe/{token}", things=GUESSED, answer=404, note="the proof is in the address"),
    # People
    _page("/verwaltung", STAFF),
    _page("/personen", STAFF),
    _page("/personen/neu", STAFF),
    _page(PERSON, STAFF, "person"),
    _page(f"{PERSON}/bearbeiten", STAFF, "person"),
    _page(f"{PERSON}/rollen/neu", STAFF, "person"),
    _page(f"{PERSON}/rollen/{{grant_id}}/zuruecknehmen", STAFF, "grant"),
    _page(f"{PERSON}/einwilligungen", STAFF, "person"),
    _page(f"{PERSON}/einwilligungen/{{purpose}}/eintragen", STAFF, "person", things={"purpose": "=newsletter"}),
    _page(f"{PERSON}/fuehrungszeugnis", MUNICIPALITY, "person"),
    _page(f"{PERSON}/loeschen", STAFF, "person"),
    _page(f"{PERSON}/zusammenfuehren", STAFF, "person"),
    _page(f"{PERSON}/protokoll", STAFF, answer=303, note="leads to /protokoll, which shows one's own scope"),
    _page("/freiwillige", STAFF),
    _page("/freiwillige/neu", STAFF),
    _page("/freiwillige/{volunteer_id}", STAFF, "volunteer", things=VOLUNTEER),
    _page("/freiwillige/{volunteer_id}/bearbeiten", STAFF, "volunteer", things=VOLUNTEER),
    _page("/loeschungen", STAFF),
    _page("/loeschungen/{erasure_id}", STAFF, "erasure"),
    _page("/loeschung"),
    _page("/loeschung/nachweis.pdf", query=_number, note="the proof is the number"),
    _page("/loeschung/nachweis.json", query=_number, note="the proof is the number"),
    # Territory: public facts, kept by those whose scope it is
    _page("/gebiet", STAFF),
    _page("/gebiet/landkreis", DISTRICT),
    _page("/gebiet/gemeinden/neu", DISTRICT),
    _page("/gebiet/gemeinden/{municipality_id}", STAFF),
    _page("/gebiet/gemeinden/{municipality_id}/bearbeiten", MUNICIPALITY, "municipality"),
    _page("/gebiet/orte/neu", MUNICIPALITY),
    _page("/gebiet/orte/{village_id}", STAFF),
    _page("/gebiet/orte/{village_id}/bearbeiten", MUNICIPALITY, "municipality"),
    _page("/gebiet/orte/{village_id}/netzwerk/{coverage_id}", DISTRICT, "coverage"),
    _page("/gebiet/aufnehmen", DISTRICT),
    _page("/gebiet/netzwerke/neu", DISTRICT),
    _page("/gebiet/netzwerke/{network_id}", STAFF),
    _page("/gebiet/netzwerke/{network_id}/bearbeiten", NETWORK, "network"),
    _page("/gebiet/netzwerke/{network_id}/ansprechpersonen/neu", NETWORK, "network"),
    _page(
        "/gebiet/netzwerke/{network_id}/ansprechpersonen/{contact_id}/ende",
        NETWORK,
        "network_contact",
        things={"contact_id": "network_contact"},
    ),
    _page("/gebiet/zusammenschluss", DISTRICT),
    _page("/gebiet/zusammenschluss/{merger_id}/absagen", DISTRICT, "merger", things={"merger_id": "merger"}),
    _page("/einsatzfelder", DISTRICT),
    _page("/einsatzfelder/{field_id}", DISTRICT, "field"),
    _page(f"{NETWORK_PAGE}/federfuehrung", STAFF, "network_as_a_whole"),
    _page("/gemeinden"),
    _page("/gemeinden/{municipality}", things={"municipality": "municipality_slug"}),
    _page("/programme", STAFF),
    _page("/programme/neu", STAFF),
    _page("/programme/{program_id}/geheimnis", STAFF, "api_client", things=PROGRAM),
    _page("/programme/{program_id}/beenden", STAFF, "api_client", things=PROGRAM),
    _page("/dubletten", STAFF, answer=303),
    _page("/dubletten/{kind}", STAFF, things={"kind": "=organisationen"}),
    _page("/dubletten/organisationen/zusammenfuehren", STAFF, query=lambda at: {"weg": at["organisation"]}),
    _page("/listen", STAFF),
    _page("/listen/{name}/{form}", STAFF, things={"name": "=orte", "form": "=xlsx"}),
    _page("/importe", STAFF),
    _page("/importe/vorlagen/{kind}.xlsx", STAFF, things={"kind": "=volunteers"}),
    _page("/importe/{import_id}", STAFF, "import"),
    _page("/importe/{import_id}/stand", STAFF, "import"),
    _page("/importe/{import_id}/spalten", STAFF, "import"),
    _page("/importe/{import_id}/blatt/{number}", STAFF, "import", things={"number": "=0"}),
    _page("/importe/{import_id}/fehler.xlsx", STAFF, "import"),
    _page("/importe/{import_id}/rueckgaengig", STAFF, "done_import", things={"import_id": "done_import"}),
    _page("/protokoll", STAFF),
    _page("/aufbewahrung", STAFF),
    _page("/verarbeitungen", STAFF),
    # One's own account
    _page("/anmelden"),
    _page("/anmelden/dienstkonto", answer=404, note="only where an OpenID Connect provider is configured"),
    _page("/anmelden/rueckkehr", answer=404, note="only where an OpenID Connect provider is configured"),
    _page("/konto", LOGGED_IN),
    _page("/konto/angaben", LOGGED_IN),
    _page("/konto/einwilligungen", LOGGED_IN),
    _page("/konto/mitmachen", VOLUNTEERS, shown_to_all=True, note=NO_VOLUNTEER),
    _page("/konto/mitmachen/aendern", VOLUNTEERS, shown_to_all=True, note=NO_VOLUNTEER),
    _page("/konto/kalender", LOGGED_IN),
    _page("/konto/kalender/erneuern", LOGGED_IN),
    _page("/konto/daten", LOGGED_IN),
    _page("/konto/daten/Meine-Daten.zip", LOGGED_IN),
    _page("/konto/loeschen", LOGGED_IN),
    _page("/mitmachen/bestaetigen/{token}", things=GUESSED, answer=404, note="the proof is in the address"),
    _page("/konto/adresse/{token}", things=GUESSED, answer=404, note="the proof is in the address"),
    _page("/newsletter/abbestellen/{token}", things=GUESSED, note="the proof is in the address"),
    # The site
    _page("/suche", query=lambda at: {"q": "Verein"}),
    _page("/ereignisse"),
    _page("/ereignisse/live", never_ends=True),
    _page("/ereignisse/live/zeilen", never_ends=True),
    _page("/barrierefreiheit"),
    _page("/leichte-sprache"),
    _page("/impressum"),
    _page("/datenschutz"),
    _page("/robots.txt"),
    _page("/sitemap.xml"),
)
