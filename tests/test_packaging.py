"""What a user installs: the wheel, in an environment of its own, run from another folder."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from tests.conftest import AS_OF, ROOT, Demo

pytestmark = pytest.mark.slow


def run(*words: str | Path, cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, without this checkout on its path."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ICP_SYNTH_", "PYTHON"))}
    done = subprocess.run(list(map(str, words)), cwd=cwd, env=kept | more, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    return done


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built as an installer builds it; with what is here, where the build backend is here."""
    to = tmp_path_factory.mktemp("wheel")
    here = ["--no-build-isolation"] if importlib.util.find_spec("hatchling") else []
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", *here, "--wheel-dir", to, ROOT, cwd=to)
    (made,) = to.glob("icp_synth-*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with nothing but the wheel; what it depends on is looked up in the one that runs the tests."""
    at = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", "--without-pip", at, cwd=at)
    run(
        sys.executable, "-m", "pip", "--python", at / "bin" / "python", "install", "--quiet", "--no-deps", wheel, cwd=at
    )
    (site,) = at.glob("lib/python*/site-packages")
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return at / "bin"


def test_the_wheel_holds_what_runs_and_not_what_trains_and_measures(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()

    def holds(start: str) -> bool:
        return any(name.startswith(start) for name in names)

    for part in ("prompts/", "templates/one_pager/", "evals/golden/titancrm/evidence/", "prices.yaml"):
        assert holds(f"icp_synth/_assets/{part}"), part
    assert "icp_synth/analysts/weights/head.npz" in names
    assert holds("icp_synth/adapters/migrations/versions/")
    for part in ("training", "benchmarks", "tests/", "baseline"):
        assert not [name for name in names if part in name], part
    assert {name.split("/")[0] for name in names} == {
        "icp_synth",
        next(n.split("/")[0] for n in names if "dist-info" in n),
    }


def test_what_is_in_the_wheel_is_what_is_in_the_checkout(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    for name in archive.namelist():
        if name.startswith("icp_synth/"):
            at = name.removeprefix("icp_synth/_assets/") if "_assets/" in name else name
            assert archive.read(name) == (ROOT / at).read_bytes(), name


def test_the_package_knows_its_version(installed: Path, tmp_path: Path) -> None:
    says = "import icp_synth, importlib.metadata as m; print(icp_synth.__version__ == m.version('icp-synth'), icp_synth.__file__)"
    told = run(installed / "python", "-c", says, cwd=tmp_path).stdout.split()
    assert told[0] == "True" and Path(told[1]).is_relative_to(installed.parent), "and not the checkout's"


def test_the_demo_runs_from_another_folder_and_makes_the_same_profile(
    installed: Path, tmp_path: Path, demo: Demo
) -> None:
    where = tmp_path / "elsewhere"
    where.mkdir()
    run(installed / "icp-synth", "demo", "--out", "made", cwd=where)
    made = json.loads((where / "made" / "profile.json").read_text(encoding="utf-8"))
    first = json.loads(demo.profile.read_text(encoding="utf-8"))
    assert made["as_of"] != AS_OF
    assert made["statements"] == first["statements"] and made["sections"] == first["sections"]
    assert (where / ".icp-synth").is_dir(), "without a setting, the home is made where one stands"
    verified = run(installed / "icp-synth", "verify", where / "made" / "profile.json", "--json", cwd=where)
    assert json.loads(verified.stdout)["findings"] == []
