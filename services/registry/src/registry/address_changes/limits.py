"""How often a new address may be entered: nobody's mailbox is flooded by it, wherever the requests come from."""

from limits import RateLimitItemPerHour

CHANGES_OF_PERSON = RateLimitItemPerHour(5, namespace="address-changes/person")
CHANGES_TO_ADDRESS = RateLimitItemPerHour(5, namespace="address-changes/email")
