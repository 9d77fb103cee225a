"""Transcripts and notes: who says what, what was asked, who was there, and where every word stands."""

import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icp_synth.errors import UnreadableError
from icp_synth.records import Block, Locator, Participant, Source
from icp_synth.stages.ingest import plain
from icp_synth.stages.ingest.decode import decode
from icp_synth.stages.ingest.transcript import Line, asks, parse

FIXTURES = Path(__file__).parents[2] / "fixtures" / "ingest"


def read(text: str, path: str = "talk.txt") -> Source:
    return plain.read(path, text.encode())


def said(source: Source) -> list[tuple[str | None, str]]:
    return [(block.speaker, block.text) for block in source.blocks if block.form in ("speech", "prose")]


def texts(source: Source, form: str) -> list[str]:
    return [block.text for block in source.blocks if block.form == form]


# ---------------------------------------------------------------- labels


@pytest.mark.parametrize(
    "label",
    [
        "Bob Ray: ",
        "BOB RAY: ",
        "**Bob Ray:** ",
        "**Bob Ray**: ",
        "- Bob Ray: ",
        "Bob Ray [00:12:34]: ",
        "[00:12:34] Bob Ray: ",
        "00:12:34\tBob Ray: ",
        "Bob Ray (00:12): ",
        "Speaker 1: ",
        "Customer: ",
        "Bob Ray, CTO: ",
        "Bob Ray  12:34\n",
        "Bob Ray 1:12:34\n",
        "[Bob Ray] 12:12:34\n",
        "12:34 Bob Ray\n",
        "Bob Ray  12:34  ",
        "Bob Ray | 12:34\n",
        "Bob Ray:\n",
    ],
)
def test_a_label_of_any_usual_shape_names_the_speaker(label: str) -> None:
    other = label.replace("Bob Ray", "Ann Lee").replace("BOB RAY", "ANN LEE")
    other = other.replace("Speaker 1", "Speaker 2").replace("Customer", "Interviewer")
    text = f"{label}We lost a day.\n\n{other}How come?\n\n{label}The export broke.\n"
    source = read(text)
    assert [words for _, words in said(source)] == ["We lost a day.", "How come?", "The export broke."]
    speakers = [speaker for speaker, _ in said(source)]
    assert speakers[0] == speakers[2] != speakers[1]
    assert all(block.form == "speech" and ":" not in (block.speaker or "") for block in source.blocks)


def test_lines_without_a_label_belong_to_the_last_speaker() -> None:
    source = read("Ann Lee: Hello.\nAre you there?\n\nAnd your team?\nBob Ray: Yes.\nAnn Lee: Good.\n")
    assert said(source) == [
        ("Ann Lee", "Hello.\nAre you there?"),
        ("Ann Lee", "And your team?"),
        ("Bob Ray", "Yes."),
        ("Ann Lee", "Good."),
    ]


def test_a_company_in_a_label_is_kept_for_the_roles() -> None:
    source = read("Ann Lee: Hello.\nBob Ray (Acme): Hi.\nAnn Lee: So?\nBob Ray (Acme): Well.\n")
    assert source.blocks[1].speaker == "Bob Ray (Acme)"
    assert source.participants == (Participant(name="Bob Ray", company="Acme"),)
    assert source.names == ("Bob Ray", "Ann Lee")


@pytest.mark.parametrize(
    "line",
    [
        "Key features in use include:",
        "Result: we cut costs",
        "Pricing: too high for us",
        "We use three of them: exports, roles and alerts.",
        "However: nobody told us.",
        "Note: the price is per seat",
        "https://acme.example: our page",
    ],
)
def test_a_line_of_prose_is_no_speaker(line: str) -> None:
    prose = "We have used it for two years and it holds.\n\n"
    source = read(f"{prose}{line}\n\n{prose}{line}\n\n{prose}")
    assert all(speaker is None for speaker, _ in said(source))
    assert line in [words for _, words in said(source)]


def test_topics_that_recur_are_no_speakers() -> None:
    source = read("Rival one\n\nPros: cheap\nCons: slow\n\nRival two\n\nPros: fast\nCons: dear\n")
    assert {speaker for speaker, _ in said(source)} == {None}


def test_roles_are_not_personal_names() -> None:
    source = read("Interviewer: Why?\nDana: Because.\nInterviewer: And?\nDana: Nothing.\nSpeaker 3: Bye.\n")
    assert source.names == ("Dana",)


