"""Is a profile true? Every quote, place, role, count and status is worked out again, from the store and the originals.

Written apart from the code that made them: spans are found by searching the text, counts by looking at the statements
that a claim cites, places by reading the lines of the original file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

from icp_synth.evidence import unborne_words
from icp_synth.records import Claim, CleanSource, Profile, ProfileStatement, RawFile, Record, Status

_PLACEHOLDER = re.compile(r"<[A-Z][A-Z_]*(?:_\d+)?>")
Blocks = Callable[[RawFile], list[str]]


class Finding(Record):
    """Something in a profile that doesn't hold: of which statement or claim, and what."""

    id: str
    what: str


class Verdict(Record):
    """What was checked, how often, and what failed."""

    checked: dict[str, int]
    findings: tuple[Finding, ...]


def verify(
    profile: Profile,
    sources: Sequence[CleanSource],
    account_of: Mapping[str, str],
    known_accounts: set[str],
    originals: Sequence[RawFile] | None = None,
    blocks: Blocks | None = None,
) -> Verdict:
    """Check a profile against the store, and against `originals` where they are given.

    `blocks` turns an original into the texts of its blocks, for formats that are not plain text.
    """
    by_id = {source.id: source for source in sources}
    statements = {statement.id: statement for statement in profile.statements}
    claims = [claim for section in profile.sections for claim in section.claims]
    findings = [f for statement in profile.statements for f in _statement(statement, by_id)]
    findings += [f for claim in claims for f in _claim(claim, statements, by_id, account_of, known_accounts)]
    checked = {"quotes": len(statements), "claims": len(claims)}
    if originals is not None and blocks is not None:
        places = [_original(statement, originals, blocks) for statement in profile.statements]
        findings += [finding for finding in places if finding]
        checked["originals"] = len(places)
    return Verdict(checked=checked, findings=tuple(findings))


def _statement(statement: ProfileStatement, sources: Mapping[str, CleanSource]) -> Iterator[Finding]:
    source = sources.get(statement.source_id)
    if source is None:
        yield Finding(id=statement.id, what=f"source {statement.source} is not in the store")
        return
    spans = [m.start() for m in re.finditer(re.escape(statement.quote), source.text)]
    if statement.start not in spans or statement.end != statement.start + len(statement.quote):
        yield Finding(id=statement.id, what=f"the quote does not stand at {statement.start} of {source.path}")
        return
    roles = {t.role for t in source.turns if t.start < statement.end and statement.start < t.end}
    if roles != {"customer"} or statement.role != "customer":
        yield Finding(id=statement.id, what=f"spoken by {', '.join(sorted(roles)) or 'nobody'}, not by a customer")
    inside = [b for b in source.blocks if b.start < statement.end and statement.start < b.end]
    if all(b.lines for b in inside):
        lines = [line for b in inside if b.lines for line in _lines_of(source, b.start, b.lines[0], statement)]
        if statement.lines is None or (min(lines), max(lines)) != tuple(statement.lines):
            yield Finding(id=statement.id, what=f"stands on lines {min(lines)}–{max(lines)}, not {statement.lines}")


def _lines_of(source: CleanSource, block_start: int, first_line: int, statement: ProfileStatement) -> list[int]:
    start, end = max(statement.start, block_start), statement.end
    before = source.text[block_start:start].split("\n")
    within = source.text[start : min(end, start + len(source.text))].split("\n")
    block = next(b for b in source.blocks if b.start == block_start)
    within = source.text[start : min(end, block.end)].split("\n")
    top = first_line + len(before) - 1
    return list(range(top, top + len(within)))


def _claim(
    claim: Claim,
    statements: Mapping[str, ProfileStatement],
    sources: Mapping[str, CleanSource],
    account_of: Mapping[str, str],
    known: set[str],
) -> Iterator[Finding]:
    cited = [statements[i] for i in claim.evidence if i in statements]
    if len(cited) != len(claim.evidence) or not cited:
        yield Finding(id=claim.id, what="cites statements that are not in the profile")
        return
    if any(claim.kind not in statement.kinds for statement in cited):
        yield Finding(id=claim.id, what=f"cites a statement that is no {claim.kind}")
    words = unborne_words(claim.text, (statement.quote for statement in cited))
    if words:
        yield Finding(id=claim.id, what=f"says what its evidence doesn't: {', '.join(words)}")
    accounts = {account_of.get(s.source_id, "") for s in cited} & known
    speaking = {account_of.get(i, "") for i in sources} & known
    told = (claim.support.accounts, claim.support.of_accounts, claim.support.sources, claim.support.of_sources)
    counted = (len(accounts), len(speaking), len({s.source_id for s in cited}), len(sources))
    if told != counted:
        yield Finding(id=claim.id, what=f"support is {counted}, not {told} (accounts, of, sources, of)")
    others = {account_of.get(statements[i].source_id, "") for i in claim.counter if i in statements} & known
    kinds = {s.source_kind for s in cited}
    earned: Status = "hypothesis" if len(accounts) < 2 else "supported" if len(kinds) < 2 else "corroborated"
    if accounts and others - accounts:
        earned = "contested"
    if claim.status != earned:
        yield Finding(id=claim.id, what=f"earns “{earned}”, not “{claim.status}”")


# ---------------------------------------------------------------- the originals


def _original(statement: ProfileStatement, originals: Sequence[RawFile], blocks: Blocks) -> Finding | None:
    pattern = _PLACEHOLDER.sub("*", statement.source).replace("[", "[[]")
    files = [raw for raw in originals if raw.path == statement.source or fnmatchcase(raw.path, pattern)]
    if not files:
        return Finding(id=statement.id, what=f"no original called {statement.source}")
    wanted = _loosely(statement.quote)
    for raw in files:
        if statement.lines:
            text = _decoded(raw).split("\n")
            if wanted.search(_plain("\n".join(text[statement.lines[0] - 1 : statement.lines[1]]))):
                return None
        elif any(wanted.search(_plain(block)) for block in _joined(blocks(raw))):
            return None
    where = f"lines {statement.lines[0]}–{statement.lines[1]} of" if statement.lines else "anywhere in"
    return Finding(id=statement.id, what=f"the quote is not on {where} {statement.source}")


def _joined(texts: list[str]) -> list[str]:
    return [*texts, " ".join(texts)]


def _plain(text: str) -> str:
    """Text as words: markup, time stamps between cues, quote marks of tables and white space don't count."""
    text = re.sub(r"(?m)^\s*(?:\d+\s*$|[\d:.,]+\s*-->.*$)", " ", text)
    return " ".join(re.sub(r"<[^<>]*>|\"\"", " ", text).split())


def _loosely(quote: str) -> re.Pattern[str]:
    """The quote with any words in the place of placeholders, and any white space or markup between words."""
    parts = [re.escape(word) if not _PLACEHOLDER.search(word) else _hole(word) for word in quote.split()]
    return re.compile(r"(?:\s|<[^<>]*>)*".join(parts))


def _hole(word: str) -> str:
    pieces = _PLACEHOLDER.split(word)
    return r".{1,120}?".join(re.escape(piece) for piece in pieces)


def _decoded(raw: RawFile) -> str:
    for encoding in ("utf-8-sig", "cp1252", "latin-1"):
        try:
            text = raw.data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return text.replace("\r\n", "\n").replace("\r", "\n")
    raise AssertionError("latin-1 decodes anything")
