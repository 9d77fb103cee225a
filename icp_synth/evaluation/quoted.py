"""Texts of a labelled set as customers' words, through the same door as any other."""

from __future__ import annotations

from collections.abc import Sequence

from icp_synth.evidence import cite
from icp_synth.records import AccountRef, CleanBlock, CleanSource, CleanTurn, Kind, Locator, Sentence, Statement


def statements(texts: Sequence[str], kind: Kind) -> list[Statement]:
    """A statement of this kind for each text, all lines of one source; a text that isn't one sentence counts as one."""
    lines = [" ".join(text.split()) or "–" for text in texts]
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    spans = list(zip(starts, (start + len(line) for start, line in zip(starts, lines, strict=False)), strict=False))
    source = CleanSource(
        id="labelled",
        path="labelled",
        format="txt",
        kind="interview",
        text="\n".join(lines),
        blocks=tuple(
            CleanBlock(start=start, end=end, locator=Locator(unit="line", first=n, last=n), lines=(n, n))
            for n, (start, end) in enumerate(spans, 1)
        ),
        turns=tuple(CleanTurn(start=start, end=end, role="customer", voice="verbatim") for start, end in spans),
        account=AccountRef(id="labelled", name="labelled", known=False, why="a labelled set"),
    )
    return [
        cite((sentence.id,), source, {sentence.id: sentence}).model_copy(
            update={"kinds": (kind,), "confidence": {kind: 1.0}}
        )
        for n, (start, end) in enumerate(spans)
        if (
            sentence := Sentence(
                id=f"labelled.{n:07}.0", source_id="labelled", turn=n, block=n, ordinal=0, start=start, end=end,
                text=lines[n],
            )
        )
    ]  # fmt: skip
