"""What others learn of organisations."""

from shared.contracts.registry import (
    Language,
    OrganisationChanged,
    OrganisationHidden,
    OrganisationRegistered,
    OrganisationState,
    Purpose,
    SupportKind,
)
from shared.messaging.outbox import record
from sqlalchemy.ext.asyncio import AsyncSession

from registry.organisations.model import Organisation, Publication


def tell_change(session: AsyncSession, organisation: Organisation, before: Publication) -> None:
    """What was never shown stays untold; what is hidden is told without its content."""
    if organisation.published:
        never_shown = before is Publication.DRAFT
        tell_state(session, organisation, OrganisationRegistered if never_shown else OrganisationChanged)
    elif before is Publication.PUBLISHED:
        hidden = OrganisationHidden(organisation_id=organisation.id)
        network = organisation.village.network_slug
        record(session, hidden, subject=organisation.id, sequence=organisation.version, network=network)


def tell_state(session: AsyncSession, organisation: Organisation, told: type[OrganisationState]) -> None:
    """The whole public state of a published organisation."""
    state = told(
        organisation_id=organisation.id,
        kind=organisation.kind,
        slug=organisation.slug,
        name=organisation.name,
        village_id=organisation.village_id,
        public_body_kind=organisation.public_body_kind,
        legal_form=organisation.legal_form,
        register_court=organisation.register_court,
        register_number=organisation.register_number,
        notice=organisation.notice,
        purposes=[Purpose(purpose) for purpose in organisation.purposes],
        goals=organisation.goals,
        strengths=organisation.strengths,
        potentials=organisation.potentials,
        fields=[field.slug for field in organisation.fields],
        areas=organisation.areas,
        support_kinds=[SupportKind(kind) for kind in organisation.support_kinds],
        founded=organisation.founded,
        founded_on=organisation.founded_on,
        members=organisation.members,
        facilities=organisation.facilities,
        languages=[Language(language) for language in organisation.languages],
        federations=organisation.federations,
        website=organisation.website,
        confirmed_on=organisation.confirmed_on,
        stale_since=organisation.stale_since,
    )
    network = organisation.village.network_slug
    record(session, state, subject=organisation.id, sequence=organisation.version, network=network)
