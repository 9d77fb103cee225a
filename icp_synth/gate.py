"""The last gate: what is about to leave (an export, a line of a log) is looked at once more, cheaply. Pure.

The scrubber went before it with everything it has. Here are the same rules for shapes, addresses and introductions, without
taggers and lists: what still looks like that must not go out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from icp_synth.addresses import addresses
from icp_synth.errors import GateError
from icp_synth.folding import fold
from icp_synth.identifiers import identifiers, unmistakable
from icp_synth.people import People, cued_names
from icp_synth.records import PrivacyRules, Redaction

_SURE = 0.7
_PLACEHOLDER = re.compile(r"<[A-Z][A-Z_]*(?:_\d+)?>")
_NO_TEXT = frozenset(  # fields of records that hold ids and fixed words
    "id about ref source_id source_ids evidence counter answers workspace account kind kinds status role voice format as_of date "
    "source_kind source_kinds statement analyst founding members aliases".split()
)


def personal(text: str, rules: PrivacyRules, kept: Iterable[str] = ()) -> set[str]:
    """Entities of what looks personal in `text`, less what the policy keeps. `kept` are names of companies and products."""
    looked = fold(_PLACEHOLDER.sub(lambda match: "\x00" * len(match.group()), text)).text
    names = [*kept, *rules.dismissed]
    known = {" ".join(name.lower().split()) for name in names}
    found = [
        *(one for one in identifiers(looked) if one.score >= _SURE),
        *addresses(looked),
        *(
            Redaction(start=start, end=end, entity="PERSON", score=_SURE)
            for start, end in cued_names(looked)
            if People(names).add(looked[start:end]) is not None
        ),
    ]
    return {
        one.entity
        for one in found
        if "\x00" not in looked[one.start : one.end]
        and rules.action(one.entity) != "keep"
        and " ".join(looked[one.start : one.end].lower().split()) not in known
    }


def let_out(what: str, value: object, rules: PrivacyRules, kept: Iterable[str] = ()) -> None:
    """Look at every text inside a dumped record. Raises GateError that says where, and not what."""
    names = tuple(kept)
    for where, text in _texts(value, what):
        in_path = where.endswith((".path", ".source"))
        entities = _in_path(text, rules) if in_path else personal(text, rules, names)
        if entities:
            raise GateError(
                f"{what} was not written: {where} still looks personal ({', '.join(sorted(entities))}).",
                "Have it removed with `icp-synth privacy add`, or left in with `icp-synth privacy dismiss`; then draft again.",
            )


def _in_path(path: str, rules: PrivacyRules) -> set[str]:
    """What looks personal in a file name, by the rules by which these are cleaned."""
    return {one.entity for one in unmistakable(path) if rules.action(one.entity) != "keep"}


def _texts(value: object, where: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, Mapping):
        for key, one in value.items():
            if key not in _NO_TEXT:
                yield from _texts(one, f"{where}.{key}")
    elif isinstance(value, (list, tuple)):
        for n, one in enumerate(value):
            yield from _texts(one, f"{where}[{n}]")
