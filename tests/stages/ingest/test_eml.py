"""E-mail: each word belongs to whoever wrote it, also far down in the quoted history."""

from email.message import EmailMessage
from pathlib import Path

import pytest

from icp_synth.errors import UnreadableError
from icp_synth.records import Source
from icp_synth.stages.ingest import eml

REPLY = (Path(__file__).parents[2] / "fixtures" / "ingest" / "reply.eml").read_bytes()


def mail(body: str, **headers: str) -> EmailMessage:
    message = EmailMessage()
    for name, value in {"From": "Bob Ray <bob@acme.example>", "To": "ann@initech.example", "Subject": "Hello"}.items():
        message[name] = headers.get(name, value)
    message["Date"] = "Tue, 16 Sep 2025 09:30:00 +0200"
    message.set_content(body)
    return message


def said(source: Source) -> list[tuple[str | None, str]]:
    return [(block.speaker, block.text) for block in source.blocks if block.form != "field"]


def test_a_reply_and_what_it_quotes_belong_to_their_writers() -> None:
    source = eml.read("reply.eml", REPLY)
    assert (source.format, source.title, str(source.date)) == ("eml", "Your renewal", "2025-09-16")
    assert [(b.speaker, b.email, b.text, b.lines, str(b.date)) for b in source.blocks if b.form == "speech"] == [
        ("Bob Ray", "bob@acme.example", "Hi Ann,", (10, 10), "2025-09-16"),
        (
            "Bob Ray",
            "bob@acme.example",
            "We will not renew. The nightly sync failed eleven times\nand your status page stayed green.",
            (12, 13),
            "2025-09-16",
        ),
        ("Bob Ray", "bob@acme.example", "Nobody called us back.", (15, 15), "2025-09-16"),
        ("Bob Ray", "bob@acme.example", "The new price is a third higher.", (16, 16), "2025-09-16"),
        ("Ann Lee", "ann@initech.example", "Hi Bob,", (24, 24), "2025-09-15"),
        ("Ann Lee", "ann@initech.example", "Shall I send you the contract?", (26, 26), "2025-09-15"),
        ("Bob Ray", "bob@acme.example", "What does next year cost?", (31, 31), "2025-09-12"),
    ]


def test_everybody_in_the_headers_is_a_participant() -> None:
    source = eml.read("reply.eml", REPLY)
    assert [(p.name, p.email) for p in source.participants] == [
        ("Bob Ray", "bob@acme.example"),
        ("Ann Lee", "ann@initech.example"),
        ("Kim, Dana", "dana@acme.example"),
    ]


def test_a_signature_is_structure_and_gives_names() -> None:
    source = eml.read("reply.eml", REPLY)
    fields = [block.text for block in source.blocks if block.form == "field"]
    assert "Best regards,\nBob Ray\nHead of Operations, Acme\n+1 202 555 0143" in fields
    assert "Ann" in fields
    assert {"Bob Ray", "Ann Lee"} <= set(source.names)


@pytest.mark.parametrize(
    "signature", ["-- \nJo Kim\nCFO, Acme", "Cheers,\nJo Kim", "Jo\n\nJo Kim | CFO | Acme", "Sent from my iPhone"]
)
def test_signatures_of_every_kind_end_the_words(signature: str) -> None:
    message = mail(f"It was slow.\n\n{signature}\n", From="Jo Kim <jo@acme.example>")
    assert said(eml.read("m.eml", bytes(message))) == [("Jo Kim", "It was slow.")]


def test_thanks_in_the_middle_is_no_signature() -> None:
    message = mail("Thanks!\n\nThe export fails every night, and we need it by Monday.\n")
    assert [text for _, text in said(eml.read("m.eml", bytes(message)))] == [
        "Thanks!",
        "The export fails every night, and we need it by Monday.",
    ]


