"""Calibrate `icp_synth.bearing`: `python -m evals.training.bearing`.

Fits the logistic regression on the tuning half of the labelled sentences (`evals/golden/grounding`) and on inventions planted by
code into the true ones of that half; only sentences in which nothing is at fault outright take part, since the others never get
that far. Prints the weights, which are copied into the module by hand, and what each least chance would let in of that half.
"""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import LogisticRegression

from icp_synth import assets, bearing
from icp_synth.adapters.onnx import OnnxEmbedder
from icp_synth.evaluation.grounding import PLANTED, read_sentences
from icp_synth.evaluation.metrics import tunes
from icp_synth.evaluation.planting import Borne, planted


def main() -> None:
    """Fit and print."""
    embedder = OnnxEmbedder()
    cases = [one for one in read_sentences(assets.golden_dir() / "grounding" / "grounding.yaml") if tunes(one.id)]
    true = [Borne(id=c.id, sentence=c.sentence, quotes=c.evidence, accounts=c.accounts) for c in cases if c.borne]
    rows = [(c.sentence, c.evidence, c.accounts, c.borne) for c in cases]
    rows += [(p.sentence, p.quotes, p.accounts, False) for p in planted(true, PLANTED)]
    left = [row for row in rows if not bearing.faults(*row[:3])]
    names = [*bearing.Bearing.model_fields]
    seen = []
    for sentence, quotes, accounts, _ in left:
        own, *theirs = embedder.embed([sentence, *quotes])
        told = bearing.measured(sentence, quotes, accounts, bearing.likeness(own, theirs))
        seen.append([getattr(told, name) for name in names])
    truth = np.array([row[3] for row in left])
    fitted = LogisticRegression(C=10, max_iter=5000).fit(np.array(seen), truth)
    print({name: round(float(weight), 4) for name, weight in zip(names, fitted.coef_[0], strict=True)})
    print("bias", round(float(fitted.intercept_[0]), 4))
    chances = fitted.predict_proba(np.array(seen))[:, 1]
    for least in (0.3, 0.4, 0.5, 0.6, 0.7):
        let_in = chances >= least
        print(f"{least}: {(let_in & truth).sum()} of {len(true)} true, {(let_in & ~truth).sum()} inventions")


if __name__ == "__main__":
    main()
