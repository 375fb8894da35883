"""What the registry holds about a person, for that person."""

import sqlalchemy as sa
from shared.contracts.registry import DAYTIME_NAMES
from shared.own_data import Own
from sqlalchemy.dialects.postgresql import array

from registry.access.model import AccessGrant
from registry.address_changes.model import AddressChange
from registry.certificates.model import Certificate
from registry.consents.model import Consent
from registry.fields_of_activity.model import FieldOfActivity
from registry.freshness.model import ConfirmationLink
from registry.imports.model import ImportEntry, ImportRow, ListImport
from registry.logins.model import ExternalIdentity, LoginSession
from registry.mutual_help.model import HelpEntry, HelpRequest
from registry.network_contacts.model import NetworkContact
from registry.organisations.model import Organisation
from registry.people.model import Contact, Person
from registry.territory.model import District, Municipality, Network, Village
from registry.volunteers.model import Volunteer, VolunteerArea, volunteer_field

_RECORDED = {"created_at": "Eingetragen am", "recorded_by": "Kennung der eintragenden Person"}

_WEEK = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
_TIMES = array([f"{day} {daytime}" for day in _WEEK for daytime in DAYTIME_NAMES.values()])
_SLOT = sa.func.unnest(Volunteer.slots).column_valued("slot")
_AREA_NAME = sa.func.concat(
    sa.func.coalesce(
        *(
            sa.select(place.name).where(place.id == VolunteerArea.area_id).scalar_subquery()
            for place in (Village, Municipality, Network, District)
        )
    ),
    sa.case((VolunteerArea.km.is_not(None), sa.func.format(" und %s km im Umkreis", VolunteerArea.km))),
)

