"""A mailbox with Mailpit's ports and the part of its API that the check of the deployment reads.

SMTP at 1025; at 8025 `GET /api/v1/messages` and `GET /api/v1/message/<ID>/raw`. Nothing is stored on disk.
"""

import email
import email.policy
import json
import re
from email.message import EmailMessage
from email.utils import getaddresses
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller

RECEIVED: list[bytes] = []


class Keep:
    """Takes every message."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        RECEIVED.append(envelope.original_content)
        return "250 kept"


def summary(number: int) -> dict[str, Any]:
    """A message as Mailpit lists it."""
    message = email.message_from_bytes(RECEIVED[number], _class=EmailMessage, policy=email.policy.default)

    def people(field: str) -> list[dict[str, str]]:
        return [{"Name": name, "Address": address} for name, address in getaddresses(message.get_all(field, []))]

    return {
        "ID": str(number),
        "MessageID": str(message["Message-ID"] or "").strip("<>"),
        "From": people("From")[0],
        "To": people("To"),
        "Subject": str(message["Subject"]),
        "Size": len(RECEIVED[number]),
    }


class Api(BaseHTTPRequestHandler):
    """The newest message comes first."""

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        raw = re.fullmatch(r"/api/v1/message/(\d+)/raw", path)
        if path == "/api/v1/messages":
            messages = [summary(number) for number in reversed(range(len(RECEIVED)))]
            self._answer("application/json", json.dumps({"total": len(messages), "messages": messages}).encode())
        elif raw and int(raw[1]) < len(RECEIVED):
            self._answer("text/plain", RECEIVED[int(raw[1])])
        elif path in ("/livez", "/readyz"):
            self._answer("text/plain", b"ok")
        else:
            self.send_error(404)

    def _answer(self, kind: str, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Silent."""


if __name__ == "__main__":
    Controller(Keep(), hostname="0.0.0.0", port=1025).start()
    ThreadingHTTPServer(("0.0.0.0", 8025), Api).serve_forever()
