"""How often a guest may register: no mailbox is flooded, but a tablet can be passed round."""

from limits import RateLimitItemPerMinute

GUESTS_FOR_ADDRESS = RateLimitItemPerMinute(5, 60, namespace="registrations/address")
GUESTS_FOR_CLIENT = RateLimitItemPerMinute(30, 15, namespace="registrations/client")
