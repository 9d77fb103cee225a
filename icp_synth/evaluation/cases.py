"""Gold: evidence with what a careful reader finds in it. One YAML file a set, in the format of docs/evaluation.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from pydantic import Field, ValidationError, field_validator

from icp_synth.errors import EvidenceError, NotFoundError
from icp_synth.records import Kind, LineRange, Record, Role, Status

_CALLED = {"proof_metric": "proof"}  # an older name in the shared annotations


class GoldEvidence(Record):
    """A place that bears an item: lines of the raw file (from 1, inclusive), or the exact text where a file has no lines.

    With both, it is that text (clean, and compared by its words) on those lines.
    """

    file: str
    lines: LineRange | None = None
    quote: str | None = None
    account: str | None = None


class GoldItem(Record):
    """What a reader should find. `core`: a profile without it would mislead. Any of `kinds` is right for it.

    `accounts` is None where nobody has counted them.
    """

    id: str
    kind: Kind
    statement: str
    core: bool
    required: bool
    accounts: int | None
    evidence: tuple[GoldEvidence, ...]
    alt_kinds: tuple[Kind, ...] = ()
    status: Status | None = None
    answers: str | None = None

    @property
    def kinds(self) -> frozenset[Kind]:
        """The kinds that count as right."""
        return frozenset({self.kind, *self.alt_kinds})


class GoldRole(Record):
    """Whose side a speaker of a file is on: named as in the file, or by the pseudonym that they get."""

    file: str
    speaker: str
    role: Role


class GoldQuestion(Record):
    """A question, and where its answer stands; no evidence where there is no answer."""

    id: str
    question: str
    answer: str | None = None
    evidence: tuple[GoldEvidence, ...] = ()


class GoldTrap(Record):
    """A place that misleads a careless reader: `what` it is, and `why`."""

    file: str
    what: str
    why: str
    lines: LineRange | None = None
    quote: str | None = None


class GoldPersonal(Record):
    """Personal data in a file, as it is written there (`text`) or as the SHA-256 of that in lower case."""

    file: str
    type: str
    text: str | None = None
    sha256: str | None = None


class GoldSet(Record):
    """A set of evidence about one product. `folder` holds what is read; files are named relative to `root`.

    `sample`: the only places that somebody has looked at; None where all of the evidence was annotated.
    """

    name: str
    product: str
    root: Path
    folder: Path
    accounts: dict[str, str] = Field(default_factory=dict)
    items: tuple[GoldItem, ...] = ()
    roles: tuple[GoldRole, ...] = ()
    questions: tuple[GoldQuestion, ...] = ()
    traps: tuple[GoldTrap, ...] = ()
    personal: tuple[GoldPersonal, ...] = ()
    sample: tuple[GoldEvidence, ...] | None = None

    @field_validator("items")
    @classmethod
    def _answer_what_is_there(cls, items: tuple[GoldItem, ...]) -> tuple[GoldItem, ...]:
        known = {item.id for item in items}
        missing = [item.id for item in items if item.answers and item.answers not in known]
        if missing or len(known) < len(items):
            raise ValueError(f"ids that are given twice, or answer nothing: {', '.join(missing) or 'twice'}")
        return items


def find_sets(folder: Path) -> list[Path]:
    """The gold below a folder: `*/gold.yaml` with the evidence beside it, or `gold/*.yaml` as in the shared interviews."""
    return sorted([*folder.glob("gold.yaml"), *folder.glob("*/gold.yaml"), *folder.glob("gold/*.yaml")])


def read_sets(folder: Path) -> list[GoldSet]:
    """All sets below a folder. Raises NotFoundError where there are none, EvidenceError for one that doesn't hold together."""
    files = find_sets(folder)
    if not files:
        raise NotFoundError(
            f"{folder} holds no gold.yaml.", "Give a folder with sets, or a set: `eval init` makes one."
        )
    return [read_set(file) for file in files]


def read_set(file: Path) -> GoldSet:
    """One set. Raises EvidenceError that names the field."""
    try:
        given: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
        root = file.parent / given["root"] if (file.parent / given["root"]).is_dir() else file.parent.parent
        names = [one["name"] for one in given["files"]]
        return GoldSet(
            name=given["set"],
            product=given["product"],
            root=root,
            folder=root / names[0].split("/")[0] if root == file.parent.parent else root,
            accounts={one["name"]: one["account"] for one in given["files"] if one.get("account")},
            items=tuple(
                _item(one, required)
                for key, required in (("items", True), ("also_valid", False))
                for one in given.get(key, ())
            ),
            roles=tuple(GoldRole(**one) for one in given.get("roles", ())),
            questions=tuple(
                GoldQuestion(**{key: one[key] for key in ("id", "question", "answer", "evidence") if one.get(key)})
                for one in given.get("questions", ())
            ),
            traps=tuple(
                GoldTrap(**{key: one[key] for key in ("file", "lines", "quote", "what", "why") if key in one})
                for one in given.get("traps", ())
            ),
            personal=tuple(
                GoldPersonal(
                    file=one["file"],
                    type=one["type"],
                    text=one.get("text"),
                    sha256=one.get("sha256_of_text_lowercased"),
                )
                for one in given.get("pii", ())
            ),
            sample=tuple(
                GoldEvidence(**{key: one[key] for key in ("file", "lines", "quote") if key in one})
                for one in given["sample"]
                if one.get("labelled")
            )
            if "sample" in given
            else None,
        )
    except (yaml.YAMLError, KeyError, TypeError, ValidationError) as error:
        what = error.errors()[0] if isinstance(error, ValidationError) else error
        raise EvidenceError(str(file), f"no gold set: {what}", "docs/evaluation.md says what one holds.") from error


def _item(one: dict[str, Any], required: bool) -> GoldItem:
    def kind(name: str) -> Any:
        return _CALLED.get(name, name)

    return GoldItem(
        id=one["id"],
        kind=kind(one["kind"]),
        statement=one.get("statement", ""),
        core=required and one.get("strength") == "core",
        required=required,
        accounts=one.get("accounts", 1),
        evidence=tuple(GoldEvidence(**place) for place in one["evidence"]),
        alt_kinds=tuple(kind(name) for name in one.get("alt_kinds", ())),
        status=one.get("status"),
        answers=one.get("answers") if isinstance(one.get("answers"), str) else None,
    )
