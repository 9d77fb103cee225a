"""Conversations as plain JSON: a list of turns, or an object (or a list of objects) that holds one.

A turn names who (`speaker`, `name`, `role`, `from`, `author`), says what (`text`, `content`, `message`, `body`) and
may say when (`time`, `start`, `timestamp`). A role such as `user` or `agent` gives the side.
"""

from __future__ import annotations

from collections.abc import Mapping

from icp_synth.records import Block, Participant, Role, Source
from icp_synth.stages.ingest.values import (
    Json,
    day_of,
    fallback,
    names_of,
    objects,
    seconds_of,
    side_of,
    text_of,
    utterance_locator,
    words_of_html,
)

Conversation = tuple[Mapping[str, Json], list[Mapping[str, Json]]]  # what is said of the whole, and its turns

_LISTS = ("turns", "messages", "utterances", "transcript", "dialogue")
_WHO = ("speaker", "speaker_name", "name", "author", "from", "role", "sender")
_WHAT = ("text", "content", "message", "body", "utterance")
_WHEN = ("start", "start_time", "time", "timestamp", "created_at", "ts")
_OTHER = ("end", "end_time", "id", "index", "email", "date", "duration", "confidence", "type", "words", "channel")


def conversations(document: Json) -> list[Conversation]:
    """Each conversation of a document with its turns; none where the objects are rows of something else."""
    if isinstance(document, dict):
        lists = (objects(document.get(key)) for key in _LISTS)
        found: list[Conversation] = [(document, turns) for turns in lists if turns and _are_turns(turns)]
        return found[:1]
    listed = objects(document)
    if listed and _are_turns(listed) and all(k.lower() in (*_WHO, *_WHAT, *_WHEN, *_OTHER) for t in listed for k in t):
        return [({}, listed)]
    nested = [conversations(one) for one in listed]
    return [one for found in nested for one in found] if nested and all(nested) else []


def _are_turns(turns: list[Mapping[str, Json]]) -> bool:
    return all(any(key in turn for key in _WHAT) for turn in turns) and any(
        any(key in t for key in _WHO) for t in turns
    )


def read(path: str, document: Json) -> tuple[Source, ...]:
    """One source per conversation, one block per turn. `ref` is its id (or its place) where there are several."""
    found = conversations(document)
    many = len(found) > 1
    return tuple(
        _source(path, holder, turns, (fallback(holder.get("id"), n) if many else ""))
        for n, (holder, turns) in enumerate(found, 1)
    )


def _source(path: str, holder: Mapping[str, Json], turns: list[Mapping[str, Json]], ref: str) -> Source:
    blocks = []
    for number, turn in enumerate(turns, 1):
        if not (text := _words(turn)):
            continue
        who = [text_of(turn.get(key)) for key in _WHO]
        name = next((w for w in who if w and side_of(w) is None), None)
        side: Role | None = next((s for w in who if (s := side_of(w))), None)
        when = next((turn[key] for key in _WHEN if text_of(turn.get(key))), None)
        # An absolute time (ISO or epoch) is a date; only a small number or a clock is an offset into a recording.
        day = day_of(when)
        start = None if day else seconds_of(when)
        end = seconds_of(fallback(turn.get("end"), turn.get("end_time"))) if start is not None else None
        speaker = name or next((w for w in who if w), None)
        blocks.append(
            Block(
                text=text,
                locator=utterance_locator(number, start, end),
                form="speech" if speaker else "prose",
                speaker=speaker,
                email=text_of(turn.get("email")) or None,
                side=side,
                at=start,
                date=day or day_of(turn.get("date")),
            )
        )
    people = {b.speaker: Participant(name=b.speaker, email=b.email, side=b.side or "unknown") for b in blocks
              if b.speaker and side_of(b.speaker) is None}  # fmt: skip
    return Source(
        path=path,
        ref=ref,
        format="turns",
        blocks=tuple(blocks),
        title=fallback(holder.get("title"), holder.get("subject")) or None,
        account=fallback(holder.get("account"), holder.get("company"), holder.get("customer")) or None,
        date=day_of(fallback(holder.get("date"), holder.get("created_at"))),
        participants=tuple(people.values()),
        names=names_of(people.values()),
    )


def _words(turn: Mapping[str, Json]) -> str:
    """The turn's text. Chat models' messages may hold a list of parts instead of a string."""
    for key in _WHAT:
        value = turn.get(key)
        if isinstance(value, list):
            value = "\n".join(text_of(part.get("text")) for part in objects(value))
        if text := text_of(value):
            return words_of_html(text) if "</" in text else text
    return ""
