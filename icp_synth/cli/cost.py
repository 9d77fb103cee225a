"""`cost`: what calls to models have cost, and what they would."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from icp_synth import wiring
from icp_synth.adapters.home import Home
from icp_synth.adapters.registry import is_model, shown_name
from icp_synth.cli.console import AsJson, InWorkspace, RichProgress, only_workspace, out, print_json
from icp_synth.cli.evidence import take_in
from icp_synth.costs import Spent, dollars, price_of, rates, summary
from icp_synth.errors import NotFoundError
from icp_synth.ledger import PlanningChat, characters
from icp_synth.records import Call, LedgerEntry
from icp_synth.settings import Settings
from icp_synth.stages.render.wording import plural


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(cost)


def cost(
    path: Annotated[Path | None, typer.Argument(help="Evidence: what would a draft of it cost?")] = None,
    analyst: Annotated[str | None, typer.Option(help="The model that would be asked, as in `draft`.")] = None,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """What calls to models have cost, per prompt and model; with a PATH, about what a draft of it would."""
    settings = Settings()
    if path:
        _estimate(path, analyst or settings.analyst, workspace, settings, as_json)
        return
    rows = summary(wiring.ledger_entries(settings, workspace or only_workspace(settings)))
    if as_json:
        print_json(rows)
    elif not rows:
        out.print("No call to a model was made in this workspace, so nothing was spent.")
    else:
        _print(rows)


def _print(rows: Sequence[Spent]) -> None:
    for model, some in groupby(
        sorted(rows, key=lambda row: (row.model, row.prompt, row.version)), lambda row: row.model
    ):
        table = Table(box=None, header_style="bold")
        table.add_column("prompt", no_wrap=True)
        for heading in ("calls", "failed", "replayed", "tokens in", "of them cached", "tokens out", "money"):
            table.add_column(heading, justify="right")
        for row in some:
            sent = row.tokens.uncached + row.tokens.cached
            figures = (row.calls, row.failed, row.replays, sent, row.tokens.cached, row.tokens.output)
            table.add_row(
                f"{escape(row.prompt)} {row.version}",
                *(f"{figure:,}" for figure in figures),
                dollars(None if row.unpriced == row.calls else row.price),
            )
        out.print(f"[bold]{escape(model)}[/]", soft_wrap=True)
        out.print(table)
    unpriced, cut_off = sum(row.unpriced for row in rows), sum(row.in_flight for row in rows)
    out.print(f"Together: {dollars(sum(row.price for row in rows))}", end="")
    out.print(f", and {plural(unpriced, 'call')} of a price that isn't known (ICP_SYNTH_PRICES)." if unpriced else ".")
    if cut_off:
        out.print(
            f"{plural(cut_off, 'call')} never ended here, and may have been paid: estimates count.", soft_wrap=True
        )


def _estimate(path: Path, analyst: str, workspace: str | None, settings: Settings, as_json: bool) -> None:
    if not is_model(analyst):
        if as_json:
            print_json({"calls": 0, "price": 0})
        else:
            out.print(f"{escape(analyst)} asks no model: it costs nothing.")
        return
    name = workspace or wiring.name_for(path, settings)
    before = wiring.ledger_entries(settings, name)
    told = estimated(_planned(path, analyst, settings), shown_name(analyst), name, before, settings)
    if as_json:
        print_json(told)
        return
    out.print(
        f"{plural(told['calls'], 'call')}, of which {told['kept']:,} answered in the ledger already. About {told['tokens_in']:,}"
        f" tokens in and {told['tokens_out']:,} out for the rest: {dollars(told['price'])}.",
        soft_wrap=True,
    )
    seen = (
        "from what this workspace's calls took"
        if told["seen"]
        else "at 4 characters a token, answers a quarter of that"
    )
    out.print(f"Estimated {seen}. Prices as read on {told['prices_read']}: check them.", style="dim", soft_wrap=True)


def estimated(
    calls: Sequence[Call[Any]], analyst: str, workspace: str, before: Sequence[LedgerEntry], settings: Settings
) -> dict[str, Any]:
    """What calls would take that the ledger doesn't hold; `price` in millionths of a dollar, None where unknown."""
    key_of = wiring.call_name(settings, workspace, analyst)
    answered = {entry.key for entry in before if entry.state == "answered"}
    different = {key_of(call): call for call in calls}
    rate, table = rates(before, analyst), wiring.prices(settings)
    took = [rate.estimate(call.prompt, characters(call)) for key, call in different.items() if key not in answered]
    prices = [price_of(tokens, table.of(analyst), batch=settings.batch) for tokens in took]
    return {
        "calls": len(different),
        "kept": len(different) - len(took),
        "tokens_in": sum(tokens.uncached for tokens in took),
        "tokens_out": sum(tokens.output for tokens in took),
        "price": None if None in prices else sum(filter(None, prices)),
        "seen": any(entry.model == analyst and entry.state == "answered" for entry in before),
        "prices_read": table.read.isoformat(),
    }


def _planned(path: Path, analyst: str, settings: Settings) -> list[Call[Any]]:
    """The calls of a draft, gathered in a home that lasts as long as this takes; the evidence in it is scrubbed."""
    if not path.exists():
        raise NotFoundError(f"{path} does not exist.", "Give a file, a folder or a zip.")
    home = Home(settings.home)
    home.create()
    folder = Path(tempfile.mkdtemp(prefix="plan-", dir=home.root))
    there = settings.model_copy(update={"home": folder / "home", "database_url": None, "analyst": "extractive"})
    chat = PlanningChat(shown_name(analyst))
    try:
        with wiring.open_workspace(there, "plan", RichProgress()) as here:
            take_in(here, path, None, there)
            here.state()  # reads
        asking = there.model_copy(update={"analyst": analyst})
        with wiring.open_workspace(asking, "plan", RichProgress(), chat) as here:
            here.plan(wiring.analyst(there.analyst).name)
    finally:
        shutil.rmtree(folder)
    return chat.calls
