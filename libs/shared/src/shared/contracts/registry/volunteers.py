"""Volunteers and sign-ups."""

from uuid import UUID

from pydantic import AwareDatetime

from shared.contracts.envelope import EventData, Exchange
from shared.contracts.registry.areas import Area, Surroundings
from shared.contracts.registry.availability import Rhythm


class VolunteerState(EventData):
    """All that is public of a volunteer who may be asked. `fields` are slugs; `around` says how far beyond a village of
    `areas` they go.

    What would tell in a small village who it is stays in the registry: free hours, skills, languages, ways to reach
    them.
    """

    volunteer_id: UUID
    fields: list[str]
    areas: list[Area]
    around: list[Surroundings] = []
    rhythm: Rhythm | None = None


class VolunteerSignedUp(VolunteerState):
    """subject: the volunteer's id, which is not the person's. Somebody is new, or agrees again to be asked."""

    type = "registry.volunteer.signed_up.v1"


class VolunteerChanged(VolunteerState):
    """subject: the volunteer's id. They help elsewhere or in other fields from now on."""

    type = "registry.volunteer.changed.v1"


class VolunteerPaused(EventData):
    """subject: the volunteer's id. They are not asked until `registry.volunteer.resumed.v1` (or a new sign-up)."""

    type = "registry.volunteer.paused.v1"
    volunteer_id: UUID


class VolunteerResumed(VolunteerState):
    """subject: the volunteer's id. They may be asked again."""

    type = "registry.volunteer.resumed.v1"


class VolunteerWithdrawn(EventData):
    """subject: the volunteer's id. They may not be asked any more; a later sign-up of the same id brings them back."""

    type = "registry.volunteer.withdrawn.v1"
    volunteer_id: UUID


class VolunteerIdentified(EventData):
    """subject: the volunteer's id. Which person stands behind a volunteer; ids only, for the service events.

    Told together with each event that says that they may be asked. With `state` it is told without one: again, for a
    service that did not listen yet when the public learned of it.
    """

    type = "registry.volunteer.identified.v1"
    exchange = Exchange.PRIVATE
    volunteer_id: UUID
    person_id: UUID
    state: VolunteerState | None = None


class SignUpReceived(EventData):
    """subject: the sign-up's id. Nobody is a volunteer before the link with `token` is confirmed; for notifications.

    The mail goes to the person, or to the guardian of somebody under 16, who is then named in `child`.
    """

    type = "registry.sign_up.received.v1"
    exchange = Exchange.PRIVATE
    sign_up_id: UUID
    name: str
    email: str
    child: str | None = None
    token: str
    expires_at: AwareDatetime
