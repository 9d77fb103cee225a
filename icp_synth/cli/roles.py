"""`roles`: who speaks in each source, why we think so, and how to correct it."""

from __future__ import annotations

from typing import Annotated, get_args

import typer
from rich.markup import escape
from rich.table import Table

from icp_synth.cli.console import AsJson, InWorkspace, opened, out, print_json
from icp_synth.errors import NotFoundError
from icp_synth.records import CleanSource, Overlay, Role

app = typer.Typer(invoke_without_command=True, help="List who speaks for whom; correct a role.")


@app.callback()
def roles(context: typer.Context, workspace: InWorkspace = None, as_json: AsJson = False) -> None:
    """List the speakers of every source with role, voice, words and why."""
    if context.invoked_subcommand:
        return
    with opened(workspace) as here:
        listed = [row for source in here.sources() for row in _speakers(source)]
    if as_json:
        print_json(listed)
        return
    table = Table(box=None, header_style="bold")
    for heading in ("source", "speaker", "role", "voice", "words", "why"):
        table.add_column(heading)
    for row in listed:
        table.add_row(*(escape(str(value)) for value in row.values()))
    out.print(table)


def _speakers(source: CleanSource) -> list[dict[str, str | int]]:
    words: dict[tuple[str, str, str, str], int] = {}
    for turn in source.turns:
        key = (turn.speaker or "", turn.role, turn.voice, turn.why)
        words[key] = words.get(key, 0) + len(source.text[turn.start : turn.end].split())
    name = f"{source.path} {source.ref}".strip()
    return [
        {"source": name, "speaker": speaker, "role": role, "voice": voice, "words": count, "why": why}
        for (speaker, role, voice, why), count in words.items()
    ]


@app.command("set")
def set_(
    source: Annotated[str, typer.Argument(help="A source's id or path.")],
    speaker: Annotated[str, typer.Argument(help="The speaker as `roles` shows it; '' for turns without one.")],
    role: Annotated[str, typer.Argument(help="customer, us or unknown.")],
    workspace: InWorkspace = None,
) -> None:
    """Say whose side a speaker is on; the source is read again."""
    if role not in get_args(Role):
        raise typer.BadParameter(f"A role is one of {', '.join(get_args(Role))}.")
    with opened(workspace) as here:
        found = here.find(source)
        if not any((turn.speaker or "") == speaker for one in found for turn in one.turns):
            raise NotFoundError(
                f"Nobody called “{speaker}” speaks in {source}.", "`icp-synth roles` lists the speakers."
            )
        for one in found:
            value = {"speaker": speaker, "role": role}
            here.overlay(Overlay(id=f"role:{one.id}:{speaker}", action="role.set", target=one.id, value=value))
    out.print(f"{escape(speaker) or 'turns without a speaker'}: {role}")
