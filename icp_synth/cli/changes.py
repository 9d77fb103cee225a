"""`changes`: what the last draft says otherwise than an earlier one."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape

from icp_synth.changes import changes, summary, told
from icp_synth.cli.console import AsJson, InWorkspace, opened, out, print_json
from icp_synth.errors import NotFoundError


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("changes")(show)


def show(
    since: Annotated[
        int | None, typer.Option(help="A version of the profile; the one before the last if not given.")
    ] = None,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """List what changed since the draft before: claims new, gone, merged, split, grown, with another status or wording."""
    with opened(workspace) as here:
        after, versions = here.store.profile(), here.store.profile_versions()
        if since is not None and since not in versions:
            raise NotFoundError(
                f"There is no version {since} of the profile.", f"There are {', '.join(map(str, versions))}."
            )
        since = since if since is not None else next(iter(versions[-2:-1]), None)
        found = changes(here.store.profile(since), after) if since is not None else ()
    if as_json:
        print_json({"since": since, "version": versions[-1], "changes": found})
        return
    if since is None:
        out.print("There is no earlier draft to compare with. (One that quotes a removed source goes with it.)")
        return
    for change in found:
        out.print(f"[bold]{change.claim}[/] {escape(told(change))}: {escape(change.text)}", soft_wrap=True)
    out.print(f"Since version {since}: {summary(found) or 'no claim changed'}")
