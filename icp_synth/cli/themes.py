"""`themes`: what customers' words were gathered to; merging, splitting, wording, moving, pinning, leaving out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from icp_synth.cli.console import AsJson, InWorkspace, opened, out, print_json
from icp_synth.curation import Curation, Listed
from icp_synth.decisions import Action

app = typer.Typer(
    invoke_without_command=True, help="List themes; merge, split, reword, move, pin to page one, leave out."
)

LATER = "From the next draft on."
ATheme = Annotated[str, typer.Argument(help="A theme's id.")]
Undo = Annotated[bool, typer.Option("--undo", help="Take this decision back.")]


Column = Callable[[Listed], str]
SUPPORT: dict[str, Column] = {
    "accounts": lambda one: f"{one.support.accounts} of {one.support.of_accounts}" if one.support else "",
    "sources": lambda one: str(one.support.sources) if one.support else "",
    "status": lambda one: one.status or "left out",
    "by hand": lambda one: ", ".join(one.by_hand),
    "in the customers' words": lambda one: one.text,
}


@app.callback()
def themes(context: typer.Context, workspace: InWorkspace = None, as_json: AsJson = False) -> None:
    """List all themes with support, status and what was decided by hand, strongest first."""
    if context.invoked_subcommand:
        return
    with opened(workspace) as here:
        listed = Curation(here.store).listed(left_out=True)
    if as_json:
        print_json(listed)
        return
    print_table(listed, {"theme": lambda one: one.theme, "kind": lambda one: one.kind, **SUPPORT})


def print_table(listed: Iterable[Listed], columns: Mapping[str, Column]) -> None:
    """A row each; what is left out is dim. The id, in the first column, stays whole, so that it can be copied."""
    table = Table(box=None, header_style="bold")
    for number, heading in enumerate(columns):
        table.add_column(heading, no_wrap=not number)
    for one in listed:
        table.add_row(*(escape(cell(one)) for cell in columns.values()), style="dim" if one.left_out else None)
    out.print(table)


@app.command()
def merge(
    theme: Annotated[str, typer.Argument(help="Id of the theme that goes away.")],
    into: Annotated[str, typer.Argument(help="Id of the theme that it is, of the same kind.")],
    undo: Undo = False,
    workspace: InWorkspace = None,
) -> None:
    """Say that two themes are one."""
    with opened(workspace) as here:
        curation = Curation(here.store)
        if undo:
            out.print(f"{escape(curation.unmerge(theme))} is a theme of its own again. {LATER}")
        else:
            out.print(f"{escape(theme)} is now {escape(curation.merge(theme, into).id)}. {LATER}")


@app.command()
def split(
    theme: Annotated[str, typer.Argument(help="Id of the theme; with --undo, of the part that was split off.")],
    statements: Annotated[
        list[str] | None, typer.Argument(help="Ids of its statements, as `show THEME` has them.")
    ] = None,
    undo: Undo = False,
    workspace: InWorkspace = None,
) -> None:
    """Make some statements of a theme a theme of their own."""
    if bool(statements) == undo:
        raise typer.BadParameter("Name the statements, or say --undo.")
    with opened(workspace) as here:
        curation = Curation(here.store)
        if undo:
            out.print(f"{escape(theme)} goes back into {escape(curation.unsplit(theme).id)}. {LATER}")
        else:
            out.print(f"Split off as {escape(curation.split(theme, statements or []))}. {LATER}")


@app.command()
def move(
    statement: Annotated[str, typer.Argument(help="A statement's id.")],
    theme: Annotated[str, typer.Argument(help="Id of the theme that it belongs to, of the same kind.")],
    undo: Undo = False,
    workspace: InWorkspace = None,
) -> None:
    """Say to which theme a statement belongs."""
    with opened(workspace) as here:
        curation = Curation(here.store)
        if undo:
            out.print(f"{escape(statement)} goes back to {escape(curation.unmove(statement, theme))}. {LATER}")
        else:
            left = curation.move(statement, theme)
            out.print(f"{escape(statement)} goes from {escape(left.id)} to {escape(theme)}. {LATER}")


@app.command()
def rename(
    theme: ATheme,
    text: Annotated[str, typer.Argument(help="Its headline, in words of its evidence; not needed with --undo.")] = "",
    undo: Undo = False,
    workspace: InWorkspace = None,
) -> None:
    """Word a theme's headline, which is its claim: the same as `claims edit`."""
    reword(theme, text, undo, workspace)


def reword(name: str, text: str, undo: bool, workspace: str | None) -> None:
    """Word a claim by hand, or take that back."""
    with opened(workspace) as here:
        curation = Curation(here.store)
        done = curation.undo(name, "claim.edit") if undo else curation.edit(name, text)
    out.print(f"{escape(done.id)} {'has its own words again' if undo else 'is worded by hand'}. {LATER}")


@app.command()
def exclude(theme: ATheme, undo: Undo = False, workspace: InWorkspace = None) -> None:
    """Leave a theme out of every later draft."""
    _mark(theme, "theme.exclude", undo, workspace)
    out.print(f"{escape(theme)} is {'no longer ' if undo else ''}left out. {LATER}")


@app.command()
def pin(theme: ATheme, undo: Undo = False, workspace: InWorkspace = None) -> None:
    """Keep a theme on page one."""
    _mark(theme, "theme.pin", undo, workspace)
    out.print(f"{escape(theme)} is {'no longer ' if undo else ''}pinned to page one. {LATER}")


def _mark(theme: str, action: Action, undo: bool, workspace: str | None) -> None:
    with opened(workspace) as here:
        curation = Curation(here.store)
        curation.undo(theme, action) if undo else curation.decide(theme, action)
