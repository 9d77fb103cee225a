"""How the finding of personal data is measured, and that what was found is really gone."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from icp_synth.errors import NotFoundError
from icp_synth.evaluation import pii
from icp_synth.evaluation.corpora import Document, Gold, read_corpora
from icp_synth.ports import Detector
from icp_synth.records import Redaction
from icp_synth.stages import scrub


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The three sets, small, each in its own format and with the oddities of the real files."""
    chats = tmp_path / "multidogo" / "shop"
    chats.mkdir(parents=True)
    rows = [
        "conversationId\tturnNumber\tsentenceNumber\tutteranceId\tutterance\tslot-labels\tintent",
        'c1\t0\t0\tu\tmy name is "dana fox\tO O O name name\tcontentonly',
        "c1\t2\t0\tu\t4511\tssn\tcontentonly",
        "c1\t4\t0\tragged row",
        "c2\t0\t0\tu\tzip 32562\tO current_zipcode\tcontentonly",
    ]
    (chats / "dev.tsv").write_text("\n".join(rows), encoding="utf-8")
    sentences = tmp_path / "presidio-research"
    sentences.mkdir()
    span = {"entity_type": "PERSON", "entity_value": "Dana", "start_position": 3, "end_position": 7}
    place = {"entity_type": "GPE", "entity_value": "Oslo", "start_position": 11, "end_position": 15}
    (sentences / "set.json").write_text(
        json.dumps([{"full_text": "Hi Dana in Oslo", "template_id": 7, "spans": [span, place]}]), encoding="utf-8"
    )
    tweets = tmp_path / "wnut17"
    tweets.mkdir()
    (tweets / "t.conll").write_text(
        "@dfox\tO\nDana\tB-person\nFox\tI-person\nbought\tO\nAcmeBook\tB-product\n\t\nok\tO\n", encoding="utf-8"
    )
    return tmp_path


def texts(document: Document) -> list[tuple[str, str]]:
    return [(document.text[g.start : g.end], g.entity) for g in document.gold]


def test_the_three_sets_are_read_as_they_were_published(folder: Path) -> None:
    first, second, sentence, tweet, _ = read_corpora(folder)
    assert texts(first) == [('"dana fox'.split()[0] + " fox", "PERSON"), ("4511", "US_SSN")]
    assert texts(second) == [("32562", "either")]
    assert texts(sentence) == [("Dana", "PERSON")]
    assert texts(tweet) == [("@dfox", "either"), ("Dana Fox", "PERSON"), ("AcmeBook", "kept:product")]