def test_teams_names_the_speaker_below_a_time_range() -> None:
    source = read(
        "0:0:0.0 --> 0:0:4.330\nAnn Lee\nWhat broke?\n\n0:0:4.9 --> 0:0:9.0\nBob Ray\nThe sync.\n\n"
        "0:0:9.1 --> 0:0:12.0\nAnn Lee\nOften?\n\n0:0:13.0 --> 0:0:14.0\nBob Ray\nDaily.\n"
    )
    assert said(source) == [
        ("Ann Lee", "What broke?"),
        ("Bob Ray", "The sync."),
        ("Ann Lee", "Often?"),
        ("Bob Ray", "Daily."),
    ]
    assert source.blocks[1].at == 4.9


def test_an_otter_export_is_read_with_its_times() -> None:
    source = plain.read("otter.txt", (FIXTURES / "otter.txt").read_bytes())
    assert source.title == "Renewal call with Acme"
    assert source.date == date(2025, 9, 17)
    assert said(source) == [
        ("Ann Lee", "So what happened in spring?"),
        ("Bob Ray", "The price went up by a third.\nNobody told us why."),
        ("Bob Ray", "And then support went quiet."),
        ("Speaker 3", "We counted the tickets: forty."),
    ]
    assert [block.at for block in source.blocks if block.form == "speech"] == [3, 9, 9, 3731]
    assert set(source.names) == {"Ann Lee", "Bob Ray"}
    assert "Transcribed by https://otter.ai" in texts(source, "field")


def test_times_inside_the_words_are_not_words() -> None:
    source = read("Ann Lee: Why?\nBob Ray: We moved [00:02:10] to another tool.\nAnn Lee: When?\n[00:03:00]\nIn May?\n")
    assert [(b.text, b.at) for b in source.blocks if b.speaker == "Bob Ray"] == [
        ("We moved", None),
        ("to another tool.", 130),
    ]
    assert source.blocks[-1].text == "In May?"
    assert source.blocks[-1].at == 180


# ---------------------------------------------------------------- questions and answers


def test_notes_of_questions_and_answers() -> None:
    source = plain.read("interview.md", (FIXTURES / "interview.md").read_bytes())
    assert source.format == "md"
    assert source.title == "Adopter interview: Acme"
    assert source.date == date(2025, 9, 18)
    assert texts(source, "question") == [
        "Compared with other products, what drew you to it?",
        "What is your impression of the project's:\nOpenness\nGovernance",
        "Would you buy it again?",
    ]
    drew, impression, again = (text.replace("\n", " ") for text in texts(source, "question"))
    assert [(block.text, block.lines, block.heading) for block in source.blocks if block.form == "prose"] == [
        ("Key features in use include:", (14, 14), drew),
        ("Exports that **do not** time out.", (15, 15), drew),
        ("Roles,\n  which our auditors ask for.", (16, 17), drew),
        ("We like that the maintainers answer within a day,\neven on a Friday.", (23, 24), impression),
        ("Result: we cut costs.", (26, 26), impression),
        ("Year | Seats |", (30, 30), again),
        ("2024 | 40    |", (32, 32), again),
    ]


def test_attendees_have_names_jobs_companies_and_sides() -> None:
    source = plain.read("interview.md", (FIXTURES / "interview.md").read_bytes())
    assert source.participants == (
        Participant(name="Ann Lee", company="Review Board", side="us"),
        Participant(
            name="Bob Ray",
            email="bob@acme.example",
            company="Acme",
            title="Head of Engineering – Core",
            side="customer",
        ),
        Participant(company="Acme", title="DevOps Lead", side="customer"),
    )
    assert source.names == ("Ann Lee", "Bob Ray")


def test_attendees_in_indented_groups() -> None:
    source = read(
        "# Interview\n\nAttendees:\n\tBoard: \n  - Jo Kim\n\tAdopter: \n  - DevOps/MLOps Lead, Adopter 2\n"
        "  - Lu Wei (IBM)\n\n\n## Intro\n_What do you do?_\nWe make boats.\n"
    )
    assert source.participants == (
        Participant(name="Jo Kim", side="us"),
        Participant(title="DevOps/MLOps Lead", company="Adopter 2", side="customer"),
        Participant(name="Lu Wei", company="IBM", side="customer"),
    )
    assert said(source) == [(None, "We make boats.")]


def test_q_and_a_marks() -> None:
    source = read("Q: What broke?\nA: The sync.\n\nIt broke daily.\n\nQ2. And what did you do then?\nA: We left.\n")
    assert texts(source, "question") == ["What broke?", "And what did you do then?"]
    assert [(b.text, b.heading) for b in source.blocks if b.form == "prose"] == [
        ("The sync.", "What broke?"),
        ("It broke daily.", "What broke?"),
        ("We left.", "And what did you do then?"),
    ]


def test_a_quarter_is_no_question() -> None:
    assert texts(read("Q1: revenue grew by a third.\n\nQ2: it fell.\n"), "question") == []


