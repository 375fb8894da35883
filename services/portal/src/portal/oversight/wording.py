"""What the codes of the audit log mean, in plain words."""

from shared.i18n import N_

SERVICES = {
    "registry": N_("People, roles and consents"),
    "events": N_("Meetings"),
    "notifications": N_("Emails"),
}
"""The services that keep an audit log, as people know them."""

PORTAL = N_("These pages")

ACTIONS = {
    "action_item.changed": N_("Task changed"),
    "action_item.entered": N_("Task given to somebody"),
    "action_items.seen": N_("List of tasks looked at"),
    "address_change.requested": N_("New email address asked for"),
    "api_client.ended": N_("Access of a program ended"),
    "api_client.made": N_("Access for a program made"),
    "api_client.renewed": N_("Secret of a program renewed"),
    "audit_entry.forgotten": N_("Old entries of the audit log deleted"),
    "certificate.changed": N_("Note on a certificate of conduct changed"),
    "certificate.deleted": N_("Note on a certificate of conduct deleted"),
    "certificate.inspected": N_("Certificate of conduct inspected"),
    "certificates.seen": N_("Notes on certificates of conduct looked at"),
    "consent.given": N_("Consent given"),
    "consent.withdrawn": N_("Consent withdrawn"),
    "consents.seen": N_("Consents looked at"),
    "contact.appointed": N_("Contact person entered"),
    "contact.dismissed": N_("Contact person struck off"),
    "contacts.seen": N_("Contact people looked at"),
    "erasure.completed": N_("Erasure completed"),
    "erasure.requested": N_("Erasure requested"),
    "external_identity.forgotten": N_("Service account disconnected"),
    "external_identity.linked": N_("Service account connected"),
    "grant.given": N_("Role given"),
    "grant.taken_back": N_("Role taken back"),
    "grants.seen": N_("Roles looked at"),
    "help_request.answered": N_("Request for help answered"),
    "help_request.done": N_("Help noted as done"),
    "help_request.sent": N_("Somebody asked for help"),
    "help_request.taken_back": N_("Request for help taken back"),
    "helpers.seen": N_("Names of helpers looked at"),
    "invitation.answered": N_("Invitation answered"),
    "invitations.seen": N_("Invitations looked at"),
    "login.ended": N_("Logged out"),
    "login.succeeded": N_("Logged in"),
    "merger.cancelled": N_("Merger of municipalities cancelled"),
    "merger.completed": N_("Merger of municipalities completed"),
    "merger.planned": N_("Merger of municipalities entered"),
    "minutes.approved": N_("Minutes approved"),
    "minutes.corrected": N_("Minutes corrected"),
    "minutes.published": N_("Minutes published"),
    "minutes.reopened": N_("Minutes taken back"),
    "minutes.seen": N_("Minutes looked at"),
    "minutes.submitted": N_("Minutes submitted"),
    "names.seen": N_("Names in this log looked at"),
    "network_contact.appointed": N_("Contact person of a network entered"),
    "network_contact.dismissed": N_("Contact person of a network struck off"),
    "notice.retried": N_("Email sent again"),
    "notices.seen": N_("List of emails looked at"),
    "person.changed": N_("Data of a person changed"),
    "person.entered": N_("Person entered"),
    "person.erased": N_("Person erased"),
    "person.exported": N_("Own data downloaded"),
    "person.seen": N_("Data of a person looked at"),
    "persons.seen": N_("List of people looked at"),
    "registration.received": N_("Registered for a meeting"),
    "sign_up.confirmed": N_("Sign-up as a volunteer confirmed"),
    "sign_up.discarded": N_("Sign-up as a volunteer discarded"),
    "sign_ups.seen": N_("Sign-ups as a volunteer looked at"),
    "volunteer.changed": N_("Profile of a volunteer changed"),
    "volunteer.left": N_("Volunteer has stopped"),
    "volunteer.paused": N_("Volunteer pauses"),
    "volunteer.resumed": N_("Volunteer is back"),
    "volunteer.seen": N_("Profile of a volunteer looked at"),
    "volunteers.seen": N_("List of volunteers looked at"),
}
"""Actions by what stands in an entry; one that is missing here is shown as it is."""

FIELDS = {"name": N_("Name"), "email": N_("Email address"), "phone": N_("Telephone number")}
"""Names of changed fields in an entry."""
