"""A prompt file → a strict Prompt. What doesn't fit fails when it is loaded, never in the middle of a run.

    ---                            YAML: id (the file's name), version (raised with every change of the body),
    id: extract                    inputs (every variable of the body, no other), output (name of the output model)
    …
    ---
    What the model is told, always the same, so that providers can cache it: no variables here.
    ---
    What it is told this time: Jinja2, sandboxed; an undefined name is an error.

`prompts.lock`, beside the file, pins the sha256 of every version's body: one line per version, added to, never edited.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from pathlib import Path

import yaml
from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from icp_synth.errors import PromptError
from icp_synth.records import Call, Record, Reply

LOCK = "prompts.lock"
_FILE = re.compile(r"\A---\n(?P<front>.+?)^---\n(?P<body>(?P<system>.+?)^---\n(?P<user>.+))\Z", re.S | re.M)
_JINJA = ImmutableSandboxedEnvironment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
_JINJA.globals.clear()  # a prompt knows its inputs and nothing else


class Prompt(Record):
    """A prompt that was found sound. `sha256` is that of the body, in UTF-8 with plain line breaks."""

    id: str
    version: int
    inputs: frozenset[str]
    output: str
    system: str
    user: str
    sha256: str

    def call(
        self,
        output: type[Reply],
        sources: Collection[str] = (),
        *,
        max_output_tokens: int | None = None,
        **values: object,
    ) -> Call[Reply]:
        """A call with the two messages, which show words of `sources` (ids).

        `values` are exactly the inputs; raises PromptError otherwise.
        """
        _same(f"Prompt {self.id}", self.inputs, "what it is given", values)
        try:
            user = _JINJA.from_string(self.user).render(values)
            return Call(
                prompt=self.id,
                version=self.version,
                system=self.system,
                user=user,
                output=output,
                sources=tuple(sorted({*sources})),
                max_output_tokens=max_output_tokens,
            )
        except TemplateError as error:
            raise PromptError(f"Prompt {self.id} can't be filled in: {error}.", "Mend its body.") from error


class _Front(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    id: str
    version: int = Field(ge=1)
    inputs: list[str]
    output: str


def load(path: Path, inputs: Collection[str], output: type[BaseModel]) -> Prompt:
    """Read a prompt file for code that gives `inputs` and reads an `output`. Raises PromptError where they don't fit."""
    prompt = parse(_text(path), path.name)
    if prompt.id != path.stem:
        raise PromptError(f"{path.name} line 2: id is “{prompt.id}”.", f"Name it “{path.stem}”, as the file.")
    _same(path.name, prompt.inputs, "what the code gives", inputs)
    if prompt.output != output.__name__:
        raise PromptError(f"{path.name}: output is “{prompt.output}”, the code reads {output.__name__}.", "Name that.")
    check_lock(prompt, _text(path.parent / LOCK))
    return prompt


def parse(text: str, where: str) -> Prompt:
    """A prompt from the text of its file; `where` names the file in errors. Raises PromptError."""
    found = _FILE.match(text)
    if not found:
        raise PromptError(
            f"{where} is not front matter, fixed text and varying text.",
            "Set a line --- above the first and below the first two.",
        )
    try:
        told = _Front.model_validate(yaml.safe_load(found["front"]))
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"])) or "front matter"
        raise PromptError(f"{where}: {name}: {first['msg']}.", "Give id, version, inputs and output.") from error
    except yaml.YAMLError as error:
        raise PromptError(f"{where}: the front matter is no YAML ({error}).".replace("\n", " "), "Mend it.") from error
    if "{{" in found["system"] or "{%" in found["system"]:
        raise PromptError(f"{where}: the fixed text holds a variable.", "Move it below the second ---.")
    variables = _variables(found["user"], where, text.count("\n", 0, found.start("user")))
    _same(where, told.inputs, "the variables of its body", variables)
    return Prompt(
        id=told.id,
        version=told.version,
        inputs=frozenset(told.inputs),
        output=told.output,
        system=found["system"].strip(),
        user=found["user"],
        sha256=hashlib.sha256(found["body"].encode()).hexdigest(),
    )


def check_lock(prompt: Prompt, lock: str) -> None:
    """Raise PromptError unless `lock` pins this body to this version, the last one of its id.

    Lines read ``id version sha256``.
    """
    pinned = [line.split() for line in lock.splitlines() if line.startswith(f"{prompt.id} ")]
    mine = [prompt.id, str(prompt.version), prompt.sha256]
    versions = [int(version) for _, version, _ in pinned]
    if versions != list(range(1, len(versions) + 1)):
        raise PromptError(f"{LOCK}: the versions of {prompt.id} don't count up from 1.", "Take the lines from git.")
    if not pinned or pinned[-1] != mine:
        last = versions[-1] if versions else 0
        raise PromptError(
            f"{prompt.id}.md differs from version {last} in {LOCK}.",
            f"Set `version: {last + 1}` and add the line “{prompt.id} {last + 1} {prompt.sha256}”.",
        )


def _variables(template: str, where: str, above: int) -> set[str]:
    try:
        tree = _JINJA.parse(template)
        _JINJA.from_string(template)  # filters and tests are looked up only here
    except TemplateSyntaxError as error:
        raise PromptError(f"{where} line {above + error.lineno}: {error.message}.", "Mend its Jinja2.") from error
    if any(meta.find_referenced_templates(tree)):
        raise PromptError(f"{where} takes in another file.", "Write the prompt in one file.")
    return meta.find_undeclared_variables(tree)


def _same(where: str, inputs: Collection[str], other: str, names: Collection[str]) -> None:
    differ = sorted({*inputs} ^ {*names})
    if differ:
        raise PromptError(f"{where}: its inputs and {other} differ in: {', '.join(differ)}.", "Write the same in both.")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PromptError(f"{path} can't be read ({type(error).__name__}).", "Install icp-synth again.") from error
