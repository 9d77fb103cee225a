"""`privacy`: what was removed, what is doubtful, what a person decides about it, and the policy of a workspace."""

from __future__ import annotations

from typing import Annotated, get_args

import typer
from rich.markup import escape
from rich.table import Table

from icp_synth.cli.console import AsJson, InWorkspace, opened, out, print_json
from icp_synth.privacy import Finding, PrivacyReport, put_policy, rules
from icp_synth.records.privacy import ENTITIES, Action
from icp_synth.workspace import Workspace

app = typer.Typer(no_args_is_help=True, help="What was removed as personal data; decide what else goes or stays.")

_AGAIN = "Read the evidence again to carry it out: icp-synth add PATH, or draft PATH."


@app.command()
def report(workspace: InWorkspace = None, as_json: AsJson = False) -> None:
    """Count what was removed, by source and entity, and list what is doubtful with the text masked."""
    with opened(workspace) as here:
        told = here.privacy_report()
    if as_json:
        print_json(told)
        return
    _print_counts(told)
    if told.doubtful:
        out.print(
            f"\n[bold]Doubtful[/], least sure first ({len(told.doubtful)}; decide with `icp-synth privacy review`)"
        )
    for finding in told.doubtful:
        _print_finding(finding)
    _print_needs(told)


def _print_counts(told: PrivacyReport) -> None:
    table = Table(box=None, header_style="bold")
    table.add_column("source")
    for entity in told.entities:
        table.add_column(entity.lower().replace("_", " "), justify="right")
    for source, counts in told.sources.items():
        if counts:
            table.add_row(escape(source), *(str(counts.get(entity, "")) for entity in told.entities))
    table.add_row("all", *(str(count) for count in told.entities.values()), style="bold")
    out.print(table)
    nothing = sum(not counts for counts in told.sources.values())
    if nothing:
        out.print(f"{nothing} more sources held nothing personal.", style="dim")


def _print_finding(finding: Finding) -> None:
    place = finding.locator
    where = f"line {finding.lines[0]}" if finding.lines else f"{place.unit} {place.first}"
    out.print(
        f"\n[cyan]{escape(finding.id)}[/]  {finding.score:.2f}  {escape(finding.source)}, {where}", soft_wrap=True
    )
    out.print(f"  {escape(finding.context)}", soft_wrap=True, style="dim")


def _print_needs(told: PrivacyReport) -> None:
    if told.needs_original:
        out.print(
            f"\n[yellow]{len(told.needs_original)} sources need their original[/]: they were read under other rules. {_AGAIN}"
        )


@app.command()
def review(workspace: InWorkspace = None) -> None:
    """Go through what is doubtful: accept it, say that it is no personal data, or add words that were missed."""
    with opened(workspace) as here:
        doubtful = here.privacy_report().doubtful
        out.print(
            f"{len(doubtful)} doubtful findings. The words themselves were not kept; look them up in the original."
        )
        for finding in doubtful:
            _print_finding(finding)
            answer = (
                typer.prompt("  [a]ccept, [d]ismiss, add [m]issed words, [s]kip, [q]uit", default="a")
                .strip()
                .lower()[:1]
            )
            if answer == "q":
                break
            if answer == "a":
                here.accept(finding.id)
            elif answer == "d":
                here.dismiss(typer.prompt("  What stands there in the original? It is kept from now on"))
                here.accept(finding.id)
            elif answer == "m":
                _hide(here, typer.prompt("  Which words must go, everywhere?", hide_input=True))
        told = here.privacy_report()
    out.print(f"\n{len(told.doubtful)} left.")
    _print_needs(told)


@app.command()
def accept(
    findings: Annotated[list[str], typer.Argument(help="Ids of findings, as `privacy report` shows them.")],
    workspace: InWorkspace = None,
) -> None:
    """Take findings for right: they are no longer doubtful."""
    with opened(workspace) as here:
        for finding in findings:
            here.accept(finding)
    out.print(f"{len(findings)} accepted.")


@app.command()
def add(
    text: Annotated[str | None, typer.Argument(help="Words that must go; asked for where not given.")] = None,
    workspace: InWorkspace = None,
) -> None:
    """Remove words from everything in the workspace, and from what comes later. Only a keyed hash of them is kept."""
    said = text or typer.prompt("Which words must go, everywhere?", hide_input=True)
    with opened(workspace) as here:
        _hide(here, said)


def _hide(here: Workspace, said: str) -> None:
    changed = here.hide(said)
    out.print(f"Removed from {changed} sources and tables; they were read again. Draft anew to see it." if changed else
              "Nothing holds these words; they will be removed from what comes.")  # fmt: skip


@app.command()
def dismiss(
    text: Annotated[str, typer.Argument(help="Words that are no personal data: a product, a company.")],
    workspace: InWorkspace = None,
) -> None:
    """Leave words in from now on. What was read before needs its original."""
    with opened(workspace) as here:
        here.dismiss(text)
        told = here.privacy_report()
    out.print(f"“{escape(text)}” stays from now on.")
    _print_needs(told)


@app.command()
def policy(
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="ENTITY=pseudonymise, remove or keep; can be repeated.")
    ] = None,
    mask_accounts: Annotated[
        bool | None, typer.Option("--mask-accounts/--name-accounts", help="Whether customers' companies are hidden.")
    ] = None,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """Show or set what is done with each kind of personal data in this workspace."""
    chosen: dict[str, Action] = {}
    for pair in set_ or ():
        entity, _, action = pair.upper().partition("=")
        wanted = next((one for one in get_args(Action) if one.upper() == action), None)
        if entity not in ENTITIES or wanted is None:
            raise typer.BadParameter(
                f"“{pair}” is not ENTITY=ACTION. Entities: {', '.join(ENTITIES)}. Actions: {', '.join(get_args(Action))}."
            )
        chosen[entity] = wanted
    with opened(workspace) as here:
        now = rules(here.store)
        if chosen or mask_accounts is not None:
            masked = now.mask_accounts if mask_accounts is None else mask_accounts
            now = now.model_copy(update={"actions": {**now.actions, **chosen}, "mask_accounts": masked})
            put_policy(here.store, now)
        told = here.privacy_report()
    if as_json:
        print_json(
            {
                "actions": {entity: now.action(entity) for entity in ENTITIES},
                "mask_accounts": now.mask_accounts,
                "needs_original": told.needs_original,
            }
        )
        return
    for entity in ENTITIES:
        out.print(f"{entity.lower().replace('_', ' '):16} {now.action(entity)}")
    out.print(f"{'customers':16} {'masked' if now.mask_accounts else 'named'}")
    _print_needs(told)
