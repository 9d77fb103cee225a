"""Bytes to sources: what a file is, is told by its content; its name only breaks ties.

    magic bytes → PDF, docx, xlsx, refused binaries
    text        → WebVTT, SRT, e-mail, HTML, JSON (which export), JSON lines, CSV/TSV, else a transcript or prose

Nothing that a file can hold raises: what can't be taken in becomes a Reject with its reason and what to do about it.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Mapping, Sequence
from fnmatch import fnmatch

from icp_synth.errors import EvidenceError, UnreadableError
from icp_synth.records import Ingested, Manifest, RawFile, Reject, Source
from icp_synth.stages.ingest import (
    captions,
    decode,
    docx,
    eml,
    fireflies,
    generic_turns,
    gong,
    html,
    intercom,
    language,
    pdf,
    plain,
    tables,
    whisper,
    zendesk,
)
from icp_synth.stages.ingest import manifest as manifests
from icp_synth.stages.ingest.values import Json, objects

Mapped = Mapping[str, Mapping[str, Sequence[str]]]  # glob → field → headings

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MEDIA: tuple[tuple[str, re.Pattern[bytes]], ...] = (
    (
        "an image",
        re.compile(
            rb"\x89PNG|\xff\xd8\xff|GIF8[79]a|II\*\0|MM\0\*|RIFF.{4}WEBP|.{4}ftyp(?:heic|heif|avif|mif1)", re.DOTALL
        ),
    ),
    ("a video", re.compile(rb".{4}ftyp(?!M4A)|\x1aE\xdf\xa3|RIFF.{4}AVI |\0\0\x01[\xba\xb3]|FLV\x01", re.DOTALL)),
    (
        "a sound recording",
        re.compile(rb"ID3|\xff[\xfb\xf3\xf2\xf1\xf9]|OggS|fLaC|RIFF.{4}WAVE|FORM.{4}AIFF|#!AMR|.{4}ftypM4A", re.DOTALL),
    ),
)
_ARCHIVES = re.compile(rb"\x1f\x8b|7z\xbc\xaf\x27\x1c|Rar!\x1a|BZh[1-9]|\xfd7zXZ|\x28\xb5\x2f\xfd")
_CUE = re.compile(r"\s*(?:\d+\s*\n)?\s*(?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3}\s*-->\s*(?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3}")
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]*:(?:\s|$)|[ \t]+\S")
_MAIL = re.compile(r"^(?:to|subject|message-id|mime-version|received|date|delivered-to):", re.IGNORECASE | re.MULTILINE)
_HTML = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*"
    r"<(?:!doctype\s+html|html|head|body|div|p|table|article|section|h1)\b",
    re.IGNORECASE | re.DOTALL,
)
_JSON = re.compile(r"\s*(?:\{\s*[\"}]|\[\s*[{\]])")


def ingest(raw: RawFile, manifest: Manifest | None = None, columns: Mapped | None = None) -> Ingested:
    """Read one file into sources or account rows; what can't be used becomes a Reject, and nothing raises.

    `columns` (glob → field → headings) overrides the manifest's, and both override what is detected in tables. What
    else a manifest says of a source is applied by the stages that decide it. Sources that aren't English are set aside.
    """
    if manifests.is_manifest(raw.path, raw.data):
        return Ingested()
    if not raw.data.strip(b" \t\r\n\0\xef\xbb\xbf\xff\xfe"):
        return _refuse(raw.path, "The file is empty.", "Export it again, or leave it out.")
    try:
        found = _read(raw.path, raw.data, _mapping(raw.path, manifest, columns))
    except EvidenceError as error:
        return Ingested(rejects=(Reject(path=raw.path, reason=error.message, advice=error.advice, line=error.line),))
    except Exception as error:  # the last wall between a hostile file and the run: parsers raise what they like
        what = f"The file can't be read: it broke its reader ({type(error).__name__})."
        return _refuse(raw.path, what, "Save it again as .docx, .pdf, .csv or .txt, and add that.")
    return _english_only(found)


def _refuse(path: str, reason: str, advice: str) -> Ingested:
    return Ingested(rejects=(Reject(path=path, reason=reason, advice=advice),))


def _mapping(path: str, manifest: Manifest | None, columns: Mapped | None) -> dict[str, Sequence[str]]:
    """Field → headings for this path, the later and the more explicit on top."""
    merged: dict[str, Sequence[str]] = {}
    if manifest:
        for entry in manifest.sources:
            if entry.kind and (entry.path == path or fnmatch(path, entry.path)):
                merged["kind"] = (entry.kind,)
    for saved in (manifest.columns if manifest else {}, columns or {}):
        for pattern, fields in saved.items():
            if pattern == path or fnmatch(path, pattern) or fnmatch(path.rsplit("/", 1)[-1], pattern):
                merged |= fields
    return merged


# ---------------------------------------------------------------- by magic bytes


def _read(path: str, data: bytes, mapping: Mapping[str, Sequence[str]]) -> Ingested:
    if b"%PDF-" in data[:1024]:
        return _one(pdf.read(path, data))
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _read_package(path, data, mapping)
    _refuse_binaries(path, data)
    return _read_text(path, data, decode.decode(path, data), mapping)


def _one(*sources: Source) -> Ingested:
    """Sources that hold something, or a reject."""
    if kept := tuple(source for source in sources if any(block.text.strip() for block in source.blocks)):
        return Ingested(sources=kept)
    return _refuse(
        sources[0].path, "Nobody says anything in it.", "Check that the export holds the text, or leave it out."
    )


def _read_package(path: str, data: bytes, mapping: Mapping[str, Sequence[str]]) -> Ingested:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except zipfile.BadZipFile as error:
        raise UnreadableError(path, "The file is cut off or damaged.", "Copy or export it again, whole.") from error
    if "word/document.xml" in names:
        return _one(docx.read(path, data))
    if "xl/workbook.xml" in names:
        found = tables.interpret(tables.read_xlsx(path, data), mapping)
        return (
            found
            if found != Ingested()
            else _refuse(path, "The workbook holds no table.", "Give the sheet a row of headings.")
        )
    raise UnreadableError(
        path,
        "A package of a kind that isn't read (neither docx nor xlsx).",
        "Save it as .docx, .xlsx or .pdf, and add that.",
    )


def _refuse_binaries(path: str, data: bytes) -> None:
    """Raise UnreadableError, with the way out, for what is known not to be text."""
    if data.startswith(_OLE):
        locked = "EncryptedPackage".encode("utf-16-le") in data
        what = "The file is protected by a password." if locked else "An old Office format (.doc, .xls, .ppt or .msg)."
        raise UnreadableError(path, what, "Save it as .docx or .xlsx without a password, and add that.")
    if data.startswith(b"{\\rtf"):
        raise UnreadableError(path, "Rich text (.rtf) isn't read.", "Save it as .docx, and add that.")
    for what, magic in _MEDIA:
        if magic.match(data):
            advice = (
                "Type out or OCR its text, and add that."
                if what == "an image"
                else "Transcribe it first, and add the transcript."
            )
            raise UnreadableError(path, f"It is {what}, not text: transcribe first.", advice)
    if _ARCHIVES.match(data):
        raise UnreadableError(
            path, "An archive of a kind that isn't opened.", "Unpack it, and add the folder (or a .zip)."
        )


# ---------------------------------------------------------------- by the look of the text


def _read_text(path: str, data: bytes, text: str, mapping: Mapping[str, Sequence[str]]) -> Ingested:
    if text.lstrip("\ufeff \n").startswith("WEBVTT") or _CUE.match(text):
        return _one(captions.read(path, data))
    if _JSON.match(text):
        return _read_json(path, text, mapping)
    if _is_mail(text):
        return _one(eml.read(path, data))
    if _HTML.match(text[:4096]):
        return _one(html.read(path, data))
    extension = path.rsplit(".", 1)[-1].lower()
    if extension in ("csv", "tsv") and "\n" not in text.strip():
        raise UnreadableError(path, "The table has headings at most, and no rows.", "Export it again, or leave it out.")
    if separator := tables.sniff(text, declared=extension in ("csv", "tsv")):
        grids, rejects = tables.read_csv(path, text, separator)
        found = tables.interpret(grids, mapping)
        return found.model_copy(update={"rejects": (*found.rejects, *rejects)})
    return _one(plain.read(path, data))


def _is_mail(text: str) -> bool:
    head = text.lstrip("\n").split("\n\n", 1)[0]
    lines = head.split("\n")
    headers = all(map(_HEADER.match, lines)) and not lines[0].startswith((" ", "\t"))
    return (
        headers
        and bool(re.search(r"^from:", head, re.IGNORECASE | re.MULTILINE))
        and len(set(_MAIL.findall(head))) >= 2
    )


def _read_json(path: str, text: str, mapping: Mapping[str, Sequence[str]]) -> Ingested:
    try:
        document = json.loads(text)
    except ValueError as error:
        if _starts_with_object_lines(text):
            return _read_json_lines(path, text, mapping)
        line = getattr(error, "lineno", None)
        what = f"Broken JSON ({getattr(error, 'msg', 'a number that is too long')})."
        raise UnreadableError(path, what, "Export it again, whole.", line) from error
    return _from_document(path, document, mapping)


def _starts_with_object_lines(text: str) -> bool:
    lines = [line for line in text.split("\n") if line.strip()]
    try:
        return len(lines) > 1 and isinstance(json.loads(lines[0]), dict)
    except ValueError:
        return False


def _read_json_lines(path: str, text: str, mapping: Mapping[str, Sequence[str]]) -> Ingested:
    physical = text.split("\n")
    numbered: list[tuple[int, dict[str, Json]]] = []
    rejects: list[Reject] = []
    for number, line in enumerate(physical, 1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except ValueError:
            item = None
        if isinstance(item, dict):
            numbered.append((number, item))
        else:
            what, advice = "The line isn't a JSON object.", "Correct or remove that line."
            rejects.append(Reject(path=path, reason=what, advice=advice, line=number))
    sources = _export(path, [item for _, item in numbered])
    found = _one(*sources) if sources else tables.interpret([tables.read_objects(path, numbered, physical)], mapping)
    return found.model_copy(update={"rejects": (*found.rejects, *rejects)})


def _from_document(path: str, document: Json, mapping: Mapping[str, Sequence[str]]) -> Ingested:
    if sources := _export(path, document):
        return _one(*sources)
    if gong.is_parties_only(document):
        raise UnreadableError(
            path,
            "It lists Gong calls and their parties, but not what was said.",
            "Put callTranscripts and calls into one JSON document.",
        )
    rows = objects(document)
    if rows and len(rows) == len(document):
        return tables.interpret([tables.read_objects(path, list(enumerate(rows, 1)))], mapping)
    raise UnreadableError(
        path,
        "JSON of a shape that isn't known.",
        "Expected: a Fireflies, Gong, Intercom, Zendesk or Whisper export, a list of turns {speaker, text}, "
        "or a list of flat objects.",
    )


def _export(path: str, document: Json) -> tuple[Source, ...]:
    """The sources of a known export; () where the document is none."""
    if gong.is_gong(document):
        return gong.read(path, document)
    if fireflies.transcripts(document):
        return fireflies.read(path, document)
    if intercom.conversations(document):
        return intercom.read(path, document)
    if zendesk.tickets(document):
        return zendesk.read(path, document)
    if whisper.is_whisper(document):
        return whisper.read(path, document)
    return generic_turns.read(path, document)


# ---------------------------------------------------------------- language


def _english_only(found: Ingested) -> Ingested:
    """Set aside the sources that are clearly in another language, each with a reject that names its row or its id."""
    kept: list[Source] = []
    rejects: list[Reject] = []
    for source in found.sources:
        said = "\n".join(block.text for block in source.blocks if block.form in ("speech", "prose"))
        other = language.guess(said)
        if other in (None, "English"):
            kept.append(source)
            continue
        locator = source.blocks[-1].locator
        what = f"{source.ref or 'The text'} is not English (looks like {other})."
        line = int(locator.first) if locator.unit == "row" else None
        rejects.append(
            Reject(path=source.path, reason=what, advice="Translate it to English, and add that.", line=line)
        )
    return found.model_copy(update={"sources": tuple(kept), "rejects": (*found.rejects, *rejects)})