def test_questions_in_paragraphs_of_their_own_are_ours() -> None:
    source = read("What do you like best?\n\nThe reports.\n\nWhat do you dislike?\n\nThe price. Why is it so high?\n")
    assert texts(source, "question") == ["What do you like best?", "What do you dislike?"]
    assert texts(source, "prose") == ["The reports.", "The price. Why is it so high?"]


@pytest.mark.parametrize(
    ("heading", "asked"),
    [
        ("How long have you used it?", True),
        ("Describe your first week", True),
        ("Walk me through the purchase", True),
        ("What would you tell a friend", True),
        ("Has it helped? Such as fewer tickets, etc.", True),
        ("What holds the team back:", True),
        ("Why they bought", False),
        ("Next steps:", False),
        ("Motivation", False),
    ],
)
def test_what_asks_and_what_only_names_a_section(heading: str, asked: bool) -> None:
    assert asks(heading) is asked
    assert texts(read(f"# Notes\n\n## {heading}\n\nThe export broke.\n"), "question") == ([heading] if asked else [])


# ---------------------------------------------------------------- fields


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("9/18/2025", date(2025, 9, 18)),
        ("2025-09-18", date(2025, 9, 18)),
        ("2025-09-18T10:00:00Z", date(2025, 9, 18)),
        ("18 September 2025, 10:00", date(2025, 9, 18)),
        ("October 20th, 2025.", date(2025, 10, 20)),
        ("Thu, Sept 18, 2025 at 3 pm", date(2025, 9, 18)),
        ("18.09.2025", date(2025, 9, 18)),
        ("December 18th", None),
        ("31/31/2025", None),
        ("soon", None),
    ],
)
def test_dates_in_many_spellings(written: str, day: date | None) -> None:
    assert read(f"# Call\n\n**Meeting Time:** {written}\n\nThey left.\n").date == day


@pytest.mark.parametrize(
    ("field", "account"),
    [
        ("Company: Northwind Traders", "Northwind Traders"),
        ("**Account:** Acme, Inc.", "Acme, Inc."),
        ("Customer: Acme", "Acme"),
        ("Customer: Fabrikam Labs", "Fabrikam Labs"),
        ("Customer: Jane Doe", None),
        ("Customer: Jane Doe, CTO, Acme", None),
        ("Company: TBD", None),
        ("Company: it grew fast. We like it.", None),
    ],
)
def test_an_account_is_named_only_where_a_field_clearly_names_one(field: str, account: str | None) -> None:
    assert read(f"Win-loss note\n{field}\n\nThey left because of the price.\n").account == account


def test_a_person_in_a_customer_field_is_a_participant() -> None:
    source = read("Win-loss note\nCustomer: Jane Doe, CTO, Acme\nRep: Ann Lee\n\nThey left because of the price.\n")
    assert source.participants == (
        Participant(name="Jane Doe", title="CTO", company="Acme", side="customer"),
        Participant(name="Ann Lee", side="us"),
    )


@pytest.mark.parametrize(
    ("field", "outcome"),
    [
        ("Outcome: Lost", "lost"),
        ("Status: Closed Won", "won"),
        ("Deal: closed lost 14/03/2025 - Author: Ann Lee", "lost"),
        ("Result: Churned (price)", "churned"),
        ("Status: active", "active"),
        ("Status: open", None),
    ],
)
def test_outcomes(field: str, outcome: str | None) -> None:
    assert read(f"Note on Acme\n{field}\n\nThey were clear.\n").outcome == outcome


def test_fields_further_down_are_words() -> None:
    source = read("# Note\n\nCompany: Acme\n\nThey were clear.\n\nOutcome: we lost it on price.\n")
    assert texts(source, "field") == ["Company: Acme"]
    assert source.outcome is None
    assert "Outcome: we lost it on price." in texts(source, "prose")


def test_a_field_and_a_speaker_may_share_their_label() -> None:
    source = read(
        "Date: 2025-01-02\nCustomer: Acme Corp\n\nRep: Thanks.\nCustomer: It is slow.\nRep: Why?\nCustomer: No idea.\n"
    )
    assert source.account == "Acme Corp"
    assert said(source)[1] == ("Customer", "It is slow.")


def test_front_matter() -> None:
    source = read("---\ncompany: Acme\ndate: 2025-01-02\ntags: [a, b]\n---\n\n# Call\n\nIt was slow.\n", "note.md")
    assert (source.account, source.date, source.title) == ("Acme", date(2025, 1, 2), "Call")
    assert texts(source, "prose") == ["It was slow."]


# ---------------------------------------------------------------- layout


def test_long_lines_are_paragraphs_of_their_own() -> None:
    one, two = "We lost a day each month. " * 6, "Nobody trusted the report. " * 6
    assert [words for _, words in said(read(f"{one}\n{two}\n"))] == [one.strip(), two.strip()]


