"""What an analyst does between the stages without a model: the themes stand as they were found, in customers' words."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from icp_synth.ports import Vectors
from icp_synth.records import Claim, Consolidation, Dropped, Proposed, Section, Statement, Theme, Wording, Written
from icp_synth.stages import rebut


class Unaided:
    """The part of `ports.Analyst` behind reading, by rule and likeness. It writes nothing of its own."""

    def consolidate(
        self,
        themes: Sequence[Theme],
        settled: Collection[str],
        statements: Mapping[str, Statement],
        vectors: Mapping[str, Vectors],
    ) -> Proposed[Consolidation]:
        """Nothing: what was clustered stands."""
        return Proposed(what=Consolidation())

    def word(
        self,
        themes: Sequence[Theme],
        statements: Mapping[str, Statement],
        refused: Mapping[str, Sequence[Dropped]],
    ) -> Proposed[dict[str, Wording]]:
        """Nothing: the member that says it best speaks for its theme."""
        return Proposed(what={})

    def rebut(
        self,
        doubts: Sequence[Claim],
        answers: Sequence[Theme],
        statements: Mapping[str, Statement],
        vectors: Mapping[str, Vectors],
    ) -> Proposed[dict[str, tuple[str, ...]]]:
        """By likeness, and by what was said in one breath."""
        return Proposed(what=rebut.pairs(doubts, answers, statements, vectors))

    def synthesize(
        self,
        sections: Sequence[Section],
        statements: Mapping[str, Statement],
        refused: Mapping[str, Sequence[Dropped]],
    ) -> Proposed[dict[str, tuple[Written, ...]]]:
        """Nothing."""
        return Proposed(what={})
