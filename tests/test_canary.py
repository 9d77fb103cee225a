"""Forty invented people, planted in every format that is read: not a byte of them is found in what is kept, shown or sent.

They are in labels, headers, fields, running text and a file name, with everything that points at them. Every command is
run over them, also where it fails, with logs at their most talkative, and against a model server that notes what it gets.
"""

from __future__ import annotations

import csv
import io
import json
import re
import textwrap
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import typer.main
from docx import Document
from pypdf import PdfReader
from reportlab.pdfgen import canvas

from icp_synth.cli.app import app
from tests import openai_server
from tests.conftest import Cli, Ended, run_process, shell_environment

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Person:
    """Somebody invented, and what points at them. `number` makes their numbers differ from everybody else's."""

    first: str
    last: str
    street: str
    number: int

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}"

    @property
    def email(self) -> str:
        return f"{self.first}.{self.last}@care-{self.number}.example".lower()

    @property
    def spoken_email(self) -> str:
        return f"{self.first} dot {self.last} at gmail dot com".lower()

    @property
    def handle(self) -> str:
        return f"@{self.first[0]}{self.last}".lower()

    @property
    def phone(self) -> str:
        n = self.number
        return (
            f"(212) 555-01{n}", f"+1 415-555-01{n}", f"+44 20 7946 09{n}", f"646.555.01{n}",
            f"+353 1 555 01{n}", f"303-555-01{n}", f"+49 30 5550 12{n}", f"+1 (702) 555-01{n}",
        )[n % 8]  # fmt: skip

    @property
    def ssn(self) -> str:
        return f"{self.number + 200}-{self.number}-{9990 - self.number}"

    @property
    def card(self) -> str:
        return _with_check_digit(f"4111 11{self.number} 2222 333")

    @property
    def iban(self) -> str:
        rest = f"3704004405320130{self.number}"
        return f"DE{98 - int(f'{rest}131400') % 97:02}{rest}"

    @property
    def codes(self) -> dict[str, str]:
        """What a contract, a policy, a claim, a booking and an order are called."""
        n = self.number
        return {
            "account number": f"00{n}7712845", "policy number": f"PX-{n}812-K", "claim number": f"CL{n}4471",
            "booking reference": f"BK-{n}2207", "order number": f"{n}-88213",
        }  # fmt: skip

    @property
    def machine(self) -> dict[str, str]:
        """Where they work from."""
        return {"IP address": f"203.0.113.{self.number}", "MAC address": f"00:1B:44:11:3A:{self.number}"}

    @property
    def secrets(self) -> dict[str, str]:
        return {"password": f"Zebra!{self.number}moon", "API key": f"sk-{self.number}QmZxT4vLw9RbNy2KcHdJ"}

    @property
    def born(self) -> str:
        return f"{self.number % 28 + 1} March 19{self.number}"

    @property
    def introduces(self) -> str:
        """How they speak of themselves, in the middle of what they have to say."""
        numbers = " ".join(f"My {what} is {code}." for what, code in {**self.codes, **self.machine}.items())
        return (
            f"My name is {self.name}, and planning the rota takes me nine hours each week. "
            f"You can reach me at {self.email} or call {self.phone}. "
            f"On the chat I am {self.handle}. "
            f"Send the contract to {self.street}. "
            f"For the form: my SSN is {self.ssn}, and I was born on {self.born}. "
            f"Please charge the card {self.card} for the pilot, or take it from {self.iban}. {numbers} "
            f"The password is {self.secrets['password']} and the API key {self.secrets['API key']}. "
            f"In private it is {self.spoken_email}."
        )


def _with_check_digit(start: str) -> str:
    """A card number that passes Luhn's test."""
    doubled = [int(digit) for digit in re.sub(r"\D", "", start)]
    total = sum(sum(divmod(2 * digit, 10)) if n % 2 == 0 else digit for n, digit in enumerate(doubled))
    return f"{start}{-total % 10}"


