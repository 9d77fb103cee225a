"""`demo`, `draft`, `show`: from evidence to a profile, and into it."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.text import Text

from icp_synth import assets, wiring
from icp_synth.changes import changes, summary
from icp_synth.cli.ask import print_changed
from icp_synth.cli.console import (
    EXIT_REJECTS,
    AsJson,
    InWorkspace,
    RichProgress,
    only_workspace,
    opened,
    out,
    print_json,
    print_rejects,
)
from icp_synth.cli.evidence import describe, read_manifest, take_in
from icp_synth.errors import IcpSynthError, NotFoundError
from icp_synth.records import Artifact, Claim, Profile, ProfileStatement
from icp_synth.settings import Settings
from icp_synth.stages.render.wording import plural
from icp_synth.workspace import Added

STATUS_STYLE = {"corroborated": "green", "supported": "cyan", "contested": "yellow", "hypothesis": "dim"}


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    for command in (demo, draft, show):
        app.command()(command)


def demo(
    to: Annotated[Path, typer.Option("--out", help="Where the one-pager goes.")] = Path("demo"),
    as_json: AsJson = False,
) -> None:
    """Draft a one-pager from the built-in evidence about TitanCRM, a product that doesn't exist."""
    draft(path=assets.golden_dir() / "titancrm" / "evidence", workspace="demo", to=to, as_of=None, as_json=as_json)


