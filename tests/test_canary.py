"""Twelve invented people, planted in every format that is read: not a byte of them is found in what is kept or shown.

They are in labels, headers, fields, running text and a file name, with everything that points at them.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest
from docx import Document
from pypdf import PdfReader

from tests.conftest import Cli, Ended, run_process, shell_environment

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Person:
    """Somebody invented, and what points at them."""

    first: str
    last: str
    phone: str
    street: str
    ssn: str
    card: str

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}"

    @property
    def email(self) -> str:
        return f"{self.first}.{self.last}@care-{len(self.last)}.example".lower()

    @property
    def handle(self) -> str:
        return f"@{self.first[0]}{self.last}".lower()

    @property
    def introduces(self) -> str:
        """How they speak of themselves, in the middle of what they have to say."""
        return (
            f"My name is {self.name}, and planning the rota takes me nine hours each week. "
            f"You can reach me at {self.email} or call {self.phone}. "
            f"On the chat I am {self.handle}. "
            f"Send the contract to {self.street}. "
            f"For the form: my SSN is {self.ssn}. "
            f"Please charge the card {self.card} for the pilot."
        )


PEOPLE = [
    Person(*line.split("|"))
    for line in """
Marguerite|Oyelaran|(212) 555-0143|4417 Larkspur Avenue, Dayton, OH 45402|219-09-9991|4111 1111 1111 1111
Tobias|Kestenbaum|+1 415-555-0168|88 Harrowgate Street, Albany, NY 12207|078-05-1120|5555 5555 5555 4444
Ingrid|Vandersloot|+44 20 7946 0958|12 Quillfeather Road, London SE1 7PB|457-55-5462|4012 8888 8888 1881
Rajesh|Thirunavukkarasu|646.555.0117|301 Marrowbone Lane, Austin, TX 78701|212-09-7694|3782 822463 10005
Siobhan|Featherstonhaugh|+353 1 555 0133|7 Bramblewick Court, Boston, MA 02108|123-45-6788|6011 1111 1111 1117
Dmitri|Zhelyabov|+1 (303) 555-0199|9120 Copperfield Drive, Denver, CO 80202|321-54-9876|5105 1051 0510 5100
Consuelo|Echevarria|512-555-0176|55 Juniper Boulevard, Miami, FL 33101|234-56-7891|4222 2222 2222 2220
Wilhelmina|Achterberg|+49 30 5550 1234|640 Thistledown Avenue, Reno, NV 89501|345-67-8912|3714 496353 98431
Kwabena|Asantewaa|(617) 555-0121|2300 Foxglove Street, Salem, OR 97301|456-78-9123|5200 8282 8282 8210
Yevgenia|Krasnopolskaya|+1 206 555 0182|17 Wintergreen Road, Tulsa, OK 74103|567-89-1234|4000 0566 5566 5556
Bartholomew|Winterbourne|303-555-0154|808 Saltmarsh Lane, Provo, UT 84601|678-91-2345|6304 0000 0000 0000
Thandiwe|Mkhabela|+1-702-555-0129|4 Periwinkle Drive, Macon, GA 31201|289-12-3456|5425 2334 3010 9903
""".strip().splitlines()
]
M, T, G, R, S, D, C, W, K, Y, B, N = PEOPLE


def talk(label: str, customer: Person, seller: Person) -> str:
    """A transcript in plain text; `label` is how a speaker is shown."""

    def turn(person: Person, said: str) -> str:
        return f"{label.format(person.name)}{said}"

    return "\n".join(
        [
            turn(seller, f"Hi {customer.first}, this is {seller.name} from Rotalark. What is hard today?"),
            turn(customer, customer.introduces),
            turn(seller, f"Thanks, {customer.first}. I'm at {seller.email}."),
            turn(
                seller, f"so {customer.name.lower()} said, and {customer.last.upper()} again, ask {seller.last.lower()}"
            ),
            turn(
                customer,
                f"We lost two carers because of it, as {seller.last} knows. I want {customer.last}'s team to see shifts.",
            ),
        ]
    )


def cues(separator: str, head: str, customer: Person, seller: Person) -> str:
    said = talk("{}: ", customer, seller).split("\n")
    spans = [f"00:00:{n * 5:02}{separator}000 --> 00:00:{n * 5 + 4:02}{separator}500" for n in range(len(said))]
    return head + "\n\n".join(
        f"{n + 1}\n{span}\n{text}" for n, (span, text) in enumerate(zip(spans, said, strict=True))
    )


def table(*people: Person) -> list[list[str]]:
    rows = [["Company", "Name", "Email", "Phone", "Answer"]]
    rows += [[f"Company {n}", p.name, p.email, p.phone, p.introduces] for n, p in enumerate(people)]
    return rows


def as_csv(rows: list[list[str]]) -> str:
    made = io.StringIO()
    csv.writer(made).writerows(rows)
    return made.getvalue()


def as_xlsx(rows: list[list[str]]) -> bytes:
    made, book = io.BytesIO(), openpyxl.Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    book.save(made)
    return made.getvalue()


def as_docx(customer: Person, seller: Person) -> bytes:
    made, document = io.BytesIO(), Document()
    document.core_properties.author = seller.name
    document.add_heading(f"Interview with {customer.name}", 1)
    for line in talk("{}: ", customer, seller).split("\n"):
        document.add_paragraph(line)
    document.save(made)
    return made.getvalue()


def mail(customer: Person, seller: Person) -> str:
    return (
        f"From: {customer.name} <{customer.email}>\nTo: {seller.name} <{seller.email}>\n"
        f"Subject: Question from {customer.name}\nDate: Mon, 3 Mar 2025 10:00:00 +0000\nMessage-ID: <1@x.example>\n"
        f"MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\nHi {seller.first},\n\n{customer.introduces}\n\n"
        f"We lost two carers last winter because of it.\n\nBest regards,\n{customer.name}\n{customer.phone}\n"
    )


def exports() -> dict[str, object]:
    """The JSON that tools export."""
    spoken = [(T, f"Hi {K.first}, this is {T.name}."), (K, K.introduces), (K, "We lost two carers because of it.")]
    return {
        "calls/fireflies.json": {
            "title": f"Rotalark and {K.name}",
            "sentences": [
                {"text": said, "start_time": f"{n}.0", "end_time": f"{n}.9", "speaker_name": who.name}
                for n, (who, said) in enumerate(spoken)
            ],
        },
        "calls/gong.json": {
            "callTranscripts": [
                {
                    "callId": "77",
                    "transcript": [
                        {"speakerId": who.last, "sentences": [{"start": n * 1000, "end": n * 1000 + 900, "text": said}]}
                        for n, (who, said) in enumerate([(T, f"Hi {Y.first}."), (Y, Y.introduces)])
                    ],
                }
            ],
            "calls": [
                {
                    "metaData": {"id": "77", "title": f"Call with {Y.name}", "duration": 60},
                    "parties": [
                        {"speakerId": T.last, "name": T.name, "emailAddress": T.email, "affiliation": "Internal"},
                        {"speakerId": Y.last, "name": Y.name, "emailAddress": Y.email, "affiliation": "External"},
                    ],
                }
            ],
        },
        "tickets/intercom.json": {
            "type": "conversation",
            "id": "31",
            "source": {
                "type": "conversation",
                "subject": f"From {B.name}",
                "body": f"<p>{B.introduces}</p>",
                "author": {"type": "user", "name": B.name, "email": B.email},
            },
            "conversation_parts": {
                "conversation_parts": [
                    {
                        "part_type": "comment",
                        "body": f"<p>Hi {B.first}, {T.name} here.</p>",
                        "author": {"type": "admin", "name": T.name, "email": T.email},
                    }
                ]
            },
        },
        "tickets/zendesk.json": {
            "tickets": [
                {
                    "id": 12,
                    "subject": f"Rota of {N.last}",
                    "description": N.introduces,
                    "requester": {"name": N.name, "email": N.email},
                    "organization": {"name": "Company Z"},
                    "comments": [{"body": f"Thanks {N.first}, {T.name}", "author": {"name": T.name, "role": "agent"}}],
                }
            ]
        },
        "calls/whisper.json": {
            "text": D.introduces,
            "segments": [{"id": 0, "start": 0.0, "end": 9.0, "text": D.introduces}],
            "language": "en",
        },
        "calls/turns.json": [{"speaker": T.name, "text": f"Hi {C.first}."}, {"speaker": C.name, "text": C.introduces}],
    }


def plant(folder: Path) -> None:
    """Write every file."""
    made: dict[str, str | bytes] = {
        f"interviews/{M.name} interview.txt": talk("{}: ", M, T),
        "interviews/field.txt": talk("{}  0:05\n", W, T),
        "interviews/notes.md": f"# Notes on {G.name}\n\nMet {G.name} and {R.name}.\n\n> {G.introduces}\n\n- {R.last} agreed.\n",
        "calls/zoom.vtt": cues(".", "WEBVTT\n\n", R, T),
        "calls/teams.vtt": "WEBVTT\n\n"
        + "\n\n".join(
            f"00:00:{n:02}.000 --> 00:00:{n + 1:02}.000\n<v {who.name}>{said}</v>"
            for n, (who, said) in enumerate([(T, f"Hi {S.first}."), (S, S.introduces)])
        ),
        "calls/call.srt": cues(",", "", D, T),
        "interviews/interview.docx": as_docx(C, T),
        "email/question.eml": mail(W, T),
        "reviews/review.html": f"<html><body><h1>Review by {K.name}</h1><p>{K.introduces}</p></body></html>",
        "survey/answers.csv": as_csv(table(*PEOPLE)),
        "survey/answers.xlsx": as_xlsx(table(*reversed(PEOPLE))),
        "survey/answers.jsonl": "\n".join(
            json.dumps(dict(zip(table()[0], row, strict=True))) for row in table(*PEOPLE[6:], *PEOPLE[:6])[1:]
        ),
        "accounts.csv": "Company,Outcome,Owner,Contact,Contact Email,Region\n"
        + "".join(f"Company {n},won,{p.name},{p.name},{p.email},EMEA\n" for n, p in enumerate(PEOPLE)),
        **{name: json.dumps(document) for name, document in exports().items()},
    }
    for name, content in made.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


# ---------------------------------------------------------------- looking for them


def readable(path: Path) -> bytes:
    """The bytes of a file, and what they say where they are packed."""
    data = path.read_bytes()
    if path.suffix == ".docx":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            data += b"".join(archive.read(name) for name in archive.namelist())
    if path.suffix == ".pdf":
        data += "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages).encode()
    return data


def patterns() -> dict[str, re.Pattern[bytes]]:
    """What must not be found: for each person their name, last name, address for mail, digits, handle, number, card."""

    def digits(number: str) -> str:
        return r"[\s().+-]{0,3}".join(re.findall(r"\d", number))

    made: dict[str, str] = {}
    for person in PEOPLE:
        made |= {
            f"name {person.last}": rf"{person.first}\W{{1,2}}{person.last}",
            f"last name {person.last}": person.last,
            f"mail {person.last}": re.escape(person.email.split("@")[0]),
            f"phone {person.last}": digits(person.phone),
            f"handle {person.last}": re.escape(person.handle),
            f"SSN {person.last}": digits(person.ssn),
            f"card {person.last}": digits(person.card),
            f"street {person.last}": re.escape(person.street.split(",")[0]),
        }
    return {what: re.compile(pattern.encode(), re.I) for what, pattern in made.items()}


PATTERNS = patterns()


def found(data: bytes, where: str) -> list[str]:
    """Each thing found, with some of what stands around it."""
    out = []
    for what, pattern in PATTERNS.items():
        for hit in pattern.finditer(data):
            around = data[max(0, hit.start() - 60) : hit.end() + 40].decode("utf-8", "replace")
            out.append(f"{where}: {what}: …{around!r}…")
    return out


@dataclass(frozen=True)
class Planted:
    """The folder after a draft, and what was printed."""

    home: Path
    out: Path
    environment: dict[str, str]
    ended: Ended


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    base = tmp_path_factory.mktemp("canary")
    plant(base / "evidence")
    environment = shell_environment(base / "home")
    words = ["draft", str(base / "evidence"), "--product", "Rotalark", "--out", str(base / "out"), "--json"]
    return Planted(base / "home", base / "out", environment, run_process(words, environment, base))


def test_the_people_are_really_in_what_was_read(planted: Planted) -> None:
    assert planted.ended.code == 0, planted.ended.err
    assert json.loads(planted.ended.out)["rejects"] == []
    profile = json.loads((planted.out / "profile.json").read_text(encoding="utf-8"))
    read = {source["path"].split(".")[-1] for source in profile["sources"]}
    assert read == {"txt", "md", "vtt", "srt", "docx", "eml", "html", "csv", "xlsx", "jsonl", "json"}
    assert any("nine hours each week" in statement["quote"] for statement in profile["statements"])


def test_nobody_is_found_in_the_home_nor_in_what_was_written(planted: Planted) -> None:
    leaks = []
    for folder in (planted.home, planted.out):
        for path in sorted(folder.rglob("*")):
            leaks += found(str(path.relative_to(folder)).encode(), "a name of a file")
            if path.is_file():
                leaks += found(readable(path), path.name)
    assert leaks == [], "\n" + "\n".join(leaks[:60]) + f"\n({len(leaks)} in all)"


def test_nobody_is_found_in_what_is_printed(planted: Planted, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ICP_SYNTH_HOME", str(planted.home))
    source = next(s for s in cli("sources", "--json").json if s["format"] == "vtt")
    claim = cli("themes", "--json").json[0]["id"]
    leaks = found((planted.ended.out + planted.ended.err).replace(str(planted.out), "").encode(), "draft")
    for words in (
        ["sources"], ["roles"], ["accounts"], ["themes"], ["show", claim], ["show", source["id"]],
        ["verify", str(planted.out / "profile.json")],
    ):  # fmt: skip
        for more in ([], ["--json"]):
            ended = cli(*words, *more)
            assert ended.code == 0, ended.err
            leaks += found((ended.out + ended.err).encode(), " ".join([*words, *more]))
    ended = cli("remove", source["id"], "--json")
    leaks += found((ended.out + ended.err).encode(), "remove")
    assert leaks == [], "\n" + "\n".join(leaks[:60])
