"""What the codes of imports mean, in plain words."""

from shared.i18n import N_

KINDS = {
    "organisations": N_("Associations and organisations"),
    "contacts": N_("Contact people"),
    "volunteers": N_("Volunteers"),
    "help_entries": N_("Needs and offers"),
}
ENTRIES = {"organisations": "/organisationen/", "help_entries": "/hilfe/"}
"""Where the entries of a kind of list have their pages; those of people are at /personen."""
STATES = {
    "uploaded": N_("Columns are being assigned"),
    "checking": N_("The rows are being checked"),
    "checked": N_("Checked, nothing is written yet"),
    "running": N_("The rows are being written"),
    "done": N_("Imported"),
    "undoing": N_("The import is being taken back"),
    "undone": N_("Taken back"),
}
SHOWN = {
    "all": N_("All rows"),
    "wrong": N_("Rows with errors"),
    "hinted": N_("Rows with a hint"),
    "known": N_("Probably entered already"),
    "good": N_("New rows"),
    "created": N_("Entered anew"),
    "completed": N_("Completed"),
    "overwritten": N_("Overwritten"),
    "unchanged": N_("Unchanged"),
    "skipped": N_("Skipped"),
    "refused": N_("Left out because of errors"),
}
OUTCOMES = {name: SHOWN[name] for name in ("created", "completed", "overwritten", "unchanged", "skipped", "refused")}
CHOICES = {
    "skip": N_("Skip: leave the entry as it is"),
    "complete": N_("Complete: fill only what is empty in the entry"),
    "overwrite": N_("Overwrite: what the list says counts"),
    "new": N_("Enter anew: these are two different ones"),
}
REASONS = {
    "register": N_("same register number"),
    "register_number": N_("same register number"),
    "email": N_("same email address"),
    "phone": N_("same telephone number"),
    "website": N_("same website"),
    "same_name": N_("same name"),
    "similar_name": N_("similar name"),
    "village": N_("same village"),
    "municipality": N_("same municipality"),
}
