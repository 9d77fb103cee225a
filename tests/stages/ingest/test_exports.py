"""JSON exports of tools that record calls and answer tickets become sources with speakers, sides and places."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from icp_synth.records import Block, Ingested, RawFile, Source
from icp_synth.stages.ingest import ingest

FIXTURES = Path(__file__).parents[2] / "fixtures" / "ingest"


def read(name: str) -> tuple[Source, ...]:
    found = ingest(RawFile(path=name, data=(FIXTURES / name).read_bytes()))
    assert found.rejects == ()
    return found.sources


def given(document: Any, name: str = "export.json") -> Ingested:
    return ingest(RawFile(path=name, data=json.dumps(document).encode()))


def said(block: Block) -> tuple[str | None, str | None, str]:
    return block.speaker, block.side, block.text


def place(block: Block) -> tuple[str, float, float]:
    return block.locator.unit, block.locator.first, block.locator.last


def test_a_fireflies_transcript_keeps_each_sentence_with_its_speaker_and_time() -> None:
    (source,) = read("fireflies.json")
    assert (source.format, source.title, source.date, source.ref) == (
        "fireflies",
        "Blue Corp discovery",
        date(2024, 5, 1),
        "",
    )
    assert [said(block) for block in source.blocks] == [
        ("Sam Hill", None, "How do you close the month today?"),
        ("Ann Field", None, "By hand."),
        ("Ann Field", None, "it takes us six days"),  # the edited text is empty: the raw one speaks
    ]
    assert place(source.blocks[0]) == ("time", 4.96, 7.1)
    assert all(block.form == "speech" and block.lines is None for block in source.blocks)


def test_a_fireflies_transcript_names_its_attendees_once_each() -> None:
    (source,) = read("fireflies.json")
    assert [(p.name, p.email) for p in source.participants] == [
        ("Ann Field", "ann@blue.example"),
        ("Sam Hill", "sam@vendor.example"),
        (None, "lee@blue.example"),
    ]
    assert source.names == ("Ann Field", "Sam Hill")


def test_several_fireflies_transcripts_in_a_file_are_told_apart_by_their_ids() -> None:
    one = {"id": "a", "sentences": [{"text": "We left.", "speaker_name": "Ann", "start_time": 1, "end_time": 2}]}
    assert [s.ref for s in given([one, {**one, "id": "b"}]).sources] == ["a", "b"]


def test_a_gong_party_gives_a_speaker_its_name_and_side() -> None:
    call, _ = read("gong.json")
    assert (call.ref, call.kind, call.account, call.date) == ("77001", "call", "Blue Corp", date(2024, 5, 2))
    assert [said(block) for block in call.blocks] == [
        ("Sam Hill", "us", "What would it take to move this quarter?"),
        ("Ann Field", "customer", "Our board has to see the price first."),
        ("Ann Field", "customer", "It is twice what we pay now."),
        ("Speaker s9", None, "Let me check that."),  # not among the parties
    ]
    assert call.blocks[0].heading == "Pricing"
    assert call.names == ("Sam Hill", "Ann Field")


def test_gong_times_are_seconds_whatever_the_export_counts_in() -> None:
    in_milliseconds, in_seconds = read("gong.json")
    assert place(in_milliseconds.blocks[0]) == ("time", 61.0, 64.0)  # told from the call's duration
    assert place(in_seconds.blocks[0]) == ("time", 12.5, 15.0)  # told from how fast it would be spoken
    alone = json.loads((FIXTURES / "gong.json").read_text())
    del alone["calls"]
    assert place(given(alone).sources[0].blocks[0]) == ("time", 61.0, 64.0)


def test_gong_speakers_without_parties_stay_numbers_and_name_nobody() -> None:
    alone = json.loads((FIXTURES / "gong.json").read_text())
    del alone["calls"]
    source = given(alone).sources[0]
    assert {block.speaker for block in source.blocks} == {"Speaker s1", "Speaker s2", "Speaker s9"}
    assert source.names == ()


def test_gong_parties_without_words_are_refused_with_what_is_missing() -> None:
    (reject,) = given({"calls": [{"metaData": {"id": "1"}, "parties": []}]}).rejects
    assert "not what was said" in reject.reason
    assert "callTranscripts" in reject.advice


def test_an_intercom_conversation_reads_as_its_messages_without_markup() -> None:
    (source,) = read("intercom.json")
    assert (source.ref, source.title, source.kind, source.date) == ("5001", "Import stuck", "ticket", date(2024, 5, 1))
    assert [said(block) for block in source.blocks] == [
        ("Ann Field", "customer", "Hi,\nthe import hangs at 90 %.\nEvery Monday."),
        ("Sam Hill", "us", "Which file is it?"),
        ("Sam Hill", "us", "She is a big account."),
        ("lee@blue.example", "customer", "The ledger & the bank file"),
    ]
    assert place(source.blocks[1]) == ("item", 3, 3)  # the assignment before it has no words, but has a place
    assert source.blocks[-1].date == date(2024, 5, 2)


def test_an_internal_note_is_ours_even_if_the_customer_were_its_author() -> None:
    note = {"part_type": "note", "body": "Check the plan.", "author": {"type": "user", "name": "Ann"}}
    (source,) = given({"id": "1", "conversation_parts": {"conversation_parts": [note]}}).sources
    assert source.blocks[0].side == "us"


def test_a_zendesk_ticket_reads_as_its_comments_without_saying_the_description_twice() -> None:
    ticket, _ = read("zendesk.json")
    assert (ticket.ref, ticket.account, ticket.date, ticket.kind) == ("35436", "Blue Corp", date(2024, 5, 3), "ticket")
    assert [said(block) for block in ticket.blocks] == [
        ("Ann Field", "customer", "Since Tuesday our customers get each invoice twice."),
        ("Sam Hill", "us", "We are looking at it."),
        ("Ann Field", "us", "Is this the same bug as in March?"),  # private comments are ours
    ]
    assert ticket.names == ("Ann Field", "Sam Hill")


def test_a_zendesk_description_that_no_comment_repeats_comes_first_and_is_the_requesters() -> None:
    _, ticket = read("zendesk.json")
    assert [said(block) for block in ticket.blocks] == [
        ("User 21", "customer", "The export stops after a thousand rows."),
        ("Sam Hill", "us", "Which browser?"),
    ]
    assert ticket.account is None


def test_a_zendesk_json_export_has_a_ticket_a_line_with_its_people_inside() -> None:
    ticket = {
        "id": 7,
        "requester": {"id": 2, "name": "Ann Field", "role": "end-user"},
        "organization": {"name": "Blue Corp"},
        "description": "It fails at night.",
        "comments": [{"author_id": 2, "body": "It fails at night."}],
    }
    lines = "\n".join(json.dumps({**ticket, "id": n}) for n in (7, 8))
    found = ingest(RawFile(path="tickets.json", data=lines.encode()))
    assert [(s.ref, s.account, s.blocks[0].side) for s in found.sources] == [
        ("7", "Blue Corp", "customer"),
        ("8", "Blue Corp", "customer"),
    ]


def test_whisper_segments_have_times_and_no_speakers() -> None:
    (source,) = read("whisper.json")
    assert [(block.text, place(block), block.form) for block in source.blocks] == [
        ("We used to do it by hand.", ("time", 0.0, 4.2), "prose"),
        ("It took six days.", ("time", 4.2, 9.5), "prose"),
    ]
    assert source.names == ()


@pytest.mark.parametrize("key", ["turns", "messages", "utterances"])
def test_turns_in_an_object_keep_role_words_as_sides_and_names_as_names(key: str) -> None:
    turns = [
        {"role": "agent", "speaker": "Sam", "text": "How is it going?", "time": "00:00:05"},
        {"role": "customer", "speaker": "Ann", "text": "Slowly.", "time": "00:01:02"},
    ]
    (source,) = given({"title": "Check-in", "date": "2024-05-01", key: turns}).sources
    assert [said(block) for block in source.blocks] == [
        ("Sam", "us", "How is it going?"),
        ("Ann", "customer", "Slowly."),
    ]
    assert place(source.blocks[1]) == ("time", 62.0, 62.0)
    assert (source.title, source.date, source.names) == ("Check-in", date(2024, 5, 1), ("Sam", "Ann"))


def test_a_bare_list_of_turns_without_times_is_placed_by_its_items() -> None:
    (source,) = given([{"role": "user", "content": "It broke."}, {"role": "assistant", "content": "Sorry."}]).sources
    assert [(block.side, place(block)) for block in source.blocks] == [
        ("customer", ("item", 1, 1)),
        ("us", ("item", 2, 2)),
    ]
    assert source.names == ()


def test_an_absolute_time_is_a_date_not_an_offset() -> None:
    (source,) = given([{"from": "Ann", "body": "It broke.", "timestamp": "2024-05-01T10:00:00Z"}]).sources
    assert (source.blocks[0].date, source.blocks[0].at) == (date(2024, 5, 1), None)


def test_broken_json_is_refused_with_the_line_where_it_breaks() -> None:
    found = ingest(RawFile(path="cut.json", data=b'{"sentences": [\n  {"text": "We left"},\n  {"text": '))
    (reject,) = found.rejects
    assert reject.line == 3
    assert "Broken JSON" in reject.reason


def test_json_of_another_shape_is_refused_with_what_was_expected() -> None:
    (reject,) = given({"menu": {"items": [1, 2]}}).rejects
    for name in ("Fireflies", "Gong", "Intercom", "Zendesk", "Whisper", "turns"):
        assert name in reject.advice


def test_an_export_in_which_nobody_says_anything_is_refused() -> None:
    (reject,) = given({"sentences": [{"text": "", "speaker_name": "Ann"}]}).rejects
    assert "Nobody says anything" in reject.reason
