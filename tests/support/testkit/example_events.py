"""One example of every event, with every field filled. Persons and associations are invented."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid5

from shared.contracts import events, notifications, portal, registry
from shared.contracts.envelope import Event, EventData

_NAMESPACE = UUID("5a1c1f0e-7c1b-4d1e-9a44-0d6c7b1d5e42")
NETWORK = "heidedoerfer"


def id_of(name: str) -> UUID:
    """The same id for the same name, in every run."""
    return uuid5(_NAMESPACE, name)


_MUNICIPALITY: dict[str, Any] = {
    "municipality_id": id_of("municipality"),
    "ags": "15082241",
    "slug": "muldestausee",
    "name": "Muldestausee",
    "former_slugs": ["mulde-stausee"],
    "begins_on": date(2010, 1, 1),
    "dissolved_on": date(2027, 1, 1),
    "successor_id": id_of("new municipality"),
}
_VILLAGE: dict[str, Any] = {
    "village_id": id_of("village"),
    "municipality_id": id_of("municipality"),
    "slug": "gossa",
    "name": "Gossa",
    "network": NETWORK,
    "latitude": 51.664,
    "longitude": 12.432,
    "former_slugs": ["gossa-alt"],
}
_FIELD: dict[str, Any] = {
    "field_id": id_of("field"),
    "slug": "sport-und-bewegung",
    "name": "Sport und Bewegung",
    "position": 1,
    "retired": False,
}
_MERGER: dict[str, Any] = {
    "merger_id": id_of("merger"),
    "ags": "15082999",
    "name": "Heideland",
    "effective_on": date(2027, 1, 1),
    "municipality_ids": [id_of("municipality")],
    "into_id": id_of("new municipality"),
}
_NETWORK_CONTACT: dict[str, Any] = {"network_contact_id": id_of("network contact"), "network_id": id_of("network")}
_LAST: dict[str, Any] = {
    "mandate_id": id_of("mandate"),
    "village_id": id_of("village"),
    "organisation_id": id_of("organisation"),
    "until": date(2027, 12, 31),
}
_AREA = registry.Area(kind=registry.AreaKind.VILLAGE, id=id_of("village"))
_NETWORK_STATE: dict[str, Any] = {
    "network_id": id_of("network"),
    "slug": NETWORK,
    "name": "Heidedörfer",
    "programme": "Neulandgewinner",
    "description": "Neun Dörfer am Rand der Dübener Heide.",
    "goals": [registry.NetworkGoal(number=1, text="Jeder Ortsteil hat einen federführenden Verein.")],
    "village_ids": [id_of("village"), id_of("other village")],
}
_ORGANISATION: dict[str, Any] = {
    "organisation_id": id_of("organisation"),
    "kind": registry.OrganisationKind.COMPANY,
    "slug": "holzbau-lindenhof",
    "name": "Holzbau Lindenhof",
    "village_id": id_of("village"),
    "legal_form": "GmbH",
    "goals": "Das Dorf soll Werkstätten behalten.",
    "strengths": "Holz, Werkzeug, Anhänger",
    "fields": ["sport-und-bewegung"],
    "areas": [_AREA],
    "support_kinds": [registry.SupportKind.MATERIAL, registry.SupportKind.VEHICLES],
    "founded": 1998,
    "website": "https://holzbau-lindenhof.example",
    "register_court": "Stendal",
    "register_number": "HRB 4321",
    "notice": registry.Notice(
        kind=registry.NoticeKind.EXEMPTION, issued_on=date(2025, 3, 1), good_until=date(2030, 3, 1)
    ),
    "purposes": [registry.Purpose.LOCAL_HERITAGE],
    "potentials": "Platz für eine zweite Werkstatt.",
    "founded_on": date(1998, 5, 1),
    "members": 12,
    "facilities": ["Werkstatt am Lindenhof"],
    "languages": [registry.Language.GERMAN, registry.Language.POLISH],
    "federations": [id_of("federation")],
    "confirmed_on": date(2026, 2, 1),
    "public_body_kind": registry.PublicBodyKind.VILLAGE_COUNCIL,  # of another kind of organisation; here to be shown
    "stale_since": date(2027, 2, 1),
}
_HELP: dict[str, Any] = {
    "entry_id": id_of("need"),
    "organisation_id": id_of("organisation"),
    "village_id": id_of("village"),
    "kind": registry.HelpKind.PEOPLE,
    "state": registry.HelpState.OPEN,
    "title": "Vier Leute für den Zeltaufbau",
    "description": "Freitagabend, für das Herbstfest.",
    "area": _AREA,
    "fields": ["sport-und-bewegung"],
    "starts_on": date(2026, 10, 2),
    "ends_on": date(2026, 10, 3),
    "weekdays": [5, 6],
    "daytimes": [registry.Daytime.EVENING],
    "wanted": 4,
}
_VOLUNTEER: dict[str, Any] = {
    "volunteer_id": id_of("volunteer"),
    "fields": ["sport-und-bewegung"],
    "areas": [_AREA],
    "around": [registry.Surroundings(village_id=id_of("village"), km=10)],
    "rhythm": registry.Rhythm.REGULAR,
}
_MANDATE: dict[str, Any] = {
    "mandate_id": id_of("mandate"),
    "village_id": id_of("village"),
    "organisation_id": id_of("organisation"),
    "starts_on": date(2026, 1, 1),
    "until": date(2027, 12, 31),
}
_MEETING = events.MeetingFacts(
    meeting_id=id_of("meeting"),
    network=NETWORK,
    kind=events.MeetingKind.NETWORK_MEETING,
    title="Netzwerktreffen im Herbst",
    description="Wir stimmen die Termine des nächsten Jahres ab.",
    village_id=id_of("village"),
    place="Gasthaus am Anger, Gossa",
    starts_at=datetime(2026, 10, 7, 16, 30, tzinfo=UTC),
    ends_at=datetime(2026, 10, 7, 18, 30, tzinfo=UTC),
    agenda=[events.AgendaItem(position=1, title="Begrüßung", minutes=10)],
    calendar_uid="meeting-1@dorfnetz.example",
    attendance=events.Attendance.HYBRID,
    organisation_ids=[id_of("organisation")],
    capacity=40,
    registration_from=datetime(2026, 9, 1, 6, 0, tzinfo=UTC),
    registration_until=datetime(2026, 10, 6, 22, 0, tzinfo=UTC),
    series_id=id_of("series"),
    taken_over_from="Gemeinde Muldestausee",
    calendar_sequence=1,
)
_COURSE_DATE = events.CourseDate(meeting=_MEETING, online_link="https://treffen.example/herbst")
_NOTICE: dict[str, Any] = {
    "notice_id": id_of("notice"),
    "kind": notifications.NoticeKind.MEETING_INVITATION,
    "meeting_id": id_of("meeting"),
}

EXAMPLES: dict[str, tuple[EventData, UUID, str | None]] = {  # data, subject, network's slug
    data.type: (data, subject, network)
    for data, subject, network in [
        (registry.FieldOfActivityListed(**_FIELD), id_of("field"), None),
        (registry.FieldOfActivityChanged(**_FIELD), id_of("field"), None),
        (registry.FieldOfActivityRetired(**{**_FIELD, "retired": True}), id_of("field"), None),
        (
            registry.FieldOfActivityMerged(**_FIELD, into_id=id_of("other field"), into_slug="freizeit"),
            id_of("field"),
            None,
        ),
        (registry.MunicipalityDissolved(**_MUNICIPALITY), id_of("municipality"), None),
        (registry.MergerPlanned(**_MERGER), id_of("merger"), None),
        (registry.MergerCancelled(**_MERGER), id_of("merger"), None),
        (registry.MergerCompleted(**_MERGER, successor_id=id_of("new municipality")), id_of("merger"), None),
        (
            registry.NetworkContactAppointed(**_NETWORK_CONTACT, function="coordinator"),
            id_of("network contact"),
            NETWORK,
        ),
        (registry.NetworkContactDismissed(**_NETWORK_CONTACT), id_of("network contact"), NETWORK),
        (registry.LeadMandateEndAnnounced(**_LAST), id_of("mandate"), NETWORK),
        (registry.VillageLeadLost(**_LAST), id_of("mandate"), NETWORK),
        (registry.MunicipalityRegistered(**_MUNICIPALITY), id_of("municipality"), None),
        (registry.MunicipalityChanged(**_MUNICIPALITY), id_of("municipality"), None),
        (registry.VillageRegistered(**_VILLAGE), id_of("village"), NETWORK),
        (registry.VillageChanged(**_VILLAGE), id_of("village"), NETWORK),
        (registry.NetworkFounded(**_NETWORK_STATE), id_of("network"), NETWORK),
        (registry.NetworkChanged(**_NETWORK_STATE), id_of("network"), NETWORK),
        (registry.OrganisationRegistered(**_ORGANISATION), id_of("organisation"), NETWORK),
        (registry.OrganisationChanged(**_ORGANISATION), id_of("organisation"), NETWORK),
        (
            registry.OrganisationWentStale(**_ORGANISATION),
            id_of("organisation"),
            NETWORK,
        ),
        (
            registry.ConfirmationRequested(
                organisation_id=id_of("organisation"),
                person_id=id_of("person"),
                organisation="Holzbau Lindenhof",
                village="Gossa",
                confirmed_on=date(2026, 2, 1),
                reminder=False,
                token="r4nd0m-c0nf1rm",
                expires_at=datetime(2027, 4, 1, 12, 0, tzinfo=UTC),
            ),
            id_of("message"),
            None,
        ),
        (registry.OrganisationHidden(organisation_id=id_of("organisation")), id_of("organisation"), NETWORK),
        (
            registry.OrganisationMerged(
                organisation_id=id_of("double entry"), into_organisation_id=id_of("organisation"), slug="doppelt"
            ),
            id_of("double entry"),
            NETWORK,
        ),
        (registry.LeadMandateGranted(**_MANDATE), id_of("village"), NETWORK),
        (registry.LeadMandateEnded(**_MANDATE), id_of("village"), NETWORK),
        (registry.VolunteerSignedUp(**_VOLUNTEER), id_of("volunteer"), NETWORK),
        (registry.VolunteerChanged(**_VOLUNTEER), id_of("volunteer"), NETWORK),
        (registry.VolunteerPaused(volunteer_id=id_of("volunteer")), id_of("volunteer"), NETWORK),
        (registry.VolunteerResumed(**_VOLUNTEER), id_of("volunteer"), NETWORK),
        (
            registry.VolunteerIdentified(
                volunteer_id=id_of("volunteer"),
                person_id=id_of("person"),
                state=registry.VolunteerState(**_VOLUNTEER),
            ),
            id_of("volunteer"),
            NETWORK,
        ),
        (registry.VolunteerWithdrawn(volunteer_id=id_of("volunteer")), id_of("volunteer"), NETWORK),
        (registry.ProfilePublished(profile_id=id_of("profile")), id_of("profile"), NETWORK),
        (registry.ProfileWithdrawn(profile_id=id_of("profile")), id_of("profile"), NETWORK),
        (
            registry.ConsentGiven(
                consent_id=id_of("consent"),
                person_id=id_of("person"),
                purpose=registry.ConsentPurpose.NEWSLETTER,
                networks=[NETWORK],
                everywhere=True,
                unsubscribe_token="an-invented-token",
            ),
            id_of("consent"),
            None,
        ),
        (
            registry.ConsentWithdrawn(
                consent_id=id_of("consent"),
                person_id=id_of("person"),
                purpose=registry.ConsentPurpose.NEWSLETTER,
            ),
            id_of("consent"),
            None,
        ),
        (
            registry.AddressChangeRequested(
                change_id=id_of("address-change"),
                person_id=id_of("person"),
                name="Wiebke Beispiel",
                email="wiebke.neu@beispiel.example",
                old_email="wiebke@beispiel.example",
                token="an-invented-token",
                expires_at=datetime(2026, 10, 8, 8, 0, tzinfo=UTC),
            ),
            id_of("address-change"),
            None,
        ),
        (
            registry.AddressReplaced(
                change_id=id_of("address-change"),
                person_id=id_of("person"),
                name="Wiebke Beispiel",
                old_email="wiebke@beispiel.example",
            ),
            id_of("address-change"),
            None,
        ),
        (
            registry.SignUpReceived(
                sign_up_id=id_of("sign-up"),
                name="Wiebke Beispiel",
                email="wiebke@beispiel.example",
                child="Jonte Beispiel",
                token="an-invented-token",
                expires_at=datetime(2026, 10, 21, 8, 0, tzinfo=UTC),
            ),
            id_of("sign-up"),
            None,
        ),
        (registry.NeedPublished(**_HELP), id_of("need"), NETWORK),
        (registry.NeedFilled(**_HELP | {"state": registry.HelpState.TAKEN}), id_of("need"), NETWORK),
        (registry.NeedWithdrawn(entry_id=id_of("need")), id_of("need"), NETWORK),
        (registry.OfferPublished(**_HELP | {"entry_id": id_of("offer")}), id_of("offer"), NETWORK),
        (
            registry.OfferTaken(**_HELP | {"entry_id": id_of("offer"), "state": registry.HelpState.DONE}),
            id_of("offer"),
            NETWORK,
        ),
        (registry.OfferWithdrawn(entry_id=id_of("offer")), id_of("offer"), NETWORK),
        (
            registry.HelpRequestTakenBack(
                request_id=id_of("help request"),
                person_id=id_of("person"),
                title="Vier Leute für den Zeltaufbau",
                organisation="Dorfclub Gossa e. V.",
                village="Gossa",
                expires_at=datetime(2026, 6, 5, 16, 0, tzinfo=UTC),
            ),
            id_of("help message"),
            None,
        ),
        (
            registry.HelpRequestTold(
                request_id=id_of("help request"),
                person_id=id_of("person"),
                news=registry.HelpNews.ASKED,
                title="Vier Leute für den Zeltaufbau",
                organisation="Holzbau Lindenhof",
                village="Gossa",
                words="Wir würden uns sehr freuen.",
                token="an-invented-token",
                expires_at=datetime(2026, 10, 21, 8, 0, tzinfo=UTC),
            ),
            id_of("help message"),
            None,
        ),
        (
            registry.ContactAppointed(
                contact_id=id_of("contact"), organisation_id=id_of("organisation"), function="Vorsitz"
            ),
            id_of("contact"),
            NETWORK,
        ),
        (
            registry.ContactDismissed(contact_id=id_of("contact"), organisation_id=id_of("organisation")),
            id_of("contact"),
            NETWORK,
        ),
        (
            registry.PersonDescribed(
                person_id=id_of("person"), name="Henrike Beispiel", email="henrike@beispiel.example", language="de"
            ),
            id_of("person"),
            None,
        ),
        (
            registry.PersonMerged(
                person_id=id_of("former person"),
                into_person_id=id_of("person"),
                contacts=[registry.MergedContact(contact_id=id_of("former contact"), into_contact_id=id_of("contact"))],
            ),
            id_of("former person"),
            None,
        ),
        (
            registry.ContactIdentified(
                contact_id=id_of("contact"), person_id=id_of("person"), organisation_id=id_of("organisation")
            ),
            id_of("contact"),
            NETWORK,
        ),
        (
            registry.GrantGiven(
                grant_id=id_of("grant"),
                person_id=id_of("person"),
                role="network_coordinator",
                scope="network",
                scope_id=id_of("network"),
                starts_on=date(2024, 9, 1),
                ends_on=date(2026, 12, 31),
            ),
            id_of("grant"),
            None,
        ),
        (
            registry.GrantTakenBack(
                grant_id=id_of("grant"),
                person_id=id_of("person"),
                role="network_coordinator",
                scope="network",
                scope_id=id_of("network"),
                starts_on=date(2024, 9, 1),
                ends_on=date(2026, 12, 31),
            ),
            id_of("grant"),
            None,
        ),
        (
            registry.LoginLinkRequested(
                request_id=id_of("request"),
                email="henrike@beispiel.example",
                links=[registry.LoginLink(person_id=id_of("person"), name="Henrike Beispiel", code="an-invented-code")],
                next="/konto",
                expires_at=datetime(2024, 9, 1, 8, 15, tzinfo=UTC),
            ),
            id_of("request"),
            None,
        ),
        (
            registry.ErasureRequested(
                erasure_id=id_of("erasure"),
                person_id=id_of("erased person"),
                contact_ids=[id_of("erased contact")],
                volunteer_id=id_of("erased volunteer"),
                former_person_ids=[id_of("erased former person")],
            ),
            id_of("erasure"),
            None,
        ),
        *(
            (
                confirmed(erasure_id=id_of("erasure"), receipt="eyJhbGciOiJFZDI1NTE5In0.e30.c2lnbmVk"),
                id_of("erasure"),
                None,
            )
            for confirmed in (
                registry.ErasureConfirmed,
                events.ErasureConfirmed,
                notifications.ErasureConfirmed,
                portal.ErasureConfirmed,
            )
        ),
        (registry.ErasureCompleted(erasure_id=id_of("erasure")), id_of("erasure"), None),
        (events.MeetingPublished(meeting=_MEETING), id_of("meeting"), NETWORK),
        (events.MeetingChanged(meeting=_MEETING), id_of("meeting"), NETWORK),
        (
            events.MeetingCancelled(meeting=_MEETING, reason="Der Saal hat einen Wasserschaden."),
            id_of("meeting"),
            NETWORK,
        ),
        (events.MeetingHeld(meeting=_MEETING), id_of("meeting"), NETWORK),
        (events.MeetingWithdrawn(meeting_id=id_of("meeting"), network=NETWORK), id_of("meeting"), NETWORK),
        (
            events.SeriesNewsTold(
                series_id=id_of("series"),
                contact_id=id_of("contact"),
                name="Erna Beispiel",
                email="erna@beispiel.example",
                person_id=id_of("person"),
                organisation_id=id_of("organisation"),
                network=NETWORK,
                title="Netzwerktreffen",
                reason="Der Saal wird umgebaut.",
                dates=[
                    events.SeriesDateNews(
                        meeting=_MEETING,
                        sequence=3,
                        online_link="https://treffen.example/herbst",
                        answer=events.Answer.ACCEPTED,
                        before=events.MeetingBefore(
                            title="Netzwerktreffen im Herbst",
                            place="Kirche Krina",
                            starts_at=datetime(2026, 10, 7, 15, 0, tzinfo=UTC),
                            ends_at=datetime(2026, 10, 7, 17, 0, tzinfo=UTC),
                            online_link="https://treffen.example/sommer",
                        ),
                        cancelled=True,
                    )
                ],
            ),
            id_of("series"),
            NETWORK,
        ),
        (
            events.MeetingNewsTold(
                contact_id=id_of("contact"),
                name="Erna Beispiel",
                email="erna@beispiel.example",
                person_id=id_of("person"),
                cancelled=True,
                reason="Der Saal hat einen Wasserschaden.",
                organisation_id=id_of("organisation"),
                answer=events.Answer.ACCEPTED,
                meeting=_MEETING,
                online_link="https://treffen.example/herbst",
                before=events.MeetingBefore(
                    title="Netzwerktreffen im Herbst",
                    place="Kirche Krina",
                    starts_at=datetime(2026, 10, 7, 15, 0, tzinfo=UTC),
                    ends_at=datetime(2026, 10, 7, 17, 0, tzinfo=UTC),
                    online_link="https://treffen.example/sommer",
                ),
            ),
            id_of("meeting"),
            NETWORK,
        ),
        (
            events.RegistrationsCounted(meeting_id=id_of("meeting"), invited=9, accepted=6, declined=1, registered=8),
            id_of("meeting"),
            NETWORK,
        ),
        (
            events.InvitationIssued(
                invitation_id=id_of("invitation"),
                contact_id=id_of("contact"),
                organisation_id=id_of("organisation"),
                reply_token="an-invented-token",
                meeting=_MEETING,
                online_link="https://treffen.example/herbst",
                course=[_COURSE_DATE],
            ),
            id_of("invitation"),
            NETWORK,
        ),
        (
            events.PersonInvited(
                invitation_id=id_of("invitation"),
                person_id=id_of("person"),
                reply_token="an-invented-token",
                meeting=_MEETING,
                course=[_COURSE_DATE],
                online_link="https://treffen.example/herbst",
            ),
            id_of("invitation"),
            NETWORK,
        ),
        (
            events.PersonAnswered(
                invitation_id=id_of("invitation"),
                person_id=id_of("person"),
                answer=events.Answer.ACCEPTED,
                meeting=_MEETING,
                course=[_COURSE_DATE],
                online_link="https://treffen.example/herbst",
            ),
            id_of("invitation"),
            NETWORK,
        ),
        (
            events.InvitationTried(
                person_id=id_of("person"),
                meeting=_MEETING,
                course=[_COURSE_DATE],
                online_link="https://treffen.example/herbst",
            ),
            id_of("invitation-trial"),
            NETWORK,
        ),
        (
            events.InvitationAnswered(
                invitation_id=id_of("invitation"),
                contact_id=id_of("contact"),
                answer=events.Answer.ACCEPTED,
                meeting=_MEETING,
                online_link="https://treffen.example/herbst",
                course=[_COURSE_DATE],
            ),
            id_of("invitation"),
            NETWORK,
        ),
        (
            events.AttendanceRecorded(meeting_id=id_of("meeting"), attended=14, excused=3, absent=2, guests=1),
            id_of("meeting"),
            NETWORK,
        ),
        (
            events.RegistrationTold(
                registration_id=id_of("registration"),
                person_id=id_of("person"),
                name="Erna Beispiel",
                email="erna@beispiel.example",
                state=events.RegistrationState.OFFERED,
                people=2,
                token="d3ae2c9b",
                until=datetime(2026, 9, 1, 10, tzinfo=UTC),
                meeting=_MEETING,
                course=[_COURSE_DATE],
                online_link="https://treffen.example/herbst",
            ),
            id_of("registration"),
            NETWORK,
        ),
        (
            events.RegistrationWithdrawn(
                registration_id=id_of("registration"),
                person_id=id_of("person"),
                people=2,
                coming=18,
                meeting=_MEETING,
                waited=True,
                course=[_COURSE_DATE],
            ),
            id_of("registration"),
            NETWORK,
        ),
        (
            events.MinutesPublished(
                minutes_id=id_of("minutes"),
                meeting_id=id_of("meeting"),
                network=NETWORK,
                title="Netzwerktreffen",
                place="Dorfgemeinschaftshaus Gossa",
                starts_at=datetime(2024, 9, 11, 16, 0, tzinfo=UTC),
                ends_at=datetime(2024, 9, 11, 18, 0, tzinfo=UTC),
                approved_on=date(2024, 10, 9),
                corrected=True,
                people=14,
                present=[id_of("organisation")],
                excused=[id_of("other organisation")],
                items=[
                    events.PublishedItem(
                        position=1,
                        title="Dorffest",
                        text="Das Zelt kommt am Freitag.",
                        carried=True,
                        decisions=[
                            events.PublishedDecision(
                                text="Das Fest ist am 7. Juni.", votes_for=11, votes_against=1, votes_abstained=2
                            )
                        ],
                        action_items=[
                            events.PublishedActionItem(
                                title="Zelt bestellen",
                                organisation_id=id_of("organisation"),
                                function="chair",
                                due_on=date(2024, 10, 1),
                                state=events.ActionItemState.OPEN,
                            )
                        ],
                    )
                ],
            ),
            id_of("minutes"),
            NETWORK,
        ),
        (
            events.ActionItemCompleted(
                action_item_id=id_of("action item"),
                meeting_id=id_of("meeting"),
                network=NETWORK,
                need_id=id_of("need"),
            ),
            id_of("action item"),
            NETWORK,
        ),
        (
            events.ActionItemFellDue(
                action_item_id=id_of("action item"),
                contact_id=id_of("contact"),
                person_id=id_of("person"),
                organisation_id=id_of("organisation"),
                network=NETWORK,
                title="Zelt bestellen",
                due_on=date(2024, 10, 1),
                number=1,
                meeting_title="Netzwerktreffen",
                met_at=datetime(2024, 9, 11, 16, 0, tzinfo=UTC),
            ),
            id_of("reminder"),
            NETWORK,
        ),
        (
            events.MinutesMissed(
                meeting_id=id_of("meeting"),
                person_id=id_of("person"),
                network=NETWORK,
                meeting_title="Netzwerktreffen",
                met_at=datetime(2024, 9, 11, 16, 0, tzinfo=UTC),
            ),
            id_of("meeting"),
            NETWORK,
        ),
        (notifications.NoticeDelivered(**_NOTICE), id_of("notice"), NETWORK),
        (notifications.NoticeFailed(**_NOTICE, reason="refused"), id_of("notice"), NETWORK),
    ]
}


def example(event_type: str) -> Event[Any]:
    """The example event of a type: the same bytes in every run."""
    data, subject, network = EXAMPLES[event_type]
    return Event(
        id=id_of(f"event {event_type}"),
        source=f"/dorfnetz/{event_type.partition('.')[0]}",
        type=event_type,
        subject=str(subject),
        time=datetime(2026, 9, 1, 8, 0, tzinfo=UTC),
        sequence=3,
        networkid=network,
        traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        data=data,
    )
