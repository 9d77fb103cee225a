"""What a model writes is held against its quotes: what is wrong outright is named, and what is left is measured."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icp_synth import bearing

QUOTE = (
    "We key every bill of lading twice, once in the yard and again in the office, and it eats about two hours a day."
)
NOT = "The sensors don't reach the pit, so we write the levels on paper."
ACCOUNT = "Haldane Freight"


@pytest.mark.parametrize(
    "sentence",
    [
        "Haldane Freight keys every bill of lading twice, in the yard and in the office.",
        "They key every bill of lading twice, and it eats about two hours a day.",
        "Bills of lading are keyed twice, once in the yard and again in the office.",
    ],
)
def test_the_words_of_a_quote_in_another_person_or_form_are_no_fault(sentence: str) -> None:
    assert bearing.faults(sentence, [QUOTE], [ACCOUNT]) == []


@pytest.mark.parametrize(
    ("sentence", "named"),
    [
        ("They key every bill of lading three times.", "three"),
        ("It eats about two weeks a day.", "two week"),
        ("It eats about two hours a day at Norvella.", "Norvella"),
        ("They never key a bill of lading twice.", "not"),
        ("They key every bill of lading twice because the yard is slow.", "a reason"),
        ("They always key every bill of lading twice.", "always"),
        ("They key every bill of lading twice, and the drivers leave over it.", "drivers"),
        ("They key every bill of lading twice before the office opens.", "before"),
        ("It eats £2 a day.", "£2"),
    ],
)
def test_what_the_quotes_dont_hold_is_named(sentence: str, named: str) -> None:
    assert any(named in fault for fault in bearing.faults(sentence, [QUOTE], [ACCOUNT]))


def test_a_not_that_is_lost_is_a_fault_as_much_as_one_that_is_added() -> None:
    assert bearing.faults("The sensors don't reach the pit.", [NOT], ["Dalmore Quarry"]) == []
    assert bearing.faults("The sensors reach the pit.", [NOT], ["Dalmore Quarry"])
    assert bearing.faults("They don't write the levels on paper.", [NOT], ["Dalmore Quarry"])


def test_what_one_account_said_is_not_said_of_another() -> None:
    quotes, accounts = ["Refunds take nine days.", "Refunds arrive the same day."], ["Alder House", "Birch Care"]
    assert bearing.faults("Alder House refunds take nine days.", quotes, accounts) == []
    assert bearing.faults("Birch Care refunds take nine days.", quotes, accounts) == ["this of Birch Care"]


def told(sentence: str, quote: str) -> float:
    return bearing.chance(bearing.measured(sentence, [quote], [ACCOUNT], 0.8))


def test_a_wish_told_as_a_fact_and_parts_that_change_places_are_less_likely_borne() -> None:
    wish = "We hope to see the customs status next to the truck."
    assert told("They hope to see the customs status next to the truck.", wish) >= bearing.LEAST
    assert told("They see the customs status next to the truck.", wish) < bearing.LEAST
    roles = "Finance asked for the overtime report; the ward sisters have never opened the file."
    assert told("The file asked for the ward sisters who never opened finance.", roles) < bearing.LEAST


@given(st.text(max_size=60), st.text(max_size=60))
def test_whatever_is_written_is_looked_at_and_no_chance_leaves_its_bounds(sentence: str, quote: str) -> None:
    assert isinstance(bearing.faults(sentence, [quote], [ACCOUNT]), list)
    assert 0 <= told(sentence, quote) <= 1


@given(st.sampled_from("key keys keyed bill bills take took taken policy policies stop stopped use used using".split()))
def test_a_stem_is_the_stem_of_itself(word: str) -> None:
    forms = {"keys": "key", "keyed": "key", "bills": "bill", "took": "take", "policies": "policy", "stopped": "stop"}
    assert bearing.stem(word) == bearing.stem(forms.get(word, word))
