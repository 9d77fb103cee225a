"""Statements → themes, per kind, with the number of themes unknown.

How groups are found, and when a statement stays a theme of one, is `partition`'s. Here is what lasts: themes that existed
keep their ids and members, and new statements are assigned to them first. Those that fit none form themes among themselves
and with themes of one. Only themes that grew are looked at again, and change on strong grounds alone: two become one
where their centres lie no further apart than chance would put two halves of one theme, and one becomes two where its
halves lie too far apart to be joined today. A pure function of the statements and of the themes that existed: the order
of arrival doesn't matter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from icp_synth.partition import centred, centres, closest, groups, halves, reach
from icp_synth.records import Kind, Statement, Theme

_CHANCE = 1.5  # times the distance expected by chance, at which two themes are one
_ASUNDER = 1.25  # times the distance at which two groups may be joined, from which one theme is two
_GROUNDS = 3  # members on either side, below which nothing is merged or split

Matrix = NDArray[np.float32]
Rows = NDArray[np.int64]


def cluster(
    statements: Sequence[Statement], vectors: Mapping[str, NDArray[np.float32]], earlier: Sequence[Theme]
) -> tuple[Theme, ...]:
    """Themes of every kind, ordered by id. `vectors` holds a unit vector per statement id."""
    themes: list[Theme] = []
    for kind in sorted({kind for statement in statements for kind in statement.kinds}):
        ids = sorted(statement.id for statement in statements if kind in statement.kinds)
        themes.extend(_Kind(kind, ids, np.stack([vectors[i] for i in ids]), earlier).themes())
    return tuple(sorted(themes, key=lambda theme: theme.id))


class _Group:
    """A theme while it is being made: rows of its members, and the names that it goes by."""

    def __init__(self, rows: Sequence[int], names: Sequence[str] = (), founder: str = "") -> None:
        self.rows, self.names, self.founder = list(rows), list(names), founder
        self.grown = False


class _Kind:
    """The themes of one kind."""

    def __init__(self, kind: Kind, ids: Sequence[str], vectors: Matrix, earlier: Sequence[Theme]) -> None:
        self.kind, self.ids, self.matrix = kind, ids, centred(vectors)
        self.row = {statement: row for row, statement in enumerate(ids)}
        self.held = self._held(sorted((t for t in earlier if t.kind == kind), key=lambda theme: theme.id))

    def themes(self) -> list[Theme]:
        """Assign, form, merge, split; in this order."""
        known = {row for group in self.held for row in group.rows}
        self._form(self._assign([row for row in range(len(self.ids)) if row not in known]))
        self._merge()
        self._split()
        return [self._theme(group) for group in self.held]

    def _held(self, earlier: Sequence[Theme]) -> list[_Group]:
        """What is left of the themes that existed. A statement that a theme is named after comes back to that theme."""
        named = {_name(self.kind, statement): statement for statement in self.ids}
        placed: set[str] = set()
        held: list[tuple[Theme, list[str]]] = []
        for theme in earlier:
            alive = [member for member in theme.members if member in self.row and member not in placed]
            placed.update(alive)
            if alive:
                held.append((theme, alive))
        for theme, alive in held:
            founders = [theme.founding, *(named[name] for name in theme.aliases if name in named)]
            back = [founder for founder in founders if founder in self.row and founder not in placed]
            alive.extend(back)
            placed.update(back)
        return [_Group([self.row[m] for m in alive], [t.id, *t.aliases], t.founding) for t, alive in held]

    def _assign(self, new: Sequence[int]) -> list[int]:
        """Put new statements into the nearest theme of several that they may join. Returns the others."""
        themes = [group for group in self.held if len(group.rows) > 1]
        if not themes or not new:
            return list(new)
        sizes = np.array([len(group.rows) for group in themes])
        place, squared = closest(self.matrix[list(new)], self._centres(themes))
        near = squared <= reach(np.ones_like(place), sizes[place])
        for row, theme in zip(np.array(new)[near], place[near], strict=True):
            themes[theme].rows.append(int(row))
            themes[theme].grown = True
        return [row for row, joined in zip(new, near, strict=True) if not joined]

    def _form(self, new: Sequence[int]) -> None:
        """Themes of new statements, and of themes of one that new ones bring together."""
        single = {group.rows[0]: group for group in self.held if len(group.rows) == 1}
        pool = sorted({*new, *single})
        if not new:
            return
        fresh = set(new)
        for members in _members(groups(self.matrix[pool]), pool):
            if fresh & set(members):
                self._join([single[row] for row in members if row in single], members)

    def _join(self, parts: Sequence[_Group], rows: Sequence[int]) -> None:
        """One theme of these rows, named after the first of its parts; the others' names become its aliases."""
        names = [name for part in sorted(parts, key=lambda part: part.names[0]) for name in part.names]
        founder = min(parts, key=lambda part: part.names[0]).founder if parts else ""
        self.held = [group for group in self.held if group not in parts]
        self.held.append(_Group(rows, names, founder))

    def _merge(self) -> None:
        """Make one of two themes that can't be told apart; each theme once at most."""
        large = [group for group in self.held if len(group.rows) >= _GROUNDS and group.names]
        if not any(group.grown for group in large) or len(large) < 2:
            return
        sizes, middle = np.array([len(group.rows) for group in large]), self._centres(large)
        spread = np.array([self._spread(group, centre) for group, centre in zip(large, middle, strict=True)])
        found: list[tuple[float, int, int]] = []
        for one in (n for n, group in enumerate(large) if group.grown):
            apart = ((middle - middle[one]) ** 2).sum(axis=1, dtype=np.float64)
            within = (spread + spread[one]) / (sizes + sizes[one] - 2)
            chance = within * (1 / sizes + 1 / sizes[one])
            close = (apart <= _CHANCE * chance + 1e-9) & (np.arange(len(large)) != one)
            found.extend((round(float(apart[n]), 9), min(one, int(n)), max(one, int(n))) for n in np.flatnonzero(close))
        taken: set[int] = set()
        for _, one, other in sorted(set(found)):
            if not taken & {one, other}:
                taken |= {one, other}
                self._absorb(*sorted((large[one], large[other]), key=lambda g: (-len(g.rows), g.names[0])))

    def _absorb(self, keeps: _Group, goes: _Group) -> None:
        keeps.rows, keeps.names = keeps.rows + goes.rows, keeps.names + goes.names
        keeps.grown = False  # what has just been merged isn't split in the same breath
        self.held.remove(goes)

    def _split(self) -> None:
        """Make two of a theme whose halves are too far apart. The half with its founder, or else the larger, keeps its id."""
        for group in [group for group in self.held if group.grown and len(group.rows) >= 2 * _GROUNDS]:
            rows = sorted(group.rows)
            one, *other = _members(halves(self.matrix[rows]), rows)
            if not other or min(len(one), len(other[0])) < _GROUNDS:
                continue
            sizes = np.array([len(one), len(other[0])])
            first, second = self._centres([_Group(one), _Group(other[0])])
            apart = float(((first - second) ** 2).sum(dtype=np.float64))
            if apart > _ASUNDER * float(reach(sizes[:1], sizes[1:])[0]):
                founder = self.row.get(group.founder)
                keeps, goes = sorted((one, other[0]), key=lambda part: (founder not in part, -len(part), part))
                back = {_name(self.kind, self.ids[row]) for row in goes} & set(group.names)
                group.rows, group.names = keeps, [name for name in group.names if name not in back]
                self.held.append(_Group(goes, sorted(back), _founder(self.kind, sorted(back), self.ids, goes)))

    def _centres(self, several: Sequence[_Group]) -> Matrix:
        rows = np.concatenate([np.sort(np.array(group.rows)) for group in several])
        return centres(self.matrix[rows], np.repeat(np.arange(len(several)), [len(group.rows) for group in several]))

    def _spread(self, group: _Group, centre: Matrix) -> float:
        return float(((self.matrix[sorted(group.rows)] - centre) ** 2).sum(dtype=np.float64))

    def _theme(self, group: _Group) -> Theme:
        rows = np.array(sorted(group.rows))
        middle = self.matrix[rows].mean(axis=0, dtype=np.float64)
        likeness = np.round(self.matrix[rows].astype(np.float64) @ middle, 9)
        ordered = [self.ids[rows[n]] for n in np.lexsort((rows, -likeness))]
        founding = group.founder or ordered[0]
        name = group.names[0] if group.names else _name(self.kind, founding)
        aliases = tuple(sorted({*group.names} - {name}))
        return Theme(id=name, kind=self.kind, founding=founding, members=tuple(ordered), aliases=aliases)


def _members(found: Rows, rows: Sequence[int]) -> list[list[int]]:
    out: list[list[int]] = [[] for _ in range(int(found.max(initial=-1)) + 1)]
    for row, number in zip(rows, found, strict=True):
        out[number].append(row)
    return out


def _name(kind: Kind, founding: str) -> str:
    return f"{kind}-{founding.removeprefix('s-')}"


def _founder(kind: Kind, names: Sequence[str], ids: Sequence[str], rows: Sequence[int]) -> str:
    """The statement that a name was made from, or nothing where there is no name."""
    return next((ids[row] for row in rows if names and _name(kind, ids[row]) == names[0]), "")
