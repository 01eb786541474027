"""Mails and mailboxes, written by the standard library as mail programs do."""

import mailbox
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from embeddings.sources.readers.base import Reading
from tests.embeddings.sources.formats.reading import read, zipped
from tests.embeddings.sources.formats.test_office import word


def mail(subject: str = "Die Brücke", text: str = "The bridge reopened.\n") -> EmailMessage:
    message = EmailMessage(policy=policy.SMTP)
    message["Subject"] = subject
    message["From"] = "Jörg Moll <moll@news.example>"
    message["To"] = "desk@news.example"
    message["Date"] = "Fri, 03 Jun 2022 23:30:00 -0500"
    message.set_content(text)
    return message


def test_a_mail(tmp_path: Path) -> None:
    [article], reasons = read(tmp_path, "a.eml", mail().as_bytes())
    assert not reasons
    assert (article.title, article.date, article.source) == ("Die Brücke", "2022-06-03", "Jörg Moll")
    assert article.text == "The bridge reopened."


def test_plain_text_is_preferred_to_html_and_html_is_read_where_it_is_alone(tmp_path: Path) -> None:
    both = mail()
    both.add_alternative("<p>As a page.</p>", subtype="html")
    [article], _ = read(tmp_path, "a.eml", both.as_bytes())
    assert article.text == "The bridge reopened."
    page = mail()
    page.set_content("<style>x</style><p>Only <b>as</b> a page.</p><p>Über.</p>", subtype="html")
    [article], _ = read(tmp_path, "a.eml", page.as_bytes())
    assert article.text == "Only as a page.\n\nÜber."


def test_what_is_attached_is_read_and_what_is_not_is_named(tmp_path: Path) -> None:
    message = mail()
    message.add_attachment(word(), maintype="application", subtype="x", filename="../b/report.docx")
    message.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="logo.png")
    articles, [reason] = read(tmp_path, "a.eml", message.as_bytes())
    assert [article.id for article in articles] == ["a.eml", "a.eml/report.docx"]
    assert articles[1].title == "Bridge reopens"
    assert reason == "a.eml: attached, and not of a kind that is read: logo.png"


def test_a_mailbox(tmp_path: Path) -> None:
    box = mailbox.mbox(tmp_path / "made")
    box.add(mail("One", "First.\nFrom here on it rained.\n"))
    box.add(mail("Two", "Second.\n"))
    box.close()
    articles, reasons = read(tmp_path, "a.mbox", (tmp_path / "made").read_bytes())
    assert not reasons
    assert [(a.id, a.title, a.text) for a in articles] == [
        ("a.mbox:1", "One", "First.\nFrom here on it rained."),
        ("a.mbox:2", "Two", "Second."),
    ]


def many_attachments() -> bytes:
    part = b'--b\nContent-Type: text/plain\nContent-Disposition: attachment; filename="%d.txt"\n\nText %d.\n'
    parts = b"".join(part % (number, number) for number in range(10_000))
    return (
        b"From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nHello.\n"
        + parts
        + b"--b--\n"
    )


def test_ten_thousand_attachments(tmp_path: Path) -> None:
    articles, [reason] = read(tmp_path, "a.eml", many_attachments())
    assert len(articles) == 101
    assert reason == "a.eml: 10,000 files attached: those after 100 are left out"


def test_a_bomb_that_is_attached(tmp_path: Path) -> None:
    message = mail()
    bomb = zipped({f"{n}.txt": str(n) + "bomb " * 400_000 for n in range(9)})
    message.add_attachment(bomb, maintype="application", subtype="zip", filename="b.zip")
    _, [reason] = read(tmp_path, "a.eml", message.as_bytes(), Reading(max_unpacked=0.003))
    assert "more than 0.003 GB unpacked" in reason


def nested(depth: int) -> bytes:
    heads = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(depth))
    return b"From: a@b.example\n" + heads + b"\nDeep.\n"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "not a mail"),
        (b"Hello there, this is no mail.\n", "not a mail"),
        (b"From: a@b.example\n\n", "no text in the mail"),
        (nested(3000), "nested too deep"),
        (b"From: a@b.example\n\n" + b"\0" * 3000, "full of NUL bytes"),
    ],
)
def test_hostile_mails_give_one_line(data: bytes, expected: str, tmp_path: Path) -> None:
    articles, [reason] = read(tmp_path, "a.eml", data)
    assert not articles
    assert expected in reason


@pytest.mark.parametrize(
    ("head", "body", "text"),
    [
        (
            b"Content-Type: text/plain; charset=utf-8",
            "Le café était fermé, disait-on à la mairie.\n".encode("cp1252") * 3,
            "café",
        ),
        (b"Content-Type: text/plain; charset=no-such", "café".encode(), "café"),
        (b"Content-Type: text/plain; charset=undefined", b"plain", "plain"),
        (b"Content-Type: text/plain\nContent-Transfer-Encoding: base64", b"@@@ no base64", None),
        (b"Content-Type: text/plain\nContent-Transfer-Encoding: no-such", b"plain", "plain"),
        (b"Subject: =?no-such?q?x?= =?utf-8?b?@@?=", b"plain", "plain"),
        (b"Date: yesterday or so\nFrom: " + b"a@b.example," * 50_000, b"plain", "plain"),
    ],
)
def test_headers_that_lie(head: bytes, body: bytes, text: str | None, tmp_path: Path) -> None:
    articles, reasons = read(tmp_path, "a.eml", b"Subject: S\n" + head + b"\n\n" + body)
    assert len(reasons) <= 1
    if text:
        assert text in articles[0].text


def test_one_bad_mail_does_not_stop_a_mailbox(tmp_path: Path) -> None:
    data = b"From x\nSubject: A\n\nOne.\n\nFrom y\n" + nested(3000) + b"\nFrom z\nSubject: C\n\nThree.\n"
    articles, [reason] = read(tmp_path, "a.mbox", data)
    assert [article.text for article in articles] == ["One.", "Three."]
    assert reason == "a.mbox:2: its parts are nested too deep"
    _, [reason] = read(tmp_path, "b.mbox", b"Subject: no mailbox\n\nText.")
    assert "not a mailbox" in reason
