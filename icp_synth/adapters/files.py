"""Files, folders, zip archives and standard input as raw files, one in memory at a time.

Nothing outside what was given is read, nothing huge is read, and nothing is unpacked to disk. Limits on archives follow
what is known of zip bombs: entries are counted and their declared sizes added up before a byte is unpacked, and
`zipfile` stops at the declared size.
"""

from __future__ import annotations

import io
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from icp_synth.errors import ManifestError
from icp_synth.records import RawFile, Reject

_SKIPPED = re.compile(r"\.|~\$|__MACOSX$|Thumbs\.db$|desktop\.ini$")
_OURS = re.compile(r"profile\.json$|one-pager\.\w+$")  # what a draft writes, no evidence of anything
_MAX_UNPACKED = 500_000_000
_MAX_RATIO = 200
_MAX_MEMBERS = 10_000
_MANIFESTS = ("evidence.yaml", "evidence.yml", "evidence.csv")
_PACKAGE_MARKS = ("[Content_Types].xml", "mimetype")  # Office and OpenDocument files are zips, but documents


def collect(path: Path | None, stdin: BinaryIO | None, max_bytes: int = 100_000_000) -> Iterator[RawFile | Reject]:
    """Yield the files of `path` (a file, a folder or a zip) or of `stdin`, by name; a Reject for each that isn't taken.

    `RawFile.path` is relative to the folder, or the file's own name; members of a zip read `a.zip!b.vtt`. Files over
    `max_bytes` are refused by their size, unread. Left out without a word are hidden files and what an earlier draft
    wrote into a folder: its sentences would come back as evidence.
    """
    if path is None:
        if stdin is not None:
            yield from _opened("stdin", stdin.read(max_bytes + 1), max_bytes)
        return
    if path.is_dir():
        yield from _folder(path, path.resolve(), "", max_bytes)
    else:
        yield from _file(path, _name(path), max_bytes)


def find_manifest(path: Path) -> tuple[str, bytes] | None:
    """The manifest of a folder, or the one beside a file: its name and bytes. None where there is none.

    Raises ManifestError for one that may not be read: leaving it out would change what is known of the sources.
    """
    folder = path if path.is_dir() else path.parent
    for name in _MANIFESTS:
        found = folder / name
        if not found.is_file():
            continue
        try:
            data = found.read_bytes()
        except OSError as error:
            raise ManifestError(
                name, f"{name} can't be read ({error.strerror}).", "Check that you may read it."
            ) from error
        # A table of evidence may be called evidence.csv, too: only a manifest has a column of paths.
        heading = data.split(b"\n", 1)[0].decode("utf-8-sig", "replace").lower()
        if not name.endswith(".csv") or "path" in [cell.strip(' "\r') for cell in re.split(r"[,;\t]", heading)]:
            return name, data
    return None


def _name(path: Path) -> str:
    """The file's name as text, whatever bytes the file system holds: what isn't UTF-8 shows as a replacement mark."""
    return os.fsencode(path.name).decode("utf-8", "replace")


def _folder(folder: Path, root: Path, prefix: str, max_bytes: int) -> Iterator[RawFile | Reject]:
    try:
        entries = sorted(folder.iterdir(), key=lambda entry: entry.name)
    except OSError as error:
        yield _unreadable(prefix.rstrip("/") or _name(folder), error)
        return
    drafted = {"profile.json", "one-pager.html"} <= {entry.name for entry in entries}
    for entry in entries:
        shown = prefix + _name(entry)
        if _SKIPPED.match(entry.name) or (drafted and _OURS.match(entry.name)):
            continue
        if entry.is_symlink() and entry.exists() and not entry.resolve().is_relative_to(root):
            yield Reject(
                path=shown, reason="A link that leads out of the folder.", advice="Put the file itself into the folder."
            )
        elif entry.is_dir():
            # A link to a folder inside leads to what is met anyway, or round in circles.
            if not entry.is_symlink():
                yield from _folder(entry, root, f"{shown}/", max_bytes)
        else:
            yield from _file(entry, shown, max_bytes)


