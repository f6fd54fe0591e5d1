"""One letter to one mail server. Every wait has a limit."""

import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib

from ivr.lookup.secrets import secret_of
from ivr.model.errors import MailError, UserError
from ivr.model.reports import SmtpServer

TIMEOUT_S = 30.0
"""For each step of the conversation."""
TRY_LATER = range(400, 500)


class Smtp:
    """`server` is the one of the site in force; None: the site has none."""

    def __init__(
        self,
        server: Callable[[], SmtpServer | None],
        secrets_dir: Path,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self._server = server
        self._secrets_dir = secrets_dir
        self._timeout_s = timeout_s

    async def send(self, letter: EmailMessage, recipients: Sequence[str]) -> list[str]:
        """Hands it over once, and tells who was refused; MailError when nobody has it, or perhaps
        somebody."""
        server = self._server()
        if server is None:
            raise MailError("the site has no `smtp`", temporary=False)
        try:
            client = self._client(server)
        except UserError as error:
            raise MailError(str(error), temporary=True) from error
        try:
            return await self._converse(client, server, letter, recipients)
        finally:
            client.close()

    async def _converse(
        self,
        client: aiosmtplib.SMTP,
        server: SmtpServer,
        letter: EmailMessage,
        recipients: Sequence[str],
    ) -> list[str]:
        refused: list[aiosmtplib.SMTPResponseException] = []
        names: list[str] = []
        try:
            await client.connect()
            await client.mail(server.sender)
            for one in recipients:
                try:
                    await client.rcpt(one)
                except aiosmtplib.SMTPRecipientRefused as error:
                    refused.append(error)
                    names.append(one)
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            raise MailError(_told(error), temporary=_is_temporary(error)) from error
        if len(refused) == len(recipients):
            later = any(map(_is_temporary, refused))
            raise MailError(f"nobody was accepted: {_told(refused[0])}", temporary=later)
        try:
            await client.data(letter.as_bytes(policy=letter.policy.clone(linesep="\r\n")))
        except aiosmtplib.SMTPDataError as error:
            raise MailError(_told(error), temporary=_is_temporary(error)) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            reason = f"it may have been delivered, nobody can tell: {_told(error)}"
            raise MailError(reason, temporary=False) from error
        with suppress(aiosmtplib.SMTPException, OSError):
            await client.quit()
        return names

    def _client(self, server: SmtpServer) -> aiosmtplib.SMTP:
        """UserError for a secret or certificates that are missing."""
        context = None
        if server.security != "none":
            try:
                context = ssl.create_default_context(cafile=server.ca_file or None)
            except OSError as error:
                raise UserError(f"smtp: ca_file {server.ca_file}: {error}") from error
        return aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user or None,
            password=secret_of(server.secret, self._secrets_dir) if server.secret else None,
            use_tls=server.security == "tls",
            start_tls=server.security == "starttls",
            tls_context=context,
            timeout=self._timeout_s,
        )


def _is_temporary(error: Exception) -> bool:
    """Whether the same may go well later: all but what the server refuses for good."""
    if isinstance(error, aiosmtplib.SMTPAuthenticationError):
        return True  # a password may be mended, and nothing was handed over
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return error.code in TRY_LATER or error.code < 0
    return True


def _told(error: Exception) -> str:
    """In one line, without what a server may have sent beyond it."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text[:200]
