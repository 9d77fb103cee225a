"""Where sentences end: prose, chat, talk without punctuation; and that no character is lost or told twice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icp_synth.sentence_boundaries import sentence_spans


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    "text, sentences",
    [
        ("We lost a day. Nobody noticed!", ["We lost a day.", "Nobody noticed!"]),
        ("Why now? Because it broke.", ["Why now?", "Because it broke."]),
        ("He said no. Then we left.", ["He said no.", "Then we left."]),
        ("So did I. Then we left.", ["So did I.", "Then we left."]),
        ("See issue no. 5 and fig. 3. It is there.", ["See issue no. 5 and fig. 3.", "It is there."]),
        ("Mr. Pell owns Acme Inc. They sell forklifts.", ["Mr. Pell owns Acme Inc.", "They sell forklifts."]),
        ("We asked Acme Inc. Group sales.", ["We asked Acme Inc. Group sales."]),
        ("Mr. <PERSON_1> came at 9 a.m. We began.", ["Mr. <PERSON_1> came at 9 a.m.", "We began."]),
        ("J. Smith signs. Good.", ["J. Smith signs.", "Good."]),
        ("We had a plan B. Then it worked.", ["We had a plan B.", "Then it worked."]),
        ("It takes 3.5 hours on 1.8.x, e.g. at night. OK.", ["It takes 3.5 hours on 1.8.x, e.g. at night.", "OK."]),
        ("We pay $3. Nobody cares.", ["We pay $3.", "Nobody cares."]),
        ("Well… we waited. Hmm... not long.", ["Well… we waited.", "Hmm... not long."]),
        ('"No way!" she said. We left.', ['"No way!" she said.', "We left."]),
        ("She said “it broke.” We left.", ["She said “it broke.”", "We left."]),
        ("(It broke.) We left.", ["(It broke.)", "We left."]),
        ("1. Price. 2. Seats.", ["1. Price.", "2. Seats."]),
        ("They told us:\n\nIt is too dear.", ["They told us:", "It is too dear."]),
        ("At 10:30 it broke: badly.", ["At 10:30 it broke: badly."]),
        ("", []),
        (" \n ", []),
    ],
)
def test_prose_is_cut_where_a_reader_would(text: str, sentences: list[str]) -> None:
    assert cut(text) == sentences


def test_in_a_chat_sentences_begin_small() -> None:
    assert cut("hi!! i need one value. it broke again... not sure why. can someone help?") == [
        "hi!!",
        "i need one value.",
        "it broke again... not sure why.",
        "can someone help?",
    ]
    assert cut("The mgmt. tools broke.") == ["The mgmt. tools broke."], "in prose a small letter goes on"


def test_a_sentence_may_run_over_lines() -> None:
    assert cut("We lost\na day. It\nhurt.") == ["We lost\na day.", "It\nhurt."]


def test_talk_without_punctuation_is_cut_at_clauses() -> None:
    talk = " ".join(["we had the sheet and the other sheet so nobody knew which one was right but we went on"] * 6)
    pieces = cut(talk)
    assert len(pieces) > 2
    assert all(len(piece.split()) <= 45 for piece in pieces)
    assert " ".join(pieces) == talk


PIECES = [*"abI. ,!?…:\"'”’)(\n\t12—éß", "We ", "e.g. ", "no. ", "Mr. ", "inc. ", "but ", "so ", ". "]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=150).map("".join)


@given(TEXTS)
def test_every_character_lies_in_exactly_one_sentence(text: str) -> None:
    spans = sentence_spans(text)
    covered = [at for start, end in spans for at in range(start, end)]
    assert covered == sorted(set(covered)), "in order, without overlap"
    assert {at for at, letter in enumerate(text) if not letter.isspace()} <= set(covered)
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)
