"""How often somebody may try to get in. Far above what people need, far below what guessing needs."""

from limits import RateLimitItemPerMinute

# Login links: a mailbox is not flooded, and an office behind one address can still work.
LINKS_FOR_ADDRESS = RateLimitItemPerMinute(5, 15, namespace="login-links/email")
LINKS_FOR_CLIENT = RateLimitItemPerMinute(30, 15, namespace="login-links/client")
# Wrong codes, secrets and ID tokens; right ones are forgiven. The secrets have 256 bits: this spares the machine.
WRONG_PROOFS = RateLimitItemPerMinute(60, 10, namespace="token/client")
