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
    is_our_address,
    is_our_company,
    label_parts,
    manifest_people,
    name_key,
    same_person,
)

_SELLER_TALK = re.compile(
    r"\b(?:our (?:platform|product|roadmap|customers|pricing|solution|team can)|we (?:offer|provide|built it|ship)|"
    r"let me (?:show|share|walk)|i'?ll (?:send|share) (?:you|over)|happy to|does that make sense|"
    r"tell me|tell us|walk me through|could you|can you|how (?:do|did|are|many|long)|what (?:do|did|would|made|are)|"
    r"thanks for (?:joining|taking|making)|appreciate (?:you|your))\b",
    re.I,
)
_CUSTOMER_TALK = re.compile(
    r"\b(?:your (?:product|platform|tool|pricing|team|support|app)|we (?:use|used|had|have|were|needed|ended up|"
    r"looked at|tried|spend|spent|switched|bought|evaluated)|our (?:team|company|boss|cfo|it|ops|data|board)|"
    r"you guys|my (?:team|boss|manager))\b",
    re.I,
)
_FIRST_PERSON = re.compile(r"\b(?:i|we|i['’]m|we['’]re|we['’]ve|i['’]ve|our|ours|my|us|me)\b", re.I)
_THIRD_PERSON = re.compile(
    r"\b(?:he|she|they|him|her|his|hers|their|theirs|them|the (?:adopter|customer|client|user|buyer|team|company)s?|"
    r"(?:said|says|told|added|mentioned|explained|noted)(?! that i))\b",
    re.I,
)
_QUOTED = re.compile(r"[\"“][^\"“”]*[\"”]")
_REP_ASIDE = re.compile(
    r"(?i)^\s*(?:\W*\b)?(?:i |i['’]?d |i['’]?ll |imo\b|imho\b|my (?:take|read|gut|opinion|guess|view|recommendation|"
    r"own)|personally|what i take|we (?:should|could have|need to|must|can win|will|offered|pitched|quoted|sent|"
    r"discounted|demoed|accepted|lost (?:on|because|due|this|the deal|it to)|(?:do not|don['’]t|did not|didn['’]t) "
    r"(?:offer|sell|ship|support|ask|follow))|"
    r"next (?:steps?|time)|action|todo|to do|follow[- ]?up|rep(?:['’]s)? (?:note|comment|opinion|view)|note to self|"
    r"our (?:pitch|product|platform|price|pricing|demo|team|strength)|honestly i\b)"
)
_ATTRIBUTED = re.compile(
    r"(?i)\b(?:they|customer|client|prospect|buyer|champion|(?:he|she) |their|the team|said|says|told (?:me|us)|"
    r"mentioned|according to|quote)\b"
)
# Headings under which a note-taker stops telling and starts thinking.
_OUR_VIEW = re.compile(
    r"(?i)\b(?:my|our|internal|(?:interviewer|rep|author|seller|ae|csm|pm)s?['’]?s?)\b.*\b(?:views?|take|opinions?|thoughts?|"
    r"read|comments?|pitch|recommendations?|assessment|analysis|reflections?|learnings?|lessons?|hypothes[ie]s)\b|"
    r"^\W*(?:next(?: steps?)?|action(?: items?|s)?|follow[- ]?ups?|to[- ]?dos?|internal(?: notes?)?|recommendations?|"
    r"lessons(?: learned)?|takeaways?|assessment|what we (?:could|should|would)\b.*)\W*$"
)
_PASSIVE = re.compile(r"(?:was|were|is|are|got|been) (?:told|asked|given|sent|shown)|heard|learned|learnt", re.I)
_REPORTED_KINDS: frozenset[SourceKind] = frozenset({"win_loss", "note", "call", "interview"})
_NOTES: frozenset[SourceKind] = frozenset({"win_loss", "note"})


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
    elif kind in _NOTES and not questions:
        source = _split_blocks(source, lambda block: block.form == "prose" and block.side is None)
    scene = _Scene(
        kind=kind,
        speakers=_by_talk(source, _known_speakers(source, manifest), kind),
        ours=tuple(manifest_people(manifest, source.path)[0]),
        speakerless=speakerless,
        questions=questions,
        talk=any(block.form == "speech" for block in source.blocks),
        third_person=_mostly_third_person(source),
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
        voice = _voice(block, scene, role)
        last = turns[-1] if turns else None
        same = last and last.last == index - 1 and (last.role, last.voice) == (role, voice)
        if last and same and last.speaker == block.speaker and block.form != "question":
            turns[-1] = last.model_copy(update={"last": index})
        else:
            turns.append(
                Turn(
                    first=index, last=index, role=role, voice=voice, speaker=block.speaker, why=why, guessed=guessed,
                    question=question if role == "customer" else None,
                )
            )  # fmt: skip
        if role == "us" and (block.form == "question" or "?" in block.text):
            question = len(turns) - 1
    return tuple(turns)


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


def _known_speakers(source: Source, manifest: Manifest) -> dict[str, tuple[Role, str]]:
    """The speakers whom the manifest, a label, an address or an attendee list settles, or the format elsewhere."""
    us, customers = manifest_people(manifest, source.path)
    known: dict[str, tuple[Role, str]] = {}
    for block in source.blocks:
        label = block.speaker
        if label is None or label in known:
            continue
        verdict = _by_manifest(label, us, customers) or _from_label(label, block.email, source, manifest)
        if verdict:
            known[label] = verdict
    for block in source.blocks:
        if block.speaker and block.side and block.speaker not in known:
            known[block.speaker] = (block.side, "the format says so of the same person")
    return known


def _by_manifest(label: str, us: Sequence[str], customers: Sequence[str]) -> tuple[Role, str] | None:
    """The side on which a manifest names this person; the whole name before parts of it."""
    name, _ = label_parts(label)
    sides: tuple[tuple[Role, Sequence[str]], ...] = (("customer", customers), ("us", us))
    for role, people in sides:
        if {name_key(label), name_key(name)} & {name_key(person) for person in people}:
            return role, "manifest"
    found = [role for role, people in sides if any(same_person(person, name) for person in people)]
    return (found[0], "manifest") if len(found) == 1 else None


def _from_label(label: str, email: str | None, source: Source, manifest: Manifest) -> tuple[Role, str] | None:
    name, company = label_parts(label)
    if US_LABELS.match(name):
        return "us", f"label “{name}”"
    if CUSTOMER_LABELS.match(name):
        return "customer", f"label “{name}”"
    if company and is_our_company(company, manifest):
        return "us", "label names our company"
    if company and manifest.us_company:
        return "customer", "label names another company"
    if email and manifest.us_domains:
        return _by_address(email, manifest)
    for person in source.participants:
        if not person.name or not same_person(label_parts(person.name)[0], name):
            continue
        if person.side != "unknown":
            return person.side, "attendee list"
        if person.email and manifest.us_domains:
            return _by_address(person.email, manifest)
        if person.company and is_our_company(person.company, manifest):
            return "us", "attendee of our company"
        if person.company and manifest.us_company:
            return "customer", "attendee of another company"
    return None


def _by_address(address: str, manifest: Manifest) -> tuple[Role, str]:
    ours = is_our_address(address, manifest)
    return ("us", "our e-mail domain") if ours else ("customer", "another e-mail domain")


def _by_talk(source: Source, known: dict[str, tuple[Role, str]], kind: SourceKind) -> dict[str, tuple[Role, str]]:
    """Guess the speakers that nothing names, by who asks and who talks of "your product"."""
    said: dict[str, list[str]] = {}
    for block in source.blocks:
        if block.form == "speech" and block.speaker and block.side is None and block.speaker not in known:
            said.setdefault(block.speaker, []).append(block.text)
    if not said:
        return known
    sides = {role for role, _ in known.values()}
    if kind == "ticket" and "customer" in sides:
        return known | dict.fromkeys(said, ("us", "guessed: answers the customer's ticket"))
    if len(said) == 1 and len(sides) == 1:
        other: Role = "us" if sides == {"customer"} else "customer"
        return known | dict.fromkeys(
            said, (other, f"guessed: the other side of {'the customer' if other == 'us' else 'us'}")
        )
    leaning = {label: _lean(" ".join(texts)) for label, texts in said.items()}
    seller = None if "us" in sides else max(leaning, key=lambda label: (leaning[label], label))
    most = leaning[seller] if seller else 0.0
    out = dict(known)
    for label, lean in leaning.items():
        if label == seller and len(leaning) > 1 and lean > min(leaning.values()) and lean > 0:
            out[label] = ("us", "guessed: asks most and talks as a seller")
        elif lean <= 0 or (label != seller and lean < (most if len(leaning) == 2 else most / 3)):
            out[label] = ("customer", "guessed: answers and talks as a customer")
    return out


def _lean(text: str) -> float:
    """Above zero: asks and sells; below: answers and tells. Per 100 words."""
    words = max(len(text.split()), 1)
    asks = text.count("?") + len(_SELLER_TALK.findall(text))
    return 100 * (asks - len(_CUSTOMER_TALK.findall(text))) / words


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
        if _lean(block.text) > 0:
            return "us", "guessed: talks as a seller", True
        return (
            ("customer", "guessed: follows a question", True)
            if asked
            else ("unknown", "stands before any question", True)
        )
    if scene.talk:
        return "unknown", "stands between the speakers", False
    if block.heading and _OUR_VIEW.search(block.heading):
        return "us", "stands under a heading for our own view", False
    if scene.kind in _NOTES:
        return _told_or_own(block.text, scene)
    return "customer", "answers under the questions" if scene.questions else "the writer is the customer", False


def _told_or_own(text: str, scene: _Scene) -> tuple[Role, str, bool]:
    """In a rep's notes: what they tell of the customer, or their own words and those of our people."""
    if _REP_ASIDE.search(text) and not _ATTRIBUTED.search(text):
        return "us", "the note-taker's own words", False
    for name in scene.ours:
        subject = re.match(rf"\W*(?:{re.escape(name)}|{re.escape(name.split()[0])})\b(?!['’]s)(?P<rest>.*)", text, re.S)
        if subject and not _PASSIVE.search(subject["rest"]):
            return "us", "what our own people say", False
    return "customer", "what the notes tell of the customer", False


def _voice(block: Block, scene: _Scene, role: Role) -> Voice:
    if role != "customer" or block.form == "speech" or block.side == "customer" or scene.kind not in _REPORTED_KINDS:
        return "verbatim"
    if scene.kind in _NOTES:
        return "reported"
    person = _person(block.text)
    return "reported" if person < 0 or (person == 0 and scene.third_person) else "verbatim"


def _person(text: str) -> int:
    """Above zero where the writer speaks of themselves, below where of others; quotations don't count."""
    own = _QUOTED.sub(" ", text)
    return len(_FIRST_PERSON.findall(own)) - len(_THIRD_PERSON.findall(own))


def _mostly_third_person(source: Source) -> bool:
    prose = [_person(b.text) for b in source.blocks if b.form == "prose"]
    return sum(person < 0 for person in prose) >= max(sum(person > 0 for person in prose), 1)


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
