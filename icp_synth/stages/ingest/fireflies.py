"""Fireflies transcripts: the `Transcript` object of its GraphQL API (docs.fireflies.ai/schema/transcript).

Used here: title, date (ISO or epoch in ms), dateString, `meeting_attendees` (name, displayName, email), `participants`
(e-mail addresses) and `sentences` (text, raw_text, speaker_name, start_time, end_time; times are seconds, as strings).
"""

from __future__ import annotations

from collections.abc import Mapping

from icp_synth.records import Block, Participant, Source
from icp_synth.stages.ingest.values import (
    EMAIL,
    Json,
    day_of,
    fallback,
    names_of,
    objects,
    seconds_of,
    text_of,
    utterance_locator,
)


def transcripts(document: Json) -> list[Mapping[str, Json]]:
    """The transcripts in a document: one, a list, or a GraphQL answer (`data.transcript`, `data.transcripts`)."""
    if isinstance(document, dict):
        inner = document["data"] if isinstance(document.get("data"), dict) else document
        document = inner.get("transcripts") or inner.get("transcript") or inner
    candidates = objects(document if isinstance(document, list) else [document])
    return [one for one in candidates if any("speaker_name" in sentence for sentence in objects(one.get("sentences")))]


def read(path: str, document: Json) -> tuple[Source, ...]:
    """One source per transcript, one block per sentence."""
    found = transcripts(document)
    return tuple(
        _source(path, one, text_of(one.get("id")) or str(n) if len(found) > 1 else "") for n, one in enumerate(found, 1)
    )


def _source(path: str, transcript: Mapping[str, Json], ref: str) -> Source:
    participants = _participants(transcript)
    blocks = []
    for number, sentence in enumerate(objects(transcript.get("sentences")), 1):
        text = fallback(sentence.get("text"), sentence.get("raw_text"))
        if not text:
            continue
        start, end = seconds_of(sentence.get("start_time")), seconds_of(sentence.get("end_time"))
        name = text_of(sentence.get("speaker_name")) or None
        blocks.append(
            Block(
                text=text,
                locator=utterance_locator(number, start, end),
                form="speech" if name else "prose",
                speaker=name,
                at=start,
            )
        )
    speakers = [Participant(name=block.speaker) for block in blocks]
    return Source(
        path=path,
        ref=ref,
        format="fireflies",
        blocks=tuple(blocks),
        title=text_of(transcript.get("title")) or None,
        date=day_of(transcript.get("date")) or day_of(transcript.get("dateString")),
        participants=participants,
        names=names_of([*participants, *speakers]),
    )


def _participants(transcript: Mapping[str, Json]) -> tuple[Participant, ...]:
    attendees = [
        Participant(name=fallback(a.get("name"), a.get("displayName")) or None, email=text_of(a.get("email")) or None)
        for a in objects(transcript.get("meeting_attendees"))
    ]
    listed = transcript.get("participants")
    addresses = [e for entry in (listed if isinstance(listed, list) else []) for e in EMAIL.findall(text_of(entry))]
    known = {a.email for a in attendees}
    attendees += [Participant(email=address) for address in dict.fromkeys(addresses) if address not in known]
    return tuple(a for a in attendees if a.name or a.email)
