"""Does the one door hold: are sentences that say more than their evidence kept out, and honest ones let in?

Cases are labelled sentences about given quotes, and inventions planted into the true ones by code. What counts is what
`evidence.admit_claim` and `evidence.admit_prose` do with them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import yaml
from pydantic import ValidationError

from icp_synth import bearing
from icp_synth.errors import AdmissionError, EvidenceError, NotFoundError
from icp_synth.evaluation.metrics import share_of, tunes
from icp_synth.evaluation.planting import Borne, Planted, planted
from icp_synth.evaluation.quoted import statements
from icp_synth.evaluation.results import Case, Result
from icp_synth.evidence import admit_claim, admit_prose
from icp_synth.ports import Embedder
from icp_synth.records import Record, Support, Written

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


PLANTED = 200  # inventions made by code from the true sentences of the half that is reported on


def measure(name: str, cases: Sequence[Sentence], embedder: Embedder) -> Result:
    """What both doors stop of the labelled and the planted inventions, and let in of the true sentences; on the half kept back.

    `admit_claim` takes a wording by hand or by rule, `admit_prose` what a model writes.
    """
    kept_back = [one for one in cases if not tunes(one.id)]
    claims = {one.id: admitted(one) for one in kept_back}
    prose = {one.id: admitted_prose(one, embedder) for one in kept_back}
    inventions = [one for one in kept_back if not one.borne]
    true = [one for one in kept_back if one.borne]
    made = [(one.kind, _planted(one)) for one in planted(list(map(_borne, true)), PLANTED)]
    through = {one.id: admitted_prose(one, embedder) for _, one in made}
    wrong = [one for one in kept_back if prose[one.id] != one.borne]
    wrong += [one for _, one in made if through[one.id]]
    return Result(
        suite="grounding",
        set=name,
        reader="admit_claim",
        figures={
            "inventions_stopped": share_of((one.id, not claims[one.id]) for one in inventions),
            "true_let_in": share_of((one.id, claims[one.id]) for one in true),
            "prose_inventions_stopped": share_of((one.id, not prose[one.id]) for one in inventions),
            "prose_planted_stopped": share_of((one.id, not through[one.id]) for _, one in made),
            "prose_true_let_in": share_of((one.id, prose[one.id]) for one in true),
        },
        by_kind={
            **{
                kind: {"stopped": share_of((one.id, not prose[one.id]) for one in inventions if one.invention == kind)}
                for kind in sorted({one.invention or "" for one in inventions})
            },
            **{
                f"planted {kind}": {
                    "stopped": share_of((one.id, not through[one.id]) for each, one in made if each == kind)
                }
                for kind in sorted({kind for kind, _ in made})
            },
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
        facts={
            "cases": len(kept_back),
            "half": "kept back",
            "planted": len(made),
            "planted_let_in": sum(through.values()),
            "true_dropped": sum(not prose[one.id] for one in true),
            "true": len(true),
        },
    )


def _borne(one: Sentence) -> Borne:
    return Borne(id=one.id, sentence=one.sentence, quotes=one.evidence, accounts=one.accounts)


def _planted(one: Planted) -> Sentence:
    return Sentence(
        id=one.id, evidence=one.quotes, accounts=one.accounts, sentence=one.sentence, borne=False,
        invention=f"planted {one.kind}",
    )  # fmt: skip


def admitted_prose(case: Sentence, embedder: Embedder) -> bool:
    """Whether the door lets the sentence in as a model's, naming all of these quotes."""
    cited = {one.id: one for one in statements(case.evidence, "pain")}
    by = dict(zip(cited, case.accounts, strict=True))
    # The quotes stand in one source each, as accounts are those of sources.
    apart = {name: one.model_copy(update={"source_id": name}) for name, one in cited.items()}
    own, *theirs = embedder.embed([case.sentence, *case.evidence])
    try:
        admit_prose(Written(text=case.sentence, evidence=tuple(apart)), apart, by, bearing.likeness(own, theirs))
    except AdmissionError:
        return False
    return True


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
