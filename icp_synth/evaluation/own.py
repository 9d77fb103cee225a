"""A gold set of one's own: a sample of what customers say, and a person's labels on it.

A document is the content of a `gold.yaml`: plain data, since a person may write more into it, which is kept. It holds clean
text only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import yaml
from pydantic import ValidationError

from icp_synth.errors import EvidenceError, NotFoundError
from icp_synth.evaluation.gold_file import File, Sampled
from icp_synth.evaluation.sampling import Page
from icp_synth.records import Kind, Record, Role

Document = Mapping[str, Any]
Step = Literal["skip", "undo", "stop"]

KEYS: dict[str, Kind] = {
    "p": "pain",
    "j": "job",
    "t": "trigger",
    "o": "objection",
    "r": "rebuttal",
    "d": "disqualifier",
    "w": "desired_outcome",
    "a": "alternative",
    "#": "proof",
    "b": "buying_role",
}
_STEPS: dict[str, Step] = {"s": "skip", "z": "undo", "q": "stop"}
_HOW = "Type p, pj or pj! and Enter: keys of kinds, the main one first, ! for minor; or one of n u s z q."


# ---------------------------------------------------------------- the document


class Answer(Record):
    """A label: kinds (none: nothing that is looked for), the main one first; or that no customer speaks there."""

    kinds: tuple[Kind, ...] = ()
    core: bool = True
    customer: bool = True


def new_document(name: str, product: str, files: Sequence[File], sample: Sequence[Page]) -> Document:
    """A set in which nothing is labelled yet."""
    entries = [
        Sampled(
            id=page.id,
            file=page.file,
            quote=page.text,
            lines=page.lines,
            speaker=page.speaker if page.sure else None,
            role="unknown" if page.role == "unknown" else None,
        )
        for page in sample
    ]
    return {
        "set": name,
        "product": product,
        "root": "evidence",
        "files": [file.model_dump(exclude_none=True) for file in files],
        "items": [],
        "roles": [],
        "questions": [],
        "sample": [_entry(one) for one in entries],
    }


def second_document(first: Document, annotator: str) -> Document:
    """The same sample for somebody else, without any label of the first."""
    fresh = [one.model_copy(update={"labelled": False, "speaks": None}) for one in sample_of(first)]
    return {**first, "annotator": annotator, "items": [], "roles": [], "sample": [_entry(one) for one in fresh]}


def to_text(document: Document) -> str:
    """A document as YAML."""
    return yaml.safe_dump(dict(document), sort_keys=False, allow_unicode=True, default_flow_style=None, width=120)


def from_text(text: str, path: str) -> Document:
    """The document in a file that `cases.read_set` takes. Raises EvidenceError where there is no sample in it."""
    document: dict[str, Any] = yaml.safe_load(text)
    again = "`icp-synth eval init PATH --out DIR --product P` makes a set with one."
    try:
        sample_of(document)
    except KeyError as error:
        raise EvidenceError(path, f"{path} holds no sample to label.", again) from error
    except (TypeError, ValidationError) as error:
        what = error.errors()[0]["loc"] if isinstance(error, ValidationError) else error
        raise EvidenceError(path, f"{path} holds a sample that can't be read ({what}).", again) from error
    return {"items": [], "roles": [], **document}


def sample_of(document: Document) -> tuple[Sampled, ...]:
    """The entries of its sample."""
    return tuple(Sampled(**one) for one in document["sample"])


def labelled(document: Document) -> tuple[Sampled, ...]:
    """What of its sample has a label."""
    return tuple(one for one in sample_of(document) if one.labelled)


def unlabelled(document: Document) -> tuple[Sampled, ...]:
    """What of its sample has none yet, in the order in which it was drawn."""
    return tuple(one for one in sample_of(document) if not one.labelled)


def _entry(one: Sampled) -> dict[str, Any]:
    """An entry as plain data; what is as usual is left out."""
    return one.model_dump(mode="json", exclude_defaults=True)


# ---------------------------------------------------------------- labelling


def parse(typed: str) -> Answer | Step:
    """What was typed: a label, or what to do. Raises NotFoundError that says which keys there are."""
    keys = "".join(typed.lower().split())
    if keys in _STEPS:
        return _STEPS[keys]
    if keys in ("n", "u"):
        return Answer(customer=keys == "n")
    kinds = keys.removesuffix("!")
    if not kinds or any(key not in KEYS for key in kinds):
        raise NotFoundError(f"“{typed.strip()}” is no label." if keys else "Nothing was typed.", _HOW)
    return Answer(kinds=tuple(dict.fromkeys(KEYS[key] for key in kinds)), core=kinds == keys)


def answered(document: Document, entry_id: str, answer: Answer) -> Document:
    """The document with a label in the place of any that the entry had."""
    speaks: Role | None = "us" if not answer.customer else "customer" if answer.kinds else None
    cleared = withdrawn(document, entry_id)
    entry = next(one for one in sample_of(cleared) if one.id == entry_id)
    items = [*cleared["items"], _item(entry, answer)] if answer.kinds else cleared["items"]
    return _replaced({**cleared, "items": items}, entry.model_copy(update={"labelled": True, "speaks": speaks}))


def withdrawn(document: Document, entry_id: str) -> Document:
    """The document without the label of an entry."""
    entry = next(one for one in sample_of(document) if one.id == entry_id)
    items = [item for item in document["items"] if item["id"] != entry_id]
    return _replaced({**document, "items": items}, entry.model_copy(update={"labelled": False, "speaks": None}))


def _item(entry: Sampled, answer: Answer) -> dict[str, Any]:
    main, *others = answer.kinds
    bears = entry.model_dump(mode="json", include={"file", "lines", "quote"}, exclude_none=True)
    # A sentence alone doesn't tell how many accounts say so.
    return {
        "id": entry.id,
        "kind": main,
        "alt_kinds": others,
        "statement": "",
        "strength": "core" if answer.core else "minor",
        "accounts": None,
        "evidence": [bears],
    }


def _replaced(document: Document, entry: Sampled) -> Document:
    sample = tuple(entry if one.id == entry.id else one for one in sample_of(document))
    return {**document, "roles": _roles(document["roles"], sample), "sample": [_entry(one) for one in sample]}


def _roles(before: Sequence[Document], sample: Sequence[Sampled]) -> list[Document]:
    """Whose side speakers are on by most of their labels; roles that a person wrote for others are kept."""
    said: dict[tuple[str, str], Counter[Role]] = {}
    for one in sample:
        if one.speaker:
            said.setdefault((one.file, one.speaker), Counter()).update([one.speaks] if one.speaks else [])
    kept = [role for role in before if (role["file"], role["speaker"]) not in said]
    sure = {who: ranked[0][0] for who, sides in said.items() if (ranked := _ahead(sides))}
    return [*kept, *({"file": file, "speaker": who, "role": role} for (file, who), role in sorted(sure.items()))]


def _ahead(sides: Counter[Role]) -> list[tuple[Role, int]]:
    """Sides by their number of labels; nothing on a tie."""
    ranked = sides.most_common()
    return [] if len(ranked) > 1 and ranked[0][1] == ranked[1][1] else ranked


class Agreement(Record):
    """Of the sentences that two people labelled (`both`): with the `same` kinds, and with a kind in common (or none, both)."""

    both: int
    same: int
    common: int


def agreement(one: Document, other: Document) -> Agreement:
    """How far two people agree on their sample."""
    kinds = [_kinds(document) for document in (one, other)]
    pairs = [(kinds[0][entry], kinds[1][entry]) for entry in kinds[0].keys() & kinds[1].keys()]
    return Agreement(
        both=len(pairs), same=sum(a == b for a, b in pairs), common=sum(a == b or bool(a & b) for a, b in pairs)
    )


def _kinds(document: Document) -> dict[str, frozenset[str]]:
    items = {item["id"]: frozenset((item["kind"], *item.get("alt_kinds", ()))) for item in document["items"]}
    return {one.id: items.get(one.id, frozenset()) for one in labelled(document)}
