"""Events of the portal: it owns only sessions and a read model, and says when it has forgotten somebody."""

from shared.contracts.erasure import ErasureReceipt


class ErasureConfirmed(ErasureReceipt):
    """subject: the erasure's id. No session of the person is left here."""

    type = "portal.erasure.confirmed.v1"
