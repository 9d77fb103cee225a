"""What a question finds: by its words, by what a sentence tells, by what stands beside it, and never outside what is allowed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from icp_synth.amounts import tells
from icp_synth.ports import Vectors
from icp_synth.records import CleanSource
from icp_synth.retrieval import LOOKED_AT, Corpus, Found, matter, names, rank, seeds, terms
from icp_synth.stages.segment import segment
from tests.small_evidence import clean_source

ALDER = clean_source(
    "alder",
    [
        ("us", "What was hard before?"),
        ("customer", "Planning took nine hours. Every Friday was lost. Nurses left us."),
        ("us", "What did you look at?"),
        ("customer", "Spreadsheets and a whiteboard."),
    ],
)
BIRCH = clean_source("birch", [("customer", "The dividend is paid in May.")], of="Birch")
SENTENCES = [*segment(ALDER), *segment(BIRCH)]


def corpus(kinds: dict[str, set[str]] | None = None, sources: tuple[CleanSource, ...] = (ALDER, BIRCH)) -> Corpus:
    names = {source.id: source.account.name for source in sources}
    return Corpus(sources, [one for s in sources for one in segment(s)], kinds or {}, names)  # type: ignore[arg-type]


def flat(one: Corpus) -> Vectors:
    """Vectors that say nothing: only words decide."""
    return np.full((len(one), 4), 0.5, dtype=np.float32)


def look(one: Corpus, question: str, allowed: np.ndarray | None = None) -> Found:
    rows, vectors = np.arange(len(one)), flat(one)
    likeness = np.zeros(len(one))
    free = one.customer if allowed is None else allowed
    return rank(one, question, likeness, one.lexical(question), rows, vectors, likeness, free)


def first(one: Corpus, question: str) -> str:
    return one.sentences[int(look(one, question).rows[0])].text


def test_words_are_brought_together_by_stem_and_by_irregular_form() -> None:
    assert terms("They lost it, a loss, losing") == ["lose", "lose", "lose"]
    assert terms("paying, paid, payments")[:2] == ["pay", "pay"]
    assert terms("Why before, and who?") == ["whi", "befor", "who"]


def test_a_question_is_about_what_is_left_of_it_without_how_it_asks() -> None:
    assert matter("How many customers say that planning takes hours?") == ["plan", "take", "hour"]
    assert matter("What do people think?") == []


def test_what_a_contraction_ends_in_is_no_word() -> None:
    assert terms("the adopter's reports can’t be read") == terms("the adopter reports can read")
    assert "s" not in terms("It's Acme's") and "brien" in terms("O'Brien")


def test_a_capital_letter_within_a_question_makes_a_name() -> None:
    assert names("How did Traefik do in their trials?") == frozenset(terms("Traefik"))
    assert names("Who decides?") == frozenset()


@pytest.mark.parametrize(
    ("question", "tell", "not_"),
    [
        ("How long do failovers take?", "It was over in forty minutes.", "It was over quickly."),
        ("How much did they pay for it?", "It cost them 4,000 dollars.", "It was dear."),
        ("How many drivers use it?", "Nineteen of them, no, twenty.", "All of the drivers do."),
        ("Which volumes can we quote?", "70,000 a year.", "A great deal."),
    ],
)
def test_an_amount_is_told_or_not(question: str, tell: str, not_: str) -> None:
    tells_it = tells(question)
    assert tells_it(tell) and not tells_it(not_)


def test_a_question_for_no_amount_is_content_with_any_words() -> None:
    assert tells("Why did they leave?")("It was dear.")


def test_what_was_found_says_which_rows_tell_the_amount_that_is_asked_for() -> None:
    found = look(corpus(), "How many hours did planning take?")
    told = [
        corpus().sentences[int(row)].text for row, tells_it in zip(found.rows, found.amounts, strict=False) if tells_it
    ]
    assert told == ["Planning took nine hours."]


def test_a_sentence_is_found_by_its_own_words_and_by_its_account() -> None:
    assert first(corpus(), "When is the dividend paid?") == "The dividend is paid in May."
    assert first(corpus(), "What about Birch?") == "The dividend is paid in May."


def test_a_sentence_is_found_by_what_it_tells() -> None:
    told = next(one.id for one in SENTENCES if one.text.startswith("Spreadsheets"))
    assert first(corpus({told: {"alternative"}}), "Which competitors were there?") == "Spreadsheets and a whiteboard."
    assert corpus().lexical("Which competitors were there?").max() == 0


def test_only_what_is_allowed_is_found() -> None:
    one = corpus()
    birch = np.array([sentence.source_id == BIRCH.id for sentence in one.sentences])
    found = look(one, "planning hours", birch & one.customer)
    assert {one.sentences[int(row)].source_id for row in found.rows} == {BIRCH.id}
    assert all(one.customer[row] for row in look(one, "What was hard?").rows)


def test_what_stands_beside_a_sentence_is_looked_at_with_it() -> None:
    one = corpus()
    friday = next(one.id for one in SENTENCES if one.text.startswith("Every"))
    nothing = np.zeros(len(one))
    rows = seeds(one, [friday], nothing, one.customer)
    assert {one.sentences[row].source_id for row in rows} == {ALDER.id}
    assert one.sentences[0].text == "What was hard before?" and 0 in rows


def test_a_word_that_everybody_says_tells_little_and_one_that_nobody_says_tells_most() -> None:
    one = corpus()
    assert 0 <= one.rarity("take") < one.rarity("dividend") <= 1
    assert one.rarity("zyzzyva") == 1.0


def test_the_order_of_arrival_changes_nothing() -> None:
    forth, back = corpus(), Corpus((ALDER, BIRCH), SENTENCES[::-1], {}, {ALDER.id: "Alder", BIRCH.id: "Birch"})
    assert [one.id for one in forth.sentences] == [one.id for one in back.sentences]
    assert (forth.lexical("planning hours") == back.lexical("planning hours")).all()


def test_nothing_to_find_is_found_in_no_evidence() -> None:
    empty = Corpus((), (), {}, {})
    assert len(empty) == 0 and len(empty.level()) == 0 and len(empty.lexical("anything")) == 0


@given(st.text(max_size=80))
def test_any_question_puts_the_allowed_rows_in_one_order(question: str) -> None:
    one = corpus()
    found = look(one, question)
    assert sorted(found.rows) == list(np.flatnonzero(one.customer))
    assert list(found.scores) == sorted(found.scores, reverse=True)
    assert len(found.held) == min(LOOKED_AT, len(found.rows)) and all(held <= {*found.words} for held in found.held)
