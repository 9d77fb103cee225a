"""The manifest: `evidence.yaml` or `evidence.csv`, where a person says who "us" is and what is known of the sources.

    product: Acme Analytics
    us: {company: Acme, domains: [acme.example], people: [Jo Field]}     # or a list of names, addresses and domains
    sources:
      - {path: "interviews/*.md", account: Blue Corp, date: 2024-05-01, kind: interview, outcome: won, us: [Jo]}
    columns:
      "survey*.csv": {kind: survey, text: ["What nearly stopped you?"], account: Company}

The CSV form has a row per source with the columns path, account, date, kind, outcome, us and customers; only path is
needed.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, NoReturn, TypeVar

import yaml

from icp_synth.errors import ManifestError
from icp_synth.records import Manifest, ManifestSource
from icp_synth.stages.ingest import decode
from icp_synth.stages.ingest.columns import FIELDS
from icp_synth.stages.ingest.values import KINDS, OUTCOMES, day_of, kind_of, outcome_of, squash

NAMES = ("evidence.yaml", "evidence.yml", "evidence.csv")

_SOURCE_KEYS = ("path", "account", "date", "kind", "outcome", "us", "customers")
_TOP_KEYS = ("product", "us", "sources", "columns")
_US_KEYS = ("company", "domains", "people")
_Word = TypeVar("_Word", bound=str)


def is_manifest(path: str, data: bytes) -> bool:
    """Whether a file is a manifest: by its name, and for a CSV by a heading `path`."""
    name = path.replace("!", "/").rsplit("/", 1)[-1].lower()
    if name != NAMES[2]:
        return name in NAMES
    heading = data.split(b"\n", 1)[0].decode("utf-8-sig", "replace").lower()
    return "path" in [cell.strip(' "\r') for cell in re.split(r"[,;\t]", heading)]


def parse(path: str, data: bytes) -> Manifest:
    """Read a manifest. Raises ManifestError naming the file, the line and what is allowed there."""
    text = decode.decode(path, data)
    return _Csv(path).read(text) if path.lower().endswith(".csv") else _Yaml(path, text).read()


class _Fields:
    """Checks single values; `fail` says where."""

    def __init__(self, path: str) -> None:
        self.path = path

    def fail(self, message: str, advice: str, line: int | None) -> NoReturn:
        where = f"{self.path} line {line}" if line else self.path
        raise ManifestError(self.path, f"{where}: {message}", advice, line)

    def source(self, values: Mapping[str, Any], line: int | None) -> ManifestSource:
        self.known(values, _SOURCE_KEYS, "a source", line)
        path = self.word(values.get("path"), "path", line)
        if not path:
            self.fail(
                "a source has no path.",
                "Give each source the path of its file, or a pattern such as interviews/*.md.",
                line,
            )
        return ManifestSource(
            path=path.replace("\\", "/").removeprefix("./"),
            account=self.word(values.get("account"), "account", line),
            date=self.day(values.get("date"), line),
            kind=self.one_of(values.get("kind"), "kind", KINDS, kind_of, line),
            outcome=self.one_of(values.get("outcome"), "outcome", OUTCOMES, outcome_of, line),
            us=self.words(values.get("us"), "us", line),
            customers=self.words(values.get("customers"), "customers", line),
        )

    def known(self, values: Mapping[str, Any], allowed: tuple[str, ...], what: str, line: int | None) -> None:
        for key in values:
            if key not in allowed:
                self.fail(f"{what} can't have {str(key)!r}.", f"Allowed: {', '.join(allowed)}.", line)

    def word(self, value: Any, name: str, line: int | None) -> str | None:
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            self.fail(f"{name} must be text, not {type(value).__name__}.", f"Write {name}: some text.", line)
        return str(value).strip()

    def words(self, value: Any, name: str, line: int | None) -> tuple[str, ...]:
        listed = value if isinstance(value, list) else [value]
        return tuple(word for item in listed if (word := self.word(item, name, line)))

    def day(self, value: Any, line: int | None) -> date | None:
        if isinstance(value, datetime):
            return value.date()
        if value is None or isinstance(value, date):
            return value
        raw = self.word(value, "date", line)
        if raw is None:
            return None
        if not (found := day_of(raw)):
            self.fail(f"the date {raw!r} can't be read.", "Write dates as 2024-05-31.", line)
        return found

    def one_of(
        self, value: Any, name: str, allowed: tuple[_Word, ...], read: Callable[[str], _Word | None], line: int | None
    ) -> _Word | None:
        raw = self.word(value, name, line)
        if raw is None:
            return None
        found = next((a for a in allowed if a == raw.lower()), None) or read(raw)
        if found is None:
            self.fail(f"the {name} {raw!r} is not known.", f"Allowed: {', '.join(allowed)}.", line)
        return found


class _Yaml(_Fields):
    """The YAML form. The node tree is kept beside the values, since only it knows lines."""

    def __init__(self, path: str, text: str) -> None:
        super().__init__(path)
        self.text = text

    def read(self) -> Manifest:
        try:
            root = yaml.compose(self.text, Loader=yaml.SafeLoader)
            document = yaml.safe_load(self.text)
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            mark = getattr(error, "problem_mark", None)
            problem = getattr(error, "problem", None) or type(error).__name__
            self.fail(
                f"not valid YAML ({problem}).",
                "Correct that line; put values that hold ? : or # in quotes.",
                mark.line + 1 if mark else None,
            )
        if document is None:
            return Manifest()
        if not isinstance(document, dict):
            self.fail("the manifest must be a mapping.", f"Allowed at the top: {', '.join(_TOP_KEYS)}.", 1)
        lines = _lines(root)
        for key in document:
            self.known({key: None}, _TOP_KEYS, "the manifest", lines.get((key,)))
        return Manifest(
            product=self.word(document.get("product"), "product", lines.get(("product",))),
            sources=self.sources(document.get("sources"), lines),
            columns=self.columns(document.get("columns"), lines),
            **self.us(document.get("us"), lines.get(("us",))),
        )

    def us(self, value: Any, line: int | None) -> dict[str, Any]:
        if isinstance(value, dict):
            self.known(value, _US_KEYS, "us", line)
            domains = self.words(value.get("domains"), "us.domains", line)
            return {
                "us_company": self.word(value.get("company"), "us.company", line),
                "us_domains": tuple(domain.lower().removeprefix("@") for domain in domains),
                "us_people": self.words(value.get("people"), "us.people", line),
            }
        if isinstance(value, list):
            words = self.words(value, "us", line)
            domains = tuple(word for word in words if re.fullmatch(r"@?[\w-]+(?:\.[\w-]+)+", word))
            return {
                "us_domains": tuple(domain.lower().removeprefix("@") for domain in domains),
                "us_people": tuple(word for word in words if word not in domains),
            }
        return {"us_company": self.word(value, "us", line)}

    def sources(self, value: Any, lines: Mapping[tuple[Any, ...], int]) -> tuple[ManifestSource, ...]:
        if value is None:
            return ()
        if not isinstance(value, list):
            self.fail("sources must be a list.", "Write one '- path: …' per source.", lines.get(("sources",)))
        found = []
        for index, entry in enumerate(value):
            line = lines.get(("sources", index))
            if not isinstance(entry, dict):
                self.fail("a source must be a mapping with a path.", f"Allowed: {', '.join(_SOURCE_KEYS)}.", line)
            # Each value is checked with the line that it stands on, so that a long entry's error points at its field.
            for key in entry:
                own = lines.get(("sources", index, key), line)
                self.known({key: None}, _SOURCE_KEYS, "a source", own)
                self.source({"path": "*", key: entry[key]}, own)
            found.append(self.source(entry, line))
        return tuple(found)

    def columns(self, value: Any, lines: Mapping[tuple[Any, ...], int]) -> dict[str, dict[str, tuple[str, ...]]]:
        if value is None:
            return {}
        line = lines.get(("columns",))
        if not isinstance(value, dict) or not all(isinstance(fields, dict) for fields in value.values()):
            self.fail("columns must map a file pattern to fields.", 'Write "survey*.csv": {text: Comment}.', line)
        found: dict[str, dict[str, tuple[str, ...]]] = {}
        for pattern, fields in value.items():
            for name in fields:
                self.known({name: None}, FIELDS, "columns", lines.get(("columns", pattern, name), line))
            found[str(pattern)] = {
                name: self.words(headings, name, lines.get(("columns", pattern, name), line))
                for name, headings in fields.items()
            }
        return found


def _lines(node: yaml.Node | None, at: tuple[Any, ...] = ()) -> dict[tuple[Any, ...], int]:
    """The 1-based line of every key and list item down to the fourth level, by its path of keys."""
    found: dict[tuple[Any, ...], int] = {}
    if len(at) >= 4 or node is None:
        return found
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = (*at, key.value)
            found[here] = key.start_mark.line + 1
            found |= _lines(value, here)
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            found[(*at, index)] = item.start_mark.line + 1
            found |= _lines(item, (*at, index))
    return found


class _Csv(_Fields):
    """The CSV form: a source a row; several people in a cell are separated by `;`."""

    def read(self, text: str) -> Manifest:
        first = text.split("\n", 1)[0]
        separator = max(",;\t", key=first.count)
        reader = csv.reader(iter(line + "\n" for line in text.split("\n")), delimiter=separator)
        headings: list[str] = []
        found = []
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if not headings:
                headings = [squash(cell) for cell in cells]
                self.known(dict.fromkeys(headings), _SOURCE_KEYS, "the manifest", reader.line_num)
                continue
            if len(cells) > len(headings):
                advice = f"Quote the cells that hold a {separator!r}."
                self.fail(f"{len(cells)} cells under {len(headings)} headings.", advice, reader.line_num)
            values: dict[str, Any] = dict(zip(headings, (cell.strip() for cell in cells), strict=False))
            for people in ("us", "customers"):
                values[people] = [name.strip() for name in values.get(people, "").split(";")]
            found.append(self.source(values, reader.line_num))
        return Manifest(sources=tuple(found))
