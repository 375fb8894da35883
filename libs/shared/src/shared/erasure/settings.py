"""Settings of every service that confirms erasures."""

from joserfc.jwk import OKPKey

from shared.erasure.receipts import PrivateReceiptKey, parse_receipt_key
from shared.settings import MissingSetting, Settings


class ReceiptSettings(Settings):
    """A service gives `receipt_key` its own variable, DORFNETZ_<SERVICE>_RECEIPT_KEY; only its worker needs it."""

    receipt_key: PrivateReceiptKey = None
    registry_url: str = "http://registry:8000"  # its event log knows the erasures that a restored backup does not

    def receipt_signing_key(self) -> OKPKey:
        """The private key. Raises `MissingSetting`: without it no erasure would ever be complete."""
        if self.receipt_key is None:
            variable = type(self).model_fields["receipt_key"].validation_alias
            raise MissingSetting(
                f"{variable} is missing; `python -m shared.erasure.make_keys private <service>` makes one"
            )
        return parse_receipt_key(self.receipt_key)
