"""What each kind of claim needs is read from a customer's words: what is said outright, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icp_synth import facts
from icp_synth.facts.disqualifiers import says_not_for
from icp_synth.records import AFTER, BEFORE, FACTS, LABELS, FactName, Kind, Outcome

Said = tuple[FactName, str]


def read(kind: Kind, quote: str, product: str = "", outcome: Outcome | None = None) -> list[Said]:
    return [fact for group in facts.read(kind, quote, product=product, outcome=outcome) for fact in group]


def test_a_pain_has_its_situation_its_wish_and_what_comes_of_it() -> None:
    assert read("pain", "Slots are booked by phone, so every ferry leaves half empty.") == [
        ("situation", "Slots are booked by phone"),
        ("impact", "every ferry leaves half empty"),
    ]
    assert read("pain", "I wish the crane plan was on my phone, but it hangs in the site office.") == [
        ("situation", "it hangs in the site office"),
        ("wish", "the crane plan was on my phone"),
    ]


def test_a_consequence_may_stand_in_the_second_sentence_of_a_quote() -> None:
    assert read("pain", "Nobody sees the stock.\nAs a result we buy twice.") == [
        ("situation", "Nobody sees the stock"),
        ("impact", "we buy twice"),
    ]


@pytest.mark.parametrize(
    "quote",
    [
        "The export is so slow.",
        "It fails, so far without a reason.",
        "It was slow, so we bought something else.",  # what they did about it is no cost of it
        "I'd like to thank the support team.",
        "Um, so it crashed.",
    ],
)
def test_not_every_so_is_a_consequence_and_not_every_like_a_wish(quote: str) -> None:
    assert read("pain", quote) == []


@pytest.mark.parametrize(
    ("quote", "facet"),
    [
        ("I need to see every van before eight.", "functional"),
        ("I want to feel calm when the inspector rings.", "emotional"),
        ("We want to look professional in front of the jury.", "social"),
    ],
)
def test_a_job_is_to_be_done_felt_or_shown(quote: str, facet: str) -> None:
    assert read("job", quote) == [("facet", facet)]


def test_praise_alone_is_no_facet_of_a_job() -> None:
    assert read("job", "Great stuff, really.") == []


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("We started after the flood in March 2024.", [("event", "after the flood"), ("date", "March 2024")]),
        ("Our bookkeeper retired last spring.", [("event", "Our bookkeeper retired"), ("date", "last spring")]),
        ("Before the audit in Q3 we had nothing.", [("event", "Before the audit"), ("date", "Q3")]),
        ("In 2022 we merged with a rival.", [("event", "we merged with a rival"), ("date", "2022")]),
        ("We looked in 2019 and again in 2021.", [("date", "2019"), ("date", "2021")]),
    ],
)
def test_a_trigger_has_what_happened_and_when(quote: str, found: list[Said]) -> None:
    assert read("trigger", quote) == found


@pytest.mark.parametrize(
    "quote",
    [
        "We may look again.",
        "They march through the hall.",
        "Second, it is blue.",
        "If the roof burned down we would move.",
        "He knows somebody who retired in May.",
        "That was his last winter.",
        "It handles 2024 pods.",
    ],
)
def test_what_only_looks_like_a_date_or_an_event_is_none(quote: str) -> None:
    assert read("trigger", quote) == []


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("Invoicing went from 3 days to 4 hours.", [("number", "4"), ("unit", "hours"), ("baseline", "3 days")]),
        ("We get 40% fewer returns.", [("number", "40%"), ("unit", "fewer returns")]),
        ("It took 9 days, now 2 days.", [("number", "2"), ("unit", "days"), ("baseline", "9 days")]),
        ("It takes 5 minutes, down from 12.", [("number", "5"), ("unit", "minutes"), ("baseline", "12")]),
        ("It cut missed calls by 30%.", [("number", "30%"), ("unit", "cut missed calls by")]),
        ("They estimate 30 hours saved a month.", [("number", "30"), ("unit", "hours saved a month")]),
        ("We saved £400 in a year.", [("number", "£400"), ("unit", "saved")]),
        ("Queues 22 min → 4 min.", [("number", "4"), ("unit", "min"), ("baseline", "22 min")]),
    ],
)
def test_a_proof_has_a_figure_what_it_counts_and_what_it_was(quote: str, found: list[Said]) -> None:
    assert read("proof", quote) == found


@pytest.mark.parametrize(
    "quote",
    [
        "We have 300 pupils on three sites.",
        "Version 2.3 is out.",
        "Open from 9 to 5.",
        "It is ten times better.",
        "Nine of eleven replied.",
        "They promise 40% fewer returns.",
        "It used to cost me an hour a day.",
    ],
)
def test_a_figure_that_proves_nothing_is_left_alone(quote: str) -> None:
    assert read("proof", quote) == []


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("We switched from Ledgerly.", [("name", "Ledgerly"), ("fate", "dropped")]),
        ("Before this it was a wall calendar.", [("name", "a wall calendar"), ("fate", "dropped")]),
        ("We looked at Ledgerly, but it couldn't do VAT.", [("name", "Ledgerly"), ("fate", "rejected")]),
        ("We are staying with Ledgerly.", [("name", "Ledgerly"), ("fate", "kept")]),
        ("It runs alongside Ledgerly.", [("name", "Ledgerly"), ("fate", "beside")]),
        ("We compared it with Ledgerly and Tallyhop.", [("name", "Ledgerly"), ("name", "Tallyhop")]),
    ],
)
def test_an_alternative_has_its_name_and_what_became_of_it(quote: str, found: list[Said]) -> None:
    assert read("alternative", quote) == found


def test_the_product_is_no_alternative_to_itself() -> None:
    said = "We moved from Ledgerly to Tallyhop."
    assert read("alternative", said, product="Ledgerly Pro") == []
    assert read("alternative", said, product="Tallyhop") == [("name", "Ledgerly"), ("fate", "dropped")]


@pytest.mark.parametrize(
    "quote", ["We looked at a few others.", "Nothing compares.", "Our vegetables come from the market."]
)
def test_what_has_no_name_is_not_named(quote: str) -> None:
    assert read("alternative", quote) == []


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("The bursar pays for it.", [("who", "The bursar"), ("does", "pays")]),
        ("It was vetoed by our data protection officer.", [("who", "our data protection officer"), ("does", "blocks")]),
        (
            "The site managers run it, but the finance director signs off.",
            [("who", "The site managers"), ("does", "runs"), ("who", "the finance director"), ("does", "decides")],
        ),
        ("It's the night nurses who suffer most.", [("who", "the night nurses"), ("does", "feels")]),
        ("Our head chef pushed for it.", [("who", "Our head chef"), ("does", "champions")]),
    ],
)
def test_a_buying_role_has_who_and_what_they_do(quote: str, found: list[Said]) -> None:
    assert read("buying_role", quote) == found


@pytest.mark.parametrize(
    "quote", ["It pays for itself.", "We decided to wait.", "The manager says hello.", "The number decides."]
)
def test_nobody_in_particular_has_no_part(quote: str) -> None:
    assert read("buying_role", quote) == []


@pytest.mark.parametrize(
    ("quote", "outcome", "found"),
    [
        ("We have no network there.", "lost", [("comes_from", "lost")]),
        ("We have no network there.", "churned", [("comes_from", "churned")]),
        ("I wouldn't recommend it to a single shop.", "active", [("comes_from", "satisfied")]),
        ("The colours are odd.", "won", []),
        ("We cancelled, it needs an admin.", None, [("comes_from", "churned")]),
        ("I wouldn't recommend it to a single shop.", None, []),  # nobody knows whether they are content
    ],
)
def test_a_disqualifier_comes_from_somebody(quote: str, outcome: Outcome | None, found: list[Said]) -> None:
    assert read("disqualifier", quote, outcome=outcome) == found


def test_whom_it_is_not_for_is_said_outright_or_not_at_all() -> None:
    assert says_not_for("We love it, but I wouldn’t recommend it to a firm of two.")
    assert says_not_for("It was simply overkill for a company of our kind.")
    assert not says_not_for("The bags are too small for a snowsuit.")
    assert not says_not_for("It's not for lack of trying.")


def test_what_stands_beside_a_pain_counts_only_if_it_points_back() -> None:
    assert facts.beside("Which means we pay overtime.", ["pain"]) == (("impact", "we pay overtime"),)
    assert facts.beside("We want the hours on one page.", ["desired_outcome"]) == (("wish", "the hours on one page"),)
    assert facts.beside("We want the hours on one page.", ["job"]) == ()
    assert facts.beside("The paper is late, so we pay overtime.", ["pain"]) == ()


PIECES = (
    "we", "our manager", "pays", "from", "to", "3 days", "40%", "by", "after", "the audit", "in", "March", "2024", "so",
    "which means", "I wish", "Ledgerly", "switched from", "instead of", "a spreadsheet", ",", ".", "\n", "’", "but", "fell",
    "now", "takes", "used to take", "it", "who", "blocked", "Q3", "→", "<PERSON_1>", "not for", "and",
)  # fmt: skip


@given(
    st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=25).map(" ".join)),
    st.sampled_from(sorted(FACTS)),
    st.sampled_from([None, "lost", "won"]),
)
def test_whatever_is_said_every_fact_is_a_part_of_it_or_a_fixed_word(
    quote: str, kind: Kind, outcome: Outcome | None
) -> None:
    found = read(kind, quote, "Tallyhop", outcome)
    for (name, text), before, after in zip(found, [None, *found], [*found[1:], None], strict=False):
        assert name in FACTS[kind]
        assert text in LABELS[name] if name in LABELS else (text.strip() and text in quote)
        assert name not in AFTER or (before and before[0] == AFTER[name])
        assert name not in BEFORE or (after and after[0] == BEFORE[name])


@given(st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=25).map(" ".join)))
def test_whatever_stands_beside_a_pain_what_it_adds_is_a_part_of_it(quote: str) -> None:
    assert all(text.strip() and text in quote for _, text in facts.beside(quote, ["pain", "desired_outcome"]))