def _file(path: Path, shown: str, max_bytes: int) -> Iterator[RawFile | Reject]:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            yield Reject(path=shown, reason="Not a regular file (a device, pipe or socket).", advice="Leave it out.")
            return
        if status.st_size > max_bytes:
            yield _too_large(shown, max_bytes)
            return
        with path.open("rb") as file:
            data = file.read(max_bytes + 1)
    except OSError as error:
        yield _unreadable(shown, error)
        return
    yield from _opened(shown, data, max_bytes)


def _unreadable(shown: str, error: OSError) -> Reject:
    advice = (
        "Check the path." if isinstance(error, FileNotFoundError) else "Check that you may read it, or leave it out."
    )
    return Reject(
        path=shown, reason=f"It can't be read: {(error.strerror or type(error).__name__).lower()}.", advice=advice
    )


def _too_large(shown: str, max_bytes: int) -> Reject:
    reason = f"Larger than {max_bytes / 1_000_000:g} MB."
    return Reject(path=shown, reason=reason, advice="Split it, or add only its text.")


def _opened(shown: str, data: bytes, max_bytes: int) -> Iterator[RawFile | Reject]:
    """The file itself, or the members of the archive that it is."""
    if len(data) > max_bytes:
        yield _too_large(shown, max_bytes)
        return
    archive = _archive(data)
    if archive is None:
        yield RawFile(path=shown, data=data)
        return
    with archive:
        if reason := _danger(archive):
            yield Reject(path=shown, reason=reason, advice="Unpack it yourself if you trust it, and add the folder.")
            return
        for member in sorted(archive.infolist(), key=lambda info: info.filename):
            yield from _member(archive, member, shown, max_bytes)


def _archive(data: bytes) -> zipfile.ZipFile | None:
    """An archive of files; None for documents that are zips inside, and for damaged ones, which ingest refuses."""
    if not data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return None
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return None
    if any(mark in archive.NameToInfo for mark in _PACKAGE_MARKS):
        archive.close()
        return None
    return archive


def _danger(archive: zipfile.ZipFile) -> str | None:
    """Why an archive isn't opened at all, told from its directory without unpacking anything."""
    members = archive.infolist()
    if len(members) > _MAX_MEMBERS:
        return f"The archive has more than {_MAX_MEMBERS:,} members."
    if sum(member.file_size for member in members) > _MAX_UNPACKED:
        return f"The archive unpacks to more than {_MAX_UNPACKED // 1_000_000} MB."
    if any(member.file_size > _MAX_RATIO * max(member.compress_size, 1) for member in members):
        return f"The archive is packed more than {_MAX_RATIO} to 1, as zip bombs are."
    if any(member.flag_bits & 0x1 for member in members):
        return "The archive is protected by a password."
    return None


def _member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, shown: str, max_bytes: int
) -> Iterator[RawFile | Reject]:
    name = member.filename.replace("\\", "/")
    parts = name.split("/")
    path = f"{shown}!{name}"
    if name.startswith("/") or ".." in parts or re.match(r"[A-Za-z]:", name):
        yield Reject(
            path=path, reason="A member whose path leads out of the archive.", advice="Pack the archive again."
        )
    elif stat.S_ISLNK(member.external_attr >> 16):
        yield Reject(path=path, reason="A link inside the archive.", advice="Pack the file itself instead.")
    elif member.is_dir() or name.endswith("/") or any(_SKIPPED.match(part) for part in parts):
        return
    elif member.file_size > max_bytes:
        yield _too_large(path, max_bytes)
    else:
        yield _unpacked(archive, member, path)


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: str) -> RawFile | Reject:
    try:
        data = archive.read(member)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        reason = f"The member can't be unpacked ({type(error).__name__})."
        return Reject(path=path, reason=reason, advice="Pack the archive again, or unpack it and add the folder.")
    nested = _archive(data)
    if nested is not None:
        nested.close()
        return Reject(path=path, reason="An archive inside an archive.", advice="Unpack it, and add the folder.")
    return RawFile(path=path, data=data)
