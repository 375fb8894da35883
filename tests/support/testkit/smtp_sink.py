"""A real SMTP server that keeps what it is given."""

import time
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from testkit.processes import free_port


class SmtpSink:
    """Listens on a free port of the loopback interface; `refuse` makes it answer with an SMTP error instead."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.recipients: list[list[str]] = []  # the envelope's, one list a message
        self.refuse: str | None = None  # such as "451 Try again later" or "550 No such mailbox"
        self._controller = Controller(self, hostname="127.0.0.1", port=free_port())
        self._controller.start()
        self.host = "127.0.0.1"
        self.port: int = self._controller.port

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep one message."""
        if self.refuse:
            return self.refuse
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.recipients.append(list(envelope.rcpt_tos))
        self.messages.append(message)
        return "250 OK"

    def wait_for(self, count: int, *, seconds: float = 30) -> list[EmailMessage]:
        """The messages, as soon as there are `count`; an AssertionError when there are not in time."""
        deadline = time.monotonic() + seconds
        while len(self.messages) < count and time.monotonic() < deadline:
            time.sleep(0.05)
        assert len(self.messages) >= count, f"{len(self.messages)} of {count} messages arrived within {seconds} s"
        return self.messages

    def close(self) -> None:
        self._controller.stop()
