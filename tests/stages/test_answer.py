"""What of the sentences that were found becomes an answer: parts, claims of several accounts, what speaks against them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from icp_synth.records import Part, Sentence, Support, Tone
from icp_synth.retrieval import Corpus, Found
from icp_synth.stages.answer import COUNTER, MOST, SAME, claims, clauses, counters, counts, missing, parts
from icp_synth.stages.segment import segment
from tests.small_evidence import clean_source

SOURCE = clean_source(
    "alder",
    [
        ("us", "What was hard before?"),
        ("customer", "Planning took nine hours. Every Friday was lost. Nurses left us."),
        ("customer", "The phones are new."),
    ],
)
CORPUS = Corpus((SOURCE,), segment(SOURCE), {}, {SOURCE.id: "Alder"})
ROW = {sentence.text: n for n, sentence in enumerate(CORPUS.sentences)}
HOURS, FRIDAY, NURSES, PHONES = (
    "Planning took nine hours.", "Every Friday was lost.", "Nurses left us.", "The phones are new.",
)  # fmt: skip


def chosen(*scored: tuple[str, float], most: int = MOST) -> list[tuple[str, ...]]:
    """The texts of the parts that come of these sentences, best first."""
    rows = np.array([ROW[text] for text, _ in scored], dtype=np.int64)
    scores = np.array([score for _, score in scored])
    found = Found(rows, scores, scores / 20, np.zeros((len(rows), 2), dtype=np.float32), {}, frozenset(), (), (), 0.0)
    made = parts(CORPUS, found, lambda some, score: Part(sentences=tuple(some), score=score), most)
    return [tuple(sentence.text for sentence in part.sentences) for part in made]


def part(
    text: str, account: str = "alder", tone: Tone = "neutral", themes: tuple[str, ...] = (), score: float = 1.0
) -> Part:
    sentence = Sentence(id=text, source_id=account, turn=0, block=0, ordinal=0, start=0, end=len(text), text=text)
    return Part(sentences=(sentence,), score=score, account=account, tone=tone, themes=themes)


def test_two_sentences_beside_each_other_are_one_part_in_the_order_in_which_they_were_said() -> None:
    assert chosen((FRIDAY, 9.0), (HOURS, 8.0)) == [(HOURS, FRIDAY)]


def test_a_part_never_has_three_sentences_and_never_skips_one() -> None:
    assert chosen((HOURS, 9.0), (FRIDAY, 8.5), (NURSES, 8.0)) == [(HOURS, FRIDAY), (NURSES,)]
    assert chosen((HOURS, 9.0), (NURSES, 8.0)) == [(HOURS,), (NURSES,)]


def test_what_is_far_behind_the_best_is_left_out_and_so_is_what_is_too_much() -> None:
    assert chosen((HOURS, 9.0), (PHONES, 2.0)) == [(HOURS,)]
    assert chosen((HOURS, 9.0), (PHONES, 8.0), most=1) == [(HOURS,)]


def test_what_is_as_like_the_question_as_the_best_is_kept_however_little_stands_beside_it() -> None:
    rows = np.array([ROW[HOURS], ROW[PHONES]], dtype=np.int64)
    scores, likeness = np.array([9.0, 1.0]), np.array([0.6, 0.58])
    found = Found(rows, scores, likeness, np.zeros((2, 2), dtype=np.float32), {}, frozenset(), (), (), 0.0)
    assert len(parts(CORPUS, found, lambda some, score: Part(sentences=tuple(some), score=score))) == 2


def test_what_several_accounts_say_is_one_claim_in_the_words_of_the_best() -> None:
    several = [part("Nine hours.", "alder"), part("The phones are new.", "birch"), part("Ten hours.", "birch")]
    near = np.array([[1, 0.1, SAME], [0.1, 1, 0.1], [SAME, 0.1, 1]], dtype=np.float32) + np.float32(1e-6)
    made = claims(several, near)
    assert [(one.text, one.parts) for one in made] == [("Nine hours.", (0, 2)), ("The phones are new.", (1,))]


def test_a_theme_brings_parts_together_and_opposite_tones_keep_them_apart() -> None:
    apart = np.eye(2, dtype=np.float32)
    alike = [part("Slow.", themes=("pain-1",)), part("It drags.", "birch", themes=("pain-1",))]
    assert len(claims(alike, apart)) == 1
    torn = [part("Slow.", tone="trouble", themes=("t",)), part("Quick.", "birch", tone="praise", themes=("t",))]
    assert len(claims(torn, apart)) == 2


def test_against_a_claim_speaks_another_account_in_the_opposite_tone_about_the_same() -> None:
    claim = [part("It is slow.", "alder", "trouble")]
    others = [
        part("It is quick.", "birch", "praise"),
        part("Quick at last.", "alder", "praise"),
        part("Slow here too.", "cedar", "trouble"),
        part("Lovely phones.", "cedar", "praise"),
    ]
    near = np.array([[COUNTER + 0.01, 0.9, 0.9, 0.1]], dtype=np.float32)
    assert counters((0,), claim, others, near) == [0]
    assert counters((0,), [part("It is slow.", tone="neutral")], others, near) == []
    assert counters((0,), claim, [], np.zeros((1, 0), dtype=np.float32)) == []


@pytest.mark.parametrize(
    "question",
    ["How many customers complain about the price?", "Which accounts left?", "Who decides?", "What teams use it?",
     "How many of our users are nurses?"],
)  # fmt: skip
def test_who_says_so_is_counted_where_that_is_asked(question: str) -> None:
    assert counts(question)


@pytest.mark.parametrize(
    "question", ["How many hours does it take?", "Why did they leave?", "Which tools do they use?"]
)
def test_other_questions_are_not_counted(question: str) -> None:
    assert not counts(question)


def test_two_questions_in_one_are_told_apart_where_each_can_be_understood_alone() -> None:
    both = "What made migration painful, and which dividends were paid?"
    assert clauses(both) == ["What made migration painful?", "which dividends were paid?"]
    assert clauses("What made migration hard, and how long?") == [] == clauses("Why did nurses and carers leave?")


def test_what_would_make_an_answer_surer_is_said() -> None:
    one = Support(
        accounts=1, of_accounts=2, sources=1, of_sources=2, source_kinds=("win_loss",), first_seen=None, last_seen=None
    )
    assert missing(one, ["dollars", "dollars"], {"Birch": 1}) == [
        "What is cited doesn't hold “dollars”.",
        "One account's word: Birch didn't say.",
        "One kind of source: win/loss.",
        "None of it has a date.",
    ]


@given(st.permutations([HOURS, FRIDAY, NURSES, PHONES]), st.lists(st.floats(0.1, 9), min_size=4, max_size=4))
def test_an_answer_repeats_nothing_and_keeps_the_best_first(order: list[str], scores: list[float]) -> None:
    made = chosen(*zip(order, sorted(scores, reverse=True), strict=True))
    flat = [text for part in made for text in part]
    assert len(flat) == len({*flat}) and order[0] in made[0]
    assert all(len(part) <= 2 for part in made)
