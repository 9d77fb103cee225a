"""A theme is worded in a customer's own phrase: shortened by rule, and true by construction."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from icp_synth.evidence import content_words, unborne_words
from icp_synth.records import Theme
from icp_synth.stages.word import best, headlines, shorten
from tests.small_evidence import statement

LONG = (
    "When we moved the rota to the new planner in spring our managers got back about nine hours each week, "
    "which they now spend with the residents and their families, because the agency lists fill themselves"
)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Yeah, so, we lost two days every month.", "We lost two days every month."),
        ("um, honestly, the import takes three hours", "The import takes three hours"),
        ("- **Imports** take `three` hours", "Imports take three hours"),
        ("We looked at [Planwise](details) and a spreadsheet", "We looked at Planwise and a spreadsheet"),
        ("**Pain point:** the rota is late", "The rota is late"),
        ("the  rota\n is late,", "The rota is late"),
        ("Our CFO, you know, would never sign that", "Our CFO would never sign that"),
        ("iPhones are what carers have.", "IPhones are what carers have."),
    ],
)
def test_openers_fillers_labels_and_markup_go_and_the_words_stay(said: str, shown: str) -> None:
    assert shorten(said) == shown


@pytest.mark.parametrize(
    "said",
    [
        "No other tool could do it.",
        "Not one of our carers opened it.",
        "Nobody told us that support ends.",
        "Never again will we type hours twice.",
        "Don't sell this to anybody without a manager.",
        "Nothing worked before.",
    ],
)
def test_a_negation_at_the_start_is_no_opener(said: str) -> None:
    assert shorten(said) == said


def test_a_long_sentence_is_cut_at_a_clause_and_says_so() -> None:
    shown = shorten(LONG)
    assert shown.endswith(" …") and len(shown.split()) <= 25
    assert LONG.startswith(shown.removesuffix(" …"))
    assert shorten(" ".join(["hour"] * 60)).split() == ["Hour", *["hour"] * 23, "…"]


@pytest.mark.parametrize("quote", ["", "  ", "**", "well,", "Yes.", "?!", "- ", "um, "])
def test_what_is_nothing_but_an_opener_stays_what_it_is(quote: str) -> None:
    assert unborne_words(shorten(quote), [quote]) == []


PIECES = st.sampled_from(
    """yeah, so no not never we the our it like, um you-know rota **rota** `rota` _rota_ __rota__ rota__plan a**b
    [plan](there) Label: Problem: 9,000 3.5% <PERSON_1> can't won’t don't ; — - , . … ? which because and but
    nine_hours snake_case (maybe) "quoted" CFO's week-end e.g. * _ ** [ ] ( )""".split()
)


@given(st.lists(PIECES, max_size=60).map(" ".join))
@example("rota__plan takes long")
@example("a**b is slow")
@example("a**`b` is slow and [this](there)fast")
def test_nothing_is_said_that_was_not_in_the_quote(quote: str) -> None:
    assert unborne_words(shorten(quote), [quote]) == []


@given(st.lists(PIECES, max_size=60).map(" ".join))
def test_words_keep_their_order(quote: str) -> None:
    left = iter(content_words(quote))
    assert all(any(word == held for held in left) for word in content_words(shorten(quote)))


def test_the_phrase_comes_from_the_member_that_says_it_best() -> None:
    vague = statement("It was that, yes.", "pain", confidence=0.99)[1]
    named = statement("<PERSON_1> lost two days every month closing the books by hand.", "pain", confidence=0.9)[1]
    plain = statement("We lose two days every month closing the books by hand.", "pain", confidence=0.9)[1]
    asked = statement("Why do we lose two days every month closing the books by hand?", "pain", confidence=0.9)[1]
    assert best([vague, named, plain, asked], "pain").quote == "We lose two days every month closing the books by hand."


def test_every_theme_gets_a_phrase_of_one_of_its_members() -> None:
    members = [statement(f"Planning the rota takes {n} hours every week.", "pain")[1] for n in ("nine", "ten")]
    theme = Theme(id="pain-1", kind="pain", founding=members[0].id, members=tuple(m.id for m in members))
    assert headlines([theme], {}, {m.id: m for m in members})["pain-1"] in {m.quote for m in members}


def test_only_a_bold_label_is_dropped_since_any_other_may_turn_the_meaning() -> None:
    assert shorten("- **Governance:** The board worries about one vendor.") == "The board worries about one vendor."
    assert shorten("Not needed: the reporting module.") == "Not needed: the reporting module."