@pytest.mark.parametrize(
    ("attribution", "name", "email", "day"),
    [
        (
            "On Mon, Sep 15, 2025 at 10:02 AM Ann Lee <ann@initech.example> wrote:",
            "Ann Lee",
            "ann@initech.example",
            "2025-09-15",
        ),
        (
            "On Mon, Sep 15, 2025 at 10:02 AM Ann Lee\n<ann@initech.example> wrote:",
            "Ann Lee",
            "ann@initech.example",
            "2025-09-15",
        ),
        ("On 13.09.2024 at 15:02, Ann Lee wrote:", "Ann Lee", None, "2024-09-13"),
        ("On May 29, 2025, Ann Lee wrote:", "Ann Lee", None, "2025-05-29"),
        (
            "Am 15.09.2025 um 10:02 schrieb Ann Lee <ann@initech.example>:",
            "Ann Lee",
            "ann@initech.example",
            "2025-09-15",
        ),
        (
            "On Mon, 15 Sep 2025 at 10:02, <ann@initech.example> wrote:",
            "ann@initech.example",
            "ann@initech.example",
            "2025-09-15",
        ),
    ],
)
def test_the_line_above_a_quotation_names_its_writer(attribution: str, name: str, email: str | None, day: str) -> None:
    source = eml.read("m.eml", bytes(mail(f"No.\n\n{attribution}\n> Do you renew?\n\nStill no.\n")))
    quoted = next(block for block in source.blocks if block.text == "Do you renew?")
    assert (quoted.speaker, quoted.email, str(quoted.date)) == (name, email, day)
    assert said(source)[-1] == ("Bob Ray", "Still no.")


def test_a_quotation_by_nobody_known_is_nobodys() -> None:
    source = eml.read("m.eml", bytes(mail("> Do you renew?\n\nNo.\n")))
    assert said(source) == [(None, "Do you renew?"), ("Bob Ray", "No.")]
    assert source.blocks[0].form == "prose"


def test_outlook_puts_headers_above_what_it_quotes() -> None:
    body = (
        "No.\n\n________________________________\nFrom: Ann Lee <ann@initech.example>\n"
        "Sent: Monday, September 15, 2025 10:02 AM\nTo: Bob Ray\nSubject: Renewal\n\nDo you renew?\n"
    )
    source = eml.read("m.eml", bytes(mail(body)))
    assert said(source) == [("Bob Ray", "No."), ("Ann Lee", "Do you renew?")]
    assert str(source.blocks[-1].date) == "2025-09-15"


def test_encoded_words_are_decoded_and_have_no_lines() -> None:
    message = mail("x", Subject="Für Sie")
    message.set_content("Größe: die Ausfuhr dauert einen Tag – zu lang.\n", cte="quoted-printable")
    source = eml.read("m.eml", bytes(message))
    assert source.title == "Für Sie"
    assert [(b.text, b.lines, b.locator.unit) for b in source.blocks] == [
        ("Größe: die Ausfuhr dauert einen Tag – zu lang.", None, "paragraph")
    ]


def test_plain_text_wins_over_html_and_attachments_are_left() -> None:
    message = mail("It was slow.\n")
    message.add_alternative("<p>It was <b>very</b> slow.</p>", subtype="html")
    message.add_attachment(b"\0\1\2" * 400, maintype="image", subtype="png", filename="secret-name.png")
    source = eml.read("m.eml", bytes(message))
    assert said(source) == [("Bob Ray", "It was slow.")]
    assert "secret-name" not in source.model_dump_json()


def test_html_alone_is_read_with_its_quotations() -> None:
    message = mail("x")
    message.set_content(
        "<p>No.</p><div>On Mon, Sep 15, 2025 at 10:02 AM Ann Lee &lt;ann@initech.example&gt; wrote:</div>"
        "<blockquote><p>Do you renew?</p></blockquote>",
        subtype="html",
    )
    assert said(eml.read("m.eml", bytes(message))) == [("Bob Ray", "No."), ("Ann Lee", "Do you renew?")]


def test_an_unknown_charset_is_guessed() -> None:
    head = b"From: b@acme.example\nContent-Type: text/plain; charset=x-none\nContent-Transfer-Encoding: 8bit\n\n"
    data = head + b"Caf\xe9.\n"
    assert [b.text for b in eml.read("m.eml", data).blocks] == ["Café."]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"just words\n\nand more", "no mail headers"),
        (b"From: b@acme.example\nSubject: x\nContent-Type: multipart/encrypted; boundary=a\n\n--a--\n", "encrypted"),
        (b"From: b@acme.example\nSubject: x\n\n", "empty"),
        (b"From: b@acme.example\nSubject: x\nContent-Type: image/png\n\nabc", "no text"),
    ],
)
def test_what_cant_be_read_says_why_and_what_to_do(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableError, match=reason) as refused:
        eml.read("bad.eml", data)
    assert refused.value.advice
