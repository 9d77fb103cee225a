"""A PostgreSQL of the tests' own: a cluster in a temporary folder, reached by a Unix socket only, gone at the end."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

FIRST_WITH_ICU = 15


def programs() -> Path:
    """The folder with `initdb` and `pg_ctl`, of the newest version that is installed. Skips where there is none."""
    found = {int(bin_.parent.name): bin_ for bin_ in Path("/usr/lib/postgresql").glob("[0-9]*/bin")}
    usable = [version for version, bin_ in found.items() if version >= FIRST_WITH_ICU and (bin_ / "initdb").exists()]
    if not usable:
        pytest.skip(f"needs PostgreSQL {FIRST_WITH_ICU} or later in /usr/lib/postgresql (apt-get install postgresql)")
    return found[max(usable)]


@contextmanager
def cluster() -> Iterator[Path]:
    """Start a server whose superuser is `icp`; gives the folder of its socket. Its text sorts unlike Python's."""
    bin_ = programs()
    with tempfile.TemporaryDirectory(prefix="icp-synth-pg-") as made:  # no other user may enter the folders of pytest
        folder = Path(made)
        as_owner: list[str] = []
        if os.geteuid() == 0:  # as whom PostgreSQL refuses to run
            shutil.chown(folder, "postgres", "postgres")
            as_owner = ["runuser", "-u", "postgres", "--"]

        def run(program: str, *arguments: str) -> None:
            command = [*as_owner, str(bin_ / program), "-D", str(folder / "data"), *arguments]
            # A file, not a pipe: the server inherits it, and a pipe would be waited for until the server ends.
            with (folder / "printed").open("a+") as printed:
                ended = subprocess.run(command, cwd=folder, stdout=printed, stderr=printed, timeout=120, check=False)
                printed.seek(0)
                assert ended.returncode == 0, f"{program} failed: {printed.read()}"

        order = ("--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US")
        run("initdb", "--username=icp", "--auth=trust", "--no-sync", *order)
        options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
        run("pg_ctl", "start", "--wait", "--silent", f"--log={folder / 'log'}", f"--options={options}")
        try:
            yield folder
        finally:
            run("pg_ctl", "stop", "--wait", "--silent", "--mode=immediate")
