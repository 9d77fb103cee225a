"""What reads as a person's name, with a few names and words in place of the real lists."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icp_synth.person_names import KnownNames, listed_persons, person_in_label, plausible_person

KNOWN = KnownNames(
    first=frozenset("priya ngozi marcus grace mark wisława jenkins".split()),
    last=frozenset("nair feld okonedo page jenkins szczepańska".split()),
    sure=frozenset("priya ngozi marcus wisława".split()),
    words=frozenset("grace mark page release start get cloud request change export".split()),
)


def tagged(text: str, span: str) -> str | None:
    """What is left of a span that a tagger took for a person."""
    at = text.index(span)
    kept = plausible_person(text, at, at + len(span), KNOWN)
    return text[kept[0] : kept[1]] if kept else None


@pytest.mark.parametrize(
    "text, span, kept",
    [
        ("We met Priya Nair.", "Priya Nair", "Priya Nair"),
        ("Hi Priya, thanks", "Hi Priya", "Priya"),
        ("with Priya Nair\nOverview", "Priya Nair\nOverview", "Priya Nair"),
        ("It was Zhanna Ospan.", "Zhanna Ospan", "Zhanna Ospan"),
        ("It was Priya Nair Ospan.", "Priya Nair", "Priya Nair Ospan"),
        ("Zhanna said no.", "Zhanna", "Zhanna"),
        ("We told Zhanna.", "Zhanna", "Zhanna"),
        ("Zhanna is slow.", "Zhanna", None),
        ("Marcus Pipelines broke", "Marcus", None),
        ("We moved from Marcus to another", "Marcus", None),
        ("We use Priya Nair", "Priya Nair", None),
        ("Morgan Stanley said no.", "Morgan Stanley", None),
        ("took 300 ms. Zhanna 24.1", "Zhanna", None),
        ("Meeting Notes", "Meeting Notes", None),
        ("a b c", "a b c", None),
    ],
)
def test_a_tagged_span_is_believed_where_it_reads_as_a_name(text: str, span: str, kept: str | None) -> None:
    assert tagged(text, span) == kept


@pytest.mark.parametrize(
    "text, names",
    [
        ("I like Priya a lot.", ["Priya"]),
        ("Wisława Szczepańska's team", ["Wisława Szczepańska"]),
        ("We asked Mark Feld and Grace.", ["Mark Feld"]),
        ("Grace Page was there. Mark the page.", []),
        ("We dropped Priya Cloud.", []),
        ("Marcus Export Services", []),
        ("see marcus@feld.example or /Priya/ or Priya_1", []),
        ("PRIYA IN CAPITALS", []),
    ],
)
def test_lists_alone_tell_first_names_that_are_hardly_words(text: str, names: list[str]) -> None:
    assert [text[start:end] for start, end in listed_persons(text, KNOWN)] == names


def test_a_file_name_needs_first_and_last() -> None:
    found = ["acme-priya-nair_2025.txt"[start:end] for start, end in person_in_label("acme-priya-nair_2025.txt", KNOWN)]
    assert found == ["priya-nair"]
    assert not person_in_label("jenkins_export_mark.txt", KNOWN)


WORDS = st.sampled_from(
    ["Priya", "Nair", "mark", "Mark", "my name is", "hi", "cloud", "Ünal", "O’Neil", "\n", ".", ",", "é"]
)
TEXTS = st.lists(WORDS, max_size=12).map(" ".join)


@given(TEXTS)
def test_whatever_is_found_lies_in_the_text_and_begins_and_ends_with_a_letter(text: str) -> None:
    for start, end in listed_persons(text, KNOWN):
        assert 0 <= start < end <= len(text)
        assert text[start].isalpha() and text[end - 1].isalpha()
