"""What a page says at its top after something was done; the address carries the code (`?meldung=…`)."""

from shared.i18n import N_

MESSAGES = {
    "gespeichert": N_("Saved. Everybody can see it now."),
    "gleich": N_("Saved. It will be visible here in a moment; please reload the page."),
    "eingetragen": N_("The entry is made. Everybody can see it now."),
    "federfuehrung": N_("The lead association is entered. Thank you for keeping this up to date."),
    "entwurf": N_("The draft is saved. Only you and the other coordinators can see it."),
    "veroeffentlicht": N_("The meeting is published. The invitations are on their way."),
    "ansprechperson": N_("The contact person is entered."),
    "ausgetragen": N_("This person is no longer entered as a contact person."),
    "dabei": N_("Thank you, you are registered. See you there!"),
    "abgemeldet": N_("You are logged out."),
    "angaben": N_("Your data is saved."),
    "adresse-bestaetigen": N_(
        "Saved. One step is missing: we have sent a link to the new address. It holds when you have opened the link."
    ),
    "sitzung-beendet": N_("That device is logged out."),
    "ueberall-abgemeldet": N_("You are logged out everywhere."),
    "person-eingetragen": N_("The person is entered."),
    "person-geaendert": N_("The data is changed."),
    "rolle-gegeben": N_("The role is given."),
    "rolle-zurueckgenommen": N_("The role is taken back."),
    "programm-beendet": N_("The program is locked out."),
    "angemeldet": N_("You are logged in."),
    "eingewilligt": N_("Saved: you agree. You can withdraw it here at any time."),
    "widerrufen": N_("Withdrawn. It holds from now on."),
    "neuer-text": N_("The words have changed meanwhile. Please read them again."),
    "einwilligung-eingetragen": N_("The consent is recorded."),
    "widerruf-eingetragen": N_("The withdrawal is recorded and holds from now on."),
    "anmeldung-bestaetigt": N_("Entered as a volunteer."),
    "fuehrungszeugnis": N_("The inspection is noted."),
    "gespeichert-intern": N_("Saved."),
    "geloescht": N_("Deleted."),
}
PENDING = "gleich"


def with_message(path: str, code: str) -> str:
    """The address of a page that shows the message."""
    return f"{path}{'&' if '?' in path else '?'}meldung={code}"
