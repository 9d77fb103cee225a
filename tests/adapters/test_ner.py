"""The tagger of names and addresses: it finds them where nobody writes capitals, and leaves products and prose alone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from spacy.language import Language

from icp_synth.adapters import ner
from icp_synth.errors import IcpSynthError


@pytest.fixture(scope="module")
def tagger() -> Language:
    return ner.load()


def found(tagger: Language, text: str, chance: float = 0.7) -> list[tuple[str, str]]:
    return [(text[start:end], label) for start, end, label, _ in ner.trusted(tagger(text), chance)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("hi my name is maria gonzalez and my router is dead", "maria gonzalez"),
        ("yeah so i spoke with kevin last week and he said it would be fixed", "kevin"),
        ("Attendees: Ingrid Solberg, 14 people from support", "Ingrid Solberg"),
        ("Priya: the export never worked\nso we stopped using it", "Priya"),
    ],
)
def test_names_are_found_in_chat_speech_and_notes(tagger: Language, text: str, name: str) -> None:
    assert (name, "PERSON") in found(tagger, text)


def test_a_spoken_address_is_found_without_a_single_digit(tagger: Language) -> None:
    said = "can you send it to twelve forty five maple street please"
    assert found(tagger, said) == [("twelve forty five maple street", "ADDRESS")]


@pytest.mark.parametrize(
    "text",
    [
        "We moved from Quillbase to Northpad 4.2 because exports took 40 minutes.",
        "we pay 1200 dollars a month and the dashboard still times out",
        "will you mark the invoice as paid",
        "Head of Operations, 250 employees, Berlin",
        "",
        " \n ",
    ],
)
def test_products_titles_and_words_that_are_also_names_stay(tagger: Language, text: str) -> None:
    assert found(tagger, text) == []


def test_a_text_is_read_alike_alone_and_among_others(tagger: Language) -> None:
    texts = ["my name is maria gonzalez", "ok", "i live at 12 oak street , apt 4", "we use Quillbase"]
    together = [ner.trusted(doc) for doc in tagger.pipe(texts)]
    assert together == [ner.trusted(tagger(text)) for text in texts]


def test_weights_that_were_changed_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "model"
    shutil.copytree(ner.FOLDER, copy)
    weights = copy / "icp_synth_token_ner" / "model"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\0")
    monkeypatch.setattr(ner, "FOLDER", copy)
    with pytest.raises(IcpSynthError, match="sha256"):
        ner.load()