PEOPLE = [
    Person(*line.split("|"), number)
    for number, line in enumerate(
        """
Marguerite|Oyelaran|4417 Larkspur Avenue, Dayton, OH 45402
Tobias|Kestenbaum|88 Harrowgate Street, Albany, NY 12207
Ingrid|Vandersloot|12 Quillfeather Road, London SE1 7PB
Rajesh|Thirunavukkarasu|301 Marrowbone Lane, Austin, TX 78701
Siobhan|Featherstonhaugh|7 Bramblewick Court, Boston, MA 02108
Dmitri|Zhelyabov|9120 Copperfield Drive, Denver, CO 80202
Consuelo|Echevarria|55 Juniper Boulevard, Miami, FL 33101
Wilhelmina|Achterberg|640 Thistledown Avenue, Reno, NV 89501
Kwabena|Asantewaa|2300 Foxglove Street, Salem, OR 97301
Yevgenia|Krasnopolskaya|17 Wintergreen Road, Tulsa, OK 74103
Bartholomew|Winterbourne|808 Saltmarsh Lane, Provo, UT 84601
Thandiwe|Mkhabela|4 Periwinkle Drive, Macon, GA 31201
Guadalupe|Villaseñor|1190 Hollyhock Street, El Paso, TX 79901
Anneliese|Obermüller|Birkenallee 17, 80331 München
Matthieu|Delacourcelle|23 rue des Tanneurs, 69001 Lyon
Oluwaseun|Adebayo-Cole|76 Marigold Crescent, Leeds LS1 4AP
Priyanka|Chattopadhyay|42 Silverthorn Avenue, Newark, NJ 07102
Fearghal|McGillicuddy|9 Tanyard Lane, Cork
Katarzyna|Wojciechowska|615 Chestnut Street, Gary, IN 46402
Lorenzo|Bevilacqua|via Garibaldi 31, 10122 Torino
Annikki|Lehtovaara|Mannerheimintie 14, 00100 Helsinki
Demetrius|Papanikolaou|3305 Driftwood Road, Omaha, NE 68102
Hyacinth|Abernethy|61 Kestrel Close, Bath BA1 1AA
Santiago|Etxeberria|calle Mayor 45, 28013 Madrid
Nokuthula|Dlaminizulu|2814 Magnolia Boulevard, Mobile, AL 36602
Vsevolod|Tikhomirov|940 Evergreen Terrace, Akron, OH 44308
Marijke|Hoogstraten|Prinsengracht 263, 1016 GV Amsterdam
Chukwuemeka|Okonkwo|158 Sandpiper Lane, Tampa, FL 33602
Philippa|Cholmondeley|33 Rookery Gardens, York YO1 7HH
Abdulrahman|Al-Khateeb|4102 Bluebonnet Drive, Waco, TX 76701
Seraphina|Quartermaine|27 Millstone Road, Erie, PA 16501
Thorvald|Gunnarsson|Storgatan 8, 111 23 Stockholm
Isabella|Fuentealba|5507 Wisteria Street, Laredo, TX 78040
Zbigniew|Szczepański|712 Boxwood Avenue, Flint, MI 48502
Clementine|Beauregard|19 Heatherfield Drive, Mobile, AL 36603
Mohammad|Rezvanpour|2206 Sycamore Court, Fresno, CA 93721
Perpetua|Nakimera|84 Lavender Hill Road, London SW11 5RB
Leopold|Grünwald|Lindenstraße 52, 10969 Berlin
Tarquin|Ravenscroft|6 Otterbourne Lane, Exeter EX1 1AA
Xiomara|Zepeda-Rojas|3921 Primrose Boulevard, Yuma, AZ 85364
""".strip().splitlines(),
        start=50,
    )
]
M, T, G, R, S, D, C, W, K, Y, B, N, *OTHERS = PEOPLE


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


