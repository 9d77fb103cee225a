"""Bytes of a text file to a string, whatever wrote them."""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

from icp_synth.errors import UnreadableError

# UTF-32 first: its little-endian mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NOISE = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f\ufffd]")
_MOST_NOISE = 0.02
_FEW_ACCENTS = 0.12
# What offices write. Left to all encodings it knows, charset-normalizer finds relics such as KOI8-T in short texts.
_OTHERS = ["cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258"]
_OTHERS += ["cp932", "euc_jp", "gb18030", "big5", "cp949"]
# Signs that no Western word holds, but that stand for letters in other code pages.
_MISREAD = re.compile(r"\ufffd|[^\W\d_][¡-©«-´¶-¹»-¿×÷Ÿ]+[^\W\d_]")


def decode(path: str, data: bytes) -> str:
    r"""Return the text of `data` with every line end as ``\n``, so that line numbers are those of an editor.

    A byte order mark decides and is dropped; else UTF-8, UTF-16 or UTF-32 without a mark, else what
    charset-normalizer finds. Raises UnreadableError where more than one character in fifty is a control character.
    """
    text = _characters(data).replace("\r\n", "\n").replace("\r", "\n")
    if len(_NOISE.findall(text)) > max(_MOST_NOISE * len(text), 2):
        raise UnreadableError(
            path,
            "The file is not text: it is full of control characters.",
            "Export it as .txt, .docx, .pdf or .vtt, and add that.",
        )
    return text


def _characters(data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    wide = _without_mark(data)
    if wide:
        return data.decode(wide, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _not_quite_utf8(data, error)


def _without_mark(data: bytes) -> str | None:
    """Name UTF-16 or UTF-32 by where the NUL bytes stand in text that is mostly Latin."""
    sample = data[:4096]
    quarters = [sample[i::4].count(0) / max(len(sample[i::4]), 1) for i in range(4)]
    holes = "".join("0" if share > 0.7 else "x" for share in quarters)
    return {"x000": "utf-32-le", "000x": "utf-32-be", "x0x0": "utf-16-le", "0x0x": "utf-16-be"}.get(holes)


def _not_quite_utf8(data: bytes, error: UnicodeDecodeError) -> str:
    patched = data.decode("utf-8", "replace")
    wrong = patched.count("\ufffd")
    right = sum(1 for character in patched if character > "\x7f") - wrong
    cut_short = error.end == len(data) and error.reason == "unexpected end of data"
    if cut_short or right > 4 * wrong:
        return patched
    western = data.decode("cp1252", "replace")
    # Statistics can't tell windows-1252 from its neighbours by a few accents, so its own look decides first.
    if len(re.findall(rb"[\x80-\xff]", data)) < _FEW_ACCENTS * len(data) and not _MISREAD.search(western):
        return western
    best = from_bytes(data, cp_isolation=_OTHERS).best()
    return data.decode(best.encoding, "replace") if best else western