def test_generated_sentences_are_read_from_lines_of_json(tmp_path: Path) -> None:
    (tmp_path / "generated").mkdir()
    row = {"text": "card 4111\nplease", "spans": [{"start": 5, "end": 9, "entity": "CREDIT_CARD"}]}
    (tmp_path / "generated" / "x.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    (document,) = read_corpora(tmp_path)
    assert document.corpus == "generated" and texts(document) == [("4111", "CREDIT_CARD")]


def test_a_folder_without_them_says_what_is_wanted(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="multidogo"):
        read_corpora(tmp_path)


def test_a_document_stays_in_its_half_whatever_else_is_there(folder: Path) -> None:
    halves = {d.key: d.half for d in read_corpora(folder)}
    (folder / "presidio-research" / "set.json").unlink()
    assert {d.key: d.half for d in read_corpora(folder)}.items() <= halves.items()


def document(text: str, *gold: tuple[str, str]) -> Document:
    spans = [Gold(start=text.index(word), end=text.index(word) + len(word), entity=entity) for word, entity in gold]
    return Document(corpus="x", key="k", lines=(text,), gold=tuple(spans), spoken=False)


def removed(text: str, *words: tuple[str, str]) -> list[Redaction]:
    return [Redaction(start=text.index(w), end=text.index(w) + len(w), entity=e, score=1) for w, e in words]


def test_a_token_counts_as_found_only_where_all_of_it_is_gone() -> None:
    text = "Dana Fox bought AcmeBook in Oslo"
    doc = document(text, ("Dana Fox", "PERSON"), ("AcmeBook", "kept:product"))
    scores = pii.score([doc], [removed(text, ("Dana", "PERSON"), ("Fo", "PERSON"), ("Oslo", "LOCATION"))])
    person, anything = scores.rows
    assert (person.recall.value, person.precision.value) == (0.5, 1.0)
    assert person.leaked.value == pytest.approx(1 / 7, abs=1e-3)
    assert anything.precision.value == pytest.approx(2 / 3, abs=1e-3)
    assert scores.kept[0].removed.value == 0


def test_what_may_go_or_stay_counts_neither_way() -> None:
    text = "zip 32562 of Dana"
    doc = document(text, ("32562", "either"), ("Dana", "PERSON"))
    rows = pii.score([doc], [removed(text, ("32562", "STREET_ADDRESS"), ("Dana", "PERSON"))]).rows
    assert [row.precision.value for row in rows] == [1.0, 1.0]


# ---------------------------------------------------------------- what was found is gone

PERSONAL = [
    ("Please call Dana Foxworth on Monday.", "Foxworth"),
    ("Write to dana.foxworth@example.com today.", "dana.foxworth@example.com"),
    ("Her card is 4111 1111 1111 1111 and works.", "4111 1111 1111 1111"),
    ("Phone: (212) 555-0142, any time.", "(212) 555-0142"),
    ("My social security number is 536-22-8811.", "536-22-8811"),
    ("IBAN GB29 NWBK 6016 1331 9268 19 is hers.", "GB29 NWBK 6016 1331 9268 19"),
    ("She lives at 1287 Sheridan Drive, Shirley, NY 11967.", "1287 Sheridan Drive"),
]


def clean(text: str, detector: Detector) -> str:
    doc = Document(corpus="x", key="k", lines=(text,), gold=(), spoken=False)
    prepared = scrub.prepare(pii.source_of(doc))
    return scrub.mask(prepared, detector.find(prepared.text), (), "a.txt").text


def bare(text: str) -> str:
    """Letters and digits in one spelling, so that nothing hides behind a look."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).lower() if c.isalnum())


@pytest.mark.parametrize("sentence, secret", PERSONAL)
def test_nothing_personal_survives_as_it_is_written(sentence: str, secret: str, detector: Detector) -> None:
    assert bare(secret) not in bare(clean(sentence, detector))


@pytest.mark.parametrize("sentence, secret", PERSONAL)
@pytest.mark.parametrize("form", ["NFD", "NFKD", "wide", "zero width", "soft hyphen", "line break"])
def test_nothing_personal_survives_another_form(sentence: str, secret: str, form: str, detector: Detector) -> None:
    if form == "wide":
        other = "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in secret)
    elif form in ("zero width", "soft hyphen"):
        other = ("\u200b" if form == "zero width" else "\u00ad").join(secret)
    elif form == "line break":
        other = secret.replace(" ", "\n")
    else:
        other = unicodedata.normalize(form, secret.replace("a", "á"))
        secret = secret.replace("a", "á")
    assert bare(secret) not in bare(clean(sentence.replace(secret.replace("á", "a"), other), detector))


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_secret_survives_invisible_characters_anywhere(data: st.DataObject, detector: Detector) -> None:
    sentence, secret = data.draw(st.sampled_from(PERSONAL))
    places = data.draw(st.lists(st.integers(1, len(secret) - 1), max_size=4))
    hidden = "".join(("\u200b" if n in places else "") + char for n, char in enumerate(secret))
    assert bare(secret) not in bare(clean(sentence.replace(secret, hidden), detector))


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    sentences=st.lists(
        st.sampled_from([s for s, _ in PERSONAL] + ["We have 4,000 users.", "It took 3 days."]), min_size=1, max_size=5
    )
)
def test_scrubbing_twice_changes_nothing(sentences: list[str], detector: Detector) -> None:
    once = clean(" ".join(sentences), detector)
    assert clean(once, detector) == once


@pytest.mark.parametrize(
    "sentence",
    [
        "We moved from Zendesk to Intercom in March 2024 and saved $12,000 a year.",
        "The import of 120 000 rows takes 45 minutes on version 10.2.3.4.",
        "Our head of support in Berlin wants Salesforce, Okta and Jira connected.",
        "Ticket volume went from 3500 to 1200 per week.",
    ],
)
def test_evidence_stays(sentence: str, detector: Detector) -> None:
    assert clean(sentence, detector) == sentence


@pytest.mark.realdata
@pytest.mark.slow
def test_the_published_figures_hold(detector: Detector) -> None:
    """On the halves that no rule was tuned on; floors a little under what docs/privacy.md shows."""
    data = Path(__file__).resolve().parents[3] / "shared" / "data" / "pii"
    if not data.is_dir():
        pytest.skip("../shared/data/pii is absent")
    documents = [d for d in read_corpora(data) if d.half == "report"]
    rows = pii.score(documents, pii.scrubbed(documents, detector)).rows
    recall = {(row.corpus, row.entity): row.recall.value or 0 for row in rows}
    assert recall["multidogo", "PERSON"] >= 0.92
    assert recall["multidogo", "US_SSN"] >= 0.95
    assert recall["multidogo", "ADDRESS"] >= 0.85
    assert recall["presidio-research", "PERSON"] >= 0.88
    assert recall["presidio-research", "ADDRESS"] >= 0.88
    assert recall["presidio-research", "structured identifiers"] >= 0.98
    assert recall["wnut17", "PERSON"] >= 0.65
