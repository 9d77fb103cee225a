"""What was found in the evidence: candidates, statements, themes, support."""

from __future__ import annotations

import datetime as dt

from icp_synth.records.words import Kind, LineRange, Locator, Record, Role, SourceKind, Tone, Voice


class Candidate(Record):
    """What an analyst proposes: these one or two neighbouring sentences make a claim of these kinds.

    `confidence` is per kind, in 0..1. Nothing is believed until `evidence.admit` has checked it.
    """

    source_id: str
    sentence_ids: tuple[str, ...]
    kinds: dict[Kind, float]
    tone: Tone = "neutral"


class Statement(Record):
    """A customer's claim, anchored on an exact quote. Built by `evidence.admit` alone.

    `quote` is ``source.text[start:end]``; `lines` are lines of the original where it is text.
    """

    id: str
    kinds: tuple[Kind, ...]
    confidence: dict[Kind, float]
    tone: Tone
    quote: str
    source_id: str
    sentence_ids: tuple[str, ...]
    account_id: str
    source_kind: SourceKind
    role: Role
    voice: Voice
    start: int
    end: int
    lines: LineRange | None
    locator: Locator
    date: dt.date | None = None


class Theme(Record):
    """A cluster of statements of one kind. `id` comes from its founding statement; `aliases` are ids it took over.

    `members` are statement ids, most central first.
    """

    id: str
    kind: Kind
    founding: str
    members: tuple[str, ...]
    aliases: tuple[str, ...] = ()


class Support(Record):
    """n accounts of N, n sources of N. Unknown accounts are counted apart and never corroborate."""

    accounts: int
    of_accounts: int
    sources: int
    of_sources: int
    source_kinds: tuple[SourceKind, ...]
    first_seen: dt.date | None
    last_seen: dt.date | None
    unknown_sources: int = 0


class Usage(Record):
    """What a model was used for: calls, and tokens sent and received as the server counted them."""

    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