def draft(
    path: Annotated[Path | None, typer.Argument(help="A file, a folder or a zip of evidence.")] = None,
    product: Annotated[str | None, typer.Option(help="The product that the evidence is about.")] = None,
    workspace: InWorkspace = None,
    to: Annotated[Path, typer.Option("--out", help="Where profile.json and the one-pagers go.")] = Path("icp"),
    as_of: Annotated[str | None, typer.Option(help="Draft as on this day (YYYY-MM-DD); today if not given.")] = None,
    analyst: Annotated[
        str | None, typer.Option(help="extractive, openai:MODEL, ollama:MODEL, gguf:PATH or http://host/v1#MODEL.")
    ] = None,
    budget: Annotated[float | None, typer.Option(min=0, help="Dollars that this run may spend on a model.")] = None,
    budget_tokens: Annotated[int | None, typer.Option(min=0, help="Tokens that this run may use.")] = None,
    batch: Annotated[
        bool | None, typer.Option("--batch", help="Ask the model in batches: cheaper, and done within a day.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Evidence → profile.json and a one-pager as HTML, Markdown, PDF and DOCX."""
    said = {"analyst": analyst, "budget": budget, "budget_tokens": budget_tokens, "batch": batch}
    settings = Settings().model_copy(update={name: value for name, value in said.items() if value is not None})
    wiring.analyst(settings.analyst)
    day = _day(as_of)
    name = workspace or (wiring.name_for(path, settings) if path else only_workspace(settings))
    if path and not path.exists():
        raise NotFoundError(f"{path} does not exist.", "Give a file, a folder or a zip.")
    if path and not product:
        product = read_manifest(path, None).product
    with wiring.open_workspace(settings, name, RichProgress()) as here:
        product = product or here.store.setting("product")
        if not product:
            raise IcpSynthError("Which product is the evidence about?", "Say it with --product NAME.")
        own = workspace in (None, "demo")  # a workspace that stands for this path, and so mirrors it
        done = take_in(here, path, product, settings, mirror=own) if path else Added()
        before = here.store.profile() if here.store.profile_versions() else None
        made = here.draft(product, day)
        asked = here.questions.ask_again()
        changed = changes(before, made.profile) if before else ()
        artifacts = here.artifacts(made.profile, assets.template_dir())
    _write(artifacts, to)
    if as_json:
        print_json({"workspace": name, "out": str(to), **vars(done), "changes": changed, "questions": asked})
    else:
        if path:
            out.print(describe(done))
        print_page_one(made.profile)
        print_shortfalls(made.profile)
        if before:
            since = f"{summary(changed)}; icp-synth changes lists them" if changed else "no claim changed"
            out.print(f"\nSince the draft before: {since}", soft_wrap=True)
        print_changed(asked)
        out.print(
            f"\nWritten to [bold]{escape(str(to))}[/]: one-pager.html, .md, .pdf, .docx and profile.json",
            soft_wrap=True,
        )
        out.print(
            f"Open {escape(str(to / 'one-pager.html'))}; check it: icp-synth verify {escape(str(to / 'profile.json'))}",
            soft_wrap=True,
        )
        print_rejects(done.rejects)
    if done.rejects or made.profile.partial:
        raise typer.Exit(EXIT_REJECTS)


def _day(as_of: str | None) -> dt.date:
    if as_of is None:
        return dt.datetime.now(dt.UTC).date()
    try:
        return dt.date.fromisoformat(as_of)
    except ValueError:
        raise typer.BadParameter(f"“{as_of}” is not a day like 2026-01-31.") from None


def _write(artifacts: Iterable[Artifact], to: Path) -> None:
    """Write all files, each whole or not at all."""
    to.mkdir(parents=True, exist_ok=True)
    for artifact in artifacts:
        descriptor, partial = tempfile.mkstemp(dir=to)
        with os.fdopen(descriptor, "wb") as file:
            file.write(artifact.data)
        Path(partial).chmod(0o644)
        Path(partial).replace(to / artifact.name)


def print_page_one(profile: Profile) -> None:
    """Page one in the terminal."""
    known = sum(a.known and a.sources > 0 for a in profile.accounts)
    out.print(f"\n[bold]{escape(profile.name)}[/]")
    out.print(
        f"{plural(len(profile.statements), 'statement')}, {plural(len(profile.sources), 'source')}, "
        f"{plural(known, 'known account')}",
        style="dim",
    )
    for section in profile.sections:
        out.print(f"\n[bold]{escape(section.title)}[/]")
        if section.empty:
            out.print(f"  {escape(section.empty)}", style="dim")
        for claim in section.claims:
            if claim.page_one:
                out.print(_line(claim), soft_wrap=True)


def print_shortfalls(profile: Profile) -> None:
    """What of a model's sentences fell, and what it gave no answer to, in a line each."""
    if profile.dropped:
        out.print(
            f"\nDropped, since the evidence doesn't bear it: {plural(len(profile.dropped), 'sentence')} of the model. "
            "The appendix of the one-pager lists what was dropped.",
            soft_wrap=True,
        )
    if profile.partial:
        first = profile.partial[0]
        out.print(
            f"\n[yellow]Partial[/]: no usable answer to {plural(len(profile.partial), 'call')} of the model. First, "
            f"{first.task}: {escape(first.why)} Draft again to ask again.",
            soft_wrap=True,
        )


def _line(claim: Claim) -> Text:
    of = f"{claim.support.accounts}/{claim.support.of_accounts}"
    line = Text("    ↳ " if claim.answers else "  ")
    line.append(f"{of:>5} ", style="bold")
    line.append(f"{claim.status:12} ", style=STATUS_STYLE[claim.status])
    return line.append(claim.text)


def show(
    name: Annotated[str, typer.Argument(help="Id of a theme, a claim or a statement, or a source's path.")],
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """Show a claim with its evidence and counter-evidence, a statement in its context, or a source's clean text."""
    with opened(workspace) as here:
        sources = here.named(name)
        profile = None if sources else here.store.profile()
        statements = {s.id: s for s in profile.statements} if profile else {}
        claims = {c.id: c for section in profile.sections for c in section.claims} if profile else {}
        claim = claims.get(name) or claims.get(f"c-{name}")
        if not (sources or claim or name in statements):
            raise NotFoundError(
                f"Nothing is called “{name}”.", "`icp-synth themes` lists claims, `icp-synth sources` lists sources."
            )
    if claim:
        shown = [statements[i] for i in claim.evidence]
        beside = [
            statements[i] for i in dict.fromkeys(f.statement for f in claim.facts if f.statement not in claim.evidence)
        ]
        against = [statements[i] for i in claim.counter]
        fell = [one for one in profile.dropped if f"c-{one.about}" == claim.id] if profile else []
        if as_json:
            print_json({"claim": claim, "evidence": shown, "beside": beside, "counter": against, "dropped": fell})
            return
        out.print(_line(claim), soft_wrap=True)
        for fact in claim.facts:
            told = Text(f"  {fact.name.replace('_', ' ')}: ", style="dim").append(
                " ".join(fact.text.split()), style="bold not dim"
            )
            out.print(told.append(f"  {fact.statement}", style="dim not bold"), soft_wrap=True)
        for one in claim.prose:
            out.print(
                Text(f"  Written by a model: {one.text} ({', '.join(one.evidence)})", style="italic"), soft_wrap=True
            )
        if fell:
            out.print(f"  {len(fell)} sentences of the model were dropped; --json shows them.", style="dim")
        for statement in shown:
            _print_statement(statement)
        if beside:
            out.print("Said beside it:", style="bold")
        for statement in beside:
            _print_statement(statement)
        if against:
            out.print("Said otherwise:", style="bold")
        for statement in against:
            _print_statement(statement)
    elif name in statements:
        print_json(statements[name]) if as_json else _print_statement(statements[name])
    elif as_json:
        print_json(sources)
    else:
        for source in sources:
            out.print(Text(source.text), soft_wrap=True)


def _print_statement(statement: ProfileStatement) -> None:
    place = statement.locator
    where = f"lines {statement.lines[0]}–{statement.lines[1]}" if statement.lines else f"{place.unit} {place.first}"
    out.print()
    out.print(
        Text(f"  {' '.join(statement.before.split())} ", style="dim")
        .append(" ".join(statement.quote.split()), style="bold not dim")
        .append(f" {' '.join(statement.after.split())}"),
        soft_wrap=True,
    )
    voice = ", reported" if statement.voice == "reported" else ""
    origin = Text(f"  {statement.account}, {statement.source}, {where}{voice}", style="cyan")
    out.print(origin.append(f"  {statement.id}", style="dim not bold"), soft_wrap=True)
