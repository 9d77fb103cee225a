"""The house rules that can be checked by reading the code: one door, one direction, pure stages, no addresses."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import icp_synth
from icp_synth import errors
from tests.conftest import ROOT

PACKAGE = ROOT / "icp_synth"
MODULES = sorted(PACKAGE.rglob("*.py"))
SKIPPED = {".git", ".venv", ".icp-synth", "__pycache__", "demo", "dist", "build", "node_modules", "shared"}
DOOR = PACKAGE / "evidence.py"


def tree(module: Path) -> ast.Module:
    return ast.parse(module.read_text(encoding="utf-8"))


def calls(module: Path) -> Iterator[tuple[ast.Call, str, str]]:
    """Every call of a module: the call, what it is called on ("" for a bare name), and the name called."""
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node, "", node.func.id
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node, ast.unparse(node.func.value), node.func.attr


def imports(module: Path) -> set[str]:
    """Top-level names of what a module imports, at its head or inside functions."""
    found: set[str] = set()
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").split(".")[0])
    return found


# ---------------------------------------------------------------- one door


def test_statements_and_claims_are_built_at_the_one_door_and_nowhere_else() -> None:
    built = []
    for module in MODULES:
        for call, owner, name in calls(module):
            made = name in ("Statement", "Claim", "Prose") and owner in ("", "records")
            forced = name in ("model_construct", "construct", "parse_obj") and owner.split(".")[-1] in (
                "Statement",
                "Claim",
                "Prose",
            )
            if (made or forced) and module != DOOR:
                built.append(f"{module.relative_to(ROOT)}:{call.lineno}")
    assert built == []
    names = {name for _, _, name in calls(DOOR)}
    assert {"Statement", "Claim", "Prose"} <= names, "the door itself builds them"


def test_what_was_admitted_is_not_rewritten_afterwards() -> None:
    """`model_copy` doesn't check: it may mark a claim, and never change what the claim says or rests on."""
    fixed = {"quote", "evidence", "counter", "sentence_ids", "status", "support"}
    changed = []
    for module in MODULES:
        for call, _, name in calls(module):
            if name != "model_copy" or module == DOOR:
                continue
            for node in ast.walk(call):
                if isinstance(node, ast.Dict):
                    keys = {key.value for key in node.keys if isinstance(key, ast.Constant)}
                    if keys & fixed:
                        changed.append(f"{module.relative_to(ROOT)}:{call.lineno} {keys & fixed}")
    assert changed == []


# ---------------------------------------------------------------- one direction


