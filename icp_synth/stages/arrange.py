"""Themes as a person arranged them: merged, split, a statement moved. The decisions are replayed at every draft.

A draft keeps the arranged themes and the next one starts from them, so that each decision may find its work done, half
done by new evidence, or undone by clustering. Each therefore says where statements belong, not what to change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from icp_synth.decisions import named
from icp_synth.records import Consolidation, Kind, Overlay, Theme


def arrange(themes: Sequence[Theme], overlays: Sequence[Overlay]) -> tuple[Theme, ...]:
    """The themes after every decision, in the order in which they were made; ordered by id.

    No statement is lost and none is in two themes of a kind. What names a theme or statement that isn't there waits
    for it to come back.
    """
    replay = _Replay(themes)
    for overlay in overlays:
        if overlay.action == "theme.merge":
            replay.merge(overlay.target, overlay.value["into"])
        elif overlay.action == "theme.move":
            replay.place([overlay.target], overlay.value["into"], overlay.value["kind"])
        elif overlay.action == "theme.split":
            replay.split(
                overlay.target, overlay.value["into"], overlay.value["statements"].split(), overlay.value["kind"]
            )
    return replay.done()


def settled(themes: Sequence[Theme], earlier: Sequence[Theme]) -> frozenset[str]:
    """Ids of themes that are as an earlier draft left them."""
    before = {theme.id: frozenset(theme.members) for theme in earlier}
    return frozenset(theme.id for theme in themes if before.get(theme.id) == frozenset(theme.members))


def decisions(proposed: Consolidation, themes: Sequence[Theme]) -> list[Overlay]:
    """What an analyst proposes, as decisions that go before those of people.

    Left out is what is about a theme that isn't there, about two of different kinds, or would leave nothing of one.
    """
    known = {theme.id: theme for theme in themes}
    kinds = {name: theme.kind for name, theme in known.items()}
    taken = {name for theme in themes for name in (theme.id, *theme.aliases)}
    found = [
        Overlay(id=f"proposed.merge:{gone}", action="theme.merge", target=gone, value={"into": into})
        for gone, into in proposed.merges
        if gone != into and gone in kinds and kinds[gone] == kinds.get(into)
    ]
    for name, statements in proposed.splits:
        theme = known.get(name)
        apart = [each for each in statements if theme and each in theme.members]
        if theme and 0 < len(apart) < len(theme.members):
            names = (f"{theme.kind}-{each.removeprefix('s-')}" for each in apart)
            into = next((each for each in names if each not in taken), None)
            if into:
                taken.add(into)
                value = {"into": into, "statements": " ".join(apart), "kind": theme.kind}
                found.append(Overlay(id=f"proposed.split:{name}", action="theme.split", target=name, value=value))
    return found


def by_centre(themes: Sequence[Theme], vectors: Mapping[str, NDArray[np.float32]]) -> tuple[Theme, ...]:
    """The same themes with their members in order, the most central first. `vectors` holds one per statement id."""
    return tuple(theme.model_copy(update={"members": _central_first(theme.members, vectors)}) for theme in themes)


def _central_first(members: Sequence[str], vectors: Mapping[str, NDArray[np.float32]]) -> tuple[str, ...]:
    matrix = np.stack([vectors[member] for member in members]).astype(np.float64)
    mean = matrix.mean(axis=0)
    likeness = matrix @ (mean / (np.linalg.norm(mean) or 1.0))
    ranked = sorted((-round(float(like), 9), member) for like, member in zip(likeness, members, strict=True))
    return tuple(member for _, member in ranked)


class _Replay:
    """Decisions carried out one after the other.

    A theme that loses its last statement to a move or a split keeps its name until all is done, since a later decision
    may fill it again; `_heirs` says to which theme the last one went.
    """

    def __init__(self, themes: Sequence[Theme]) -> None:
        self._themes = {theme.id: theme for theme in themes}
        self._heirs: dict[str, str] = {}

    def done(self) -> tuple[Theme, ...]:
        """The themes that hold something. Each name means one of them."""
        for theme in [theme for theme in self._themes.values() if not theme.members]:
            heir: Theme | None = theme
            while heir and not heir.members:  # each was emptied later than the one before
                heir = self._named(self._heirs[heir.id])
            if heir:
                self._themes[heir.id] = _with_names(heir, theme)
        left = {name: theme for name, theme in sorted(self._themes.items()) if theme.members}
        return tuple(
            theme.model_copy(update={"aliases": tuple(a for a in theme.aliases if a not in left)})
            for theme in left.values()
        )

    def merge(self, name: str, into: str) -> None:
        """All statements of a theme belong to another, which takes its names over."""
        gone, goal = self._named(name), self._named(into)
        if not gone or not gone.members or gone is goal:
            return
        if goal.kind == gone.kind if goal else into.startswith(f"{gone.kind}-"):
            self.place(gone.members, into, gone.kind)
            if goal := self._named(into):
                self._themes[goal.id] = _with_names(goal, self._themes.pop(gone.id))

    def split(self, name: str, into: str, statements: Sequence[str], kind: str) -> None:
        """Statements of a theme belong to one apart from it, also where clustering or a decision made the two one."""
        goal = self._named(into)
        if goal is None or goal is not self._named(name):
            self.place(statements, into, kind)
            return
        inside = [member for member in goal.members if member in statements]
        outside = [member for member in goal.members if member not in statements]
        if inside and outside:
            moving, theirs = (outside, name) if goal.id == into else (inside, into)
            self._found(theirs, goal.kind)
            self.place(moving, theirs, goal.kind)

    def place(self, statements: Sequence[str], into: str, kind: str) -> None:
        """Put those of the statements that are there into a theme, which is made where it isn't there."""
        losing = [theme for theme in self._themes.values() if theme.kind == kind and {*theme.members} & {*statements}]
        if not losing:
            return
        goal = self._named(into) or self._found(into, losing[0].kind)
        for theme in losing if goal.kind == kind else ():
            if theme.id != goal.id:
                self._give(theme.id, goal.id, statements)

    def _give(self, loser: str, winner: str, statements: Sequence[str]) -> None:
        theme, goal = self._themes[loser], self._themes[winner]
        given = sorted({*theme.members} & {*statements})
        left = tuple(member for member in theme.members if member not in given)
        self._themes[loser] = theme.model_copy(update={"members": left})
        self._themes[winner] = goal.model_copy(update={"members": (*goal.members, *given)})
        self._heirs[loser] = winner

    def _found(self, name: str, kind: Kind) -> Theme:
        """A theme of that name, which means no other theme any more.

        It is called after a statement: where that comes back it must not found a second theme of the name.
        """
        for theme in [theme for theme in self._themes.values() if name in theme.aliases]:
            aliases = tuple(alias for alias in theme.aliases if alias != name)
            self._themes[theme.id] = theme.model_copy(update={"aliases": aliases})
        founding = f"s-{name.removeprefix(f'{kind}-')}"
        return self._themes.setdefault(name, Theme(id=name, kind=kind, founding=founding, members=()))

    def _named(self, name: str) -> Theme | None:
        return named(self._themes.values(), name)


def _with_names(theme: Theme, absorbed: Theme) -> Theme:
    names = {*theme.aliases, absorbed.id, *absorbed.aliases} - {theme.id}
    return theme.model_copy(update={"aliases": tuple(sorted(names))})
