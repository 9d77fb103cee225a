"""What a person decides about themes and claims: each decision is checked against what is there, then kept as an overlay.

A decision is about the themes as they are arranged by all decisions so far, and takes effect at the next draft.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from icp_synth.decisions import Action, Decided, about, decided, named
from icp_synth.errors import AdmissionError, DecisionError, NotFoundError
from icp_synth.evidence import content_words, unborne_words
from icp_synth.ports import Store
from icp_synth.records import Claim, Kind, Overlay, Profile, ProfileStatement, Record, Status, Support, Theme
from icp_synth.stages.arrange import arrange
from icp_synth.stages.word import shorten

_ARRANGED = ("theme.merge", "theme.move", "theme.split")


class Listed(Record):
    """A claim with what was decided about it. One that is left out of the profile has no section, support or status."""

    id: str
    theme: str
    kind: Kind
    text: str
    section: str | None = None
    status: Status | None = None
    support: Support | None = None
    page_one: bool = False
    reviewed: str | None = None
    left_out: bool = False
    by_hand: tuple[str, ...] = ()


class Curation:
    """The themes and claims of a workspace, and the decisions about them."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @property
    def overlays(self) -> list[Overlay]:
        """All decisions, in their order."""
        return self._store.overlays()

    @property
    def themes(self) -> tuple[Theme, ...]:
        """The themes as the next draft arranges them, new evidence aside."""
        return arrange(self._store.themes(), self.overlays)

    @cached_property
    def _profile(self) -> Profile:
        return self._store.profile()

    @cached_property
    def _statements(self) -> dict[str, ProfileStatement]:
        return {statement.id: statement for statement in self._profile.statements}

    def theme(self, name: str) -> Theme:
        """A theme by its id, its claim's, or one that it absorbed. Raises NotFoundError."""
        found = named(self.themes, name.removeprefix("c-"))
        if found is None:
            raise NotFoundError(f"No theme or claim is called “{name}”.", "`icp-synth themes` lists them all.")
        return found

    # ------------------------------------------------------------ arranging

    def merge(self, name: str, into: str) -> Theme:
        """Keep that two themes are one; returns the one that stays. Raises NotFoundError, DecisionError."""
        gone, goal = self.theme(name), self.theme(into)
        if gone.id == goal.id:
            raise DecisionError(f"{name} and {into} are one theme already.", "`icp-synth themes` lists the themes.")
        self._same_kind(gone, goal.kind, goal)
        if decided(gone, self.overlays).left_out:
            raise DecisionError(
                f"{name} is left out, and {into} would go with it.",
                "Take that back first: `icp-synth claims accept`, or `icp-synth themes exclude --undo`.",
            )
        value = {"into": goal.id, "statements": " ".join(gone.members)}
        self._keep(f"theme.merge:{gone.id}", "theme.merge", gone.id, value)
        return goal

    def unmerge(self, name: str) -> str:
        """Take a merge back: the statements that the theme had then are a theme of its name again. Raises NotFoundError."""
        overlay = self._kept("theme.merge", name.removeprefix("c-"))
        whole = self.theme(overlay.value["into"])
        self._store.remove_overlay(overlay.id)
        if overlay.target not in {theme.id for theme in self.themes}:
            value = {"into": overlay.target, "kind": whole.kind, "statements": overlay.value["statements"]}
            self._keep(f"theme.split:{overlay.target}", "theme.split", whole.id, value)
        return overlay.target

    def split(self, name: str, statements: Sequence[str]) -> str:
        """Keep that some statements of a theme are a theme of their own; returns its id. Raises NotFoundError, DecisionError."""
        whole = self.theme(name)
        for statement in statements:
            if statement not in whole.members:
                raise NotFoundError(
                    f"{name} holds no statement “{statement}”.",
                    f"`icp-synth themes` lists themes, `icp-synth show {whole.id}` the statements of this one.",
                )
        if {*whole.members} == {*statements}:
            raise DecisionError("That is all of it: nothing would stay behind.", "Name fewer statements.")
        into = self._free(f"{whole.kind}-{statements[0].removeprefix('s-')}")
        value = {"into": into, "kind": whole.kind, "statements": " ".join(dict.fromkeys(statements))}
        self._keep(f"theme.split:{into}", "theme.split", whole.id, value)
        return into

    def unsplit(self, name: str) -> Theme:
        """Take a split back: the statements go back to where they came from. Raises NotFoundError."""
        wanted = name.removeprefix("c-")
        overlay = next((o for o in self.overlays if o.action == "theme.split" and o.value["into"] == wanted), None)
        if overlay is None:
            raise self._undecided(name)
        whole = self.theme(overlay.target)
        self._store.remove_overlay(overlay.id)
        for statement in overlay.value["statements"].split():
            self._move(statement, whole)
        return whole

    def move(self, statement: str, name: str) -> Theme:
        """Keep that a statement belongs to a theme; returns the theme that it leaves. Raises NotFoundError, DecisionError."""
        goal = self.theme(name)
        holding = [theme for theme in self.themes if statement in theme.members]
        if not holding:
            raise NotFoundError(
                f"No statement is called “{statement}”.",
                "`icp-synth themes` lists themes, `icp-synth show THEME` the statements of one.",
            )
        leaves = next((theme for theme in holding if theme.kind == goal.kind), holding[0])
        self._same_kind(leaves, goal.kind, goal)
        if leaves.id == goal.id:
            raise DecisionError(f"{statement} is in {name} already.", f"`icp-synth show {goal.id}` lists what is.")
        self._move(statement, goal, leaves)
        return leaves

    def unmove(self, statement: str, name: str) -> str:
        """Take a move back; returns the theme to which the statement goes back. Raises NotFoundError."""
        goal = self.theme(name)
        overlay = self._kept("theme.move", statement, goal.kind)
        before = overlay.value.get("from", goal.id)
        self._store.remove_overlay(overlay.id)
        if before in {theme.id for theme in self.themes}:
            self._move(statement, self.theme(before))
        elif before != goal.id:  # it had been the last one there
            value = {"into": before, "kind": goal.kind, "statements": statement}
            self._keep(f"theme.split:{before}", "theme.split", goal.id, value)
        return before

    def _move(self, statement: str, goal: Theme, leaves: Theme | None = None) -> None:
        value = {"into": goal.id, "kind": goal.kind} | ({"from": leaves.id} if leaves else {})
        self._keep(f"theme.move:{goal.kind}:{statement}", "theme.move", statement, value)

    def _same_kind(self, theme: Theme, kind: Kind, goal: Theme) -> None:
        if theme.kind != kind:
            raise DecisionError(
                f"{theme.id} is of the kind {theme.kind}, and {goal.id} of the kind {kind}.",
                "Choose two of one kind: `icp-synth themes` lists them.",
            )

    def _free(self, name: str) -> str:
        """A name that never meant another theme."""
        taken = {name for theme in self.themes for name in (theme.id, *theme.aliases)}
        taken |= {n for o in self.overlays if o.action in _ARRANGED for n in (o.target, o.value["into"])}
        numbered = (f"{name}-{n}" for n in range(2, len(taken) + 3))
        return next(free for free in (name, *numbered) if free not in taken)

    # ------------------------------------------------------------ judging

    def decide(self, name: str, action: Action, text: str | None = None) -> Theme:
        """Keep a decision about one theme or its claim; returns it. Raises NotFoundError."""
        theme = self.theme(name)
        question = "claim.review" if action in ("claim.accept", "claim.reject") else action
        self._keep(f"{question}:{theme.id}", action, theme.id, {} if text is None else {"text": text})
        return theme

    def edit(self, name: str, text: str) -> Theme:
        """Word a claim by hand. Raises NotFoundError, and AdmissionError for words that its evidence doesn't hold."""
        theme, wording = self.theme(name), " ".join(text.split())
        quotes = [self._statements[m].quote for m in theme.members if m in self._statements]
        if not content_words(wording):
            raise AdmissionError("That says nothing.", "Word it with words of the evidence.")
        if unborne := unborne_words(wording, quotes):
            raise AdmissionError(
                f"Not in the evidence of {theme.id}: {', '.join(dict.fromkeys(unborne))}.",
                f"Use customers' own words: `icp-synth show {theme.id}` lists them.",
            )
        return self.decide(name, "claim.edit", wording)

    def undo(self, name: str, *actions: Action) -> Theme:
        """Take such decisions about a theme back. Raises NotFoundError."""
        theme = self.theme(name)
        said = about(theme, self.overlays, *actions)
        if not said:
            raise self._undecided(name)
        for overlay in said:
            self._store.remove_overlay(overlay.id)
        return theme

    # ------------------------------------------------------------ listing

    def listed(self, *, left_out: bool) -> list[Listed]:
        """The claims of the last draft with what was decided since, and at the end what is left out."""
        themes, overlays = self.themes, self.overlays
        shown = [
            _shown(claim, section.title, named(themes, claim.id.removeprefix("c-")), overlays)
            for section in self._profile.sections
            for claim in section.claims
        ]
        there = {one.theme for one in shown}
        hidden = [t for t in themes if t.id not in there and decided(t, overlays).left_out]
        gone = [self._left_out(theme, overlays) for theme in hidden]
        return [one for one in (*shown, *gone) if left_out or not one.left_out]

    def _left_out(self, theme: Theme, overlays: Sequence[Overlay]) -> Listed:
        chosen = decided(theme, overlays)
        quote = next((self._statements[m].quote for m in theme.members if m in self._statements), "")
        return Listed(
            id=f"c-{theme.id}", theme=theme.id, kind=theme.kind, text=chosen.wording or shorten(quote),
            reviewed=chosen.review, left_out=True, by_hand=_said(theme.id, theme, overlays),
        )  # fmt: skip

    # ------------------------------------------------------------ keeping

    def forget_unborne_wordings(self) -> None:
        """Drop words by hand that no evidence holds any more; that there was a wording is remembered."""
        edits = [overlay for overlay in self.overlays if overlay.action == "claim.edit" and overlay.value]
        said = [sentence.text for sentence in self._store.sentences()] if edits else []
        for overlay in edits:
            if unborne_words(overlay.value["text"], said):
                self._store.put_overlay(overlay.model_copy(update={"value": {}}))

    def _keep(self, overlay_id: str, action: str, target: str, value: dict[str, str]) -> None:
        said = {"id": overlay_id, "action": action, "target": target, "value": value}
        self._store.put_overlay(Overlay.model_validate(said))

    def _kept(self, action: str, target: str, kind: str | None = None) -> Overlay:
        for overlay in self.overlays:
            if (overlay.action, overlay.target) == (action, target) and kind in (None, overlay.value.get("kind")):
                return overlay
        raise self._undecided(target)

    def _undecided(self, name: str) -> NotFoundError:
        return NotFoundError(
            f"Nothing of that sort was decided about “{name}”.", "`icp-synth claims --all` lists what was decided."
        )


