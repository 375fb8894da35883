"""How often somebody may sign up: no mailbox is flooded, but a tablet can be passed round at a village festival."""

from limits import RateLimitItemPerMinute

SIGN_UPS_FOR_ADDRESS = RateLimitItemPerMinute(5, 60, namespace="sign-ups/address")
SIGN_UPS_FOR_CLIENT = RateLimitItemPerMinute(30, 15, namespace="sign-ups/client")
