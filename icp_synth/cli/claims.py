"""`claims`: the lines of the profile, and a person's review of them."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape

from icp_synth.cli.console import AsJson, InWorkspace, opened, out, print_json
from icp_synth.cli.themes import LATER, SUPPORT, Undo, print_table, reword
from icp_synth.curation import Curation
from icp_synth.decisions import Action

app = typer.Typer(invoke_without_command=True, help="List claims; accept, edit, reject.")

Claims = Annotated[list[str], typer.Argument(help="Ids of claims, as `claims` lists them.")]


@app.callback()
def claims(
    context: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="List also what is rejected or excluded.")] = False,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """List the claims of the last draft with section, support, status and what was decided about them since."""
    if context.invoked_subcommand:
        return
    with opened(workspace) as here:
        listed = Curation(here.store).listed(left_out=everything)
    if as_json:
        print_json(listed)
        return
    print_table(listed, {"claim": lambda one: one.id, "section": lambda one: one.section or "", **SUPPORT})


@app.command()
def accept(claim: Claims, undo: Undo = False, workspace: InWorkspace = None) -> None:
    """Mark claims as reviewed: they stand before those that are not. Takes a rejection back."""
    _review(claim, "claim.accept", undo, workspace)


@app.command()
def reject(claim: Claims, undo: Undo = False, workspace: InWorkspace = None) -> None:
    """Leave claims out of every later draft."""
    _review(claim, "claim.reject", undo, workspace)


@app.command()
def edit(
    claim: Annotated[str, typer.Argument(help="A claim's id.")],
    text: Annotated[str, typer.Argument(help="What it says, in words of its evidence; not needed with --undo.")] = "",
    undo: Undo = False,
    workspace: InWorkspace = None,
) -> None:
    """Word a claim by hand; every word that tells something must stand in its evidence."""
    reword(claim, text, undo, workspace)


def _review(claims: list[str], action: Action, undo: bool, workspace: str | None) -> None:
    """All of them or none: a name that is not there is found before anything is kept."""
    with opened(workspace) as here:
        curation = Curation(here.store)
        for claim in claims:
            curation.theme(claim)
        for claim in claims:
            curation.undo(claim, action) if undo else curation.decide(claim, action)
    said = "accepted" if action == "claim.accept" else "rejected"
    for claim in claims:
        out.print(f"{escape(claim)} is {'no longer ' if undo else ''}{said}. {LATER}")
