"""`ask`: a question to the evidence base, answered in customers' words with their places, or honestly not."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape

from icp_synth.cli.console import AsJson, InWorkspace, opened, out, print_json
from icp_synth.records import Answer
from icp_synth.stages.render.wording import place, support_words


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(ask)


def ask(
    question: Annotated[str, typer.Argument(help="What you want to know from the evidence.")],
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """Answer from the evidence: what customers said, each with its place; or that the evidence doesn't say."""
    if not question.strip():
        raise typer.BadParameter("There is no question in that.")
    with opened(workspace) as here:
        answered = here.ask(" ".join(question.split()))
    if as_json:
        print_json(answered)
    else:
        show(answered)


def show(answered: Answer) -> None:
    """Print an answer."""
    if answered.abstained:
        out.print(escape(answered.answer))
    for number, (claim, cited) in enumerate(zip(answered.claims, answered.citations, strict=True), 1):
        out.print(f"[bold]{number}[/] “{escape(' '.join(claim.text.split()))}”", soft_wrap=True)
        where = f"{cited.account}, {cited.source_kind.replace('_', '-')}, {cited.source}, {place(cited)}"
        out.print(f"  [dim]{escape(where)}; {escape(support_words(claim.support))}[/]", soft_wrap=True)
