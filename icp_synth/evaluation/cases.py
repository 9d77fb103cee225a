"""Gold: evidence with what a careful reader finds in it. One YAML file a set, in the format of `gold_file`."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import Field, ValidationError, field_validator

from icp_synth.errors import EvidenceError, NotFoundError
from icp_synth.evaluation.gold_file import GoldFile, Item, Personal, Place, Question, Speaker, Trap
from icp_synth.records import Kind, Record, Status


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
    evidence: tuple[Place, ...]
    alt_kinds: tuple[Kind, ...] = ()
    status: Status | None = None
    answers: str | None = None

    @property
    def kinds(self) -> frozenset[Kind]:
        """The kinds that count as right."""
        return frozenset({self.kind, *self.alt_kinds})


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
    roles: tuple[Speaker, ...] = ()
    questions: tuple[Question, ...] = ()
    traps: tuple[Trap, ...] = ()
    personal: tuple[Personal, ...] = ()
    sample: tuple[Place, ...] | None = None

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
        given = GoldFile.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
        root = file.parent / given.root if (file.parent / given.root).is_dir() else file.parent.parent
        return GoldSet(
            name=given.set,
            product=given.product,
            root=root,
            folder=root / given.files[0].name.split("/")[0] if root == file.parent.parent else root,
            accounts={one.name: one.account for one in given.files if one.account},
            items=(*(_item(one, True) for one in given.items), *(_item(one, False) for one in given.also_valid)),
            roles=given.roles,
            questions=given.questions,
            traps=given.traps,
            personal=given.pii,
            sample=None
            if given.sample is None
            else tuple(Place(file=one.file, lines=one.lines, quote=one.quote) for one in given.sample if one.labelled),
        )
    except (yaml.YAMLError, ValidationError) as error:
        raise EvidenceError(
            str(file), f"{file} holds no gold set ({_what(error)}).", "docs/evaluation.md says what one holds."
        ) from error


def _what(error: yaml.YAMLError | ValidationError) -> str:
    if isinstance(error, yaml.YAMLError):
        return " ".join(str(error).split())
    first = error.errors()[0]
    return f"{'.'.join(map(str, first['loc'])) or 'the file'}: {first['msg']}"


def _item(one: Item, required: bool) -> GoldItem:
    return GoldItem(
        id=one.id,
        kind=_kind(one.kind),
        statement=one.statement,
        core=required and one.strength == "core",
        required=required,
        accounts=one.accounts,
        evidence=one.evidence,
        alt_kinds=tuple(map(_kind, one.alt_kinds)),
        status=one.status,
        answers=one.answers,
    )


def _kind(name: str) -> Kind:
    called: Kind = "proof" if name == "proof_metric" else name  # type: ignore[assignment]  # its older name
    return called
