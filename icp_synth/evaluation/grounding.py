"""Does the one door hold: are sentences that say more than their evidence kept out, and honest ones let in?

Cases are labelled sentences about given quotes. What counts is what `evidence.admit_claim` does with them, as it would with
a sentence that a model wrote.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import yaml
from pydantic import ValidationError

from icp_synth.errors import AdmissionError, EvidenceError, NotFoundError
from icp_synth.evaluation.metrics import share_of, tunes
from icp_synth.evaluation.quoted import statements
from icp_synth.evaluation.results import Case, Result
from icp_synth.evidence import admit_claim
from icp_synth.records import Record, Support

_SHOWN = 30
_VERDICTS = {"borne": True, "invented": False}


class Sentence(Record):
    """A sentence about quotes (with the account of each), and whether they bear it; else what kind of invention it is."""

    id: str
    evidence: tuple[str, ...]
    accounts: tuple[str, ...]
    sentence: str
    borne: bool
    invention: str | None = None


def read_sentences(file: Path) -> list[Sentence]:
    """The cases of a grounding.yaml. Raises NotFoundError or EvidenceError."""
    if not file.is_file():
        raise NotFoundError(f"There is no {file.name} in {file.parent}.", "Give a folder that holds one.")
    try:
        given = yaml.safe_load(file.read_text(encoding="utf-8"))["cases"]
        return [
            Sentence(
                id=one["id"],
                evidence=one["evidence"],
                accounts=one["accounts"],
                sentence=one["sentence"],
                borne=_VERDICTS[one["verdict"]],
                invention=one.get("invention"),
            )
            for one in given
        ]
    except (yaml.YAMLError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise EvidenceError(
            str(file), f"{file} holds no cases ({_what(error)}).", "docs/evaluation.md says what it holds."
        ) from error


def _what(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return f"{type(error).__name__}: {' '.join(str(error).split())}"


def measure(name: str, cases: Sequence[Sentence]) -> Result:
    """The share of inventions that are stopped, and of honest sentences that are let in; on the half kept back."""
    kept_back = [one for one in cases if not tunes(one.id)]
    let_in = {one.id: admitted(one) for one in kept_back}
    inventions = [one for one in kept_back if not one.borne]
    wrong = [one for one in kept_back if let_in[one.id] != one.borne]
    return Result(
        suite="grounding",
        set=name,
        reader="admit_claim",
        figures={
            "inventions_stopped": share_of((one.id, not let_in[one.id]) for one in inventions),
            "true_let_in": share_of((one.id, let_in[one.id]) for one in kept_back if one.borne),
        },
        by_kind={
            kind: {"stopped": share_of((one.id, not let_in[one.id]) for one in inventions if one.invention == kind)}
            for kind in sorted({one.invention or "" for one in inventions})
        },
        cases=tuple(
            Case(
                what="an invention let in" if not one.borne else "a true sentence kept out",
                kind=one.invention or "",
                where=one.id,
                text=one.sentence,
                note=" | ".join(one.evidence),
            )
            for one in sorted(wrong, key=lambda one: (one.borne, one.id))[:_SHOWN]
        ),
        facts={"cases": len(kept_back), "half": "kept back"},
    )


def admitted(case: Sentence) -> bool:
    """Whether the door lets the sentence in as a claim that rests on these quotes."""
    evidence = statements(case.evidence, "pain")
    try:
        admit_claim(
            kind="pain",
            text=case.sentence,
            theme_id=case.id,
            status="hypothesis",
            support=Support(
                accounts=len({*case.accounts}),
                of_accounts=len({*case.accounts}),
                sources=len(evidence),
                of_sources=len(evidence),
                source_kinds=("interview",),
                first_seen=None,
                last_seen=None,
            ),
            evidence=evidence,
        )
    except AdmissionError:
        return False
    return True
