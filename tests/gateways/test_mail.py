"""Letters: what they look like, and how they are handed to a real SMTP server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from lxml import html

from tests.gateways.mailbox import Mailbox, mail_taken
from usance.gateways.errors import CounterpartError, Refused, Unavailable
from usance.gateways.mail import (
    Action,
    Enclosure,
    Letter,
    Mail,
    MailSender,
    RecipientRefused,
    render_html,
    render_text,
)
from usance.gateways.mail.memory import MemoryMail
from usance.gateways.mail.smtp import SmtpMail, is_configured

LETTER = Letter(
    language="hi",
    sender="Officine <Brera> S.r.l.",
    subject="आपका आवेदन & more",
    greeting="Hello Paola,",
    paragraphs=("First <b>paragraph</b>.",),
    code="123456",
    quoted="Line one\nLine <two>",
    facts=(("Limit", "€5,000.00"),),
    action=Action("Open", 'https://trade.example/apply/x/"y'),
    after=("After.",),
    closing=("Why you get this.",),
)


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    """A mail server on this machine, which the installation is set to."""
    with mail_taken() as (box, port):
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.EMAIL_USE_TLS = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.DEFAULT_FROM_EMAIL = "Usance <usance@trade.example>"
        yield box


def mail(**more: Any) -> Mail:
    given: dict[str, Any] = {
        "to": "paola@lodi.example",
        "subject": LETTER.subject,
        "text": render_text(LETTER),
        "html": render_html(LETTER),
        "message_id": "abc@trade.example",
        "from_name": LETTER.sender,
        "reply_to": "credit@brera.example",
        "language": "hi",
    }
    return Mail(**(given | more))


def test_a_letter_as_text_and_as_html() -> None:
    text = render_text(LETTER)
    assert "    123456\n" in text
    assert "> Line one\n> Line <two>" in text
    assert 'Open:\nhttps://trade.example/apply/x/"y' in text
    tree = html.document_fromstring(render_html(LETTER))
    assert tree.get("lang") == "hi"
    assert tree.xpath("//h1")[0].text_content() == LETTER.subject
    assert tree.xpath("//a/@href") == ['https://trade.example/apply/x/"y']
    assert "Line <two>" in tree.text_content()
    assert not tree.xpath("//b | //script | //img")


def test_the_server_gets_the_whole_letter(mailbox: Mailbox) -> None:
    assert is_configured()
    SmtpMail().send(mail())
    [(sender, recipients, message)] = mailbox.taken
    assert (sender, recipients) == ("usance@trade.example", ["paola@lodi.example"])
    assert message["From"] == '"Officine <Brera> S.r.l." <usance@trade.example>'
    assert message["Subject"] == "आपका आवेदन & more"
    assert message["Message-ID"] == "<abc@trade.example>"
    assert message["Reply-To"] == "credit@brera.example"
    assert message["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    plain = message.get_body(("plain",))
    assert plain is not None
    assert plain.get_content().replace("\r\n", "\n").strip() == render_text(LETTER).strip()


def test_files_arrive_byte_for_byte(mailbox: Mailbox) -> None:
    files = (
        Enclosure(file_name="INV-1.pdf", media_type="application/pdf", content=bytes(range(256))),
        Enclosure(
            file_name="INV-1.xml", media_type="application/xml", content=b"<a>\n\xc3\xa9\r\n</a>"
        ),
    )
    SmtpMail().send(mail(enclosures=files))
    [(_, _, message)] = mailbox.taken
    assert message.get_content_type() == "multipart/mixed"
    parts = list(message.iter_attachments())
    assert [
        (part.get_filename(), part.get_content_type(), part.get_payload(decode=True))
        for part in parts
    ] == [(one.file_name, one.media_type, one.content) for one in files]
    body = message.get_body(("html",))
    assert body is not None
    assert "Officine" in body.get_content()


@pytest.mark.parametrize(
    ("answer", "kind"),
    [("550 5.1.1 no such mailbox", RecipientRefused), ("451 greylisted", Unavailable)],
)
def test_what_the_server_says_is_kept_apart(
    mailbox: Mailbox, answer: str, kind: type[CounterpartError]
) -> None:
    mailbox.answer = answer
    with pytest.raises(kind, match="mail server") as refused:
        SmtpMail().send(mail())
    assert refused.value.detail == f"SMTP {answer}"
    assert refused.value.retryable is (kind is Unavailable)
    assert mailbox.taken == []


def test_a_server_that_is_not_there(settings: Any) -> None:
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", 9, False
    with pytest.raises(Unavailable):
        SmtpMail().send(mail())


def test_a_subject_cannot_bring_headers_of_its_own(mailbox: Mailbox) -> None:
    SmtpMail().send(mail(subject="Hello\r\nBcc: all@example.com"))
    [(_, recipients, message)] = mailbox.taken
    assert recipients == ["paola@lodi.example"]
    assert message["Bcc"] is None


def test_a_name_on_two_lines_is_written_on_one(mailbox: Mailbox) -> None:
    SmtpMail().send(mail(from_name="Officine\r\nBrera\tS.r.l."))
    [(_, _, message)] = mailbox.taken
    assert message["From"] == '"Officine Brera S.r.l." <usance@trade.example>'
    with pytest.raises(Refused, match="line end"):
        SmtpMail().send(mail(reply_to="a@b.example\nBcc: x@y.example"))


def test_the_one_in_memory_keeps_to_the_same() -> None:
    sender: MailSender = MemoryMail()
    assert isinstance(sender, MemoryMail)
    sender.send(mail())
    assert sender.sent == [mail()]
    sender.failing = Unavailable("down", counterpart="mail server")
    with pytest.raises(Unavailable):
        sender.send(mail())