PARTS = (
    Own(
        "person",
        {
            "id": "Kennung",
            "name": "Name",
            "email": "E-Mail-Adresse",
            "phone": "Telefon",
            "birth_date": "Geburtsdatum",
            **_RECORDED,
        },
        lambda person: sa.select(
            Person.id, Person.name, Person.email, Person.phone, Person.birth_date, Person.created_at, Person.recorded_by
        ).where(Person.id == person),
        name="Wie Sie heißen und erreichbar sind",
    ),
    Own(
        "contact",
        {
            "organisation": "Organisation",
            "function": "Funktion",
            "starts_on": "Von",
            "ends_on": "Vorgesehen bis",
            "until": "Bis",
            "created_at": "Eingetragen am",
        },
        lambda person: (
            sa.select(
                Organisation.name.label("organisation"),
                Contact.function,
                Contact.starts_on,
                Contact.ends_on,
                Contact.until,
                Contact.created_at,
            )
            .join(Organisation, Organisation.id == Contact.organisation_id)
            .where(Contact.person_id == person)
        ),
        name="Für wen Sie sprechen",
    ),
    Own(
        "network_contact",
        {
            "network": "Netzwerk",
            "function": "Funktion",
            "starts_on": "Von",
            "until": "Bis",
            "created_at": "Eingetragen am",
        },
        lambda person: (
            sa.select(
                Network.name.label("network"),
                NetworkContact.function,
                NetworkContact.starts_on,
                NetworkContact.until,
                NetworkContact.created_at,
            )
            .join(Network, Network.id == NetworkContact.network_id)
            .where(NetworkContact.person_id == person)
        ),
        name="Für welches Netzwerk Sie sprechen",
    ),
    Own(
        "confirmation_link",
        {"organisation": "Organisation", "created_at": "Geschickt am", "expires_at": "Gilt bis"},
        lambda person: (
            sa.select(Organisation.name.label("organisation"), ConfirmationLink.created_at, ConfirmationLink.expires_at)
            .join(Organisation, Organisation.id == ConfirmationLink.organisation_id)
            .where(ConfirmationLink.person_id == person)
        ),
        name="Links zum Bestätigen eines Eintrags",
    ),
    Own(
        "volunteer",
        {
            "created_at": "Angemeldet am",
            "fields": "Einsatzfelder",
            "areas": "Einsatzgebiete",
            "times": "Wann Sie Zeit haben",
            "rhythm": "Einmal oder regelmäßig",
            "hours_per_month": "Stunden im Monat",
            "available_from": "Von",
            "available_until": "Bis",
            "skills": "Was Sie können",
            "own_skills": "In Ihren Worten",
            "languages": "Sprachen",
            "preferred_channel": "Wie Sie gefragt werden möchten",
            "best_time": "Wann Sie gut zu erreichen sind",
            "street": "Straße",
            "postcode": "Postleitzahl",
            "town": "Ort",
            "paused_at": "Pause seit",
            "paused_until": "Pause bis",
            "leave_reason": "Warum Sie aufgehört haben",
        },
        lambda person: sa.select(
            Volunteer.created_at,
            sa.select(sa.func.array_agg(FieldOfActivity.name))
            .join(volunteer_field, volunteer_field.c.field_id == FieldOfActivity.id)
            .where(volunteer_field.c.volunteer_id == Volunteer.id)
            .correlate(Volunteer)
            .scalar_subquery()
            .label("fields"),
            sa.select(sa.func.array_agg(_AREA_NAME))
            .where(VolunteerArea.volunteer_id == Volunteer.id)
            .correlate(Volunteer)
            .scalar_subquery()
            .label("areas"),
            sa.select(sa.func.array_agg(_TIMES[_SLOT + 1])).correlate(Volunteer).scalar_subquery().label("times"),
            Volunteer.rhythm,
            Volunteer.hours_per_month,
            Volunteer.available_from,
            Volunteer.available_until,
            Volunteer.skills,
            Volunteer.own_skills,
            Volunteer.languages,
            Volunteer.preferred_channel,
            Volunteer.best_time,
            Volunteer.street,
            Volunteer.postcode,
            Volunteer.town,
            Volunteer.paused_at,
            Volunteer.paused_until,
            Volunteer.leave_reason,
        ).where(Volunteer.person_id == person),
        name="Wobei Sie helfen wollen",
    ),
    Own(
        "help_request",
        {
            "title": "Wofür",
            "organisation": "Wer gefragt hat",
            "state": "Stand",
            "words": "Was Ihnen geschrieben wurde",
            "thanks": "Wie Ihnen gedankt wurde",
            "created_at": "Gefragt am",
            "answered_at": "Geantwortet am",
            "done_at": "Erledigt am",
            "expires_at": "Antwort bis",
        },
        lambda person: (
            sa.select(
                HelpEntry.title,
                Organisation.name.label("organisation"),
                HelpRequest.state,
                HelpRequest.words,
                HelpRequest.thanks,
                HelpRequest.created_at,
                HelpRequest.answered_at,
                HelpRequest.done_at,
                HelpRequest.expires_at,
            )
            .join(HelpEntry, HelpEntry.id == HelpRequest.need_id)
            .join(Organisation, Organisation.id == HelpEntry.organisation_id)
            .where(sa.or_(HelpRequest.person_id == person, HelpRequest.answered_by == person))
        ),
        name="Wobei Sie um Hilfe gebeten wurden",
    ),
    Own(
        "consent",
        {
            "purpose": "Wofür",
            "text_version": "Fassung des Textes",
            "channel": "Wie",
            "given_on": "Erteilt am",
            "given_at": "Eingetragen am",
            "guardian": "Sorgeberechtigte Person",
            "withdrawn_at": "Widerrufen am",
            "withdrawn_channel": "Wie widerrufen",
        },
        lambda person: sa.select(
            Consent.purpose,
            Consent.text_version,
            Consent.channel,
            Consent.given_on,
            Consent.given_at,
            Consent.guardian,
            Consent.withdrawn_at,
            Consent.withdrawn_channel,
        ).where(Consent.person_id == person),
        name="Worin Sie eingewilligt haben",
    ),
    Own(
        "certificate",
        {
            "issued_on": "Ausgestellt am",
            "inspected_on": "Eingesehen am",
            "result": "Ergebnis",
            "activity_ended_on": "Tätigkeit beendet am",
        },
        lambda person: sa.select(
            Certificate.issued_on, Certificate.inspected_on, Certificate.result, Certificate.activity_ended_on
        ).where(Certificate.person_id == person),
        name="Eingesehene Führungszeugnisse",
    ),
    Own(
        "list_import_row",
        {"file_name": "Datei", "created_at": "Hochgeladen am", "number": "Zeile", "values": "Was dort stand"},
        lambda person: (
            sa.select(ListImport.file_name, ListImport.created_at, ImportRow.number, ImportRow.values)
            .join(ListImport, ListImport.id == ImportRow.import_id)
            .where(ImportRow.person_id == person)
        ),
        name="Zeilen von Listen, aus denen Sie eingetragen wurden",
    ),
    Own(
        "list_import_entry",
        {"file_name": "Datei", "created_at": "Hochgeladen am", "before": "Angaben vorher", "after": "Angaben nachher"},
        lambda person: (
            sa.select(ListImport.file_name, ListImport.created_at, ImportEntry.before, ImportEntry.after)
            .join(ListImport, ListImport.id == ImportEntry.import_id)
            .where(ImportEntry.person_id == person)
        ),
        name="Was ein Import bei Ihnen eingetragen oder geändert hat",
    ),
    Own(
        "access_grant",
        {
            "role": "Rolle",
            "scope": "Bereich",
            "scope_id": "Kennung des Bereichs",
            "starts_on": "Von",
            "ends_on": "Bis",
            "ended_at": "Zurückgenommen am",
        },
        lambda person: sa.select(
            AccessGrant.role,
            AccessGrant.scope,
            AccessGrant.scope_id,
            AccessGrant.starts_on,
            AccessGrant.ends_on,
            AccessGrant.ended_at,
        ).where(AccessGrant.person_id == person),
        name="Was Sie hier dürfen",
    ),
    Own(
        "login_session",
        {"created_at": "Angemeldet am", "expires_at": "Endet spätestens am", "ended_at": "Abgemeldet am"},
        lambda person: sa.select(LoginSession.created_at, LoginSession.expires_at, LoginSession.ended_at).where(
            LoginSession.person_id == person
        ),
        name="Ihre Anmeldungen",
    ),
    Own(
        "address_change",
        {"email": "Neue E-Mail-Adresse", "created_at": "Eingegeben am", "expires_at": "Zu bestätigen bis"},
        lambda person: sa.select(AddressChange.email, AddressChange.created_at, AddressChange.expires_at).where(
            AddressChange.person_id == person
        ),
        name="Neue E-Mail-Adresse, die noch nicht bestätigt ist",
    ),
    Own(
        "external_identity",
        {"issuer": "Anbieter", "subject": "Ihre Kennung dort"},
        lambda person: sa.select(ExternalIdentity.issuer, ExternalIdentity.subject).where(
            ExternalIdentity.person_id == person
        ),
        name="Ihr Dienstkonto",
    ),
)
