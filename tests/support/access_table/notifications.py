"""Who may call what of the service `notifications`."""

from access_table.common import COMMON
from access_table.model import NETWORK, Row

ROWS = (
    Row("GET /notices", NETWORK, shows="notice"),
    Row("POST /notices/{notice_id}/retry", NETWORK, "notice"),
    *COMMON,
)
