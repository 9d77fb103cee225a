"""Captions: every word spoken is kept once, with who said it, when, and on which line of the file."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icp_synth.errors import UnreadableError
from icp_synth.stages.ingest import captions

FIXTURES = Path(__file__).parents[2] / "fixtures" / "ingest"


def test_zoom_puts_the_speaker_into_the_words() -> None:
    source = captions.read("zoom.vtt", (FIXTURES / "zoom.vtt").read_bytes())
    assert source.format == "vtt"
    first, second, third = source.blocks
    assert (first.speaker, first.text) == ("Ann Lee", "Thanks for joining. What made you look around?")
    assert (second.speaker, second.text, second.lines) == ("Bob Ray (Acme)", "Month end took us nine days.", (9, 9))
    assert (second.locator.unit, second.locator.first, second.locator.last, second.at) == ("time", 6.4, 11.15, 6.4)
    assert third.speaker == second.speaker
    assert source.names == ("Ann Lee", "Bob Ray")
    assert [(person.name, person.company) for person in source.participants] == [("Bob Ray", "Acme")]


def test_teams_names_voices_by_tags() -> None:
    source = captions.read("teams.vtt", (FIXTURES / "teams.vtt").read_bytes())
    assert [(block.speaker, block.text, block.lines) for block in source.blocks] == [
        ("Ann Lee", "What would you change & why?", None),
        ("Bob Ray", "The export. It takes a day\nand nobody trusts it.", (15, 16)),
        ("Ann Lee", "A day?", (20, 20)),
        ("Bob Ray", "A whole day.", (20, 20)),
    ]


def test_rolling_captions_are_kept_once_and_nobody_is_named() -> None:
    source = captions.read("rolling.vtt", (FIXTURES / "rolling.vtt").read_bytes())
    assert [(block.text, block.speaker, block.form) for block in source.blocks] == [
        ("so we moved everything", None, "prose"),
        ("in one weekend", None, "prose"),
    ]


def test_somebody_who_says_the_same_again_later_is_heard_twice() -> None:
    data = b"WEBVTT\n\n00:01.000 --> 00:02.000\nYes.\n\n00:05.000 --> 00:06.000\nYes.\n"
    assert [block.text for block in captions.read("yes.vtt", data).blocks] == ["Yes.", "Yes."]


def test_a_broken_cue_keeps_its_words_and_its_line() -> None:
    source = captions.read("broken.srt", (FIXTURES / "broken.srt").read_bytes())
    assert source.format == "srt"
    assert [(block.text, block.lines, block.locator.unit) for block in source.blocks] == [
        ("It works now.", (3, 3), "time"),
        ("This cue has a bad time and good words.", (7, 7), "line"),
        ("It broke twice\nin one week.", (11, 12), "time"),
        ("Then we left.", (15, 15), "time"),
    ]


def test_labels_in_words_are_speakers_only_where_they_recur() -> None:
    data = b"1\n00:00:01,000 --> 00:00:02,000\nResult: we cut costs\n\n2\n00:00:03,000 --> 00:00:04,000\nby a third.\n"
    assert [(block.speaker, block.text) for block in captions.read("a.srt", data).blocks] == [
        (None, "Result: we cut costs"),
        (None, "by a third."),
    ]


def test_a_file_without_one_good_time_is_refused() -> None:
    with pytest.raises(UnreadableError, match="time") as refused:
        captions.read("no.vtt", b"WEBVTT\n\nlater --> soon\nHello\n")
    assert refused.value.advice


WORDS = st.text(st.sampled_from("abcde ,.-?0129é"), min_size=1, max_size=40).filter(lambda t: t.strip(" -0123456789"))


@given(st.lists(st.tuples(WORDS, st.booleans()), min_size=1, max_size=12), st.sampled_from(["\n", "\r\n"]))
def test_no_word_is_lost_and_every_line_is_right(cues: list[tuple[str, bool]], end: str) -> None:
    rows = ["WEBVTT", ""]
    for n, (words, good) in enumerate([("start", True), *cues]):
        rows += [f"00:{n:02}:01.000 --> 00:{n:02}:0{'2' if good else 'x'}.000", words, ""]
    source = captions.read("any.vtt", end.join(rows).encode())
    said = "".join("".join(block.text.split()) for block in source.blocks)
    for words, _ in cues:
        assert "".join(words.strip(" -").split()) in said
    for block in source.blocks:
        assert block.lines is not None
        assert block.text in rows[block.lines[0] - 1]
