"""Forgetting a person: one mechanism for every service, the same for each.

The registry tells `registry.erasure.requested.v1`. Each service notes it (`forgetting`), removes what it holds, keeps a
tombstone of ids (`tables`), removes messages that still name the person (`purging`), and answers with a receipt that it
signed (`receipts`). Why it is built so: docs/decisions/0024-erasure.md.
"""

SERVICES = ("registry", "events", "notifications", "portal")
"""Who has to confirm an erasure. A service that comes later is added here, and joins as the decision says."""
