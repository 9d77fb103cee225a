"""Personal data of a gold set: is any of it left in what would be stored?"""

from __future__ import annotations

import hashlib
import re

from icp_synth.evaluation.gold_file import Personal
from icp_synth.evaluation.metrics import share_of
from icp_synth.evaluation.reading import Prepared
from icp_synth.evaluation.results import Case, Result

# Ids that a set uses in place of names: no personal data of anybody by themselves, so they are counted apart.
APART = frozenset({"customer_id"})
_LONGEST = 8  # words of a string that is given as a hash


def measure(ready: Prepared, detector: str) -> Result:
    """The share of the gold's personal strings that are gone from the clean text of their file, in all and per type.

    Types that are `APART` stand only in the figures per type. Strings of a file that nothing was read from are left out, and
    counted as `not_read`.
    """
    texts = {file: _text(ready, file) for file in {one.file for one in ready.gold.personal} if file in ready.unit_of}
    found = [(one, not _stands(one, texts[one.file])) for one in ready.gold.personal if one.file in texts]
    return Result(
        suite="pii",
        set=ready.gold.name,
        reader=detector,
        figures={
            "gone": share_of(
                ((ready.unit_of[one.file], gone) for one, gone in found if one.type not in APART), exact=True
            )
        },
        by_kind={
            kind: {
                "gone": share_of(
                    ((ready.unit_of[one.file], gone) for one, gone in found if one.type == kind), exact=True
                )
            }
            for kind in sorted({one.type for one, _ in found})
        },
        cases=tuple(
            Case(what="still there", kind=one.type, where=ready.unit_of[one.file], text="(not shown)")
            for one, gone in found
            if not gone and one.type not in APART
        ),
        facts={
            "strings": len(found),
            "not_read": len(ready.gold.personal) - len(found),
            "placeholders": sum(len(source.redactions) for source in ready.sources.values()),
            "seconds": ready.seconds,
        },
    )


def _text(ready: Prepared, file: str) -> str:
    """All that would be stored of a file, on one line, in lower case."""
    stored = [
        part
        for name, source in ready.sources.items()
        if ready.file_of[name] == file
        for part in (source.path, source.ref, source.title or "", source.account.name, source.text)
    ]
    rows = [part for row in ready.rows_of.get(file, ()) for part in (row.path, row.name, *row.attributes.values())]
    return _folded("\n".join([*stored, *rows]))


def _folded(text: str) -> str:
    return " ".join(text.lower().split())


def _stands(one: Personal, text: str) -> bool:
    """Whether a string is there, as whole words; one that is known by its hash alone is looked for among all runs of words."""
    if one.text:
        return re.search(rf"(?<!\w){re.escape(_folded(one.text))}(?!\w)", text) is not None
    words = text.split(" ")
    runs = {
        " ".join(words[start : start + length]).strip(".,;:!?()[]{}*_\"'“”‘’>")
        for start in range(len(words))
        for length in range(1, _LONGEST + 1)
    }
    return any(hashlib.sha256(run.encode()).hexdigest() == one.sha256_of_text_lowercased for run in runs)