def as_pdf(said: str) -> bytes:
    made = io.BytesIO()
    page = canvas.Canvas(made)
    page.setAuthor(T.name)
    lines = [piece for line in said.split("\n") for piece in textwrap.wrap(line, 90)]
    for n, line in enumerate(lines):
        page.drawString(40, 800 - 14 * n, line)
    page.save()
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
    for person in OTHERS:
        made[f"interviews/{person.last} of Company {person.number}.txt"] = talk("{}: ", person, T)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr(f"inner/{N.name}.txt", talk("{}: ", N, T))
    made["archive.zip"] = archive.getvalue()
    made["interviews/printed.pdf"] = as_pdf(talk("{}: ", S, T))
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


def patterns() -> dict[str, re.Pattern[str]]:
    """What must not be found, for each person: last name, addresses, every number and code."""

    def digits(number: str) -> str:
        return r"[\s().+-]{0,3}".join(re.findall(r"\d", number))

    made: dict[str, str] = {}
    for person in PEOPLE:
        exact = {
            "last name": person.last, "mail": person.email.split("@")[0], "spoken mail": person.spoken_email,
            "handle": person.handle, "street": re.split(r",", person.street)[0], "iban": person.iban,
            **person.codes, **person.machine, **person.secrets, "birth": person.born,
        }  # fmt: skip
        made |= {f"{what} of {person.last}": re.escape(said) for what, said in exact.items()}
        made |= {
            f"name of {person.last}": rf"{person.first}\W{{1,2}}{person.last}",
            f"phone of {person.last}": digits(person.phone),
            f"SSN of {person.last}": digits(person.ssn),
            f"card of {person.last}": digits(person.card),
        }
    return {what: re.compile(pattern, re.I) for what, pattern in made.items()}


PATTERNS = patterns()


def found(data: bytes, where: str) -> list[str]:
    """Each thing found, with some of what stands around it."""
    text = data.decode("utf-8", "replace")
    if "\\u00" in text or "\\u01" in text:
        text += re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match[1], 16)), text)
    return [
        f"{where}: {what}: …{text[max(0, hit.start() - 60) : hit.end() + 40]!r}…"
        for what, pattern in PATTERNS.items()
        for hit in pattern.finditer(text)
    ]


def assert_none(leaks: list[str]) -> None:
    assert leaks == [], "\n" + "\n".join(leaks[:60]) + f"\n({len(leaks)} in all)"


def in_folder(folder: Path) -> list[str]:
    """What is found in the names and contents of all files below a folder."""
    leaks = []
    for path in sorted(folder.rglob("*")):
        leaks += found(str(path.relative_to(folder)).encode(), "a name of a file")
        leaks += found(readable(path), path.name) if path.is_file() else []
    return leaks


@dataclass(frozen=True)
class Planted:
    """The folder after a draft, and what was printed: on stderr every line of the log."""

    evidence: Path
    home: Path
    out: Path
    environment: dict[str, str]
    ended: Ended


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    base = tmp_path_factory.mktemp("canary")
    evidence = base / "evidence"
    plant(evidence)
    environment = shell_environment(base / "home", ICP_SYNTH_LOG_LEVEL="debug")
    words = ["draft", str(evidence), "--product", "Rotalark", "--out", str(base / "out"), "--json"]
    return Planted(evidence, base / "home", base / "out", environment, run_process(words, environment, base))


def test_the_people_are_really_in_what_was_read(planted: Planted) -> None:
    assert planted.ended.code == 0, planted.ended.err[-2000:]
    assert json.loads(planted.ended.out)["rejects"] == []
    profile = json.loads((planted.out / "profile.json").read_text(encoding="utf-8"))
    read = {source["path"].split(".")[-1] for source in profile["sources"]}
    assert read == {"txt", "md", "vtt", "srt", "docx", "eml", "html", "csv", "xlsx", "jsonl", "json", "pdf"}
    assert any("nine hours each week" in statement["quote"] for statement in profile["statements"])
    assert len(PEOPLE) == 40 and len({person.last for person in PEOPLE}) == 40
    assert "DEBUG" in planted.ended.err


def test_nobody_is_found_in_the_home_nor_in_what_was_written(planted: Planted) -> None:
    assert_none(in_folder(planted.home) + in_folder(planted.out))


