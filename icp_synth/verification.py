"""Is a profile true? Every quote, place, role, count and status is worked out again, from the store and the originals.

Written apart from the code that made them: spans are found by searching the text, counts by looking at the statements
that a claim cites, places by reading the lines of the original file.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

from icp_synth.evidence import unborne_words
from icp_synth.records import (
    FACTS,
    LABELS,
    AccountRow,
    Block,
    Claim,
    CleanBlock,
    CleanSource,
    Criterion,
    Fact,
    Locator,
    Profile,
    ProfileAccount,
    ProfileStatement,
    Prose,
    RawFile,
    Record,
    Status,
)

_PLACEHOLDER = re.compile(r"<[A-Z][A-Z_]*(?:_\d+)?>")
_BLOCKS_OF_A_QUOTE = 6  # a sentence of a call may run over several cues
_CUT = "…"
_PARTING = re.compile(r"\b(?:left|cancel|churn|stop|renew|back|clos|went|pass|buy|bought|against|chose)", re.I)
_NOT = re.compile(r"\b(?:not|no|never|none|nobody|nothing|neither|nor|without|cannot|hardly)\b|n['’]t\b", re.I)
_DENIED = re.compile(r"(?:\b(?:not|never|cannot)|n['’]t)\s+(?:be\s+|been\s+)?(\w{4,})", re.I)
_NAMED = re.compile(r"<[A-Z_]+(?:_\d+)?>|(?<=[\w,;] )[A-Z]\w+|\b[A-Z]{2,}\w*")
_COUNTED = re.compile(
    r"\d+(?:[.,]\d+)*|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|seventy"
    r"|eighty|ninety|hundreds?|thousands?|millions?|dozens?|half|twice|percent)\b",
    re.I,
)
Blocks = Callable[[RawFile], Sequence[Block]]


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
    accounts: Mapping[str, ProfileAccount],
    rows: Sequence[AccountRow],
    originals: Sequence[RawFile] | None = None,
    blocks: Blocks | None = None,
) -> Verdict:
    """Check a profile against the store, and against `originals` where they are given.

    `account_of` gives the account of each source id, `accounts` the accounts by id, `rows` what tables say of them.
    `blocks` turns an original into its blocks, for formats that are not plain text.
    """
    by_id = {source.id: source for source in sources}
    statements = {statement.id: statement for statement in profile.statements}
    claims = [claim for section in profile.sections for claim in section.claims]
    known = {a.id for a in accounts.values() if a.known and a.sources}
    findings = [f for s in profile.statements for f in _statement(s, by_id, account_of, accounts)]
    findings += [f for claim in claims for f in _claim(claim, statements, by_id, account_of, known)]
    findings += [f for claim in claims for f in _facts(claim, statements, by_id, account_of, accounts)]
    written = [(claim.id, one, {*claim.evidence}) for claim in claims for one in claim.prose]
    for section in profile.sections:
        seen = {i for claim in section.claims if claim.page_one for i in claim.evidence}
        written += [(section.key, one, seen) for one in section.portrait]
    findings += [f for where, one, bearing in written for f in _prose(where, one, bearing, statements)]
    findings += [f for criterion in profile.criteria for f in _criterion(criterion, accounts, rows)]
    names = Counter([*(s.id for s in profile.statements), *(c.id for c in claims)])
    findings += [Finding(id=name, what="stands there twice") for name, times in sorted(names.items()) if times > 1]
    facts = sum(len(claim.facts) for claim in claims)
    checked = {
        "quotes": len(profile.statements), "claims": len(claims), "facts": facts, "criteria": len(profile.criteria),
    }  # fmt: skip
    if written:
        checked["sentences of a model"] = len(written)
    if originals is not None and blocks is not None:
        files = _Originals(originals, blocks)
        findings += [finding for statement in profile.statements for finding in files.check(statement)]
        checked["originals"] = len(profile.statements)
    return Verdict(checked=checked, findings=tuple(findings))


def _statement(
    statement: ProfileStatement,
    sources: Mapping[str, CleanSource],
    account_of: Mapping[str, str],
    accounts: Mapping[str, ProfileAccount],
) -> Iterator[Finding]:
    source = sources.get(statement.source_id)
    if source is None:
        yield Finding(id=statement.id, what=f"source {statement.source} is not in the store")
        return
    start, end = statement.start, statement.end
    spans = [m.start() for m in re.finditer(f"(?={re.escape(statement.quote)})", source.text)]
    if start not in spans or end != start + len(statement.quote) or not statement.quote:
        yield Finding(id=statement.id, what=f"the quote does not stand at {start} of {source.path}")
        return
    turns = [t for t in source.turns if t.start < end and start < t.end]
    roles = {t.role for t in turns}
    if roles != {"customer"} or statement.role != "customer":
        yield Finding(id=statement.id, what=f"spoken by {', '.join(sorted(roles)) or 'nobody'}, not by a customer")
        return
    lines, locator = _place(source, start, end)
    if lines != statement.lines:
        yield Finding(id=statement.id, what=f"stands on lines {lines}, not {statement.lines}")
    if locator != statement.locator:
        yield Finding(id=statement.id, what=f"stands at {locator.unit} {locator.first}, not where it says")
    told = {
        "source": (statement.source, source.path),
        "kind of source": (statement.source_kind, source.kind),
        "account": (statement.account, accounts[account_of[source.id]].name),
        "date": (statement.date, source.date),
        "voice": ({statement.voice}, {t.voice for t in turns}),
        "speaker": ({statement.speaker}, {t.speaker for t in turns}),
    }
    for what, (said, found) in told.items():
        if said != found:
            yield Finding(id=statement.id, what=f"the {what} is {found}, not {said}")
    shown = statement.before.removeprefix(_CUT), statement.after.removesuffix(_CUT)  # the text itself may have it, too
    if not source.text[:start].endswith(shown[0]) or not source.text[end:].startswith(shown[1]):
        yield Finding(id=statement.id, what="what is shown around the quote does not stand there")
    if statement.question and statement.question not in source.text:
        yield Finding(id=statement.id, what="the question that it answers is not in the source")


def _place(source: CleanSource, start: int, end: int) -> tuple[tuple[int, int] | None, Locator]:
    inside = [b for b in source.blocks if b.start < end and start < b.end]
    first, last = inside[0], inside[-1]
    locator = Locator(unit=first.locator.unit, first=first.locator.first, last=last.locator.last)
    if not first.lines or not last.lines:
        return None, locator
    lines = (_line_of(source, first, start), _line_of(source, last, end - 1))
    if {first.locator.unit, last.locator.unit} == {"line"}:
        locator = Locator(unit="line", first=lines[0], last=lines[1])
    return lines, locator


def _line_of(source: CleanSource, block: CleanBlock, offset: int) -> int:
    assert block.lines
    return block.lines[0] + len(source.text[block.start : offset + 1].split("\n")) - 1


def _claim(
    claim: Claim,
    statements: Mapping[str, ProfileStatement],
    sources: Mapping[str, CleanSource],
    account_of: Mapping[str, str],
    known: set[str],
) -> Iterator[Finding]:
    cited = [statements[i] for i in claim.evidence if i in statements]
    if len(cited) != len(claim.evidence) or not cited or not statements.keys() >= {*claim.counter}:
        yield Finding(id=claim.id, what="cites statements that are not in the profile")
        return
    if any(claim.kind not in statement.kinds for statement in cited):
        yield Finding(id=claim.id, what=f"cites a statement that is no {claim.kind}")
    words = unborne_words(claim.text, (statement.quote for statement in cited))
    if words:
        yield Finding(id=claim.id, what=f"says what its evidence doesn't: {', '.join(words)}")
    behind = {s.source_id: account_of.get(s.source_id, "") for s in cited}
    accounts = {*behind.values()} & known
    speaking = {account_of.get(i, "") for i in sources} & known
    kinds = {sources[s.source_id].kind for s in cited if s.source_id in sources}
    dates = [s.date for s in cited if s.date]
    support = claim.support
    told = (support.accounts, support.of_accounts, support.sources, support.of_sources, support.unknown_sources)
    counted = (
        len(accounts), len(speaking), len(behind), len(sources), sum(a not in known for a in behind.values()),
    )  # fmt: skip
    if told != counted:
        yield Finding(id=claim.id, what=f"support is {counted}, not {told} (accounts, of, sources, of, unknown)")
    if {*support.source_kinds} != kinds:
        yield Finding(id=claim.id, what=f"rests on {', '.join(sorted(kinds))}, not {', '.join(support.source_kinds)}")
    if (support.first_seen, support.last_seen) != (min(dates, default=None), max(dates, default=None)):
        yield Finding(id=claim.id, what="was not first and last seen on the days that it says")
    others = {account_of.get(statements[i].source_id, "") for i in claim.counter} & known
    earned: Status = "hypothesis" if len(accounts) < 2 else "supported" if len(kinds) < 2 else "corroborated"
    if accounts and others - accounts:
        earned = "contested"
    if claim.status != earned:
        yield Finding(id=claim.id, what=f"earns “{earned}”, not “{claim.status}”")


def _facts(
    claim: Claim,
    statements: Mapping[str, ProfileStatement],
    sources: Mapping[str, CleanSource],
    account_of: Mapping[str, str],
    accounts: Mapping[str, ProfileAccount],
) -> Iterator[Finding]:
    for fact in claim.facts:
        said = statements.get(fact.statement)
        if said is None or fact.name not in FACTS.get(claim.kind, ()):
            yield Finding(id=claim.id, what=f"has a {fact.name} that nothing in the profile bears")
            continue
        if said.id not in claim.evidence and not (
            fact.name in ("wish", "impact") and _near(said, claim, statements, sources)
        ):
            yield Finding(id=claim.id, what=f"has its {fact.name} from a quote that is not its own")
        if fact.name not in LABELS and (not fact.text.strip() or said.quote.find(fact.text) < 0):
            yield Finding(id=claim.id, what=f"has the {fact.name} “{fact.text}”, which {said.id} does not say")
        if fact.name in LABELS and fact.text not in LABELS[fact.name]:
            yield Finding(id=claim.id, what=f"calls its {fact.name} “{fact.text}”, which is none of its words")
        if fact.name == "comes_from" and not _came(fact, said, account_of, accounts):
            yield Finding(id=claim.id, what=f"does not come from a {fact.text} account")
    names = [(fact.name, fact.statement) for fact in claim.facts]
    for (name, bearer), following in zip(names, [*names[1:], None], strict=False):
        if (name == "number" and following != ("unit", bearer)) or (name == "who" and following != ("does", bearer)):
            yield Finding(id=claim.id, what=f"has a {name} that tells nothing by itself")


def _near(
    said: ProfileStatement, claim: Claim, statements: Mapping[str, ProfileStatement], sources: Mapping[str, CleanSource]
) -> bool:
    """Whether a customer says it in the same turn as one of the quotes that the claim cites."""
    source = sources.get(said.source_id)
    cited = [statements[i] for i in claim.evidence if i in statements and statements[i].source_id == said.source_id]
    turns = source.turns if source else ()
    spans = [(t.start, t.end) for t in turns if t.role == "customer" and t.start <= said.start < t.end]
    return any(start <= one.start < end for one in cited for start, end in spans)


def _came(
    fact: Fact, said: ProfileStatement, account_of: Mapping[str, str], accounts: Mapping[str, ProfileAccount]
) -> bool:
    account = accounts.get(account_of.get(said.source_id, ""))
    outcome = account.outcome if account else None
    if outcome is None:
        return fact.text != "satisfied" and _PARTING.search(said.quote) is not None
    return outcome in {"lost": ("lost",), "churned": ("churned",), "satisfied": ("won", "active")}.get(fact.text, ())


def _prose(
    where: str, written: Prose, bearing: set[str], statements: Mapping[str, ProfileStatement]
) -> Iterator[Finding]:
    """A model's sentence: whether it names customers' quotes of its claim or section, with its names, numbers and negations."""
    named = [statements[i] for i in written.evidence if i in statements and i in bearing]
    if not named or len(named) != len(written.evidence) or any(one.role != "customer" for one in named):
        yield Finding(id=where, what=f"a model's sentence names quotes that aren't its own: “{written.text}”")
        return
    said = " ".join(one.quote for one in named)
    known = f"{said} {' '.join(one.account for one in named)}".lower()
    missing = [name for name in _NAMED.findall(written.text) if name.lower().removesuffix("'s") not in known]
    counted = {number.lower() for number in _COUNTED.findall(said)}
    missing += [number for number in _COUNTED.findall(written.text) if number.lower() not in counted]
    if missing:
        yield Finding(id=where, what=f"a model's sentence says what its quotes don't: {', '.join(missing)}")
    denied = {word.lower() for word in _DENIED.findall(said)}
    affirmed = {word.lower() for word in re.findall(r"\w+", _DENIED.sub(" ", said))}
    words = {word.lower() for word in re.findall(r"\w+", written.text)}
    if _NOT.search(written.text) and not _NOT.search(said):
        yield Finding(id=where, what=f"a model's sentence denies what its quotes don't: “{written.text}”")
    if not _NOT.search(written.text) and words & (denied - affirmed):
        yield Finding(id=where, what=f"a model's sentence affirms what its quotes deny: “{written.text}”")


def _criterion(
    criterion: Criterion, accounts: Mapping[str, ProfileAccount], rows: Sequence[AccountRow]
) -> Iterator[Finding]:
    outcomes = [account.outcome for account in accounts.values()]
    cited = [accounts[cell.account].outcome for cell in criterion.cells if cell.account in accounts]
    told = (criterion.good, criterion.of_good, criterion.bad, criterion.of_bad)
    good, bad = ("won", "active"), ("lost", "churned")
    counted = tuple(sum(o in side for o in those) for side in (good, bad) for those in (cited, outcomes))
    name = f"{criterion.attribute} {criterion.value}"
    if told != counted:
        yield Finding(id=name, what=f"admits {counted}, not {told} (good, of, bad, of)")
    for cell in criterion.cells:
        there = [row.attributes.get(cell.heading) for row in rows if (row.path, row.row) == (cell.path, cell.row)]
        if cell.account not in accounts or cell.value not in there:
            yield Finding(id=name, what=f"row {cell.row} of {cell.path} does not say “{cell.value}”")


# ---------------------------------------------------------------- the originals


_MARK = re.compile(r"(?m)^\s*(?:[-*+•>]|\d+[.)])\s+")  # of an item in a list, or of something quoted


class _Originals:
    """The files as they came, each opened once."""

    def __init__(self, files: Sequence[RawFile], blocks: Blocks) -> None:
        self._files = files
        self._read = blocks
        self._lines: dict[str, list[str]] = {}
        self._blocks: dict[str, Sequence[Block]] = {}

    def check(self, statement: ProfileStatement) -> Iterator[Finding]:
        """Look a quote up at its place."""
        pattern = _PLACEHOLDER.sub("*", statement.source).replace("[", "[[]")
        files = [raw for raw in self._files if raw.path == statement.source or fnmatchcase(raw.path, pattern)]
        if not files:
            yield Finding(id=statement.id, what=f"no original called {statement.source}")
            return
        wanted = _loosely(statement.quote)
        places = [text for raw in files for text in self._places(raw, statement)]
        # A quote may go from one item of a list to the next; whether a line begins with a mark or with words isn't known.
        if not any(wanted.search(_plain(one)) for text in places for one in (text, _MARK.sub(" ", text))):
            place = statement.locator
            where = (
                f"lines {statement.lines[0]}–{statement.lines[1]}" if statement.lines else f"{place.unit} {place.first}"
            )
            yield Finding(id=statement.id, what=f"the quote is not at {where} of {statement.source}")

    def _places(self, raw: RawFile, statement: ProfileStatement) -> Iterator[str]:
        if statement.lines:
            if raw.path not in self._lines:
                self._lines[raw.path] = _decoded(raw).split("\n")
            yield "\n".join(self._lines[raw.path][statement.lines[0] - 1 : statement.lines[1]])
            return
        if raw.path not in self._blocks:
            self._blocks[raw.path] = self._read(raw)
        blocks = self._blocks[raw.path]
        for n, block in enumerate(blocks):
            if (block.locator.unit, block.locator.first) == (statement.locator.unit, statement.locator.first):
                yield " ".join(each.text for each in blocks[n : n + _BLOCKS_OF_A_QUOTE])


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
