"""A letter is handed over once, or it is known that nobody has it, or that nobody can tell."""

import socket
from collections.abc import AsyncIterator
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from ivr.mail import Smtp
from ivr.model.errors import MailError
from ivr.model.reports import SmtpServer
from tests.unit.mail.post_office import PASSWORD, PostOffice, certificate, open_office

TO = ["ops@example.com", "boss@example.com"]


def letter() -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["Subject"] = "morning: report queues"
    message["From"], message["To"] = "ivr@example.com", ", ".join(TO)
    message.set_content("Grüße\n.\nfrom the line\n")
    message.add_attachment(b"a,b\r\n1,2\r\n", maintype="text", subtype="csv", filename="m.csv")
    return message


def smtp(port: int, directory: Path, timeout_s: float = 5.0, **says: object) -> Smtp:
    given = {"host": "127.0.0.1", "port": port, "sender": "ivr@example.com", "security": "none"}
    server = SmtpServer.model_validate(given | says)
    return Smtp(lambda: server, directory, timeout_s)


@pytest.fixture
def office() -> PostOffice:
    return PostOffice()


@pytest.fixture
async def port(office: PostOffice) -> AsyncIterator[int]:
    async with open_office(office) as port:
        yield port


async def test_a_letter_arrives_whole(office: PostOffice, port: int, tmp_path: Path) -> None:
    assert await smtp(port, tmp_path).send(letter(), TO) == []
    (taken,) = office.letters
    body = taken.get_body()
    assert body is not None
    assert body.get_content().splitlines() == ["Grüße", ".", "from the line"]
    (attached,) = taken.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("m.csv", "a,b\r\n1,2\r\n")
    assert office.recipients == [TO]


async def test_over_tls_with_a_password(office: PostOffice, tmp_path: Path) -> None:
    trusted = certificate(tmp_path)
    (tmp_path / "http").mkdir()
    secret = tmp_path / "http" / "post"
    secret.touch(0o600)
    async with open_office(office, certificate=trusted) as port:
        says = {"security": "starttls", "user": "ivr", "secret": "post", "ca_file": str(trusted)}
        with pytest.raises(MailError, match="is empty") as missing:
            await smtp(port, tmp_path, **says).send(letter(), TO)
        secret.write_text("wrong")
        with pytest.raises(MailError, match="535") as wrong:
            await smtp(port, tmp_path, **says).send(letter(), TO)
        secret.write_text(PASSWORD)
        assert await smtp(port, tmp_path, **says).send(letter(), TO) == []
        with pytest.raises(MailError, match=r"[Cc]ertificate|CERTIFICATE") as stranger:
            await smtp(port, tmp_path, **(says | {"ca_file": ""})).send(letter(), TO)
    assert all(one.value.temporary for one in (missing, wrong, stranger))
    assert (set(office.users), len(office.letters)) == ({"ivr"}, 1)


async def test_who_is_refused_is_told_and_the_others_have_it(
    office: PostOffice, port: int, tmp_path: Path
) -> None:
    office.refuses = {"boss@example.com": "550 no such mailbox"}
    assert await smtp(port, tmp_path).send(letter(), TO) == ["boss@example.com"]
    assert office.recipients == [["ops@example.com"]]


@pytest.mark.parametrize(("answer", "temporary"), [("450 later", True), ("550 never", False)])
async def test_when_all_are_refused_nobody_has_it(
    office: PostOffice, port: int, tmp_path: Path, answer: str, temporary: bool
) -> None:
    office.refuses = dict.fromkeys(TO, answer)
    with pytest.raises(MailError, match="nobody was accepted") as refused:
        await smtp(port, tmp_path).send(letter(), TO)
    assert (refused.value.temporary, office.letters) == (temporary, [])


@pytest.mark.parametrize(("answer", "temporary"), [("452 full", True), ("554 spam", False)])
async def test_a_letter_that_is_not_taken(
    office: PostOffice, port: int, tmp_path: Path, answer: str, temporary: bool
) -> None:
    office.answers = [answer]
    with pytest.raises(MailError, match=answer.split()[1]) as refused:
        await smtp(port, tmp_path).send(letter(), TO)
    assert (refused.value.temporary, office.letters) == (temporary, [])


async def test_who_hangs_up_after_the_letter_may_have_it(
    office: PostOffice, port: int, tmp_path: Path
) -> None:
    office.hangs_up = True
    with pytest.raises(MailError, match="may have been delivered") as unknown:
        await smtp(port, tmp_path).send(letter(), TO)
    assert (unknown.value.temporary, len(office.letters)) == (False, 1)


async def test_nobody_there_and_nobody_who_speaks(tmp_path: Path) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        with pytest.raises(MailError) as nobody:
            await smtp(silent.getsockname()[1], tmp_path).send(letter(), TO)
        silent.listen()
        with pytest.raises(MailError) as mute:
            await smtp(silent.getsockname()[1], tmp_path, timeout_s=0.2).send(letter(), TO)
    assert (nobody.value.temporary, mute.value.temporary) == (True, True)


async def test_a_site_without_a_mail_server(tmp_path: Path) -> None:
    with pytest.raises(MailError, match="no `smtp`") as none:
        await Smtp(lambda: None, tmp_path).send(letter(), TO)
    assert not none.value.temporary
