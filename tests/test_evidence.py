"""The one door: what `admit` and `admit_claim` let in, and what they turn away."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icp_synth.errors import AdmissionError
from icp_synth.evidence import FUNCTION_WORDS, NEGATIONS, admit, admit_claim, content_words, place, unborne_words
from icp_synth.records import (
    Candidate,
    Claim,
    CleanBlock,
    CleanSource,
    Fact,
    FactName,
    Kind,
    Locator,
    Role,
    Sentence,
    Statement,
    Support,
)
from tests.small_evidence import by_id, clean_source, statement

INTERVIEW = clean_source(
    "interview",
    [
        ("us", "What does closing the month cost you? We heard it is slow."),
        ("customer", "We lose two days every month. Nobody trusts the sheet. It broke twice in March."),
        ("unknown", "Somebody in the room says it takes a week."),
        ("customer", "Our auditors asked for a log.\nWe had none."),
    ],
)
SENTENCES = by_id(INTERVIEW)
OTHER = clean_source("other", [("customer", "We lose two days every month.")], of="Birch")


def said(text: str) -> Sentence:
    """The sentence of the interview that reads so."""
    return next(sentence for sentence in SENTENCES.values() if sentence.text == text)


def candidate(*ids: str, source: CleanSource = INTERVIEW, kinds: dict[Kind, float] | None = None) -> Candidate:
    return Candidate(source_id=source.id, sentence_ids=ids, kinds={"pain": 0.9} if kinds is None else kinds)


DAYS, TRUST, BROKE = (
    said(text).id for text in ("We lose two days every month.", "Nobody trusts the sheet.", "It broke twice in March.")
)
AUDIT, NONE = said("Our auditors asked for a log.").id, said("We had none.").id


# ---------------------------------------------------------------- statements


def test_a_quote_is_copied_from_the_stored_text_with_its_place() -> None:
    made = admit(candidate(DAYS, TRUST, kinds={"pain": 0.7, "proof": 0.9}), INTERVIEW, SENTENCES)
    assert made.quote == "We lose two days every month. Nobody trusts the sheet."
    assert made.quote == INTERVIEW.text[made.start : made.end]
    assert (made.role, made.account_id, made.lines) == ("customer", "alder", (2, 2))
    assert made.kinds == ("proof", "pain"), "the kind that is most likely comes first"


def test_a_quote_over_two_lines_says_both() -> None:
    made = admit(candidate(AUDIT, NONE), INTERVIEW, SENTENCES)
    assert made.lines == (4, 5) and made.locator == Locator(unit="line", first=4, last=5)


def test_the_id_of_a_statement_comes_from_its_sentences_alone() -> None:
    once = admit(candidate(DAYS), INTERVIEW, SENTENCES)
    again = admit(candidate(DAYS, kinds={"job": 0.2}), INTERVIEW, SENTENCES)
    assert once.id == again.id != admit(candidate(TRUST), INTERVIEW, SENTENCES).id


@pytest.mark.parametrize(
    ("proposed", "why"),
    [
        (candidate("src-interview.9.9"), "not in source"),
        (candidate(*by_id(OTHER)), "not in source"),
        (candidate(DAYS, source=OTHER), "not in source"),
        (candidate(DAYS, TRUST, BROKE), "at most 2"),
        (candidate(), "at most 2"),
        (candidate(TRUST, DAYS), "in order"),
        (candidate(BROKE, AUDIT), "one turn"),
        (candidate(DAYS, BROKE), "neighbour"),
        (candidate(DAYS, DAYS), "neighbour"),
        (candidate(DAYS, kinds={}), "without a kind"),
        (candidate(said("What does closing the month cost you?").id), "“us”"),
        (candidate(said("Somebody in the room says it takes a week.").id), "“unknown”"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_customers_quote_is_turned_away(proposed: Candidate, why: str) -> None:
    everything = SENTENCES | by_id(OTHER)
    with pytest.raises(AdmissionError, match=why):
        admit(proposed, INTERVIEW, everything)


def test_a_sentence_that_runs_out_of_its_turn_is_turned_away() -> None:
    stretched = SENTENCES[DAYS].model_copy(update={"end": len(INTERVIEW.text)})
    with pytest.raises(AdmissionError, match="outside its turn"):
        admit(candidate(DAYS), INTERVIEW, SENTENCES | {DAYS: stretched})


@given(st.lists(st.sampled_from(sorted(SENTENCES)), max_size=3))
def test_whatever_is_proposed_a_statement_is_a_customers_own_words(ids: list[str]) -> None:
    try:
        made = admit(candidate(*ids), INTERVIEW, SENTENCES)
    except AdmissionError:
        return
    turn = next(t for t in INTERVIEW.turns if t.start <= made.start and made.end <= t.end)
    assert turn.role == "customer" and made.quote == INTERVIEW.text[made.start : made.end]
    assert made.quote.split() == " ".join(SENTENCES[i].text for i in ids).split()


def test_a_place_that_is_no_text_is_told_by_its_locator() -> None:
    block = CleanBlock(start=0, end=20, locator=Locator(unit="page", first=3, last=3))
    paged = INTERVIEW.model_copy(update={"blocks": (block,), "text": "A page of a report.\n"})
    assert place(paged, 2, 6) == (None, Locator(unit="page", first=3, last=3))


# ---------------------------------------------------------------- claims


SUPPORT = Support(
    accounts=1, of_accounts=1, sources=1, of_sources=1, source_kinds=("interview",), first_seen=None, last_seen=None
)
QUOTES = [statement(text, "pain")[1] for text in ("Our CFO won't pay for 400 seats.", "Imports take 3 days.")]


def claim(text: str, evidence: list[Statement] = QUOTES) -> Claim:
    return admit_claim(kind="pain", text=text, theme_id="t", status="hypothesis", support=SUPPORT, evidence=evidence)


@pytest.mark.parametrize(
    "text",
    [
        "Our CFO won't pay for 400 seats.",
        "CFO won’t pay …",
        "Imports take 3 days, and the CFO won't pay",
        "Seats for which the CFO won't pay",
    ],
)
def test_a_claim_may_shorten_and_join_what_was_said(text: str) -> None:
    assert claim(text).text == text


@pytest.mark.parametrize(
    ("text", "added"),
    [
        ("Our CFO will never pay for 400 seats.", "never"),
        ("Our CFO won't pay for 500 seats.", "500"),
        ("Our CFO won't pay for 40 seats.", "40"),
        ("Imports don't take 3 days.", "don't"),
        ("Imports do not take 3 days.", "not"),
        ("No CFO: imports take 3 days.", "no"),
        ("Imports take 3 weeks.", "weeks"),
        ("Acme's imports take 3 days.", "acme's"),
        ("Imports take 3% days.", "3%"),
        ("<PERSON_1> says imports take 3 days.", "<person_1>"),
    ],
)
def test_a_word_number_name_or_negation_that_nobody_said_is_turned_away(text: str, added: str) -> None:
    with pytest.raises(AdmissionError, match="Not in the evidence") as refused:
        claim(text)
    assert added in str(refused.value)


def test_a_claim_without_evidence_is_turned_away() -> None:
    with pytest.raises(AdmissionError, match="without evidence"):
        claim("Imports take 3 days.", [])


@pytest.mark.parametrize("role", ["us", "unknown"])
def test_the_sellers_words_bear_no_claim(role: Role) -> None:
    ours = QUOTES[1].model_copy(update={"role": role})
    with pytest.raises(AdmissionError, match="customers"):
        claim("Imports take 3 days.", [ours])


def test_negations_count_as_content_though_other_small_words_do_not() -> None:
    assert content_words("It is not the sheet, we can't and won’t") == ["not", "sheet", "can't", "won't"]
    assert not NEGATIONS & FUNCTION_WORDS


@given(st.text(), st.text())
def test_a_text_bears_itself_and_anything_bears_nothing(text: str, other: str) -> None:
    assert unborne_words(text, [text, other]) == [] == unborne_words("", [])
    assert set(unborne_words(text, [other])) <= set(content_words(text))


# ---------------------------------------------------------------- facts of claims


def stated(text: str, *kinds: Kind) -> Statement:
    """The statement about a sentence of the interview."""
    return admit(candidate(said(text).id, kinds=dict.fromkeys(kinds, 0.9)), INTERVIEW, SENTENCES)


LOSE = stated("We lose two days every month.", "pain")
SHEET = stated("Nobody trusts the sheet.", "pain")
LOG = stated("Our auditors asked for a log.", "desired_outcome")  # in another turn


def with_facts(kind: Kind, *facts: tuple[FactName, str, str], beside: Sequence[Statement] = ()) -> Claim:
    told = [Fact(name=name, text=text, statement=bearer) for name, text, bearer in facts]
    return admit_claim(
        kind=kind, text=LOSE.quote, theme_id="t", status="hypothesis", support=SUPPORT, evidence=[LOSE],
        facts=told, beside=beside, sources={INTERVIEW.id: INTERVIEW},
    )  # fmt: skip


def test_a_fact_is_a_part_of_a_quote_or_a_fixed_word() -> None:
    number: tuple[FactName, str, str] = ("number", "two", LOSE.id)
    made = with_facts("proof", number, ("unit", "days every month", LOSE.id))
    assert [(fact.name, fact.text) for fact in made.facts] == [("number", "two"), ("unit", "days every month")]
    assert with_facts("job", ("facet", "functional", LOSE.id)).facts


def test_what_comes_of_a_pain_may_stand_beside_it_in_the_same_turn() -> None:
    assert with_facts("pain", ("impact", "Nobody trusts the sheet", SHEET.id), beside=[SHEET]).facts


@pytest.mark.parametrize(
    ("kind", "facts", "beside", "why"),
    [
        ("pain", [("impact", "We lose three days", LOSE.id)], [], "not in what"),
        ("pain", [("impact", "we lose two days", LOSE.id)], [], "not in what"),  # to the letter
        ("pain", [("impact", " ", LOSE.id)], [], "not in what"),
        ("job", [("facet", "days", LOSE.id)], [], "not in what"),  # in the quote, but no word of the list
        ("job", [("impact", "two days", LOSE.id)], [], "has no impact"),
        ("fit_signal", [("date", "two days", LOSE.id)], [], "has no date"),
        ("pain", [("impact", "Nobody trusts the sheet", SHEET.id)], [], "no evidence"),
        ("pain", [("situation", "Nobody trusts the sheet", SHEET.id)], [SHEET], "no evidence"),
        ("pain", [("wish", "a log", LOG.id)], [LOG], "no evidence"),
        ("pain", [("wish", "two days", "s-nowhere")], [], "no evidence"),
        ("proof", [("number", "two", LOSE.id)], [], "without its unit"),
        ("proof", [("unit", "days", LOSE.id)], [], "without its number"),
        ("alternative", [("fate", "dropped", LOSE.id)], [], "without its name"),
        ("buying_role", [("who", "We", LOSE.id)], [], "without its does"),
        (
            "buying_role",
            [("who", "We", LOSE.id), ("who", "We", LOSE.id), ("does", "pays", LOSE.id)],
            [],
            "without its does",
        ),
    ],
)
def test_a_fact_that_nothing_bears_is_turned_away(
    kind: Kind, facts: list[tuple[FactName, str, str]], beside: list[Statement], why: str
) -> None:
    with pytest.raises(AdmissionError, match=why):
        with_facts(kind, *facts, beside=beside)


def test_the_sellers_words_bear_no_fact_either() -> None:
    ours = SHEET.model_copy(update={"role": "us"})
    with pytest.raises(AdmissionError, match="no evidence"):
        with_facts("pain", ("impact", "Nobody trusts the sheet", ours.id), beside=[ours])


@given(st.text(max_size=20), st.sampled_from(["wish", "impact", "situation"]))
def test_whatever_is_claimed_as_a_fact_stands_in_its_quote_or_is_turned_away(text: str, name: FactName) -> None:
    try:
        made = with_facts("pain", (name, text, LOSE.id))
    except AdmissionError:
        assert not text.strip() or text not in LOSE.quote
        return
    assert all(fact.text in LOSE.quote for fact in made.facts)
