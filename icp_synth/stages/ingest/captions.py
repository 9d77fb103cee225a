"""WebVTT and SubRip captions: who said what, and when.

WebVTT as the W3C describes it (Teams: `<v Name>`; Zoom: `Name: text` in the cue; Whisper and YouTube: nobody named),
SubRip as its players read it. Parsed here and not by a library, since every word has to name its line.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from icp_synth.errors import UnreadableError
from icp_synth.records import Block, Locator, Source
from icp_synth.stages.ingest import layout
from icp_synth.stages.ingest.decode import decode
from icp_synth.stages.ingest.fields import participant
from icp_synth.stages.ingest.labels import Cast, Label, is_personal
from icp_synth.stages.ingest.transcript import Transcript

_STAMP = r"(?:\d+:)?[0-5]?\d:[0-5]?\d[.,]\d{1,3}"
_TIMING = re.compile(rf"^\s*({_STAMP})\s*-->\s*({_STAMP})(?:\s|$)")
_LIKE_TIMING = re.compile(r"-->|^\s*\d\S*:\S*(?:\s*[-–]+>?\s*|\s+)\d\S*:\S*\s*$")
_LONGEST_TIMING = 200
_SKIPPED = re.compile(r"^(?:NOTE|STYLE|REGION)(?:\s|$)")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?[ \t]+([^<>\n]{0,200})>")
_TAG = re.compile(r"</?(?:[a-zA-Z][^<>\n]{0,80}|[\d:.]+)?>|\{\\[^{}\n]*\}")
_TURN = re.compile(r"^\s*(?:>>+|-)\s*")


@dataclass(frozen=True)
class _Cue:
    """Words on consecutive lines from `first` on, with their time in seconds; no time where the cue is broken."""

    rows: tuple[str, ...]
    first: int
    begin: float | None
    end: float | None


@dataclass(frozen=True)
class _Said:
    """What one voice says in one cue. `voice` is named by the format itself."""

    text: str
    cue: _Cue
    voice: str | None


def read(path: str, data: bytes) -> Source:
    """Read .vtt or .srt: one block per cue and voice, located in seconds. A cue with a broken time is located by line.

    Raises UnreadableError where not one cue has a time that can be read.
    """
    text = decode(path, data)
    rows = text.split("\n")
    webvtt = text.lstrip("\n ").startswith("WEBVTT")
    cues = list(_cues(rows, webvtt))
    if not any(cue.begin is not None for cue in cues):
        raise UnreadableError(
            path, "No caption in it has a time that can be read.", "Export it again as .vtt or .srt, or add it as .txt."
        )
    said = _once([part for cue in cues for part in _voices(cue)])
    return _transcript(said, rows).as_source(path, "vtt" if webvtt else "srt")


# ---------------------------------------------------------------- lines to cues


def _cues(rows: Sequence[str], webvtt: bool) -> Iterator[_Cue]:
    """Cues in order. A new timing line ends the cue before it, even without a blank line between."""
    begin = 0
    while begin < len(rows):
        end = begin
        # By the specification a line with a space in it is no blank line; YouTube writes such lines into cues.
        while end < len(rows) and (rows[end] if webvtt else rows[end].strip()):
            end += 1
        if end > begin:
            yield from _chunk(rows, begin, end, webvtt)
        begin = end + 1


def _chunk(rows: Sequence[str], begin: int, end: int, webvtt: bool) -> Iterator[_Cue]:
    timings = [k for k in range(begin, end) if _LIKE_TIMING.search(rows[k][:_LONGEST_TIMING])]
    first = timings[0] if timings else end
    if webvtt and (_SKIPPED.match(rows[begin]) or rows[begin].lstrip().startswith("WEBVTT")):
        begin = first
    loose = range(begin, first)
    # One line above the time is the cue's name; alone it is words, unless it only counts.
    named = bool(timings) and len(loose) == 1
    counted = len(loose) > 0 and rows[begin].strip().isdigit()
    orphan = range(begin + (named or counted), first)
    if orphan:
        yield _Cue(tuple(rows[k] for k in orphan), orphan[0] + 1, None, None)
    for k, timing in enumerate(timings):
        last = timings[k + 1] if k + 1 < len(timings) else end
        if last < end and last - 1 > timing and rows[last - 1].strip().isdigit():
            last -= 1
        begin_at, end_at = _times(rows[timing])
        if last > timing + 1:
            yield _Cue(tuple(rows[timing + 1 : last]), timing + 2, begin_at, end_at)


def _times(row: str) -> tuple[float | None, float | None]:
    found = _TIMING.match(row)
    if found is None:
        return None, None
    begin, end = (_seconds(stamp) for stamp in found.groups())
    return (begin, end) if end >= begin else (None, None)


def _seconds(stamp: str) -> float:
    total = 0.0
    for part in stamp.replace(",", ".").split(":"):
        total = total * 60 + float(part)
    return round(total, 3)


# ---------------------------------------------------------------- cues to speech


def _voices(cue: _Cue) -> Iterator[_Said]:
    """Divide a cue at its voice tags, and take the markup off."""
    payload = "\n".join(cue.rows)
    parts = _VOICE.split(payload)
    for k in range(0, len(parts), 2):
        words = html.unescape(_TAG.sub("", parts[k]))
        words = "\n".join(row.strip() for row in words.strip().split("\n") if row.strip())
        if words:
            yield _Said(words, cue, html.unescape(parts[k - 1]).strip() if k else None)


def _once(said: Sequence[_Said]) -> list[_Said]:
    """Drop what rolling captions repeat: lines that stood at the end of the cue that touches this one."""
    kept: list[_Said] = []
    shown: list[str] = []
    before: _Said | None = None
    for part in said:
        rows = part.text.split("\n")
        fresh = rows
        if before is not None and before.voice == part.voice and _touch(before.cue, part.cue):
            for n in range(min(len(shown), len(rows)), 0, -1):
                if shown[-n:] == rows[:n]:
                    fresh = rows[n:]
                    break
        if fresh:
            kept.append(_Said("\n".join(fresh), part.cue, part.voice))
        shown, before = rows, part
    return kept


def _touch(before: _Cue, cue: _Cue) -> bool:
    return before.end is not None and cue.begin is not None and cue.begin - before.end < 0.05


def _transcript(said: Sequence[_Said], rows: Sequence[str]) -> Transcript:
    cast = Cast.of([part.text for part in said], wrapped=False)
    voices = any(part.voice for part in said)
    blocks: list[Block] = []
    heard: dict[str, str | None] = {}
    speaker: str | None = None
    for k, part in enumerate(said):
        label = None if part.voice else _speaking(cast.labels[k], cast)
        turned = _TURN.match(part.text)
        if part.voice or label:
            speaker = part.voice or (label.name if label else None)
        elif voices or (turned and turned.group().strip() != "-"):
            speaker = None
        if speaker:
            heard[speaker] = heard.get(speaker) or (label.note if label else None)
        start = label.start if label else turned.end() if turned else 0
        if part.text[start:].strip():
            blocks.append(_block(part.text[start:].strip(), part.cue, speaker, heard, rows))
    people = [participant(f"{name} ({note})") for name, note in heard.items() if note]
    names = tuple(name for name in heard if is_personal(name))
    return Transcript(blocks=tuple(blocks), participants=tuple(people), names=names)


def _speaking(label: Label | None, cast: Cast) -> Label | None:
    return label if label and label.name in cast.speakers and not label.timed else None


def _block(text: str, cue: _Cue, speaker: str | None, heard: dict[str, str | None], rows: Sequence[str]) -> Block:
    last = cue.first + len(cue.rows) - 1
    lines = layout.standing(text, rows, cue.first, min(last, len(rows)))
    note = heard.get(speaker) if speaker else None
    company = note is not None and participant(f"{speaker} ({note})").company is not None
    if cue.begin is None or cue.end is None:
        place = lines or (cue.first, last)
        locator = Locator(unit="line", first=place[0], last=place[1])
    else:
        locator = Locator(unit="time", first=cue.begin, last=cue.end)
    return Block(
        text=text,
        locator=locator,
        lines=lines,
        form="speech" if speaker else "prose",
        speaker=f"{speaker} ({note})" if company else speaker,
        at=cue.begin,
    )
