"""Why two entries are likely the same, for people."""

from shared.i18n import N_

REASONS = {
    "register": N_("the same register number"),
    "register_number": N_("the same register number, one without its court"),
    "email": N_("the same email address"),
    "phone": N_("the same telephone number"),
    "website": N_("the same website"),
    "same_name": N_("the same name"),
    "similar_name": N_("a similar name"),
    "village": N_("the same village"),
    "municipality": N_("the same municipality"),
}
KINDS = {"organisationen": "organisations", "personen": "persons"}
"""The lists' names in our addresses, and the registry's."""
SCORES = {"sehr": "least", "vielleicht": "below"}
"""How likely, in our addresses, and which bound of the registry's `SURE` is then."""
SURE = 85
"""From this score on two entries are very likely the same."""
