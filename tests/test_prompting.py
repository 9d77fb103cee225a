"""A prompt file is strict: what doesn't fit fails when it is loaded, and its body can't change under its version."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from icp_synth import assets, prompting
from icp_synth.analysts.llm import INPUTS, OUTPUTS, answer
from icp_synth.errors import PromptError
from icp_synth.evaluation.judging import Verdict

GREET = """---
id: greet
version: 1
inputs: [name, gifts]
output: Greeting
---
Say hello, {briefly}.
---
To {{ name }}:
{% for gift in gifts %}
- {{ gift }}
{% endfor %}
"""


class Greeting(BaseModel):
    text: str


def kept(folder: Path, text: str, *, lock: str | None = None) -> Path:
    """The text as greet.md in a folder, pinned as it is unless a lock is given."""
    path = folder / "greet.md"
    path.write_text(text, encoding="utf-8")
    if lock is None:
        body = text.split("---\n", 2)[-1]
        lock = f"greet 1 {hashlib.sha256(body.encode()).hexdigest()}\n"
    (folder / prompting.LOCK).write_text(lock, encoding="utf-8")
    return path


def loaded(folder: Path, text: str, **more: str) -> prompting.Prompt:
    return prompting.load(kept(folder, text, **more), {"name", "gifts"}, Greeting)


def test_a_prompt_has_a_part_that_never_changes_and_a_part_that_is_filled_in(tmp_path: Path) -> None:
    prompt = loaded(tmp_path, GREET)
    assert (prompt.id, prompt.version, prompt.inputs) == ("greet", 1, frozenset({"name", "gifts"}))
    call = prompt.call(Greeting, name="Ada <b>", gifts=["tea", "{{ name }}"])
    assert (call.prompt, call.version, call.output) == ("greet", 1, Greeting)
    assert call.system == "Say hello, {briefly}."
    assert call.user == "To Ada <b>:\n- tea\n- {{ name }}\n", "values are put in as they are, and never run"


@pytest.mark.parametrize(
    ("was", "becomes", "named"),
    [
        ("{{ name }}", "{{ nmae }}", "greet.md: its inputs and the variables of its body differ in: name, nmae"),
        ("[name, gifts]", "[name]", "the variables of its body differ in: gifts"),
        ("[name, gifts]", "[name, gifts, mood]", "the variables of its body differ in: mood"),
        ("{briefly}", "{{ name }}", "fixed text holds a variable"),
        ("{{ name }}", "{{ name", r"greet\.md line 9: "),
        ("{{ name }}", "{{ name | shout }}", r"greet\.md line 9: No filter named 'shout'"),
        ("To ", "{% include 'other.md' %}To ", "takes in another file"),
        ("To ", "{{ range }}To ", "differ in: range"),
        ("version: 1", "version: one", "version: Input should be a valid integer"),
        ("version: 1", "version: 0", "version: "),
        ("version: 1\n", "", "version: Field required"),
        ("version: 1", "version: 1\ntemperature: 2", "temperature: Extra inputs"),
        ("version: 1", "version: [", "no YAML"),
        ("id: greet", "id: hail", "id is “hail”"),
        ("output: Greeting", "output: Extraction", "the code reads Greeting"),
        ("Say hello, {briefly}.\n---\n", "", "is not front matter, fixed text and varying text"),
    ],
)
def test_what_doesnt_fit_fails_when_it_is_loaded(tmp_path: Path, was: str, becomes: str, named: str) -> None:
    assert was in GREET
    with pytest.raises(PromptError, match=named) as caught:
        loaded(tmp_path, GREET.replace(was, becomes, 1))
    assert "\n" not in str(caught.value) and caught.value.advice


def test_code_that_gives_other_inputs_fails_when_it_loads(tmp_path: Path) -> None:
    with pytest.raises(PromptError, match="what the code gives differ in: gifts, presents"):
        prompting.load(kept(tmp_path, GREET), {"name", "presents"}, Greeting)


def test_a_prompt_is_filled_in_with_all_its_inputs_and_no_other(tmp_path: Path) -> None:
    prompt = loaded(tmp_path, GREET)
    with pytest.raises(PromptError, match="differ in: gifts"):
        prompt.call(Greeting, name="Ada")
    with pytest.raises(PromptError, match="differ in: mood"):
        prompt.call(Greeting, name="Ada", gifts=[], mood="good")


@pytest.mark.parametrize("expression", ["{{ name.age }}", "{{ name.__class__.__mro__ }}", "{{ gifts.append(1) }}"])
def test_a_body_reaches_nothing_but_its_inputs(tmp_path: Path, expression: str) -> None:
    prompt = loaded(tmp_path, GREET.replace("{{ name }}", "{{ name }}" + expression))
    with pytest.raises(PromptError, match="greet can't be filled in"):
        prompt.call(Greeting, name="Ada", gifts=["tea"])


# ---------------------------------------------------------------- the lock


def test_a_changed_body_needs_a_new_version_and_a_new_line_in_the_lock(tmp_path: Path) -> None:
    loaded(tmp_path, GREET)
    lock = (tmp_path / prompting.LOCK).read_text(encoding="utf-8")
    changed = GREET.replace("Say hello", "Say good day")
    with pytest.raises(PromptError, match="differs from version 1.*version: 2") as caught:
        loaded(tmp_path, changed, lock=lock)
    line = str(caught.value).split("“")[1].split("”")[0]

    with pytest.raises(PromptError, match="differs from version 2"):
        loaded(tmp_path, changed, lock=f"{lock}{line}\n")
    raised = changed.replace("version: 1", "version: 2")
    assert loaded(tmp_path, raised, lock=f"{lock}{line}\n").version == 2
    with pytest.raises(PromptError, match="count up from 1"):
        loaded(tmp_path, raised, lock=f"{line}\n")


def test_a_version_cant_be_taken_back(tmp_path: Path) -> None:
    body = hashlib.sha256(GREET.split("---\n", 2)[-1].encode()).hexdigest()
    with pytest.raises(PromptError, match="differs from version 2"):
        loaded(tmp_path, GREET, lock=f"greet 1 {body}\ngreet 2 {'0' * 64}\n")


@given(st.text(alphabet="ab \n", max_size=6))
def test_any_change_of_the_body_changes_its_hash_and_the_front_matter_doesnt(added: str) -> None:
    plain = prompting.parse(GREET, "greet.md")
    changed = prompting.parse(GREET + added, "greet.md")
    assert (changed.sha256 == plain.sha256) == (added == "")
    assert prompting.parse(GREET.replace("version: 1", "version: 7"), "greet.md").sha256 == plain.sha256


def test_every_prompt_that_ships_is_sound_and_as_pinned() -> None:
    """Fails where a body was changed without raising its version; the error says which line to add."""
    used: dict[str, tuple[Collection[str], type[BaseModel]]] = {
        **{name: (INPUTS[name], output) for name, output in OUTPUTS.items()},
        "answer": (answer.INPUTS, answer.Answers),
        "judge": ({"sentence", "quotes"}, Verdict),
        "judge_answer": ({"doubt", "answers"}, Verdict),
    }
    files = sorted(assets.prompt_dir().glob("*.md"))
    assert [path.stem for path in files] == sorted(used)
    for path in files:
        prompting.load(path, *used[path.stem])


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PromptError, match=r"none\.md can't be read"):
        prompting.load(tmp_path / "none.md", set(), Greeting)
    path = kept(tmp_path, GREET)
    (tmp_path / prompting.LOCK).unlink()
    with pytest.raises(PromptError, match=r"prompts\.lock can't be read"):
        prompting.load(path, {"name", "gifts"}, Greeting)
