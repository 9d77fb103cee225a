"""What is personal becomes a placeholder; the evidence, its lines and its offsets stay."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from icp_synth.errors import ScrubError
from icp_synth.records import AccountRow, Manifest, Participant, Redaction, Source
from icp_synth.stages import scrub
from icp_synth.stages.scrub import PLACEHOLDER
from tests.stages.raw_sources import block, notes, talk


def test_a_speaker_is_gone_from_labels_and_from_what_others_say(clean_source) -> None:
    source = clean_source(
        talk(
            ("Marisol Vega", "It broke on Monday."),
            ("Interviewer", "Marisol, who noticed? And did Vega's team, I mean marisol's, fix it?"),
        )
    )
    stored = source.model_dump_json().lower()
    assert "marisol" not in stored and "vega" not in stored
    assert source.turns[0].speaker == "<PERSON_1>"
    assert source.text.count("<PERSON_1>") == 3, "the same person is the same placeholder"


def test_attendees_mail_addresses_and_file_names_go_too(clean_source) -> None:
    source = notes(
        "# Interview", "Why?", "Reach me at tomasz.wilk@zell.example or 555-0142. Tomasz said it is slow.",
        path="interviews/tomasz-wilk.md", title="Interview with Tomasz Wilk",
        participants=(Participant(name="Tomasz Wilk", email="tomasz.wilk@zell.example"),),
    )  # fmt: skip
    stored = clean_source(source).model_dump_json().lower()
    assert not [word for word in ("tomasz", "wilk", "555-0142") if word in stored]


def test_greetings_sign_offs_and_introductions_name_people(clean_source) -> None:
    text = "Hi Priya,\nthe export fails. My name is Oluwaseun Adeyemi.\nBest,\nOluwaseun"
    stored = clean_source(notes(text)).text
    assert "Priya" not in stored and "Oluwaseun" not in stored and "the export fails" in stored


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Will will mark the release in May.", "will mark the release in May"),
        ("We moved from Jenkins to a hosted runner.", "Jenkins"),
        (
            "About 250 RPS, 70,000 deployments a year, version 1.8.3.",
            "250 RPS, 70,000 deployments a year, version 1.8.3",
        ),
        ("It costs $12,500 a year, 38% more than in 2023.", "$12,500 a year, 38% more than in 2023"),
    ],
)
def test_the_evidence_stays(clean_source, text: str, kept: str) -> None:
    assert kept in clean_source(notes("What happened?", text)).text


def test_our_product_and_the_customers_company_stay_even_if_they_look_like_people(clean_source) -> None:
    source = talk(("Bo (Marlow)", "Marlow runs on Edison."), account="Marlow")
    assert "Marlow runs on Edison" in clean_source(source, Manifest(product="Edison")).text


def test_line_breaks_stay_so_that_lines_can_be_named(clean_source) -> None:
    text = "We told\nMarisol Vega\nabout it\ntwice."
    source = clean_source(Source(path="a.txt", format="txt", blocks=(block(text, speaker="Marisol Vega"),)))
    assert source.text.count("\n") == 3 and source.blocks[0].lines == (1, 4)


def test_every_redaction_points_at_its_placeholder(clean_source) -> None:
    source = clean_source(
        talk(("Marisol Vega", "Mail marisol@zell.example or call 212-555-0187."), ("Rep", "Ok Marisol"))
    )
    assert source.redactions
    assert all(PLACEHOLDER.fullmatch(source.text[r.start : r.end]) for r in source.redactions)


def test_findings_outside_the_text_refuse_the_source() -> None:
    prepared = scrub.prepare(notes("Short."))
    with pytest.raises(ScrubError, match="outside"):
        scrub.mask(prepared, [Redaction(start=0, end=999, entity="PERSON", score=1.0)], [], "a.md")


def test_rows_of_account_tables_are_cleaned_but_for_the_company() -> None:
    def find(text: str) -> list[Redaction]:
        at = text.find("Bo Lind")
        return [Redaction(start=at, end=at + 7, entity="PERSON", score=1.0)] if at >= 0 else []

    row = AccountRow(name="Zell", path="a.csv", row=2, attributes={"Remark": "ask Bo Lind", "Industry": "banking"})
    assert scrub.clean_row(row, find).attributes == {"Remark": "ask <PERSON>", "Industry": "banking"}


names = st.sampled_from(["Marisol Vega", "Tomasz Wilk", "Priya Raman", "Grace Okafor", "José Álvarez"])
tails = st.sampled_from(
    ["It is slow.", "call 212-555-0187", "mail x.y@zell.example", "we use Kafka", "order number 88213-AB"]
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(names, tails), min_size=1, max_size=4))
def test_scrubbing_twice_changes_nothing(clean_source, said: list[tuple[str, str]]) -> None:
    once = clean_source(talk(*said))
    again = clean_source(talk(*((turn.speaker or "", once.text[turn.start : turn.end]) for turn in once.turns)))
    assert again.text == once.text
