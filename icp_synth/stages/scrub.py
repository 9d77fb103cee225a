"""Raw source and turns → clean source: personal data becomes stable pseudonyms, offsets and lines stay known.

Structure comes first: names in labels, participants, greetings, sign-offs and "my name is" are removed everywhere in
the source, whole and in parts. What a detector finds in the text is added. Within a source the same person or
identifier always gets the same placeholder (`<PERSON_1>`); no table that leads back is kept.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

from icp_synth.errors import ScrubError
from icp_synth.folding import fold
from icp_synth.people import People, cued_names
from icp_synth.records import (
    AccountRow,
    Block,
    CleanBlock,
    CleanTurn,
    Passage,
    PrivacyRules,
    Record,
    Redaction,
    Source,
    Turn,
    Utterance,
)
from icp_synth.speakers import address_name, label_parts, person_of, same_person

_TOLD = 0.95  # how sure it is that somebody whom the structure names is a person
_Span = tuple[int, int, str, float, str]  # start, end, entity, score, identity
_FOR_WHOM = re.compile(r"\s+(?:to|for)\s+", re.I)  # behind it a person may stand: "assistant to …"
PLACEHOLDER = re.compile(r"<[A-Z][A-Z_]*(?:_\d+)?>")


class Prepared(Record):
    """A source laid out as one raw text, ready to be looked at: blocks, then the title behind a blank line."""

    passage: Passage
    spans: tuple[tuple[int, int], ...]
    title: tuple[int, int]
    people: tuple[str, ...]
    cued: tuple[Redaction, ...]

    @property
    def text(self) -> str:
        """The raw text."""
        return self.passage.text


def prepare(source: Source, names: Iterable[str] = ()) -> Prepared:
    """Lay out a raw source and read the names that its structure gives away. `names` are persons known from elsewhere."""
    spans, parts, at = [], [], 0
    for block in source.blocks:
        spans.append((at, at + len(block.text)))
        parts.append(block.text)
        at += len(block.text) + 1
    title = source.title or ""
    body = "\n".join(parts)
    text = f"{body}\n\n{title}"
    title_at = len(body) + 2
    labels = {*source.names, *names, *(p.name for p in source.participants), *(b.speaker for b in source.blocks)}
    people = {person for label in labels if label and (person := person_of(label))}
    addresses = {*(p.email for p in source.participants if not p.name), *(b.email for b in source.blocks)}
    people |= {name for address in addresses if address and (name := address_name(address)) and " " in name}
    looked = fold(body)
    cued = (Redaction(start=start, end=end, entity="PERSON", score=0.8) for start, end in cued_names(looked.text))
    return Prepared(
        passage=Passage(text=text, utterances=_utterances(source.blocks, spans)),
        spans=tuple(spans),
        title=(title_at, title_at + len(title)),
        people=tuple(sorted(people)),
        cued=tuple(looked.placed(cued)),
    )


def _utterances(blocks: Sequence[Block], spans: Sequence[tuple[int, int]]) -> tuple[Utterance, ...]:
    """Blocks that somebody speaks, each with what another speaker, or a question of ours, said just before."""
    found, asked, last = [], "", ""
    for n, (block, (start, end)) in enumerate(zip(blocks, spans, strict=True)):
        if block.form == "speech":
            before = blocks[n - 1] if n else None
            if before and before.form == "speech" and before.speaker != block.speaker:
                asked = before.text
            found.append(Utterance(start=start, end=end, asked=asked or last))
            last = ""
        elif block.form == "question":
            asked, last = "", block.text
    return tuple(found)


def is_personal(name: str, prepared: Prepared, found: Sequence[Redaction]) -> bool:
    """Whether what was read as a company's name is a person's, known from the structure, or holds what the detector `found`."""
    words = set(name.lower().split())
    return bool(found) or any(words <= set(p.lower().split()) for p in prepared.people)


# ---------------------------------------------------------------- masking


class Masked(Record):
    """The clean text with its redactions, and where each block, the title and the path came to lie.

    `removed` are the places in the raw text; like the raw text itself they are never kept.
    """

    text: str
    blocks: tuple[tuple[int, int], ...]
    redactions: tuple[Redaction, ...]
    title: str
    path: str
    speakers: dict[str, str]
    removed: tuple[Redaction, ...]


def mask(
    prepared: Prepared,
    findings: Sequence[Redaction],
    keep: Iterable[str],
    path: str,
    in_path: Sequence[Redaction] = (),
    rules: PrivacyRules = PrivacyRules(),  # noqa: B008
) -> Masked:
    """Replace everything personal, as `rules` say. `keep` are names that are no persons: companies, products.

    Raises ScrubError where findings don't fit the text (then nothing of the source may be kept).
    """
    text = prepared.text
    people = People([*keep, *rules.dismissed])
    dismissed = {_normal(one) for one in rules.dismissed}
    sure: dict[int, float] = {}  # person → how sure it is that it is one
    spans: list[_Span] = []
    for name in prepared.people:
        _note(sure, people.add(fold(name).text), _TOLD)
    for found in sorted((*prepared.cued, *findings), key=lambda f: (f.start, -f.end)):
        if not 0 <= found.start < found.end <= len(text):
            raise ScrubError("The scrubber returned places outside the text.", "Nothing of this source was kept.")
        if found.entity == "PERSON":
            looked = fold(text[found.start : found.end]).text
            who = people.add_found(text, found.start, found.end, looked)
            _note(sure, who, found.score)
            if who is not None:
                spans.append((found.start, found.end, "PERSON", found.score, f"PERSON:{who}"))
        elif (said := _normal(text[found.start : found.end])) not in dismissed:
            spans.append((found.start, found.end, found.entity, found.score, f"{found.entity}:{said}"))
    people.add_misspelt(fold(text).text)
    for first, last in (*prepared.spans, prepared.title):
        block = fold(text[first:last])
        for start, end, who in people.mentions(block.text):
            start, end = block.place(start, end)
            spans.append((first + start, first + end, "PERSON", sure[who], f"PERSON:{who}"))
    words = _Placeholders(rules)
    placeholders = [
        (start, end, entity, words.of(entity, identity), score)
        for start, end, entity, score, identity in _merge(spans, text)
        if rules.action(entity) != "keep"
    ]
    speakers = {}
    for name in prepared.people:
        known = people.add(fold(name).text)
        if known is not None:
            speakers[name] = words.of("PERSON", f"PERSON:{known}") if rules.action("PERSON") != "keep" else name
    removed = (
        Redaction(start=start, end=end, entity=entity, score=score) for start, end, entity, _, score in placeholders
    )
    masked = _replace(prepared, placeholders, speakers, _clean_path(path, people, in_path, words))
    return masked.model_copy(update={"removed": tuple(removed)})


def _note(sure: dict[int, float], who: int | None, score: float) -> None:
    if who is not None:
        sure[who] = max(sure.get(who, 0.0), score)


class _Placeholders:
    """The words that stand for what was removed: numbered in the order of appearance, or not told apart."""

    def __init__(self, rules: PrivacyRules) -> None:
        self.rules = rules
        self._numbers: dict[str, int] = {}
        self._counts: Counter[str] = Counter()

    def of(self, entity: str, identity: str) -> str:
        if self.rules.action(entity) == "remove":
            return f"<{entity}>"
        if identity not in self._numbers:
            self._counts[entity] += 1
            self._numbers[identity] = self._counts[entity]
        return f"<{entity}_{self._numbers[identity]}>"


def _normal(found: str) -> str:
    return re.sub(r"\W", "", fold(found).text).lower()


def _merge(spans: list[_Span], text: str) -> list[_Span]:
    """Overlapping findings become one span under the longest of them; placeholders of an earlier pass stay as they are."""
    taken = [match.span() for match in PLACEHOLDER.finditer(text)]
    merged: list[_Span] = []
    for span in sorted(spans, key=lambda s: (s[0], -s[1], s[2])):
        if any(start < span[1] and span[0] < end for start, end in taken):
            continue
        if merged and span[0] < merged[-1][1]:
            last = merged[-1]
            longest = max(last, span, key=lambda s: (s[1] - s[0], s[3], s[2] != "PERSON"))
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
        removed=(),
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


def _clean_path(path: str, people: People, in_path: Sequence[Redaction], words: _Placeholders) -> str:
    """The path with what is personal replaced: persons of the source, wherever their names stand, and what was found in it."""
    spans: list[_Span] = []
    for found in in_path:
        if found.entity == "PERSON":
            people.add(path[found.start : found.end])
        else:
            said = _normal(path[found.start : found.end])
            spans.append((found.start, found.end, found.entity, found.score, f"{found.entity}:{said}"))
    spans += [(start, end, "PERSON", 1.0, f"PERSON:{who}") for start, end, who in people.mentions(path)]
    for start, end, entity, _, identity in reversed(_merge(spans, path)):
        if words.rules.action(entity) != "keep":
            path = f"{path[:start]}{words.of(entity, identity)}{path[end:]}"
    return path


# ---------------------------------------------------------------- the clean parts of a source


def clean_blocks(blocks: Sequence[Block], masked: Masked) -> tuple[CleanBlock, ...]:
    """Blocks in the clean text. A heading that stands in the text is shown as it reads there, any other is dropped."""
    headings = {
        " ".join(block.text.split()): " ".join(masked.text[start:end].split())
        for block, (start, end) in zip(blocks, masked.blocks, strict=True)
    }
    return tuple(
        CleanBlock(
            start=start,
            end=end,
            locator=block.locator,
            lines=block.lines,
            form=block.form,
            heading=headings.get(" ".join((block.heading or "").split())) or None,
        )
        for block, (start, end) in zip(blocks, masked.blocks, strict=True)
    )


def titles(source: Source, prepared: Prepared, find: Callable[[str], Sequence[Redaction]]) -> dict[str | None, str]:
    """Speaker label → their job or part in buying, where the structure tells it and nothing personal stands in it.

    None is whoever speaks without a label, where one unnamed person is told of.
    """
    names = {word for name in prepared.people for word in name.lower().split()}
    told: list[tuple[str | None, str]] = []
    for who in source.participants:
        title = _FOR_WHOM.split(who.title or "")[0].strip()
        if title and not names & {*title.lower().split()} and not find(title):
            told.append((who.name, title))
    unnamed = [title for name, title in told if name is None]
    found: dict[str | None, str] = {None: unnamed[0]} if len(unnamed) == 1 else {}
    for label in {block.speaker for block in source.blocks if block.speaker}:
        person = person_of(label)
        for name, title in told:
            if person and name and same_person(person, name):
                found.setdefault(label, title)
    return found


def clean_turns(
    turns: Sequence[Turn], masked: Masked, titles: Mapping[str | None, str] = MappingProxyType({})
) -> tuple[CleanTurn, ...]:
    """Turns in the clean text, speakers as pseudonyms. An unnamed person's title is a customer's."""
    return tuple(
        CleanTurn(
            start=masked.blocks[turn.first][0],
            end=masked.blocks[turn.last][1],
            role=turn.role,
            voice=turn.voice,
            speaker=_clean_speaker(turn.speaker, masked.speakers),
            title=titles.get(turn.speaker) if turn.speaker or turn.role == "customer" else None,
            why=turn.why,
            guessed=turn.guessed,
            question=turn.question,
        )
        for turn in turns
    )


def _clean_speaker(speaker: str | None, pseudonyms: dict[str, str]) -> str | None:
    if speaker is None:
        return None
    name, _ = label_parts(speaker)
    person = person_of(speaker)
    if person is None:
        return "<PERSON>" if "@" in name else name
    return name if person != name and "@" not in name else pseudonyms.get(person, "<PERSON>")


def clean_row(row: AccountRow, find: Callable[[str], Sequence[Redaction]], rules: PrivacyRules) -> AccountRow:
    """A row of an accounts table without personal data in its attributes or path; the company's name is kept."""
    return row.model_copy(
        update={
            "path": clean_text(row.path, find, rules),
            "attributes": {name: clean_text(value, find, rules) for name, value in row.attributes.items()},
        }
    )


def clean_text(
    text: str, find: Callable[[str], Sequence[Redaction]], rules: PrivacyRules, keep: Iterable[str] = ()
) -> str:
    """A short text that stands alone without personal data; `keep` are names that stay."""
    left_in = {_normal(one) for one in (*rules.dismissed, *keep)}
    spans = [(f.start, f.end, f.entity, f.score, "") for f in find(text)]
    for start, end, entity, _, _ in reversed(_merge(spans, text)):
        if rules.action(entity) != "keep" and _normal(text[start:end]) not in left_in:
            text = f"{text[:start]}<{entity}>{text[end:]}"
    return text
