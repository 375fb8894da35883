"""Which lists can be downloaded, and what their pages' filters are called in the registry."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.i18n import N_

from portal.organisations.office import FILTERS as OF_ORGANISATIONS
from portal.volunteers.office import FILTERS as OF_VOLUNTEERS


@dataclass(frozen=True)
class ExportedList:
    """`name` is the registry's; `filters` lead from the names in our addresses to its own. Texts are msgids."""

    name: str
    title: str
    text: str
    filters: Mapping[str, str] = field(default_factory=dict)
    always: Mapping[str, str] = field(default_factory=dict)
    letters: bool = False  # also as a data source for letters


LISTS = {
    "organisationen": ExportedList(
        "organisations",
        N_("Associations, companies, other organisations"),
        N_("All entries in your area, also drafts and hidden ones. The file can be imported again."),
        OF_ORGANISATIONS,
        {"publication": "any"},
    ),
    "ansprechpersonen": ExportedList(
        "contacts",
        N_("Contact persons"),
        N_("Who speaks for which organisation, with email and telephone."),
        {"name": "name"},
        letters=True,
    ),
    "freiwillige": ExportedList(
        "volunteers",
        N_("Volunteers"),
        N_("Everybody in your area who agreed to be contacted. Letters go to nobody who takes a break."),
        OF_VOLUNTEERS,
        letters=True,
    ),
    "einwilligungen": ExportedList(
        "consents",
        N_("Consents"),
        N_("Who agrees to what at present."),
        {"zweck": "purpose"},
    ),
    "rundbrief": ExportedList(
        "consents",
        N_("Newsletter"),
        N_("Who wants to get the newsletter."),
        always={"purpose": "newsletter"},
    ),
    "federfuehrung": ExportedList(
        "lead-mandates",
        N_("Lead associations"),
        N_("Which association leads which village, from when to when."),
        {"netzwerk": "network", "am": "on"},
    ),
    "bedarfe-und-angebote": ExportedList(
        "help-entries",
        N_("Needs and offers"),
        N_("What organisations in your area look for and what they lend. The file can be imported again."),
        {"netzwerk": "network", "feld": "field", "ort": "village_id"},
    ),
    "orte": ExportedList(
        "villages",
        N_("Villages"),
        N_("All villages with municipality and network."),
        {"netzwerk": "network", "gemeinde": "municipality_id", "name": "text", "am": "on"},
    ),
    "gemeinden": ExportedList("municipalities", N_("Municipalities"), N_("All municipalities with their AGS.")),
    "einsatzfelder": ExportedList(
        "fields-of-activity", N_("Fields of activity"), N_("The list of your district in its order.")
    ),
}
"""By their names in our addresses."""

FORMATS = {"xlsx": "xlsx", "csv": "csv", "serienbrief": "mail_merge"}
"""The endings of our addresses, and the registry's formats."""
