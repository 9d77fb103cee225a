"""The model-driven analyst: a chat model points at what customers said by number, and code copies their words.

One file a task (`extract`, `consolidate`, `word`, `rebut`, `synthesize`), each with `requests`, which turns evidence into calls,
and `read`, which turns an answer into proposals; both are pure. The model never writes evidence and never names an id: it is
given numbers that count within one call. What it writes in words (`word`, `synthesize`) is checked by `evidence.admit_prose`.

A call about themes holds evidence of the same sources in all its parts, so that what one source says can't sway what is
proposed about others.
"""

from icp_synth.analysts.llm.analyst import INPUTS, OUTPUTS, LlmAnalyst
from icp_synth.analysts.llm.extract import Extraction, Proposal

__all__ = ["INPUTS", "OUTPUTS", "Extraction", "LlmAnalyst", "Proposal"]
