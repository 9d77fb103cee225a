"""Raw source and turns → clean source: personal data becomes stable pseudonyms, offsets and lines stay known.

Structure comes first: names in labels, participants, greetings, sign-offs and "my name is" are removed everywhere in
the source, whole and in parts. What a detector finds in the text is added. Within a source the same person or
identifier always gets the same placeholder (`<PERSON_1>`); no table that leads back is kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from icp_synth.errors import ScrubError
from icp_synth.records import (
    AccountRow,
    Block,
    CleanBlock,
    CleanTurn,
    Record,
    Redaction,
    Source,
    Turn,
)
from icp_synth.speakers import speaker_is_name

PLACEHOLDER = re.compile(r"<[A-Z][A-Z_]*_\d+>")

_NAME = r"[^\W\d_][\w'’-]+"
_FULL = rf"{_NAME}(?:[ \t]+(?:[^\W\d_]\.|{_NAME})){{0,2}}"
# Where a text's own structure says that a name follows. Group "name"; capitals are checked in code.
_CUES = [
    re.compile(rf"(?i:\bmy name(?:['’]s| is)|\bi am|\bi['’]m|\bthis is|\bspeaking with|\bname:)[ \t]+(?P<name>{_FULL})"),
    re.compile(rf"(?im:^[ \t>]*(?:hi|hello|hey|dear|good (?:morning|afternoon|evening)))[ \t]+(?P<name>{_FULL})[ \t]*[,!.:\n–-]"),
    re.compile(rf"(?i:\b(?:hi|hey|hello|thanks(?: again)?|thank you|cheers|welcome|bye)),?[ \t]+(?P<name>{_FULL})"),
    re.compile(rf"(?im:^[ \t>]*(?:best|kind regards|best regards|regards|cheers|thanks|thank you|sincerely|warmly))[,.!]?\s*\n[ \t>]*(?P<name>{_FULL})[ \t]*$", re.M),
    re.compile(rf"(?m:^|[.!?,][ \t]+)(?P<name>{_FULL})(?i:[ \t]+here\b|[ \t]+speaking\b)"),
    re.compile(rf"(?i:\b(?:mr|mrs|ms|dr|prof)\.?)[ \t]+(?P<name>{_FULL})"),
    re.compile(rf"(?i:\b(?:talk(?:ed)?|spoke|speak|chat(?:ted)?|check(?:ed)?|loop(?:ed)?|sync(?:ed)?)[ \t]+(?:in[ \t]+)?(?:to|with|by))[ \t]+(?P<name>{_FULL})"),
]  # fmt: skip
_NO_NAME = frozenset(
    """a about account actually again all also am an and any april as at august back be because been being both but by
    can cool currently customer customers day december everybody everyone february finance folks for friday from
    fun going good great guys have having head here how i if in it it's january july june just legal like
    looking lots march marketing may me monday more morning much my never no not november now october of ok okay
    on one operations our out part procurement product quite really right sales saturday security september so
    sorry still sunday super support sure team that that's the their them then there they this thursday to today
    tomorrow too trying tuesday us used using very was we wednesday well what when where who why with working
    would yeah yes you your""".split()
)
# Names that are also everyday words: removed only with a capital, and not where a sentence starts.
_ALSO_WORDS = frozenset(
    """ace amber angel art ash autumn basil bill bishop blaze bliss bob brandy brook brooks buck bud carol cash chance
    chase christian clay cliff cole colt cook cooper crystal dale daisy dawn dean destiny drew duke earl faith
    fern field fields flora frank gale gene ginger glen grace grant gray green guy harmony harper hart hazel
    heath hill holly hope hunter iris ivy jack jade jay jean jewel joy june king lance lane laurel lily little
    long love mark marshal mason mercy miles miller misty noble norm olive page parker pat patience pearl penny
    peg pierce poppy price prince rain ray reed rich river rob robin rock rod rose rowan ruby rusty sage sandy
    savannah skip sky smith star sterling stone storm sue summer sunny taylor terry trace victor violet wade
    walker ward west white will willow wolf wood woods young""".split()
)
_COMMON_PARTS = frozenset("""de del der den di da la le van von bin al el st mc jr sr ii iii md phd""".split())


class Prepared(Record):
    """A source laid out as one raw text, ready to be looked at: blocks, then the title behind a blank line."""

    text: str
    spans: tuple[tuple[int, int], ...]
    title: tuple[int, int]
    people: tuple[str, ...]
    cued: tuple[Redaction, ...]


def prepare(source: Source) -> Prepared:
    """Lay out a raw source and read the names that its structure gives away."""
    spans, parts, at = [], [], 0
    for block in source.blocks:
        spans.append((at, at + len(block.text)))
        parts.append(block.text)
        at += len(block.text) + 1
    title = source.title or ""
    body = "\n".join(parts)
    text = f"{body}\n\n{title}"
    title_at = len(body) + 2
    cued = tuple(_cued_names(body))
    people = {name for name in source.names if speaker_is_name(name)}
    people |= {p.name for p in source.participants if p.name and speaker_is_name(p.name)}
    people |= {b.speaker for b in source.blocks if b.speaker and speaker_is_name(b.speaker)}
    return Prepared(
        text=text,
        spans=tuple(spans),
        title=(title_at, title_at + len(title)),
        people=tuple(sorted(_strip_company(name) for name in people)),
        cued=cued,
    )


def names_person(name: str, prepared: Prepared, found: Sequence[Redaction]) -> bool:
    """Whether what looks like a company's name is a person's: known from the structure, or found by the detector."""
    words = set(name.lower().split())
    return any(f.entity == "PERSON" for f in found) or any(words <= set(p.lower().split()) for p in prepared.people)


def _strip_company(label: str) -> str:
    return re.sub(r"\s*[(\[|,/].*$", "", label).strip()


def _cued_names(text: str) -> Iterable[Redaction]:
    for cue in _CUES:
        for match in cue.finditer(text):
            start = match.start("name")
            words = list(re.finditer(_NAME, match.group("name")))
            kept = 0
            for word in words:
                if word.group().lower() in _NO_NAME or not word.group()[0].isupper():
                    break
                kept = word.end()
            if kept:
                yield Redaction(start=start, end=start + kept, entity="PERSON", score=0.8)


# ---------------------------------------------------------------- people: one pseudonym each


class _People:
    """Persons of one source. Two names are one person where they share a word and do not contradict each other."""

    def __init__(self, keep: frozenset[str]) -> None:
        self._parts: list[set[str]] = []
        self._keep = keep

    def parts_of(self, name: str) -> list[str]:
        words = [re.sub(r"['’]s?$", "", w).lower() for w in re.findall(r"[^\W\d_][\w'’-]*", name)]
        return [w for w in words if w not in _COMMON_PARTS and w not in self._keep and (len(w) > 1)]

    def add(self, name: str) -> int | None:
        """Number of this person (from 0), or None where nothing of the name identifies anybody."""
        parts = set(self.parts_of(name))
        if not parts:
            return None
        for index, known in enumerate(self._parts):
            if parts <= known or known <= parts:
                known |= parts
                return index
        self._parts.append(parts)
        return len(self._parts) - 1

    def mentions(self, text: str) -> Iterable[tuple[int, int, int]]:
        """Every mention in `text`: (start, end, person), longest first at each place."""
        owner: dict[str, int] = {}
        for index, parts in enumerate(self._parts):
            for part in parts:
                owner.setdefault(part, index)
        if not owner:
            return
        words = "|".join(sorted(map(re.escape, owner), key=lambda w: (-len(w), w)))
        run = re.compile(rf"(?<![\w])(?:{words})(?:[\s._-]{{1,2}}(?:[a-z]\.\s)?(?:{words}))*(?![\w])", re.I)
        for match in run.finditer(text):
            found = match.group()
            pieces = re.findall(words, found, re.I)
            if len(pieces) > 1 or self._stands_as_name(text, match.start(), found):
                yield match.start(), match.end(), owner[pieces[0].lower()]

    @staticmethod
    def _stands_as_name(text: str, start: int, word: str) -> bool:
        lower = word.lower()
        if lower in _ALSO_WORDS:
            before = text[max(0, start - 3) : start]
            starts_sentence = not before.strip() or before.rstrip()[-1:] in '.!?:\n"“' or "\n" in before
            return word[0].isupper() and not starts_sentence
        return word[0].isupper() or len(lower) >= 4


# ---------------------------------------------------------------- masking


class Masked(Record):
    """The clean text with its redactions, and where each block, the title and the path came to lie."""

    text: str
    blocks: tuple[tuple[int, int], ...]
    redactions: tuple[Redaction, ...]
    title: str
    path: str
    speakers: dict[str, str]


def mask(
    prepared: Prepared,
    findings: Sequence[Redaction],
    keep: Iterable[str],
    path: str,
    in_path: Sequence[Redaction] = (),
) -> Masked:
    """Replace everything personal. `keep` are names that are no persons: companies, products.

    Raises ScrubError where findings don't fit the text (then nothing of the source may be kept).
    """
    text = prepared.text
    kept = frozenset(word for name in keep for word in re.findall(r"[^\W\d_][\w'’-]*", name.lower()))
    keep_names = frozenset(" ".join(name.lower().split()) for name in keep)
    people = _People(kept)
    numbers: dict[str, int] = {}
    for name in prepared.people:
        people.add(name)
    for found in sorted((*prepared.cued, *findings), key=lambda f: (f.start, -f.end)):
        if not 0 <= found.start < found.end <= len(text):
            raise ScrubError("The scrubber returned places outside the text.", "Nothing of this source was kept.")
        if found.entity == "PERSON" and " ".join(text[found.start : found.end].lower().split()) not in keep_names:
            people.add(text[found.start : found.end])
    spans = [
        (f.start, f.end, f.entity, f.score, f"{f.entity}:{_normal(text[f.start : f.end])}")
        for f in findings
        if f.entity != "PERSON"
    ]
    spans += [(start, end, "PERSON", 0.9, f"PERSON:{who}") for start, end, who in people.mentions(text)]
    merged = _merge(spans, text)
    placeholders: list[tuple[int, int, str, str, float]] = []

    def number(entity: str, identity: str) -> int:
        return numbers.setdefault(identity, 1 + sum(known.startswith(f"{entity}:") for known in numbers))

    for start, end, entity, score, identity in merged:
        placeholders.append((start, end, entity, f"<{entity}_{number(entity, identity)}>", score))
    speakers = {}
    for name in prepared.people:
        who = people.add(name)
        if who is not None:
            speakers[name] = f"<PERSON_{number('PERSON', f'PERSON:{who}')}>"
    shown = _clean_path(path, people, in_path, lambda who: number("PERSON", f"PERSON:{who}"))
    return _replace(prepared, placeholders, speakers, shown)


def _normal(found: str) -> str:
    return re.sub(r"\W", "", found).lower()


def _merge(spans: list[tuple[int, int, str, float, str]], text: str) -> list[tuple[int, int, str, float, str]]:
    """Overlapping findings become one span under the longest of them; placeholders of an earlier pass stay as they are."""
    taken = [match.span() for match in PLACEHOLDER.finditer(text)]
    merged: list[tuple[int, int, str, float, str]] = []
    for span in sorted(spans, key=lambda s: (s[0], -s[1], s[2])):
        if any(start < span[1] and span[0] < end for start, end in taken):
            continue
        if merged and span[0] < merged[-1][1]:
            last = merged[-1]
            longest = max(last, span, key=lambda s: (s[1] - s[0], s[2] != "PERSON"))
            merged[-1] = (last[0], max(last[1], span[1]), longest[2], max(last[3], span[3]), longest[4])
        else:
            merged.append(span)
    return merged


def _replace(
    prepared: Prepared,
    placeholders: list[tuple[int, int, str, str, float]],
    speakers: dict[str, str],
    path: str,
) -> Masked:
    """Cut and paste, block by block, so that a placeholder never crosses a block; line breaks inside it are kept."""
    out: list[str] = []
    redactions: list[Redaction] = []
    blocks: list[tuple[int, int]] = []
    at = 0
    for first, last in prepared.spans:
        piece, found = _piece(prepared.text, first, last, placeholders, at)
        out.append(piece)
        redactions.extend(found)
        blocks.append((at, at + len(piece)))
        at += len(piece) + 1
    title, _ = _piece(prepared.text, *prepared.title, placeholders, 0)
    return Masked(
        text="\n".join(out),
        blocks=tuple(blocks),
        redactions=tuple(redactions),
        title=title,
        path=path,
        speakers=speakers,
    )


def _piece(
    text: str, first: int, last: int, placeholders: list[tuple[int, int, str, str, float]], base: int
) -> tuple[str, list[Redaction]]:
    out, found, at, length = [], [], first, 0
    for start, end, entity, word, score in placeholders:
        if end <= first or start >= last:
            continue
        start, end = max(start, first), min(end, last)
        out.append(text[at:start])
        length += start - at
        found.append(Redaction(start=base + length, end=base + length + len(word), entity=entity, score=score))
        breaks = "\n" * text.count("\n", start, end)
        out.append(word + breaks)
        length += len(word) + len(breaks)
        at = end
    out.append(text[at:last])
    return "".join(out), found


def _clean_path(path: str, people: _People, in_path: Sequence[Redaction], number: Callable[[int], int]) -> str:
    """The path with persons replaced: those of the source, wherever their names stand, and those found in the path."""
    for found in in_path:
        people.add(path[found.start : found.end])
    mentions = sorted(people.mentions(re.sub(r"[_\W]", " ", path)), reverse=True)
    for start, end, who in mentions:
        path = f"{path[:start]}<PERSON_{number(who)}>{path[end:]}"
    return path


# ---------------------------------------------------------------- the clean parts of a source


def clean_blocks(blocks: Sequence[Block], masked: Masked) -> tuple[CleanBlock, ...]:
    """Blocks in the clean text. A heading that stands in the text is shown as it reads there, any other is dropped."""
    headings = {b.text.strip(): masked.text[s:e].strip() for b, (s, e) in zip(blocks, masked.blocks, strict=True)}
    return tuple(
        CleanBlock(
            start=start,
            end=end,
            locator=block.locator,
            lines=block.lines,
            form=block.form,
            heading=headings.get((block.heading or "").strip()) or None,
        )
        for block, (start, end) in zip(blocks, masked.blocks, strict=True)
    )


def clean_turns(turns: Sequence[Turn], masked: Masked) -> tuple[CleanTurn, ...]:
    """Turns in the clean text, speakers as pseudonyms."""
    return tuple(
        CleanTurn(
            start=masked.blocks[turn.first][0],
            end=masked.blocks[turn.last][1],
            role=turn.role,
            voice=turn.voice,
            speaker=_clean_speaker(turn.speaker, masked.speakers),
            why=turn.why,
            guessed=turn.guessed,
            question=turn.question,
        )
        for turn in turns
    )


def _clean_speaker(speaker: str | None, pseudonyms: dict[str, str]) -> str | None:
    if speaker is None:
        return None
    if not speaker_is_name(speaker):
        return speaker
    return pseudonyms.get(_strip_company(speaker), "<PERSON>")


def clean_row(row: AccountRow, find: Callable[[str], Sequence[Redaction]]) -> AccountRow:
    """A row of an accounts table without personal data in its attributes or path; the company's name is kept."""

    def without(text: str) -> str:
        for found in sorted(find(text), key=lambda f: f.start, reverse=True):
            text = f"{text[: found.start]}<{found.entity}>{text[found.end :]}"
        return text

    return row.model_copy(
        update={
            "path": without(row.path),
            "attributes": {name: without(value) for name, value in row.attributes.items()},
        }
    )