def test_nobody_is_found_in_what_the_draft_printed_and_logged(planted: Planted) -> None:
    told = (planted.ended.out + planted.ended.err).replace(str(planted.out), "")
    assert_none(found(told.encode(), "draft"))


# ---------------------------------------------------------------- every command


def commands_of(group: Any, *before: str) -> set[tuple[str, ...]]:
    """Every command that there is, as it is typed."""
    if not hasattr(group, "commands"):
        return {before}
    own = {before} if getattr(group, "invoke_without_command", False) else set()
    return own.union(*(commands_of(one, *before, name) for name, one in group.commands.items()))


def lines(
    planted: Planted, source: str, other: str, claims: list[Any], account: str
) -> dict[tuple[str, ...], list[str]]:
    """A use of each command on the planted workspace, or on the planted files: what follows its name."""
    speaker, finding = "<PERSON_1>", f"{source}:PERSON_1"
    large = max(claims, key=lambda one: len(one["evidence"]))
    alike = [one for one in claims if one["kind"] == large["kind"] and one != large]
    claim, theme, (second, third) = large["id"], large["id"].removeprefix("c-"), [one["id"] for one in alike[:2]]
    return {
        ("init",): ["fresh", "--product", "Rotalark"],
        ("add",): [str(planted.evidence / "interviews")],
        ("sources",): [],
        ("columns",): [str(planted.evidence / "survey" / "answers.csv")],
        ("roles",): [],
        ("roles", "set"): [source, speaker, "customer"],
        ("accounts",): [],
        ("accounts", "merge"): [account, "company-1"],
        ("accounts", "rename"): ["company-1", "Company Zero"],
        ("accounts", "assign"): [other, "Company Zero"],
        ("accounts", "set"): ["company-1", "outcome=won"],
        ("themes",): [],
        ("themes", "pin"): [theme],
        ("themes", "rename"): [theme, large["text"]],
        ("themes", "split"): [theme, large["evidence"][0]],
        ("themes", "move"): [large["evidence"][1], second],
        ("themes", "merge"): [third, second],
        ("themes", "exclude"): [theme],
        ("claims",): [],
        ("claims", "accept"): [claim],
        ("claims", "edit"): [claim, large["text"]],
        ("claims", "reject"): [claim],
        ("changes",): [],
        ("cost",): [],
        ("show",): [claim],
        ("privacy", "report"): [],
        ("privacy", "accept"): [finding],
        ("privacy", "add"): ["rota planner"],
        ("privacy", "dismiss"): ["Rotalark"],
        ("privacy", "policy"): ["--set", "PERSON=remove"],
        ("privacy", "review"): [],
        ("draft",): [str(planted.evidence), "--product", "Rotalark", "--out", str(planted.out), "-w", "again"],
        ("verify",): [str(planted.out / "profile.json"), "--originals", str(planted.evidence)],
        ("eval", "pii"): ["--data", str(planted.evidence.parent / "labelled")],
        ("eval", "interviews"): ["--data", str(planted.evidence.parent / "gold")],
        ("eval", "init"): [
            str(planted.evidence / "interviews"),
            "--out",
            str(planted.home.parent / "own"),
            "--product",
            "Rotalark",
        ],
        ("eval", "label"): [str(planted.home.parent / "own")],
        ("eval", "clustering"): ["--data", str(planted.evidence.parent / "gold")],
        ("eval", "matching"): ["--data", str(planted.evidence.parent / "gold")],
        ("eval", "ask"): ["--data", str(planted.evidence.parent / "gold")],
        ("eval", "grounding"): [],  # the cases are shipped, or somebody's own labelled text
        ("eval", "render"): ["--data", str(planted.evidence.parent / "gold")],
        ("eval", "all"): ["--data", str(planted.evidence.parent / "gold")],
        ("eval", "compare"): [
            str(planted.home.parent / "report.json"),
            str(planted.home.parent / "report.json"),
            "--all",
        ],
        ("eval", "baseline"): [
            str(planted.home.parent / "report.json"),
            "--why",
            "first run",
            "--file",
            str(planted.out / "baseline.json"),
        ],
        ("ask",): ["How many hours does planning the rota take each week?", "--save"],
        ("questions",): [],
        ("questions", "remove"): ["How many hours does planning the rota take each week?"],
        ("remove",): [other],
        ("doctor",): [],
        ("demo",): ["--out", str(planted.out)],
    }


