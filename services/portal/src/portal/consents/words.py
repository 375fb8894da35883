"""How purposes and channels are called on pages."""

from shared.i18n import N_

PURPOSES = {
    "contact": (N_("Being contacted"), "mail"),
    "publication": (N_("My name on public pages"), "language"),
    "newsletter": (N_("Mails about new meetings"), "calendar-today"),
    "sharing": (N_("Other municipalities"), "arrow-forward"),
    "photos": (N_("Photos"), "visibility"),
}
"""Title (msgid) and icon, in the order in which they are shown."""

CHANNELS = {
    "web": N_("on these pages"),
    "link": N_("by the link in a mail"),
    "paper": N_("on paper"),
    "telephone": N_("by telephone"),
    "in_person": N_("in person"),
    "renewed": N_("replaced by newer words"),
}

STAFF_CHANNELS = ("paper", "telephone", "in_person")
