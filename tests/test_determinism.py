"""The same evidence gives the same bytes: in another home, cut off from any network, on a machine set up otherwise."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import AS_OF, COMMAND, EVIDENCE, Demo, shell_environment


def cut_off() -> list[str] | None:
    """How this machine lets a process have a network of its own with nothing in it; None where it doesn't."""
    ways = (["unshare", "--net"], ["unshare", "--map-root-user", "--net"])
    if shutil.which("unshare") is None:
        return None
    return next((way for way in ways if subprocess.run([*way, "true"], capture_output=True).returncode == 0), None)


@pytest.mark.slow
def test_cut_off_from_the_network_and_set_up_otherwise_the_demo_gives_the_same_bytes(
    demo: Demo, tmp_path: Path
) -> None:
    way = cut_off()
    if way is None:
        pytest.skip("unshare --net is not permitted here")
    home, out = tmp_path / "another-home", tmp_path / "out"
    environment = shell_environment(
        home, TZ="Pacific/Kiritimati", LC_ALL="C", PYTHONHASHSEED="271", OMP_NUM_THREADS="1"
    )
    words = ["draft", str(EVIDENCE), "--workspace", "demo", "--out", str(out), "--as-of", AS_OF]
    done = subprocess.run(
        [*way, *COMMAND, *words], env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stderr
    assert demo.printed.code == 0, demo.printed.err
    for name in ("profile.json", "one-pager.html", "one-pager.md", "one-pager.pdf", "one-pager.docx"):
        assert (out / name).read_bytes() == (demo.out / name).read_bytes(), name


def test_a_network_really_is_out_of_reach_of_the_tests() -> None:
    import socket

    with socket.socket() as outside, pytest.raises(RuntimeError, match="tests use nothing but this machine"):
        outside.connect(("192.0.2.1", 80))
    with socket.socket() as inside, pytest.raises(ConnectionRefusedError):
        inside.connect(("127.0.0.1", 9))
