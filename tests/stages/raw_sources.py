"""Raw sources for tests, in a few words: who says what."""

from __future__ import annotations

from icp_synth.records import Block, Form, Locator, Role, Source


def block(
    text: str, line: int = 1, *, speaker: str | None = None, form: Form | None = None, side: Role | None = None,
    email: str | None = None, heading: str | None = None,
) -> Block:  # fmt: skip
    """A block of a text file; speech where it has a speaker."""
    last = line + text.count("\n")
    return Block(
        text=text, locator=Locator(unit="line", first=line, last=last), lines=(line, last), speaker=speaker, side=side,
        form=form or ("speech" if speaker else "prose"), email=email, heading=heading,
    )  # fmt: skip


def talk(*turns: tuple[str, str], path: str = "call.txt", **more: object) -> Source:
    """A conversation: (speaker, words) each on its own line."""
    blocks = tuple(block(words, n, speaker=speaker) for n, (speaker, words) in enumerate(turns, 1))
    return Source(path=path, format="txt", blocks=blocks, **more)  # type: ignore[arg-type]


def notes(*lines: str, path: str = "notes.md", **more: object) -> Source:
    """Notes: a line that ends with ? is a question of ours, one that starts with # a heading, the others prose."""
    blocks = []
    for number, line in enumerate(lines, 1):
        form: Form = "question" if line.endswith("?") else "heading" if line.startswith("#") else "prose"
        blocks.append(block(line, number, form=form))
    return Source(path=path, format="md", blocks=tuple(blocks), **more)  # type: ignore[arg-type]
