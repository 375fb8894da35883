"""What a page says at its top after something was done; the address carries the code (`?meldung=…`)."""

from shared.i18n import N_

MESSAGES = {
    "gespeichert": N_("Saved. Everybody can see it now."),
    "gleich": N_("Saved. It will be visible here in a moment; please reload the page."),
    "eingetragen": N_("The entry is made. Everybody can see it now."),
    "federfuehrung": N_("The lead association is entered. Thank you for keeping this up to date."),
    "entwurf": N_("The draft is saved. Only you and the other coordinators can see it."),
    "veroeffentlicht": N_("The meeting is published. The invitations are on their way."),
    "abgesagt": N_("The meeting is cancelled. Those concerned are told."),
    "ansprechperson": N_("The contact person is entered."),
    "ausgetragen": N_("This person is no longer entered as a contact person."),
    "vorgeschlagen": N_("Thank you! Your proposal is there, and the coordination decides about it."),
    "aufgabe-erledigt": N_("Thank you! The task is done."),
    "aufgabe-entfallen": N_("The task is dropped."),
    "protokoll-eingereicht": N_("The minutes are submitted. The next meeting approves them."),
    "protokoll-genehmigt": N_("The minutes are approved. Now you can publish them without names."),
    "protokoll-berichtigt": N_("The correction is saved. The earlier version is kept."),
    "protokoll-veroeffentlicht": N_("The minutes are published. Everybody can read them in a moment."),
    "hilfe-eingetragen": N_("It is entered. Everybody can see it now, and suggestions are below."),
    "angefragt": N_("The request is on its way by mail."),
    "zurueckgenommen": N_("The request is taken back. A mail says so."),
    "gedankt": N_("It is done. Your thanks are on their way by mail."),
    "erledigt": N_("It is done."),
    "dabei": N_("Thank you, you are registered. See you there!"),
    "warteliste": N_("All places are taken. You stand on the waiting list, and we write to you when one becomes free."),
    "doch-nicht": N_("Thank you for telling us. You are no longer registered."),
    "eingetragen-kommt": N_("The registration is entered."),
    "eingetragen-wartet": N_("All places are taken: the registration stands on the waiting list."),
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
    "keine-dublette": N_("We remember that these are two different ones."),
    "wieder-dublette": N_("The pair is in the list again."),
    "anmeldung-bestaetigt": N_("Entered as a volunteer."),
    "pause": N_("Noted: nobody asks during the break."),
    "zurueck": N_("Noted: back from the break."),
    "ausgeschieden": N_("Noted. All consents to be asked are withdrawn."),
    "fuehrungszeugnis": N_("The inspection is noted."),
    "gespeichert-intern": N_("Saved."),
    "zusammengeschlossen": N_("The new municipality is there, with all villages."),
    "zusammenschluss-geplant": N_("The merger is planned. It happens by itself on its day."),
    "zusammenschluss-abgesagt": N_("The merger is cancelled. Everything stays as it is."),
    "geloescht": N_("Deleted."),
    "gemerkt": N_("Remembered. Nothing is written before you import."),
    "organisation-eingetragen": N_("The entry is made."),
    "entwurf-organisation": N_("The draft is saved. Only staff can see it."),
    "ausgeblendet": N_("Saved. The public no longer sees this entry."),
    "eintrag-bestaetigt": N_("The entry is confirmed for a year."),
    "eintrag-gefragt": N_("The question is on its way by mail."),
}
PENDING = "gleich"


def with_message(path: str, code: str) -> str:
    """The address of a page that shows the message."""
    return f"{path}{'&' if '?' in path else '?'}meldung={code}"
