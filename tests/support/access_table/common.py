"""What every service has: its public events, its audit log, what it keeps and why."""

from access_table.model import STAFF, Row, Who

COMMON = (
    Row("GET /events", Who.EVERYBODY),
    Row("GET /events/stream", Who.EVERYBODY, never_ends=True),
    Row("GET /snapshot", Who.EVERYBODY),
    Row("GET /audit-entries", STAFF, query=lambda at: {"limit": 200}, shows="audited"),
    Row("GET /retention", STAFF),
    Row("GET /retention-periods", Who.EVERYBODY),
    Row("GET /processing-activities", STAFF),
    Row("GET /me/personal-data", Who.LOGGED_IN, note="one's own"),
)
