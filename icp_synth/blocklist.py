"""Words that must go wherever they stand: what a person had removed, and companies that shall not be named. Pure.

What a person had removed is known by keyed hashes only; no list of it is kept. A text is searched by hashing every run
of its words, up to the length of the longest entry.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from icp_synth.folding import fold
from icp_synth.records import PrivacyRules, Redaction
from icp_synth.records.privacy import ACCOUNT, REDACTED

Keyed = Callable[..., str]
_WORD = re.compile(r"[^\W_]+")
_BETWEEN = 4  # characters that may stand between two words of an entry: a space, a line break, `. `, `_`


def entry(text: str, keyed: Keyed) -> tuple[str, int]:
    """The keyed hash of an entry, and its number of words (0: nothing to look for)."""
    words = _WORD.findall(fold(text).text.lower())
    return keyed("blocklist", " ".join(words)), len(words)


def naming(names: Iterable[str]) -> Callable[[str], list[Redaction]]:
    """A search for these names, whole words in any case."""
    spelled = {name for name in names if len(name) > 2}
    pattern = re.compile(
        "|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in sorted(spelled, key=lambda n: -len(n))), re.I
    )

    def find(text: str) -> list[Redaction]:
        spans = (match.span() for match in pattern.finditer(text)) if spelled else ()
        return [Redaction(start=start, end=end, entity=ACCOUNT, score=1.0) for start, end in spans]

    return find


def blocked(text: str, rules: PrivacyRules, keyed: Keyed) -> list[Redaction]:
    """Where the added entries of `rules` stand in `text`, whatever their case and spelling in Unicode; longer ones win."""
    entries, longest = frozenset(rules.added), rules.longest
    folded = fold(text)
    words = [(match.group().lower(), *match.span()) for match in _WORD.finditer(folded.text)]
    found, at = [], 0
    while at < len(words):
        taken = 1
        for length in range(min(longest, len(words) - at), 0, -1):
            run = words[at : at + length]
            near = all(two[1] - one[2] <= _BETWEEN for one, two in zip(run, run[1:], strict=False))
            if near and keyed("blocklist", " ".join(word for word, _, _ in run)) in entries:
                found.append(Redaction(start=run[0][1], end=run[-1][2], entity=REDACTED, score=1.0))
                taken = length
                break
        at += taken
    return folded.placed(found)
