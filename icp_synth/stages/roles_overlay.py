"""Roles that a person corrected, laid over a clean source. Needs no original: speakers have pseudonyms."""

from __future__ import annotations

from collections.abc import Sequence

from icp_synth.records import CleanSource, Overlay


def with_roles(source: CleanSource, overlays: Sequence[Overlay]) -> CleanSource:
    """The source with the corrected roles; later decisions win. A `speaker` of "" means turns without a speaker."""
    chosen: dict[str, str] = {}
    for overlay in overlays:
        if overlay.action == "role.set" and overlay.target == source.id:
            chosen[overlay.value["speaker"]] = overlay.value["role"]
    if not chosen:
        return source
    turns = tuple(
        turn.model_copy(update={"role": chosen[turn.speaker or ""], "why": "corrected by hand", "guessed": False})
        if (turn.speaker or "") in chosen
        else turn
        for turn in source.turns
    )
    return source.model_copy(update={"turns": turns})
