"""OpenAI Whisper transcriptions: the `verbose_json` answer, also what the open-source tools write.

Used here: `segments[]{start, end, text}` with times in seconds; `speaker` where a diarizing tool has added it.
"""

from __future__ import annotations

from icp_synth.records import Block, Source
from icp_synth.stages.ingest.values import Json, objects, seconds_of, text_of, utterance_locator


def is_whisper(document: Json) -> bool:
    """Whether the document holds timed segments of text."""
    segments = objects(document.get("segments")) if isinstance(document, dict) else []
    return any({"start", "end", "text"} <= segment.keys() for segment in segments)


def read(path: str, document: Json) -> tuple[Source, ...]:
    """One source, one block per segment; without speakers unless a diarizing tool has named them."""
    blocks = []
    for number, segment in enumerate(objects(document.get("segments")), 1):
        if text := text_of(segment.get("text")):
            start, end = seconds_of(segment.get("start")), seconds_of(segment.get("end"))
            speaker = text_of(segment.get("speaker")) or None
            blocks.append(
                Block(
                    text=text,
                    locator=utterance_locator(number, start, end),
                    form="speech" if speaker else "prose",
                    speaker=speaker,
                    at=start,
                )
            )
    return (Source(path=path, format="whisper", blocks=tuple(blocks)),)