def test_imports_go_one_way() -> None:
    beside = Path(sys.executable).with_name("lint-imports")
    command = str(beside) if beside.exists() else shutil.which("lint-imports")
    assert command, "import-linter is not installed"
    done = subprocess.run([command, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_every_stage_is_named_in_the_contract_of_independence() -> None:
    contract = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    stages = {path.stem for path in (PACKAGE / "stages").iterdir() if path.suffix == ".py" or path.is_dir()}
    for stage in stages - {"__init__", "__pycache__"}:
        assert f'"icp_synth.stages.{stage}"' in contract, stage


IMPURE = {
    "os",
    "sys",
    "time",
    "random",
    "secrets",
    "socket",
    "subprocess",
    "logging",
    "tempfile",
    "threading",
    "shutil",
}


@pytest.mark.parametrize(
    "module", [m for m in MODULES if "stages" in m.parts], ids=lambda m: str(m.relative_to(PACKAGE))
)
def test_a_stage_has_no_clock_no_chance_and_no_world(module: Path) -> None:
    assert not imports(module) & IMPURE
    for call, owner, name in calls(module):
        assert name not in ("now", "today", "utcnow", "urlopen"), f"line {call.lineno}: {owner}.{name}()"
        assert (owner, name) != ("", "open"), f"line {call.lineno} opens a file"


def test_no_environment_is_read_and_no_settings_are_made_at_import() -> None:
    for module in MODULES:
        for node in tree(module).body:
            if isinstance(node, (ast.Assign, ast.AnnAssign, ast.Expr)):
                assert "Settings()" not in ast.unparse(node), f"{module.relative_to(ROOT)}:{node.lineno}"


# ---------------------------------------------------------------- names


def test_no_room_is_called_a_cupboard() -> None:
    cupboards = re.compile(r"(?:^|_)(?:utils?|helpers?|common|misc|shared|stuff)(?:_|$)")
    assert [path for path in (*MODULES, *(ROOT / "tests").rglob("*.py")) if cupboards.search(path.stem)] == []


def test_the_package_gives_away_three_names() -> None:
    assert icp_synth.__all__ == ["Profile", "__version__", "verify"]
    assert all(hasattr(icp_synth, name) for name in icp_synth.__all__)
    assert icp_synth.Profile.__name__ == "Profile" and callable(icp_synth.verify)
    assert re.fullmatch(r"\d+(\.\d+)+.*|0\+unknown", icp_synth.__version__)


@pytest.mark.parametrize(
    "name", ["icp_synth.records", "icp_synth.evidence", "icp_synth.stages.render", "icp_synth.cli"]
)
def test_what_a_module_lists_is_there(name: str) -> None:
    module = importlib.import_module(name)
    assert all(hasattr(module, one) for one in getattr(module, "__all__", ()))


def test_the_tree_of_errors_is_drawn_as_it_grows() -> None:
    drawn = re.findall(r"(\w+Error)\b", errors.__doc__ or "")
    grown = [name for name, one in inspect.getmembers(errors, inspect.isclass) if issubclass(one, Exception)]
    assert sorted(drawn) == sorted(grown)
    assert all(issubclass(getattr(errors, name), errors.IcpSynthError) for name in grown)


# ---------------------------------------------------------------- addresses


def texts() -> Iterator[tuple[Path, str]]:
    """Every text file of the checkout that people write."""
    for path in sorted(ROOT.rglob("*")):
        inside = path.relative_to(ROOT).parts
        if (
            path.is_file()
            and not SKIPPED & {*inside}
            and not any(p.startswith(".") and p != ".ci" for p in inside[:-1])
        ):
            try:
                yield path, path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue


# Put together from pieces, so that this file doesn't hold them.
HOSTS = (
    "py" + "pi", "python" + "hosted", "npm" + "js", "jsde" + "livr", "un" + "pkg", "cdn" + "js", "ana" + "conda",
    "hugging" + "face", "crates" + ".io", "ruby" + "gems", "art" + "ifactory", "dev" + "pi", "proxy.go" + "lang",
)  # fmt: skip
REGISTRY = re.compile(rf"https?://[^\s\"'<>)]*(?:{'|'.join(map(re.escape, HOSTS))})|--(?:extra-)?index-url[ =]\S", re.I)
MACHINE = re.compile(
    "|".join(
        ("/" + "work/", "/" + "tmp/probe", "/" + "root/", "/" + "Users/", r"/" + r"home/[a-z]+/", r"[A-Z]:\\" + "Users")
    )
)


def test_no_file_names_a_package_registry_or_a_place_on_somebodys_machine() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{text.count(chr(10), 0, hit.start()) + 1}: {hit.group()}"
        for path, text in texts()
        for pattern in (REGISTRY, MACHINE)
        for hit in pattern.finditer(text)
    ]
    assert found == []


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_pins_by_version_and_hash_and_names_no_place(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text and " @ " not in text
    pinned = re.findall(r"(?m)^[a-z0-9][\w.\-\[\]]*==\S+.*$", text)
    unpinned = [line for line in re.findall(r"(?m)^[A-Za-z0-9].*$", text) if line not in pinned]
    assert len(pinned) > 20 and unpinned == []
    assert text.count("--hash=sha256:") >= len(pinned)
