"""The event that is measured: ten fields, 641 bytes on the wire as in the measurements that set the targets."""

from uuid import uuid4

from shared.contracts.envelope import Event, create_event
from shared.contracts.registry import OrganisationKind, OrganisationRegistered

NETWORK = "heidedoerfer"


def create() -> Event[OrganisationRegistered]:
    """An organisation that nobody knows yet."""
    subject = uuid4()
    data = OrganisationRegistered(
        organisation_id=subject,
        kind=OrganisationKind.ASSOCIATION,
        slug="heimatverein-beispielhausen",
        name="Heimatverein Beispielhausen e. V.",
        village_id=uuid4(),
        legal_form="e. V.",
        goals="Brauchtum",
        strengths="Zelt",
        fields=["kultur"],
        founded=1993,
    )
    return create_event(data, subject=subject, sequence=1, network=NETWORK)
