"""What a person decided about a theme, read from the overlays.

Decisions are kept under the id that a theme had. Where that theme was absorbed by another since, they follow its alias;
what was decided about a theme itself goes before what comes to it by an alias.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from icp_synth.records import Overlay, Record, Theme

Action = Literal["theme.exclude", "theme.pin", "claim.accept", "claim.edit", "claim.reject"]


class Decided(Record):
    """What stands about a theme. `wording` is "" where its words went with the evidence that had held them."""

    pinned: bool = False
    excluded: bool = False
    review: Literal["accepted", "rejected"] | None = None
    wording: str | None = None

    @property
    def left_out(self) -> bool:
        """Whether no profile shows it."""
        return self.excluded or self.review == "rejected"


def decided(theme: Theme, overlays: Sequence[Overlay]) -> Decided:
    """What stands about a theme now."""
    reviewed = latest(theme, overlays, "claim.accept", "claim.reject")
    edited = latest(theme, overlays, "claim.edit")
    return Decided(
        pinned=latest(theme, overlays, "theme.pin") is not None,
        excluded=latest(theme, overlays, "theme.exclude") is not None,
        review=None if reviewed is None else "accepted" if reviewed.action == "claim.accept" else "rejected",
        wording=edited.value.get("text", "") if edited else None,
    )


def latest(theme: Theme, overlays: Sequence[Overlay], *actions: Action) -> Overlay | None:
    """The last such decision about the theme itself, or else about one that it absorbed."""
    said = about(theme, overlays, *actions)
    chosen = [overlay for overlay in said if overlay.target == theme.id] or said
    return chosen[-1] if chosen else None


def about(theme: Theme, overlays: Sequence[Overlay], *actions: Action) -> list[Overlay]:
    """All such decisions about the theme and those that it absorbed, in their order."""
    names = {theme.id, *theme.aliases}
    return [overlay for overlay in overlays if overlay.action in actions and overlay.target in names]


def named(themes: Iterable[Theme], name: str) -> Theme | None:
    """The theme of that id, or else the one that absorbed it."""
    absorbed = None
    for theme in themes:
        if theme.id == name:
            return theme
        if name in theme.aliases:
            absorbed = theme
    return absorbed
