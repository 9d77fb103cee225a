"""Gong calls: `POST /v2/calls/transcript` together with the parties of `POST /v2/calls/extensive`, in one document.

A transcript is `callTranscripts[].transcript[]{speakerId, topic, sentences[]{start, end, text}}`; who a `speakerId` is
stands in `calls[].parties[]{speakerId, name, title, emailAddress, affiliation: Internal | External | Unknown}`. Whether
`start` and `end` are seconds or milliseconds is not documented alike everywhere, so it is told from the call itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from icp_synth.records import Block, Participant, Role, Source
from icp_synth.stages.ingest.values import Json, day_of, names_of, objects, seconds_of, text_of, utterance_locator

_SIDES: dict[str, Role] = {"internal": "us", "external": "customer"}
_WORDS_PER_SECOND = 0.1  # nobody speaks this slowly; counted per millisecond, everybody does


def is_gong(document: Json) -> bool:
    """Whether the document holds Gong transcripts."""
    return isinstance(document, dict) and bool(objects(document.get("callTranscripts")))


def is_parties_only(document: Json) -> bool:
    """Whether the document lists Gong calls and their parties, but none of their words."""
    calls = objects(document.get("calls")) if isinstance(document, dict) else []
    return any("parties" in call for call in calls) and not is_gong(document)


def read(path: str, document: Mapping[str, Json]) -> tuple[Source, ...]:
    """One source per call (`ref` = call id), one block per sentence."""
    calls = {_call_id(call): call for call in objects(document.get("calls"))}
    return tuple(
        _source(path, transcript, calls.get(text_of(transcript.get("callId")), {}), objects(document.get("parties")))
        for transcript in objects(document.get("callTranscripts"))
    )


def _call_id(call: Mapping[str, Json]) -> str:
    return text_of(_meta(call).get("id"))


def _meta(call: Mapping[str, Json]) -> Mapping[str, Json]:
    meta = call.get("metaData")
    return meta if isinstance(meta, dict) else call


def _source(
    path: str, transcript: Mapping[str, Json], call: Mapping[str, Json], shared: list[Mapping[str, Json]]
) -> Source:
    parties = objects(call.get("parties")) or shared
    people = {text_of(p.get("speakerId")): _participant(p) for p in parties if text_of(p.get("speakerId"))}
    meta = _meta(call)
    monologues = objects(transcript.get("transcript"))
    scale = _seconds_per_unit(monologues, seconds_of(meta.get("duration")))
    blocks: list[Block] = []
    for monologue in monologues:
        speaker_id = text_of(monologue.get("speakerId"))
        person = people.get(speaker_id, Participant())
        for sentence in objects(monologue.get("sentences")):
            if not (text := text_of(sentence.get("text"))):
                continue
            start, end = (
                None if t is None else t * scale for t in map(seconds_of, (sentence.get("start"), sentence.get("end")))
            )
            blocks.append(
                Block(
                    text=text,
                    locator=utterance_locator(len(blocks) + 1, start, end),
                    form="speech",
                    speaker=person.name or f"Speaker {speaker_id}".strip(),
                    email=person.email,
                    side=None if person.side == "unknown" else person.side,
                    heading=text_of(monologue.get("topic")) or None,
                    at=start,
                )
            )
    participants = tuple(map(_participant, parties))
    return Source(
        path=path,
        ref=text_of(transcript.get("callId")),
        format="gong",
        kind="call",
        blocks=tuple(blocks),
        title=text_of(meta.get("title")) or None,
        account=_account([call, *parties]),
        date=day_of(meta.get("started")) or day_of(meta.get("scheduled")),
        participants=participants,
        names=names_of(participants),
    )


def _participant(party: Mapping[str, Json]) -> Participant:
    return Participant(
        name=text_of(party.get("name")) or None,
        email=text_of(party.get("emailAddress")) or None,
        title=text_of(party.get("title")) or None,
        side=_SIDES.get(text_of(party.get("affiliation")).lower(), "unknown"),
    )


def _account(holders: Iterable[Mapping[str, Json]]) -> str | None:
    """The CRM account that Gong linked to the call or to an external party (`context[].objects[].fields[]`)."""
    for holder in holders:
        for context in objects(holder.get("context")):
            for linked in objects(context.get("objects")):
                if text_of(linked.get("objectType")).lower() == "account":
                    for field in objects(linked.get("fields")):
                        if text_of(field.get("name")).lower() == "name" and text_of(field.get("value")):
                            return text_of(field.get("value"))
    return None


def _seconds_per_unit(monologues: list[Mapping[str, Json]], duration: float | None) -> float:
    """1.0 or 0.001: by the call's duration (seconds) where it is known, else by how fast people would be talking."""
    sentences = [s for m in monologues for s in objects(m.get("sentences"))]
    times = [(start, end) for s in sentences if (start := seconds_of(s.get("start"))) is not None
             and (end := seconds_of(s.get("end"))) is not None]  # fmt: skip
    if not times:
        return 1.0
    last = max(end for _, end in times)
    if duration:
        return 0.001 if last > 10 * duration else 1.0
    spoken = sum(max(0.0, end - start) for start, end in times)
    words = sum(len(text_of(s.get("text")).split()) for s in sentences)
    return 0.001 if words < _WORDS_PER_SECOND * spoken else 1.0
