"""Every error a user can meet.

IcpSynthError
├── EvidenceError        the evidence can't be taken in (file, line or row, and what to do)
│   ├── UnreadableError      not readable as any format that we know
│   └── ManifestError        evidence.yaml or evidence.csv says something impossible
├── ScrubError           personal data could not be looked for: the source is refused (fail closed)
├── GateError            something personal was about to leave: nothing of it did
├── StoreError           the store is missing, locked, or of another version
├── NotFoundError        a name or id that isn't there
├── AdmissionError       a candidate or claim that its evidence doesn't bear
├── DecisionError        a decision that can't be taken about what is there
├── PromptError          a prompt file whose variables or lock don't fit
├── PriceError           a table of prices that can't be read
├── ModelError           a model server that refused, timed out or answered nonsense
│   ├── BudgetError          a call that was not made: what may be spent is spent
│   ├── CutShortError        an answer that reached its limit of tokens before its end
│   └── PlannedError         a call that was not made: it was only written down, to see what it would cost
└── MissingExtraError    an optional part isn't installed (names the extra)
"""

from __future__ import annotations

from icp_synth.records import Tokens


class IcpSynthError(Exception):
    """Base of all errors a user can meet. `advice` says what to do next."""

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.message} {self.advice}".strip()


class EvidenceError(IcpSynthError):
    """Evidence that can't be taken in. `path` and `line` say where."""

    def __init__(self, path: str, message: str, advice: str, line: int | None = None) -> None:
        super().__init__(message, advice)
        self.path = path
        self.line = line


class UnreadableError(EvidenceError):
    """Not readable as any format that we know, or broken beyond use."""


class ManifestError(EvidenceError):
    """The manifest says something impossible."""


class ScrubError(IcpSynthError):
    """Personal data could not be looked for, so nothing of the source is kept."""


class GateError(IcpSynthError):
    """Something personal was about to leave, so nothing did."""


class StoreError(IcpSynthError):
    """The store is missing, locked by another process, or of another version."""


class NotFoundError(IcpSynthError):
    """A name or id that isn't there."""


class AdmissionError(IcpSynthError):
    """A candidate or claim that its evidence doesn't bear."""


class DecisionError(IcpSynthError):
    """A decision that can't be taken about what is there."""


class PromptError(IcpSynthError):
    """A prompt file whose variables, output model or lock don't fit."""


class PriceError(IcpSynthError):
    """A table of prices that can't be read."""


class ModelError(IcpSynthError):
    """A model server refused, timed out, or answered something unusable.

    `final` where every further call would end the same way. `tokens` were counted by the server all the same; `tries`
    is how often the call was sent.
    """

    def __init__(
        self, message: str, advice: str = "", *, final: bool = False, tokens: Tokens | None = None, tries: int = 1
    ) -> None:
        super().__init__(message, advice)
        self.final = final
        self.tokens = tokens or Tokens()
        self.tries = tries


class BudgetError(ModelError):
    """What may be spent is spent: this call was not made, and no later one will be."""


class CutShortError(ModelError):
    """The answer reached its limit of tokens before its end. Less may be asked for at once."""


class PlannedError(ModelError):
    """The call was only written down, to see what it would cost."""


class MissingExtraError(IcpSynthError):
    """An optional part isn't installed."""
