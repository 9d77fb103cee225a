"""The last gate: what looks personal doesn't leave, in a record or in a line of a log; evidence does."""

from __future__ import annotations

import logging

import pytest

from icp_synth import gate
from icp_synth.cli.logs import GatedFormatter, unforeseen
from icp_synth.errors import GateError
from icp_synth.records import PrivacyRules

RULES = PrivacyRules()


@pytest.mark.parametrize(
    ("text", "entity"),
    [
        ("write to dana.fox@example.com", "EMAIL_ADDRESS"),
        ("dana dot fox at gmail dot com", "EMAIL_ADDRESS"),
        ("ｄａｎａ＠example.com", "EMAIL_ADDRESS"),
        ("call +1 212-555-0187 now", "PHONE_NUMBER"),
        ("card 4111 1111 1111 1111", "CREDIT_CARD"),
        ("the SSN is 219-09-9991", "US_SSN"),
        ("ship it to 4417 Larkspur Avenue, Dayton, OH 45402", "STREET_ADDRESS"),
        ("key sk-abcdefghijklmnop1234", "SECRET"),
        ("My name is Dana Fox.", "PERSON"),
    ],
)
def test_what_looks_personal_is_seen(text: str, entity: str) -> None:
    assert entity in gate.personal(text, RULES)


@pytest.mark.parametrize(
    "text",
    [
        "My name is <PERSON_1>, mail <EMAIL_ADDRESS_2> or call <PHONE_NUMBER_1>.",
        "Planning took nine hours each week; 40,000 a month in 2025-06-11, at 14:30, for 1,200 users.",
        "We moved from Jenkins 2.414.3 to Kafka 3.7 and lost 12% of 3.000.000 rows.",
        "The chief risk officer, Mr. <PERSON>, said no.",
        "Send it to <PERSON_1> at <STREET_ADDRESS_1>.",
    ],
)
def test_evidence_passes(text: str) -> None:
    assert gate.personal(text, RULES) == set()


def test_what_the_policy_keeps_and_what_a_person_left_in_passes() -> None:
    mail = "write to desk@example.com"
    assert gate.personal(mail, PrivacyRules(actions={"EMAIL_ADDRESS": "keep"})) == set()
    assert gate.personal(mail, PrivacyRules(dismissed=("desk@example.com",))) == set()
    assert gate.personal("This is Gerald Stone speaking", RULES, kept=["Gerald Stone"]) == set()


def test_a_record_is_stopped_with_the_place_and_without_the_words() -> None:
    record = {
        "id": "4111111111111111",
        "sections": [{"claims": [{"text": "fine"}, {"text": "ask ann.lee@example.com"}]}],
    }
    with pytest.raises(GateError) as stopped:
        gate.let_out("The profile", record, RULES)
    assert "sections[0].claims[1].text" in str(stopped.value) and "EMAIL_ADDRESS" in str(stopped.value)
    assert "ann.lee" not in str(stopped.value)
    gate.let_out("The profile", {"id": "4111111111111111", "text": "fine"}, RULES)


def test_a_line_of_a_log_is_held_back_whole_exception_included() -> None:
    formatter = GatedFormatter("%(levelname)s %(name)s: %(message)s")

    def line(message: str, error: BaseException | None = None) -> str:
        told = (type(error), error, None) if error else None
        return formatter.format(logging.LogRecord("httpx", logging.INFO, "x.py", 1, message, None, told))

    assert line("POST http://localhost/v1 200") == "INFO httpx: POST http://localhost/v1 200"
    for held in (line("sent ann.lee@example.com"), line("failed", ValueError("ann.lee@example.com"))):
        assert held == "INFO httpx: a line was held back, it looks personal (EMAIL_ADDRESS)"


def test_an_unforeseen_error_is_told_without_its_message() -> None:
    try:
        gate.let_out("x", {"text": 5, "more": [object()]}, RULES, kept=None)  # type: ignore[arg-type]
    except TypeError as error:
        told = unforeseen(error)
    assert "TypeError at gate.py" in told and "report" in told and "NoneType" not in told


def test_a_file_name_may_hold_dates_and_numbers_but_no_address() -> None:
    gate.let_out(
        "The profile", {"path": "calls/Ferrow x Nexa - month 3-20250410.vtt", "source": "7-2025 04 10.txt"}, RULES
    )
    with pytest.raises(GateError, match="path still looks personal"):
        gate.let_out("The profile", {"path": "mail from ann.lee@example.com.eml"}, RULES)


def test_ids_that_look_like_numbers_of_cards_leave() -> None:
    missing = {"partial": [{"about": "job-4111111111111111", "why": "no answer"}]}
    gate.let_out("The profile", missing, RULES)
    with pytest.raises(GateError, match=r"partial\[0\]\.why"):
        gate.let_out("The profile", {"partial": [{"about": "job-1", "why": "card 4111 1111 1111 1111"}]}, RULES)
