"""Any text file becomes the same text, whatever saved it; what is no text is refused with a reason."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icp_synth.errors import UnreadableError
from icp_synth.stages.ingest.decode import decode

SAID = "Bob Ray: It’s slow – a day’s work is lost, and the café’s Wi-Fi isn’t why.\nWe’ve told you.\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_the_same_words_come_out_of_every_encoding(encoding: str) -> None:
    assert decode("talk.txt", SAID.encode(encoding)) == SAID


def test_a_pound_sign_and_an_accent_are_read_as_windows_wrote_them() -> None:
    said = "They went with a rival, £15 a head. Señor Tomás left.\n"
    assert decode("note.txt", said.encode("cp1252")) == said


def test_other_scripts_are_recognised() -> None:
    said = "Мы используем это каждый день и очень довольны результатом работы.\n" * 3
    assert decode("note.txt", said.encode("cp1251")) == said


def test_line_ends_of_every_kind_count_as_one_line() -> None:
    assert decode("mixed.txt", b"one\r\ntwo\rthree\n\x0cfour").split("\n") == ["one", "two", "three", "\x0cfour"]


def test_a_character_cut_off_at_the_end_costs_nothing_else() -> None:
    assert decode("cut.txt", "We lost a day – again é".encode()[:-1]).startswith("We lost a day – again ")


def test_one_stray_byte_does_not_turn_the_whole_file_to_mojibake() -> None:
    data = ("déjà vu, " * 20).encode() + b"\xff" + "déjà vu".encode()
    assert decode("stray.txt", data).startswith("déjà vu, déjà vu")


@pytest.mark.parametrize("data", [random.Random(7).randbytes(5000), b"\x7fELF\x02\x01\x01\0\0\0\0" * 30])
def test_noise_is_refused_with_a_reason_and_a_way_out(data: bytes) -> None:
    with pytest.raises(UnreadableError, match="not text") as refused:
        decode("program.bin", data)
    assert refused.value.path == "program.bin"
    assert "Export" in refused.value.advice


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufeff\ufffd")))
def test_utf8_is_never_changed(text: str) -> None:
    assert decode("any.txt", text.encode()) == text
