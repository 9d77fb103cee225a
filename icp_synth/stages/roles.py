"""Who speaks, for whom, and in whose words: blocks → turns with role and voice.

In order of trust: what the format says, the manifest, labels, e-mail domains and companies, and last how people talk
(who asks, who is asked), which is marked as guessed. The questions of a Q/A note are ours.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from icp_synth.records import (
    Block,
    CleanSource,
    Manifest,
    ManifestSource,
    Overlay,
    Record,
    Role,
    Source,
    SourceKind,
    Turn,
    Voice,
)
from icp_synth.sentence_boundaries import sentence_spans
from icp_synth.speakers import (
    CUSTOMER_LABELS,
    US_LABELS,
    label_parts,
    manifest_entries,
    name_key,
    same_person,
)

_SELLER_TALK = re.compile(
    r"\b(?:our (?:platform|product|roadmap|customers|pricing|solution|team can)|we (?:offer|provide|built it|ship)|"
    r"let me (?:show|share|walk)|i'?ll (?:send|share) (?:you|over)|happy to|does that make sense|"
    r"tell me|walk me through|could you|can you|how (?:do|did|are|many|long)|what (?:do|did|would|made|are)|"
    r"thanks for (?:joining|taking|making)|appreciate (?:you|your))\b",
    re.I,
)
_CUSTOMER_TALK = re.compile(
    r"\b(?:your (?:product|platform|tool|pricing|team|support|app)|we (?:use|used|had|have|were|needed|ended up|"
    r"looked at|tried|spend|spent|switched|bought|evaluated)|our (?:team|company|boss|cfo|it|ops|data|board)|"
    r"you guys|my (?:team|boss|manager))\b",
    re.I,
)
_FIRST_PERSON = re.compile(r"\b(?:i|we|i'm|we're|we've|i've|our|ours|my|us)\b", re.I)
_REP_ASIDE = re.compile(
    r"(?i)^\s*(?:\W*\b)?(?:i |i'?d |i'?ll |imo\b|imho\b|my (?:take|read|gut|opinion|guess|view)|personally|"
    r"we (?:should|could have|need to|must|can win|will|offered|pitched|quoted|sent|discounted|demoed)|"
    r"next (?:steps?|time)|action|todo|to do|follow[- ]?up|rep(?:'s)? (?:note|comment|opinion|view)|note to self|"
    r"our (?:pitch|product|platform|price|pricing|demo|team|strength)|honestly i\b)"
)
_ATTRIBUTED = re.compile(
    r"(?i)\b(?:they|customer|client|prospect|buyer|champion|(?:he|she) |their|the team|said|says|told (?:me|us)|"
    r"mentioned|according to|quote)\b"
)
_REPORTED_KINDS: frozenset[SourceKind] = frozenset({"win_loss", "note", "call", "interview"})


class Speakers(Record):
    """What is known of the people of a source before looking at how they talk: label → (role, why)."""

    roles: dict[str, tuple[Role, str]]


def assign(source: Source, manifest: Manifest, kind: SourceKind) -> tuple[Source, tuple[Turn, ...]]:
    """Return the source with its turns.

    Notes in which a rep mixes what a customer said with asides of their own are cut into sentences first, and so are
    transcripts without speakers; that is why a source comes back too.
    """
    given = manifest_entries(manifest, source.path)
    if _speakerless(source):
        source = _split_blocks(source, lambda block: block.form == "prose")
    elif kind in ("win_loss", "note") and not _has_questions(source):
        source = _split_blocks(source, lambda block: block.form == "prose" and block.side is None)
    speakers = _known_speakers(source, manifest, given)
    speakers = _by_talk(source, speakers)
    third_person = _mostly_third_person(source)
    turns: list[Turn] = []
    question: int | None = None
    for index, block in enumerate(source.blocks):
        if block.form in ("heading", "field"):
            continue
        role, why, guessed = _role(block, source, kind, speakers)
        voice = _voice(block, kind, third_person, role)
        last = turns[-1] if turns else None
        same = last and last.last == index - 1 and (last.role, last.voice) == (role, voice)
        if last and same and last.speaker == block.speaker and block.form != "question":
            turns[-1] = last.model_copy(update={"last": index})
        else:
            asked = question if role == "customer" else None
            turns.append(
                Turn(
                    first=index, last=index, role=role, voice=voice, speaker=block.speaker, why=why, guessed=guessed,
                    question=asked,
                )
            )  # fmt: skip
        if role == "us" and (block.form == "question" or "?" in block.text):
            question = len(turns) - 1
    return source, tuple(turns)


def _has_questions(source: Source) -> bool:
    return any(block.form == "question" for block in source.blocks)


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


# ---------------------------------------------------------------- who is who


def _known_speakers(source: Source, manifest: Manifest, given: Sequence[ManifestSource]) -> dict[str, tuple[Role, str]]:
    us = {name_key(name) for name in manifest.us_people} | {name_key(name) for entry in given for name in entry.us}
    customers = {name_key(name) for entry in given for name in entry.customers}
    known: dict[str, tuple[Role, str]] = {}
    for block in source.blocks:
        label = block.speaker
        if label is None or label in known:
            continue
        verdict = _from_label(label, block.email, source, manifest, us, customers)
        if verdict:
            known[label] = verdict
    return known


def _from_label(
    label: str, email: str | None, source: Source, manifest: Manifest, us: set[str], customers: set[str]
) -> tuple[Role, str] | None:
    name, company = label_parts(label)
    people = {name_key(label), name_key(name), name_key(name.split()[0]) if name.split() else ""} - {""}
    if people & customers:
        return "customer", "manifest"
    if people & us:
        return "us", "manifest"
    if US_LABELS.match(name):
        return "us", f"label “{name}”"
    if CUSTOMER_LABELS.match(name):
        return "customer", f"label “{name}”"
    if company and manifest.us_company:
        ours = name_key(company) == name_key(manifest.us_company)
        return ("us", "label names our company") if ours else ("customer", "label names another company")
    if email and manifest.us_domains:
        ours = email.rsplit("@", 1)[-1].lower() in manifest.us_domains
        return ("us", "our e-mail domain") if ours else ("customer", "another e-mail domain")
    for person in source.participants:
        if person.name and same_person(person.name, name) and person.side != "unknown":
            return person.side, "attendee list"
        if person.name and same_person(person.name, name) and person.email and manifest.us_domains:
            ours = person.email.rsplit("@", 1)[-1].lower() in manifest.us_domains
            return ("us", "our e-mail domain") if ours else ("customer", "another e-mail domain")
    return None


def _by_talk(source: Source, known: dict[str, tuple[Role, str]]) -> dict[str, tuple[Role, str]]:
    """Guess the speakers that nothing names, by who asks and who talks of "your product"."""
    said: dict[str, list[str]] = {}
    for block in source.blocks:
        if block.form == "speech" and block.speaker and block.side is None and block.speaker not in known:
            said.setdefault(block.speaker, []).append(block.text)
    if not said:
        return known
    leaning = {label: _lean(" ".join(texts)) for label, texts in said.items()}
    out = dict(known)
    ours_known = any(role == "us" for role, _ in known.values())
    if len(said) == 1 and ours_known:
        return out | dict.fromkeys(said, ("customer", "guessed: the other side of us"))
    seller = None if ours_known else max(leaning, key=lambda label: (leaning[label], label))
    for label, lean in leaning.items():
        if label == seller and len(leaning) > 1 and lean > min(leaning.values()) and lean > 0:
            out[label] = ("us", "guessed: asks most and talks as a seller")
        elif lean <= 0 or (seller is not None and label != seller and lean < leaning[seller]):
            out[label] = ("customer", "guessed: answers and talks as a customer")
    return out


def _lean(text: str) -> float:
    """Above zero: asks and sells; below: answers and tells. Per 100 words."""
    words = max(len(text.split()), 1)
    asks = text.count("?") + len(_SELLER_TALK.findall(text))
    return 100 * (asks - len(_CUSTOMER_TALK.findall(text))) / words


# ---------------------------------------------------------------- one block


def _role(
    block: Block, source: Source, kind: SourceKind, speakers: dict[str, tuple[Role, str]]
) -> tuple[Role, str, bool]:
    if block.form == "question":
        return "us", "question of the notes", False
    if block.side:
        return block.side, "the format says so", False
    if block.speaker is not None:
        role, why = speakers.get(block.speaker, ("unknown", "nothing says who this is"))
        return role, why, why.startswith("guessed")
    if _speakerless(source):
        if block.text.rstrip().endswith("?"):
            return "us", "guessed: a question", True
        return "customer", "guessed: follows a question", True
    if kind in ("win_loss", "note"):
        if _REP_ASIDE.search(block.text) and not _ATTRIBUTED.search(block.text):
            return "us", "the note-taker's own words", False
        return "customer", "what the notes tell of the customer", False
    if any(other.form == "speech" for other in source.blocks):
        return "unknown", "stands between the speakers", False
    return "customer", "answers under the questions" if _has_questions(source) else "the writer is the customer", False


def _voice(block: Block, kind: SourceKind, third_person: bool, role: Role) -> Voice:
    if role != "customer" or block.form == "speech" or block.side == "customer" or kind not in _REPORTED_KINDS:
        return "verbatim"
    if kind in ("win_loss", "note"):
        return "reported"
    if _FIRST_PERSON.search(block.text):
        return "verbatim"
    return "reported" if third_person else "verbatim"


def _mostly_third_person(source: Source) -> bool:
    prose = [b.text for b in source.blocks if b.form == "prose"]
    first = sum(bool(_FIRST_PERSON.search(text)) for text in prose)
    return 2 * first < len(prose)


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
