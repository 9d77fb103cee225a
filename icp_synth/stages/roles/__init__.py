"""Who speaks, for whom, and in whose words: blocks → turns with role and voice.

In order of trust: what the format says, the manifest, labels, e-mail domains and companies, and last how people talk
(who asks, who is asked), which is marked as guessed. The questions of a Q/A note are ours.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from icp_synth.records import (
    Block,
    CleanSource,
    Manifest,
    Overlay,
    Record,
    Role,
    Source,
    SourceKind,
    Turn,
)
from icp_synth.sentence_boundaries import sentence_spans
from icp_synth.speakers import manifest_people
from icp_synth.stages.roles.cues import talk_of
from icp_synth.stages.roles.known import known_speakers
from icp_synth.stages.roles.notes import NOTES, OUR_VIEW, mostly_third_person, told_or_own, voice
from icp_synth.stages.roles.talk import guess


class _Scene(Record):
    """What holds for a whole source: who its speakers are (label → role, why), and of what make it is."""

    kind: SourceKind
    speakers: dict[str, tuple[Role, str]]
    ours: tuple[str, ...]
    speakerless: bool
    questions: bool
    talk: bool
    third_person: bool


def assign(source: Source, manifest: Manifest, kind: SourceKind) -> tuple[Source, tuple[Turn, ...]]:
    """Return the source with its turns.

    Notes in which a rep mixes what a customer said with asides of their own are cut into sentences first, and so are
    transcripts without speakers; that is why a source comes back too.
    """
    speakerless = _speakerless(source)
    questions = any(block.form == "question" for block in source.blocks)
    if speakerless:
        source = _split_blocks(source, lambda block: block.form == "prose")
    elif kind in NOTES and not questions:
        source = _split_blocks(source, lambda block: block.form == "prose" and block.side is None)
    scene = _Scene(
        kind=kind,
        speakers=guess(source, known_speakers(source, manifest), kind, manifest),
        ours=_our_people(source, manifest),
        speakerless=speakerless,
        questions=questions,
        talk=any(block.form == "speech" and block.side != "us" for block in source.blocks),
        third_person=mostly_third_person(source),
    )
    return source, _turns(source, scene)


def _turns(source: Source, scene: _Scene) -> tuple[Turn, ...]:
    turns: list[Turn] = []
    question: int | None = None
    asked = False
    for index, block in enumerate(source.blocks):
        if block.form in ("heading", "field"):
            question = None if block.form == "heading" else question
            continue
        role, why, guessed = _role(block, scene, asked)
        asked = asked or role == "us"
        said = voice(block, role, scene.kind, scene.third_person)
        last = turns[-1] if turns else None
        same = last and last.last == index - 1 and (last.role, last.voice) == (role, said)
        if last and same and last.speaker == block.speaker and block.form != "question":
            turns[-1] = last.model_copy(update={"last": index})
        else:
            turns.append(
                Turn(
                    first=index, last=index, role=role, voice=said, speaker=block.speaker, why=why, guessed=guessed,
                    question=question if role == "customer" else None,
                )
            )  # fmt: skip
        if role == "us" and (block.form == "question" or "?" in block.text):
            question = len(turns) - 1
    return tuple(turns)


def _our_people(source: Source, manifest: Manifest) -> tuple[str, ...]:
    """Who of the notes' people is ours: the manifest's, and those whom a field names (`Rep: Ana Ruiz`)."""
    listed = [person.name for person in source.participants if person.name and person.side == "us"]
    return tuple(dict.fromkeys([*manifest_people(manifest, source.path)[0], *listed]))


def _speakerless(source: Source) -> bool:
    """A transcript of talk in which nobody is named: captions or ASR output, or text that asks and answers."""
    prose = [b for b in source.blocks if b.form == "prose"]
    if any(b.form in ("speech", "question") for b in source.blocks) or not prose:
        return False
    if source.format in ("vtt", "srt", "whisper"):
        return True
    words = sum(len(b.text.split()) for b in prose)
    return source.format in ("txt", "stdin") and words > 150 and sum(b.text.count("?") for b in prose) * 60 > words


def _split_blocks(source: Source, which: Callable[[Block], bool]) -> Source:
    out: list[Block] = []
    for block in source.blocks:
        spans = sentence_spans(block.text) if which(block) else []
        if len(spans) < 2:
            out.append(block)
            continue
        for start, end in spans:
            lines = None
            if block.lines:
                first = block.lines[0] + block.text.count("\n", 0, start)
                lines = (first, first + block.text.count("\n", start, end))
            out.append(block.model_copy(update={"text": block.text[start:end], "lines": lines}))
    return source.model_copy(update={"blocks": tuple(out)})


# ---------------------------------------------------------------- one block


def _role(block: Block, scene: _Scene, asked: bool) -> tuple[Role, str, bool]:
    """Role, reason, and whether it is guessed. `asked`: somebody has asked something before this block."""
    if block.form == "question":
        return "us", "question of the notes", False
    if block.side:
        return block.side, "the format says so", False
    if block.speaker is not None:
        role, why = scene.speakers.get(block.speaker, ("unknown", "nothing says who this is"))
        return role, why, why.startswith("guessed")
    if scene.speakerless:
        if block.text.rstrip("\"'”’)_* ").endswith("?"):
            return "us", "guessed: a question", True
        if talk_of([block.text]).score >= 1:
            return "us", "guessed: talks as a seller", True
        return (
            ("customer", "guessed: follows a question", True)
            if asked
            else ("unknown", "stands before any question", True)
        )
    if scene.talk:
        return "unknown", "stands between the speakers", False
    if block.heading and OUR_VIEW.search(block.heading):
        return "us", "stands under a heading for our own view", False
    if scene.kind in NOTES:
        return told_or_own(block.text, scene.ours)
    return "customer", "answers under the questions" if scene.questions else "the writer is the customer", False


# ---------------------------------------------------------------- corrections


def with_roles(source: CleanSource, overlays: Sequence[Overlay]) -> CleanSource:
    """The source with the corrected roles; later decisions win. A `speaker` of "" means turns without a speaker."""
    chosen: dict[str, str] = {}
    for overlay in overlays:
        if overlay.action == "role.set" and overlay.target == source.id:
            chosen[overlay.value["speaker"]] = overlay.value["role"]
    if not chosen:
        return source
    turns = tuple(
        turn.model_copy(update={"role": chosen[turn.speaker or ""], "why": "corrected by hand", "guessed": False})
        if (turn.speaker or "") in chosen
        else turn
        for turn in source.turns
    )
    return source.model_copy(update={"turns": turns})
