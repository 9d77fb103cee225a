"""The folder that holds everything the program keeps, its lock for the one writer, and its key for keyed hashes."""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import os
import re
import socket
import tempfile
import threading
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from icp_synth.errors import StoreError

HOME_VARIABLE = "ICP_SYNTH_HOME"
KEY_VARIABLE = "ICP_SYNTH_KEY"
_DEFAULT = ".icp-synth"
_IGNORE = "*\n"
_MACHINE_ID = Path("/etc/machine-id")
_KEY_PURPOSE = b"icp-synth workspace key 1"
_WORKSPACE = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")

# A POSIX lock keeps other processes out but not this one, which would even lose it by opening and closing the file a
# second time. So what this process holds is written down here.
_held: set[Path] = set()
_held_guard = threading.Lock()


class Home:
    """Where things are: `icp-synth.db`, `chroma/<workspace>/`, `key`, `lock`. Making one touches nothing."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Home:
        """The folder that ICP_SYNTH_HOME names, else `.icp-synth` in the current folder."""
        return cls(Path(environment.get(HOME_VARIABLE) or _DEFAULT).expanduser())

    @property
    def database_url(self) -> str:
        """SQLAlchemy URL of the store."""
        return f"sqlite:///{self.root / 'icp-synth.db'}"

    def index_folder(self, workspace: str) -> Path:
        """Folder of a workspace's vector index. Raises StoreError for a name that is unfit as a folder's."""
        if not _WORKSPACE.fullmatch(workspace):
            raise StoreError(
                f"'{workspace}' can't name a workspace.",
                "Use up to 64 lower-case letters, digits, '.', '_' and '-', beginning with a letter or digit.",
            )
        return self.root / "chroma" / workspace

    def exists(self) -> bool:
        """Whether this folder is a home already."""
        ignore = self.root / ".gitignore"
        return ignore.is_file() and ignore.read_text(encoding="utf-8") == _IGNORE

    def create(self) -> None:
        """Make the folder, closed to other users and unseen by git, unless it is there.

        Raises StoreError where the folder holds something else, which git would then stop seeing.
        """
        try:
            if self.exists():
                return
            if self.root.is_dir() and any(self.root.iterdir()):
                raise StoreError(
                    f"{self.root} holds other files and is not a home of icp-synth.",
                    f"Set {HOME_VARIABLE} to an empty or a new folder.",
                )
            self.root.mkdir(parents=True, exist_ok=True)
            self.root.chmod(0o700)
            (self.root / ".gitignore").write_text(_IGNORE, encoding="utf-8")
        except OSError as error:
            raise StoreError(
                f"{self.root} can't be made: {error.strerror}.", f"Set {HOME_VARIABLE} to a folder that you own."
            ) from error

    @contextmanager
    def writer(self) -> Iterator[None]:
        """Be the only writer of this home. Raises StoreError where another process is.

        The system drops the lock with the process that holds it, however that ends, and forked children don't share it.
        """
        self.create()
        with _held_guard:
            if self.root in _held:
                raise self._busy(str(os.getpid()))
            _held.add(self.root)
        try:
            with (self.root / "lock").open("a+", encoding="ascii") as lock:
                self._take(lock)
                yield
                lock.truncate(0)
        finally:
            _held.discard(self.root)

    def _take(self, lock: TextIO) -> None:
        try:
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            raise self._busy(lock.read()) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()

    def _busy(self, pid: str) -> StoreError:
        return StoreError(
            f"{self.root} is being written by process {pid or 'unknown'}.",
            "Wait until it is done, or stop it; then try again.",
        )

    def key(self, environment: Mapping[str, str] = os.environ) -> bytes:
        """The key of keyed hashes, 32 bytes: the one this home keeps or, on first use, one derived and then kept.

        It is derived from ICP_SYNTH_KEY, else from the machine's identity: fresh homes on one machine agree, and a home
        that moves keeps its ids. Raises StoreError for a file that holds no key.
        """
        self.create()
        path = self.root / "key"
        if not path.exists():
            secret = environment.get(KEY_VARIABLE) or _machine_identity()
            derived = hmac.digest(os.fsencode(secret), _KEY_PURPOSE, hashlib.sha256)
            _write_whole(path, f"{derived.hex()}\n")
        try:
            key = bytes.fromhex(path.read_text(encoding="ascii"))
        except ValueError:
            key = b""
        if len(key) != hashlib.sha256().digest_size:
            raise StoreError(
                f"{path} holds no key of 64 hexadecimal digits.",
                "Put the file back from a copy; without it, the ids of this home can't be made again.",
            )
        return key


def _machine_identity() -> str:
    if _MACHINE_ID.is_file() and (machine := _MACHINE_ID.read_text(encoding="ascii").strip()):
        return machine
    return f"{socket.gethostname()}:{uuid.getnode()}"


def _write_whole(path: Path, content: str) -> None:
    """Write a file, readable by its owner only, so that no other reader ever sees a part of it."""
    descriptor, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(name).replace(path)


def keyed_hash(key: bytes, *parts: str | bytes, length: int = 16) -> str:
    """HMAC-SHA256 of `parts` (RFC 2104) as `length` hexadecimal digits, at most 64.

    Each part is preceded by its length in 8 bytes, so that ("ab", "c") and ("a", "bc") differ. Text is UTF-8.
    """
    digest = hmac.new(key, digestmod=hashlib.sha256)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return digest.hexdigest()[:length]
