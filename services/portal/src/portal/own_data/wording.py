"""What the codes in somebody's data mean, for people who read them; files for computers keep the codes."""

from collections.abc import Mapping
from typing import Any

from shared.contracts.registry import (
    CHANNEL_NAMES,
    LANGUAGE_NAMES,
    LEAVE_REASON_NAMES,
    RHYTHM_NAMES,
    SKILL_NAMES,
)
from shared.i18n import N_

from portal.consents.words import CHANNELS, PURPOSES
from portal.oversight.wording import ACTIONS

_ROLES = {
    "district_officer": N_("District office"),
    "municipality_officer": N_("Municipality office"),
    "network_coordinator": N_("Network coordinator"),
    "association_contact": N_("Contact of an association"),
    "volunteer": N_("Volunteer"),
}
_SCOPES = {
    "district": N_("The whole district"),
    "municipality": N_("A municipality"),
    "network": N_("A network"),
    "association": N_("An association"),
    "oneself": N_("Only myself"),
}
_FUNCTIONS = {
    "chair": N_("Chair"),
    "deputy_chair": N_("Deputy chair"),
    "treasurer": N_("Treasurer"),
    "secretary": N_("Secretary"),
    "youth_officer": N_("Youth work"),
    "managing_director": N_("Management"),
    "village_mayor": N_("Village mayor"),
    "contact_person": N_("Contact person"),
}
_NETWORK_FUNCTIONS = {
    "coordinator": N_("Coordination"),
    "deputy_coordinator": N_("Deputy of the coordination"),
    "spokesperson": N_("Spokesperson"),
    "contact_person": N_("Contact person"),
}
_NOTICES = {
    "meeting_invitation": N_("Invitation to a meeting"),
    "answer_confirmation": N_("Confirmation of an answer"),
    "registration_confirmation": N_("Confirmation of a registration"),
    "login_link": N_("Link to log in"),
    "sign_up_confirmation": N_("Confirmation of a sign-up as a volunteer"),
    "new_meeting": N_("Mail about a new meeting"),
    "address_confirmation": N_("Confirmation of a new email address"),
    "address_warning": N_("Hint that the email address changes"),
}

WORDS: Mapping[tuple[str, str], Mapping[Any, str]] = {
    ("access_grant", "role"): _ROLES,
    ("access_grant", "scope"): _SCOPES,
    ("audit_entry", "action"): ACTIONS,
    ("certificate", "result"): {"clear": N_("nothing noted"), "excluded": N_("relevant conviction")},
    ("consent", "channel"): CHANNELS,
    ("consent", "purpose"): {purpose: title for purpose, (title, _) in PURPOSES.items()},
    ("consent", "withdrawn_channel"): CHANNELS,
    ("contact", "function"): _FUNCTIONS,
    ("network_contact", "function"): _NETWORK_FUNCTIONS,
    ("invitation", "answer"): {"accepted": N_("accepted"), "declined": N_("declined")},
    ("notice", "kind"): _NOTICES,
    ("notice", "status"): {"pending": N_("waiting"), "sent": N_("sent"), "failed": N_("could not be sent")},
    ("person", "language"): {"de": N_("German")},
    ("volunteer", "languages"): LANGUAGE_NAMES,
    ("volunteer", "leave_reason"): LEAVE_REASON_NAMES,
    ("volunteer", "preferred_channel"): CHANNEL_NAMES,
    ("volunteer", "rhythm"): RHYTHM_NAMES,
    ("volunteer", "skills"): SKILL_NAMES,
}
"""By part and column; a code that is missing here is shown as it is."""