def _shown(claim: Claim, section: str, theme: Theme | None, overlays: Sequence[Overlay]) -> Listed:
    own = claim.id.removeprefix("c-")
    chosen = decided(theme, overlays) if theme and theme.id == own else Decided()
    return Listed(
        id=claim.id, theme=own, kind=claim.kind, text=claim.text, section=section, status=claim.status,
        support=claim.support, page_one=claim.page_one, reviewed=chosen.review, left_out=chosen.left_out,
        by_hand=_said(own, theme, overlays),
    )  # fmt: skip


def _said(name: str, theme: Theme | None, overlays: Sequence[Overlay]) -> tuple[str, ...]:
    """What was decided about a theme, in words. One that the next draft merges into another has only that to say."""
    if theme is None or theme.id != name:
        return tuple(
            f"merged into {o.value['into']}" for o in overlays if (o.action, o.target) == ("theme.merge", name)
        )
    chosen = decided(theme, overlays)
    words = {
        "pinned": chosen.pinned,
        "excluded": chosen.excluded,
        "accepted": chosen.review == "accepted",
        "rejected": chosen.review == "rejected",
        "reworded": bool(chosen.wording),
        "wording lost with its evidence": chosen.wording == "",
    }
    return (*(word for word, holds in words.items() if holds), *_arranged(theme, overlays))


def _arranged(theme: Theme, overlays: Sequence[Overlay]) -> list[str]:
    names = {theme.id, *theme.aliases}
    into = [overlay for overlay in overlays if overlay.value.get("into") in names]
    said = [f"merged with {o.target}" for o in into if o.action == "theme.merge" and o.target in theme.aliases]
    said += [f"split from {o.target}" for o in into if o.action == "theme.split" and o.value["into"] == theme.id]
    moved = sum(o.action == "theme.move" and o.target in theme.members for o in into)
    return [*said, *([f"{moved} moved here"] if moved else [])]
