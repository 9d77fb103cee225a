"""`accounts`: whose words these are, with why; merging, renaming, assigning, setting."""

from __future__ import annotations

from typing import Annotated, get_args

import typer
from rich.markup import escape
from rich.table import Table

from icp_synth.cli.console import AsJson, InWorkspace, opened, out, print_json
from icp_synth.errors import NotFoundError
from icp_synth.records import Outcome, Overlay
from icp_synth.workspace import Workspace

app = typer.Typer(invoke_without_command=True, help="List accounts and why; merge, rename, assign, set.")


@app.callback()
def accounts(context: typer.Context, workspace: InWorkspace = None, as_json: AsJson = False) -> None:
    """List the accounts, how many sources each has, and why we think so."""
    if context.invoked_subcommand:
        return
    with opened(workspace) as here:
        listed = sorted(here.accounts().by_id.values(), key=lambda a: (-a.sources, a.id))
    if as_json:
        print_json(listed)
        return
    table = Table(box=None, header_style="bold")
    for heading in ("account", "name", "sources", "outcome", "why", "attributes"):
        table.add_column(heading)
    for account in listed:
        attributes = ", ".join(f"{k}: {v}" for k, v in list(account.attributes.items())[:4])
        table.add_row(
            *map(
                escape, (account.id, account.name, str(account.sources), account.outcome or "", account.why, attributes)
            )
        )
    out.print(table)


def _known(here: Workspace, account: str) -> str:
    if account not in here.accounts().by_id:
        raise NotFoundError(f"No account is called “{account}”.", "`icp-synth accounts` lists their ids.")
    return account


@app.command()
def merge(
    account: Annotated[str, typer.Argument(help="Id of the account that goes away.")],
    into: Annotated[str, typer.Argument(help="Id of the account that it is.")],
    workspace: InWorkspace = None,
) -> None:
    """Say that two accounts are one."""
    with opened(workspace) as here:
        value = {"into": _known(here, into)}
        here.overlay(Overlay(id=f"merge:{account}", action="account.merge", target=_known(here, account), value=value))
    out.print(f"{escape(account)} is now {escape(into)}.")


@app.command()
def rename(
    account: Annotated[str, typer.Argument(help="Id of the account.")],
    name: Annotated[str, typer.Argument(help="Its name.")],
    workspace: InWorkspace = None,
) -> None:
    """Give an account another name; its id stays."""
    with opened(workspace) as here:
        value = {"name": name}
        here.overlay(
            Overlay(id=f"rename:{account}", action="account.rename", target=_known(here, account), value=value)
        )
    out.print(f"{escape(account)} is called {escape(name)}.")


@app.command()
def assign(
    source: Annotated[str, typer.Argument(help="A source's id or path.")],
    name: Annotated[str, typer.Argument(help="Name of the account whose words these are.")],
    workspace: InWorkspace = None,
) -> None:
    """Say whose words a source holds."""
    with opened(workspace) as here:
        found = here.find(source)
        for one in found:
            here.overlay(Overlay(id=f"assign:{one.id}", action="source.account", target=one.id, value={"name": name}))
    out.print(f"{len(found)} sources are now {escape(name)}'s.")


@app.command("set")
def set_(
    account: Annotated[str, typer.Argument(help="Id of the account.")],
    facts: Annotated[list[str], typer.Argument(help="KEY=VALUE; outcome=won|lost|churned|active is the outcome.")],
    workspace: InWorkspace = None,
) -> None:
    """Set attributes and the outcome of an account."""
    value = {}
    for fact in facts:
        key, _, content = fact.partition("=")
        if not content:
            raise typer.BadParameter(f"“{fact}” is not KEY=VALUE.")
        value[key.strip()] = content.strip()
    if value.get("outcome") not in (None, *get_args(Outcome)):
        raise typer.BadParameter(f"outcome is one of {', '.join(get_args(Outcome))}.")
    with opened(workspace) as here:
        key = ",".join(sorted(value))
        here.overlay(
            Overlay(id=f"set:{account}:{key}", action="account.set", target=_known(here, account), value=value)
        )
    out.print(f"{escape(account)}: {escape(', '.join(facts))}")