def plant_labelled(folder: Path) -> None:
    """Small labelled sets in the shapes that `eval pii` reads, with the planted people in them."""
    for name, content in {
        "multidogo/desk/dev.tsv": "conversationId\tturn\tid\trole\tutterance\tslot-labels\tintent\n"
        + f"1\t0\t1\tcustomer\tmy name is {M.name}\tO O O name name\tgreeting\n",
        "presidio-research/synth_dataset_v2.even_templates.json": json.dumps(
            [
                {
                    "full_text": f"Ask {G.name}.", "template_id": 2, "masked": "Ask {{person}}.", "metadata": {},
                    "spans": [{"entity_type": "PERSON", "start_position": 4, "end_position": 4 + len(G.name),
                               "entity_value": G.name}],
                }
            ]
        ),
        "wnut17/wnut17train.conll": f"ask\tO\n{K.first}\tB-person\n{K.last}\tI-person\n\n",
        "wnut17/emerging.dev.conll": f"met\tO\n{B.first}\tB-person\n\n",
    }.items():  # fmt: skip
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")


def plant_gold(folder: Path) -> None:
    """A set of gold about two planted interviews called after people, and a table; what is personal in them is listed."""
    (folder / "evidence").mkdir(parents=True, exist_ok=True)
    people = (M, G)
    files = [f"{person.last}.txt" for person in people]
    for person, file in zip(people, files, strict=True):
        (folder / "evidence" / file).write_text(talk("{}: ", person, T), encoding="utf-8")
    (folder / "evidence" / "accounts.csv").write_text(as_csv(table(*PEOPLE[:3])), encoding="utf-8")
    items = [
        {"id": f"{n}-{line}", "kind": "pain", "statement": said, "strength": "core", "accounts": 1,
         "evidence": [{"file": file, "lines": [line, line]}]}
        for n, file in enumerate(files) for line, said in ((2, "Planning is slow."), (5, "Carers leave."))
    ]  # fmt: skip
    questions = [
        {
            "id": "hours",
            "question": "How many hours does planning take?",
            "evidence": [{"file": files[0], "lines": [2, 2]}],
        },
        {"id": "silent", "question": "What does the quarterly dividend look like?"},
    ]
    pii = [
        {"file": file, "type": "person_name", "text": person.name} for person, file in zip(people, files, strict=True)
    ]
    pii += [{"file": files[0], "type": "word", "text": "nine hours"}]
    roles = [{"file": files[0], "speaker": M.name, "role": "us"}]
    gold = {"set": "canary", "product": "Rotalark", "root": "evidence", "files": [{"name": file} for file in files],
            "items": items, "questions": questions, "pii": pii, "roles": roles}  # fmt: skip
    (folder / "gold.yaml").write_text(json.dumps(gold), encoding="utf-8")


