"""A real SMTP server on the loopback interface. It accepts every mail, keeps it in a Maildir and sends nothing on."""

import asyncio
import logging
import mailbox
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session

log = structlog.get_logger()

HOST = "127.0.0.1"
_LARGEST_MAIL = 10_000_000  # bytes


class _Keeper:
    """What aiosmtpd calls with each mail."""

    def __init__(self, directory: Path) -> None:
        self._mails = mailbox.Maildir(directory, create=True)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802
        recipients = ", ".join(envelope.rcpt_tos)
        mail = f"X-Envelope-To: {recipients}\r\n".encode() + (envelope.original_content or b"")
        try:
            await asyncio.to_thread(self._mails.add, mail)
        except OSError as error:
            log.error("mail_not_kept", exc_info=error)
            return "452 4.3.1 The mailbox cannot be written"
        return "250 2.0.0 Kept"


@asynccontextmanager
async def serve_smtp(directory: Path, port: int = 0) -> AsyncIterator[int]:
    """Serve until the end of the block; gives the port (a free one unless named). `directory` becomes a Maildir."""
    logging.getLogger("mail").setLevel(logging.CRITICAL)  # aiosmtpd writes the addresses of each mail
    loop = asyncio.get_running_loop()
    keeper = _Keeper(directory)

    def protocol() -> SMTP:
        return SMTP(
            keeper,
            data_size_limit=_LARGEST_MAIL,
            enable_SMTPUTF8=True,
            hostname="localhost",
            ident="Dorfnetz",
            loop=loop,
        )

    server = await loop.create_server(protocol, HOST, port)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
