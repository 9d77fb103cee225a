"""Whole files as tools export them: whose side every speaker is on, and which words may become evidence.

A seller taken for a customer is the error that must not happen; a customer left unknown only loses evidence.
`tests/fixtures/roles/expected.yaml` says of each file what a careful reader would.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from icp_synth.records import Manifest, ManifestSource, RawFile, Role, Source, Turn
from icp_synth.speakers import label_parts
from icp_synth.stages.describe import describe
from icp_synth.stages.ingest import ingest, labels
from icp_synth.stages.roles import assign
from tests.stages.raw_sources import talk

FILES = Path(__file__).parents[1] / "fixtures" / "roles"
EXPECTED = yaml.safe_load((FILES / "expected.yaml").read_text())


def read(name: str) -> list[tuple[Source, Turn]]:
    """Every turn of a file with its source, by the way that the pipeline goes."""
    story = EXPECTED[name]
    listed = (ManifestSource(path=name, kind=story.get("kind")),)
    manifest = Manifest(sources=listed, **story.get("manifest", {}))
    found = ingest(RawFile(path=name, data=(FILES / name).read_bytes()), manifest)
    assert found.sources, found.rejects
    assigned = [assign(one, manifest, describe(one, manifest).kind) for one in found.sources]
    return [(source, turn) for source, turns in assigned for turn in turns]


def words(source: Source, turn: Turn) -> str:
    return " ".join(" ".join(block.text for block in source.blocks[turn.first : turn.last + 1]).split())


def sides(name: str) -> dict[str, set[Role]]:
    found: dict[str, set[Role]] = {}
    for _, turn in read(name):
        if turn.speaker:
            found.setdefault(label_parts(turn.speaker)[0], set()).add(turn.role)
    return found


@pytest.mark.parametrize("name", sorted(name for name in EXPECTED if "speakers" in EXPECTED[name]))
def test_every_speaker_is_on_the_right_side(name: str) -> None:
    assert sides(name) == {who: {role} for who, role in EXPECTED[name]["speakers"].items()}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_what_customers_say_counts_and_nothing_else(name: str) -> None:
    customer = " | ".join(words(source, turn) for source, turn in read(name) if turn.role == "customer")
    assert [said for said in EXPECTED[name]["theirs"] if said not in customer] == []
    assert [said for said in EXPECTED[name]["never"] if said in customer] == []


# ---------------------------------------------------------------- invariants

NAMES = st.sampled_from(["Ana Ruiz", "Ana", "ANA", "Ana R.", "Ruiz, Ana", "Ana Ruiz (she/her)"])
SAID = st.sampled_from(
    [
        "We use it daily and I hate it.", "My boss asked why we pay twice.", "What does it cost?", "I gave up in May.",
        "Our team lost two days.", "Thanks for joining.", "Yes.", "Is it hosted here?",
    ]
)  # fmt: skip


@settings(deadline=None)  # the machine is shared
@given(NAMES, st.lists(st.tuples(st.booleans(), SAID), min_size=1, max_size=12))
def test_whoever_the_manifest_calls_ours_is_never_a_customer_whatever_they_say(
    label: str, said: list[tuple[bool, str]]
) -> None:
    source = talk(*((label if ours else "Bo Lind", words) for ours, words in said))
    _, turns = assign(source, Manifest(us_people=("Ana Ruiz",)), "call")
    assert {turn.role for turn in turns if turn.speaker == label} <= {"us"}


@settings(deadline=None)  # the machine is shared
@given(st.lists(st.tuples(st.sampled_from(["Kim (Qoppa)", "Lee (Qoppa)", "Bo (Zell)", "Cy (Zell)"]), SAID), min_size=1))
def test_people_of_one_company_are_on_one_side(said: list[tuple[str, str]]) -> None:
    _, turns = assign(talk(*said), Manifest(), "call")
    for firm in ("Qoppa", "Zell"):
        assert len({turn.role for turn in turns if firm in (turn.speaker or "")}) <= 1


AROUND = st.sampled_from(
    [
        "★★★★☆", "Rating: 4/5", "Verified purchase", "Helpful? 3 people found this helpful", "Sent from my iPhone",
        "Attachments: a.jpg", "This e-mail and any attachments are confidential.", "Photos attached: 2",
        "Was this review helpful? Yes (12) No (1)", "Anna, Bath · ★★★★☆ · 12 May 2024", "<Media omitted>",
    ]
)  # fmt: skip


@settings(deadline=None)  # the machine is shared
@given(st.lists(st.one_of(AROUND, st.sampled_from(["It fell apart in a week.", "My son loves it.", ""])), min_size=1))
def test_what_stands_around_the_words_is_never_anybodys_words(lines: list[str]) -> None:
    text = "\n".join(["The bag is too small for my boots.", "", *lines])
    found = ingest(RawFile(path="reviews.txt", data=text.encode()))
    said = [line for one in found.sources for b in one.blocks if b.form != "field" for line in b.text.split("\n")]
    assert set(said) <= {"The bag is too small for my boots.", "It fell apart in a week.", "My son loves it."}


@pytest.mark.parametrize(
    "line",
    [
        "Boston, MA 02108. For the form: see below",
        "Leeds, LS1 4AP. Opening hours: nine to five",
        "Day 3 - Monday, 07:45",
        "Reviewed on 3 January 2025",
    ],
)
def test_a_wrapped_address_or_the_head_of_an_entry_is_no_speaker(line: str) -> None:
    assert labels.find(line) is None


@pytest.mark.parametrize(
    "line",
    [
        "5 stars, I would buy it again.",
        "★★★★★ Bought it for my son's trip. He never complained once.",
        "4/5 of our drivers leave it in the depot.",
        "Started on 14 machines and we now have 40.",
        "Helpful staff.",
    ],
)
def test_a_sentence_that_only_looks_like_the_head_of_a_review_still_counts(line: str) -> None:
    found = ingest(RawFile(path="reviews.txt", data=f"Rating: 4/5\n{line}\n".encode()))
    assert [b.form for one in found.sources for b in one.blocks if line.endswith(b.text)] == ["prose"]
