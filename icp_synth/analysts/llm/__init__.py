"""The model-driven analyst: a chat model points at what customers said by number, and code copies their words.

One file a task (`extract`, `consolidate`, `word`, `rebut`, `synthesize`; `answer` for questions), each with `requests`, which
turns evidence into calls, and `read`, which turns an answer into proposals; both are pure. The model never writes evidence and
never names an id: it is given numbers that count within one call. What it writes in words (`word`, `synthesize`, `answer`) is
checked by `evidence.admit_prose`.

A call about themes holds evidence of the same sources in all its parts, so that what one source says can't sway what is
proposed about others. An answer rests on several: `LlmAnswerer` says why none of them can take another's place.
"""

from icp_synth.analysts.llm.analyst import INPUTS, OUTPUTS, LlmAnalyst
from icp_synth.analysts.llm.answerer import LlmAnswerer
from icp_synth.analysts.llm.extract import Extraction, Proposal

__all__ = ["INPUTS", "OUTPUTS", "Extraction", "LlmAnalyst", "LlmAnswerer", "Proposal"]
