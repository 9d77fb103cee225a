"""What of the sentences that were found becomes an answer: customers' words, near enough, and few."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from icp_synth.records import Sentence
from icp_synth.stages.answer import LEAST, MOST, Part, parts
from tests.small_evidence import by_id, clean_source

SOURCE = clean_source(
    "alder",
    [
        ("us", "What was hard before?"),
        ("customer", "Planning took nine hours. Every Friday was lost. Nurses left us."),
        ("customer", "The phones are new."),
        ("us", "Planning takes ten minutes with us."),
    ],
)
SAID = {sentence.text: sentence for sentence in by_id(SOURCE).values()}
CUSTOMERS = {(SOURCE.id, n) for n, turn in enumerate(SOURCE.turns) if turn.role == "customer"}
HOURS, FRIDAY, NURSES = "Planning took nine hours.", "Every Friday was lost.", "Nurses left us."
PHONES, OURS = "The phones are new.", "Planning takes ten minutes with us."


def found(**likeness: float) -> list[tuple[Sentence, float]]:
    """Sentences by the first word of their text, with their likeness, best first."""
    known = {"hours": HOURS, "friday": FRIDAY, "nurses": NURSES, "phones": PHONES, "ours": OURS}
    return sorted(((SAID[known[name]], score) for name, score in likeness.items()), key=lambda pair: -pair[1])


def texts(chosen: list[Part]) -> list[tuple[str, ...]]:
    return [tuple(sentence.text for sentence in part.sentences) for part in chosen]


def test_the_best_customers_sentence_answers() -> None:
    (part,) = parts(found(hours=0.8, phones=0.3), CUSTOMERS)
    assert texts([part]) == [(HOURS,)] and part.score == 0.8


def test_nothing_near_enough_is_no_answer() -> None:
    assert parts(found(hours=LEAST - 0.01, phones=0.3), CUSTOMERS) == []
    assert texts(parts(found(hours=LEAST), CUSTOMERS)) == [(HOURS,)]
    assert parts([], CUSTOMERS) == []


def test_we_are_never_an_answer_nor_a_reason_to_answer() -> None:
    assert texts(parts(found(ours=0.95, hours=0.7), CUSTOMERS)) == [(HOURS,)]
    assert parts(found(ours=0.95, hours=0.2), CUSTOMERS) == []


def test_what_is_far_behind_the_best_is_left_out() -> None:
    assert texts(parts(found(hours=0.9, phones=0.75), CUSTOMERS)) == [(HOURS,), (PHONES,)]
    assert texts(parts(found(hours=0.9, phones=0.65), CUSTOMERS)) == [(HOURS,)]


def test_two_sentences_beside_each_other_are_one_part_in_the_order_in_which_they_were_said() -> None:
    (part,) = parts(found(friday=0.9, hours=0.8), CUSTOMERS)
    assert texts([part]) == [(HOURS, FRIDAY)] and part.score == 0.9


def test_a_part_never_has_three_sentences_and_never_skips_one() -> None:
    assert texts(parts(found(hours=0.9, friday=0.85, nurses=0.8), CUSTOMERS)) == [(HOURS, FRIDAY), (NURSES,)]
    assert texts(parts(found(hours=0.9, nurses=0.8), CUSTOMERS)) == [(HOURS,), (NURSES,)]


def test_two_turns_are_two_parts() -> None:
    assert texts(parts(found(nurses=0.9, phones=0.85), CUSTOMERS)) == [(NURSES,), (PHONES,)]


@given(st.lists(st.floats(0, 1), min_size=5, max_size=5), st.integers(1, 8))
def test_an_answer_is_short_and_all_of_it_is_a_customers_and_near(scores: list[float], copies: int) -> None:
    rows = []
    for n in range(copies):
        source = clean_source(f"copy-{n}", [(turn.role, SOURCE.text[turn.start : turn.end]) for turn in SOURCE.turns])
        rows += [*zip(by_id(source).values(), scores, strict=False)]
    customers = {(one.source_id, one.turn) for one, _ in rows if one.turn in (1, 2)}
    chosen = parts(sorted(rows, key=lambda pair: -pair[1]), customers)
    assert len(chosen) <= MOST and len(chosen) == len({part.sentences for part in chosen})
    assert [part.score for part in chosen] == sorted((part.score for part in chosen), reverse=True)
    for part in chosen:
        assert part.score >= LEAST and len(part.sentences) <= 2
        assert all((one.source_id, one.turn) in customers for one in part.sentences)