def test_nobody_is_found_in_what_any_command_prints(
    planted: Planted, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ICP_SYNTH_HOME", str(planted.home))
    monkeypatch.setenv("ICP_SYNTH_LOG_LEVEL", "debug")
    monkeypatch.setattr("typer.prompt", lambda *_, **__: "a")
    plant_labelled(planted.evidence.parent / "labelled")
    plant_gold(planted.evidence.parent / "gold")
    report = cli("eval", "interviews", "--data", planted.evidence.parent / "gold", "--json")
    assert report.code == 0, report.err
    (planted.home.parent / "report.json").write_text(report.out, encoding="utf-8")
    (workspace,) = {json.loads(planted.ended.out)["workspace"]}
    listed = cli("sources", "--json", "-w", workspace).json
    source = next(one for one in listed if one["format"] == "vtt" and one["redactions"])
    other = next(one for one in listed if one["format"] == "srt")
    profile = json.loads((planted.out / "profile.json").read_text(encoding="utf-8"))
    claims = [claim for section in profile["sections"] for claim in section["claims"]]
    account = next(one for one in cli("accounts", "--json", "-w", workspace).json if one["known"])["id"]
    uses = lines(planted, source["id"], other["id"], claims, account)
    assert set(uses) == commands_of(typer.main.get_command(app)), "a command is new or gone: say here how it is used"
    leaks = []
    elsewhere = {
        ("init",),
        ("columns",),
        ("draft",),
        ("verify",),
        ("doctor",),
        ("demo",),
    }
    for command, more in uses.items():
        where = [] if command in elsewhere or command[0] == "eval" else ["-w", workspace]
        for form in ([], ["--json"]):
            ended = cli(*command, *more, *where, *form)
            assert ended.code in (0, 1, 2, 3, 4), ended.err
            assert ended.code == 0 or form or command == ("verify",), f"{command}: {ended.err[-1000:]}"
            leaks += found((ended.out + ended.err).encode(), " ".join([*command, *form]))
    assert_none(leaks + in_folder(planted.home) + in_folder(planted.out))


# ---------------------------------------------------------------- where it fails, and what leaves


STAGES = [
    "icp_synth.workspace.ingest",
    "icp_synth.stages.describe.describe",
    "icp_synth.stages.roles.assign",
    "icp_synth.stages.scrub.prepare",
    "icp_synth.stages.scrub.mask",
    "icp_synth.stages.segment.segment",
    "icp_synth.pipeline.embed",
    "icp_synth.pipeline.admit",
    "icp_synth.stages.cluster.cluster",
    "icp_synth.stages.arrange.arrange",
    "icp_synth.stages.word.headlines",
    "icp_synth.stages.synthesize.sections",
    "icp_synth.workspace.render",
]


@pytest.mark.parametrize("stage", STAGES)
def test_nobody_is_found_where_a_stage_breaks_and_quotes_what_it_read(
    cli: Cli, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    def breaks(*given: object, **named: object) -> object:
        raise ValueError(f"can't read {given} {named}")

    (tmp_path / "calls").mkdir()
    (tmp_path / "calls" / f"{M.name}.txt").write_text(talk("{}: ", M, T), encoding="utf-8")
    monkeypatch.setenv("ICP_SYNTH_LOG_LEVEL", "debug")
    monkeypatch.setattr(stage, breaks)
    ended = cli("draft", tmp_path / "calls", "--product", "Rotalark", "--out", tmp_path / "out")
    assert ended.code == 1 and "ValueError" in ended.err, ended.err
    assert_none(found((ended.out + ended.err).encode(), stage) + in_folder(home))


def test_nobody_is_found_in_what_a_model_server_is_sent(planted: Planted, tmp_path: Path) -> None:
    with openai_server.serving() as server:
        environment = {**planted.environment, "ICP_SYNTH_HOME": str(tmp_path / "home")}
        words = ["draft", str(planted.evidence), "--product", "Rotalark", "--out", str(tmp_path / "out")]
        ended = run_process([*words, "--analyst", f"{server.url}#test"], environment, tmp_path)
        assert ended.code == 0, ended.err[-2000:]
        assert len(server.requests) > 10 and "nine hours each week" in server.sent
        drafted = len(server.requests)
        question = "How many hours does planning the rota take each week?"
        answered = run_process(["ask", question, "--analyst", f"{server.url}#test"], environment, tmp_path)
        assert answered.code == 3 and len(server.requests) > drafted, "neither an answer nor silence"
        leaks = found(server.sent.encode(), "a request") + found(str(server.headers).encode(), "a header")
    told = (ended.out + ended.err).replace(str(tmp_path), "")
    assert_none(leaks + found(told.encode(), "draft") + in_folder(tmp_path / "home") + in_folder(tmp_path / "out"))
