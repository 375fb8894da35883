"""Erasures of persons."""

from uuid import UUID

from shared.contracts.envelope import EventData
from shared.contracts.erasure import ErasureReceipt


class ErasureRequested(EventData):
    """subject: the erasure's id. Every service forgets the person behind these ids, which belong to nobody from now on.

    Told again after a backup was restored: whoever has confirmed already does so once more.
    """

    type = "registry.erasure.requested.v1"
    erasure_id: UUID
    person_id: UUID
    contact_ids: list[UUID] = []  # every appointment that the person ever had
    volunteer_id: UUID | None = None
    former_person_ids: list[UUID] = []  # entries that were merged into this one; an older backup may hold them


class ErasureConfirmed(ErasureReceipt):
    """subject: the erasure's id. The registry itself has forgotten the person."""

    type = "registry.erasure.confirmed.v1"


class ErasureCompleted(EventData):
    """subject: the erasure's id. Every service has confirmed, and the registry has verified each receipt."""

    type = "registry.erasure.completed.v1"
    erasure_id: UUID