def test_hard_wrapped_text_is_one_paragraph_with_its_line_breaks() -> None:
    text = "We lost a day at each month end, since the export\nhad to be repaired by hand.\n"
    assert said(read(text)) == [(None, text.strip())]


def test_rulers_and_fences_are_nothing() -> None:
    source = read("We left.\n\n---\n***\n* * *\n|---|:--|\n```\nThey stayed.\n```\n")
    assert [words for _, words in said(source)] == ["We left.", "They stayed."]


def test_quotations_lose_their_marks() -> None:
    source = read("# Note\n\n> It took a day.\n\n> It broke\n> twice.\n", "note.md")
    assert [(block.text, block.lines, block.locator.last) for block in source.blocks[1:]] == [
        ("It took a day.", (3, 3), 3),
        ("It broke\ntwice.", None, 6),
    ]


def test_an_empty_file_says_so() -> None:
    with pytest.raises(UnreadableError, match="empty") as refused:
        read(" \n\n---\n")
    assert refused.value.advice


def test_paragraphs_of_other_formats_are_never_joined() -> None:
    lines = [
        Line(text, Locator(unit="paragraph", first=n, last=n)) for n, text in enumerate(["Short.", "Also short."], 1)
    ]
    assert [(block.text, block.locator.first, block.lines) for block in parse(lines).blocks] == [
        ("Short.", 1, None),
        ("Also short.", 2, None),
    ]


# ---------------------------------------------------------------- what always holds

WORDS = st.text(st.sampled_from("abc deXYé.,?!*_:[]()#>|-0123456789 \t\x0c\u2028"), max_size=130)
SHAPES = st.sampled_from(
    ["{}", "- {}", "  * {}", "1. {}", "# {}", "### {}?", "_{}?_", "**{}**", "> {}", "| {} | b |", "Ann Lee: {}"]
    + ["Bob Ray (Acme): {}", "Bob Ray  0:12", "[00:01:02] Ann Lee: {}", "[00:01:02] {}", "Q: {}", "A: {}", "Date: {}"]
    + [
        "Attendees:",
        "- Adopter: {}, CTO, Acme",
        "Customer:",
        "\tBoard:",
        "---",
        "===",
        "```",
        "",
        "",
        "00:12",
        "_What {}",
    ]
    + ["{}_", "Company: {}", "We moved [00:12:13] {}", "    {}", "**Ann Lee:** {}", "SPEAKERS", "Outcome: {}"]
)
LINES = st.lists(st.builds(lambda shape, words: shape.format(words), SHAPES, WORDS), min_size=1, max_size=25)


def check(block: Block, text: str) -> None:
    assert block.text.strip() == block.text != ""
    if block.lines is None:
        return
    first, last = block.lines
    original = text.split("\n")[first - 1 : last]
    assert block.text in "\n".join(original)
    assert last - first == block.text.count("\n")
    assert all(part in row for part, row in zip(block.text.split("\n"), original, strict=True))


@settings(max_examples=400, deadline=None)
@given(LINES, st.sampled_from(["\n", "\r\n", "\r"]), st.sampled_from(["utf-8", "utf-16"]))
def test_every_block_stands_where_it_says(lines: list[str], end: str, encoding: str) -> None:
    data = end.join(lines).encode(encoding)
    try:
        source = plain.read("any.md", data)
    except UnreadableError:
        return
    text = decode("any.md", data)
    for block in source.blocks:
        check(block, text)
    starts = [block.locator.first for block in source.blocks]
    assert starts == sorted(starts)


@pytest.mark.parametrize("run", [" ", "-", "*", "_", ">", "#", "|", "1:", "a: ", "[00:01]", "**a"])
def test_a_hostile_line_does_not_hold_anybody_up(run: str) -> None:
    long = run * 20_000
    started = time.perf_counter()
    for line in (
        long,
        f"a{long}x",
        f"Ann Lee{long}: x",
        f"# a{long}x",
        f"_{long}x",
        f"[00:01] {long}!",
        f"Date: {long}x",
    ):
        read(f"Title\n\n{line}\n{line}\nwords\n")
    assert time.perf_counter() - started < 20


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.text(st.sampled_from("abc dé.,'"), min_size=1, max_size=90).filter(str.strip), min_size=1, max_size=12)
)
def test_no_word_of_prose_is_lost(paragraphs: list[str]) -> None:
    source = read("\n\n".join(["# Title", *paragraphs]))
    kept = "".join("".join(block.text.split()) for block in source.blocks[1:])
    assert kept == "".join("".join(paragraph.split()) for paragraph in paragraphs)
