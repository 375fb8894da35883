"""The office's mail server, as one connection that is opened when it is first needed."""

import asyncio
from email.message import EmailMessage
from types import TracebackType

import aiosmtplib

from notifications.settings import NotificationsSettings

LONGEST = 6  # times `smtp_timeout`: one message has several commands, and a server may be slow at each


class ServerAway(Exception):
    """Nothing can be sent now: no connection, no login, the sender is not accepted. `code` says which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Deferred(Exception):
    """The server asks to send this message later (reply 4yz, RFC 5321 section 4.2.1)."""


class Refused(Exception):
    """The server will never take this message (reply 5yz)."""


class MailServer:
    """`async with MailServer(settings) as server: await server.send(...)`."""

    def __init__(self, settings: NotificationsSettings) -> None:
        self._sender = settings.sender_address
        self._login = (settings.smtp_user, settings.smtp_password) if settings.smtp_user else None
        self._timeout = settings.smtp_timeout
        self._smtp = aiosmtplib.SMTP(
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            local_hostname=settings.mail_domain,
            timeout=settings.smtp_timeout,
            use_tls=settings.smtp_tls == "tls",
            start_tls=settings.smtp_tls == "starttls",
        )

    async def __aenter__(self) -> "MailServer":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:  # cancelled or broken: the server notices that we are gone
            self._smtp.close()
        elif self._smtp.is_connected:
            try:
                async with asyncio.timeout(self._timeout):
                    await self._smtp.quit()
            except (aiosmtplib.SMTPException, OSError):
                self._smtp.close()

    async def send(self, message: EmailMessage, recipient: str) -> None:
        """Hand a message over; when this returns the server is responsible for it.

        Raises `Deferred`, `Refused` about the message, `ServerAway` about the server.
        """
        try:
            async with asyncio.timeout(self._timeout * LONGEST):
                if not self._smtp.is_connected:
                    await self._connect()
                await self._hand_over(message, recipient)
        except (aiosmtplib.SMTPException, OSError) as error:  # a timeout is an OSError too
            self._smtp.close()
            raise ServerAway(type(error).__name__) from error

    async def _connect(self) -> None:
        await self._smtp.connect()
        if self._login is not None:
            user, password = self._login
            await self._smtp.login(user, password.get_secret_value() if password else "")

    async def _hand_over(self, message: EmailMessage, recipient: str) -> None:
        try:
            await self._smtp.send_message(message, sender=self._sender, recipients=[recipient])
        except aiosmtplib.SMTPNotSupported as error:  # an address with umlauts, and a server without SMTPUTF8
            raise Refused from error
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise _verdict(error.recipients[0].code) from error
        except aiosmtplib.SMTPDataError as error:
            raise _verdict(error.code) from error


def _verdict(code: int) -> Exception:
    if code == 421:  # the server closes the channel: RFC 5321 section 3.8
        return ServerAway("closing")
    return Refused() if 500 <= code < 600 else Deferred()
