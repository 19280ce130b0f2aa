"""Files of parallel data and terms: CSV, TSV and TMX, with AWS's import rules.

A *record* is a source text and its translations by language.  What breaks a rule is told in ``Imported``: a record
that cannot be read is *failed*, one that says nothing is *skipped*, and a translation that says nothing is left out.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sphinx_amts.emulator.languages import LANGUAGES
from sphinx_amts.emulator.tmx import read_tmx

__all__ = ["Imported", "NotImportable", "import_records"]

_FORMULA = ("+", "-", "=", "@")
_CODES = {code.lower(): code for code in LANGUAGES}


@dataclass
class Imported:
    """What came out of a file."""

    source: str
    targets: Sequence[str] = ()
    records: dict[str, Mapping[str, str]] = field(default_factory=dict)
    """By source text: the texts by language, that of the source too."""
    failed: int = 0
    skipped: int = 0
    messages: list[Mapping[str, str]] = field(default_factory=list)

    @property
    def size(self) -> int:
        """UTF-8 bytes of all texts that were imported."""
        return sum(len(text.encode("utf-8")) for record in self.records.values() for text in record.values())

    @property
    def report(self) -> Mapping[str, Any]:
        """The file of errors, as AWS writes it."""
        summary = {"record_error_count": self.failed, "record_skipped_count": self.skipped}
        return {"summary": summary, "messages": self.messages}


class NotImportable(ValueError):
    """The whole file cannot be imported; the message says why, and the report tells of its records, if it has any."""

    def __init__(self, message: str, report: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        told = report or Imported("").report
        self.report = {**told, "messages": [{"content": "", "message": message}, *told["messages"]]}


def import_records(raw: bytes, format_: str, most_bytes: int) -> Imported:
    """The records of a file in CSV, TSV or TMX, no text longer than ``most_bytes`` in UTF-8.

    Raises NotImportable for a file that is none, and for one without a single good record.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotImportable("The file is not encoded in UTF-8") from error
    done = _from_tmx(raw, most_bytes) if format_ == "TMX" else _from_table(text, format_, most_bytes)
    if not done.records:
        raise NotImportable("The file has no valid record", done.report)
    found = {code: None for record in done.records.values() for code in record if code != done.source}
    done.targets = sorted(found)
    return done


def _from_table(text: str, format_: str, most_bytes: int) -> Imported:
    rows = csv.reader(io.StringIO(text, newline=""), delimiter="\t" if format_ == "TSV" else ",", strict=True)
    try:
        header = [_code(cell.strip()) for cell in next(rows)]
    except StopIteration:
        raise NotImportable("The file is empty") from None
    except csv.Error as error:
        raise NotImportable(f"The first row cannot be read: {error}") from error
    if len(header) < 2 or len(set(header)) < len(header):
        raise NotImportable("The first row must hold a source language and other languages, each once")
    done = Imported(header[0])
    for row in _read(rows, done):
        if reason := _fault(row, header):
            done.failed += 1
            _tell(done, row, reason)
        else:
            _add(done, dict(zip(header, row, strict=True)), most_bytes)
    return done


def _read(rows: Iterator[list[str]], done: Imported) -> Iterator[list[str]]:
    """Rows, without empty lines; what cannot be read is a failed record."""
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            done.failed += 1
            _tell(done, [], f"The record cannot be read: {error}")
            continue
        if row:
            yield row


def _fault(row: Sequence[str], header: Sequence[str]) -> str:
    if len(row) != len(header):
        return f"The record has {len(row)} fields where {len(header)} are expected"
    if any("\n" in cell or "\r" in cell for cell in row):
        return "A field holds a line break"
    if any(cell.startswith(_FORMULA) for cell in row):
        return f"A field starts with one of {' '.join(_FORMULA)}"
    return ""


def _from_tmx(raw: bytes, most_bytes: int) -> Imported:
    try:
        source, units = read_tmx(raw)
        done = Imported(_code(source))
    except ValueError as error:
        raise NotImportable(f"The file is no TMX 1.4b: {error}") from error
    dates: dict[str, str] = {}
    for unit in units:
        variants = {_CODES[v.language.lower()]: v for v in unit if v.language.lower() in _CODES}
        texts = {code: variant.text for code, variant in variants.items()}
        if len(texts) < 2 or done.source not in texts:
            done.failed += 1
            _tell(
                done,
                [variant.text for variant in unit],
                "The unit has not two languages, that of the source among them",
            )
            continue
        date = max(variant.changed for variant in unit)
        key = texts[done.source].strip()
        if date >= dates.get(key, ""):
            dates[key] = date
            _add(done, texts, most_bytes)
        else:
            done.skipped += 1
    return done


def _add(done: Imported, texts: Mapping[str, str], most_bytes: int) -> None:
    """Take a record; one that has the source text of an earlier record replaces it, which then counts as skipped."""
    stripped = {code: text.strip() for code, text in texts.items()}
    kept = {code: text for code, text in stripped.items() if text and len(text.encode("utf-8")) <= most_bytes}
    source = kept.get(done.source)
    if source is None or len(kept) < 2:
        done.skipped += 1
        side = "source" if source is None else "target"
        _tell(done, list(stripped.values()), f"The {side} is empty or longer than {most_bytes} bytes")
        return
    if len(kept) < len(stripped):
        _tell(done, list(stripped.values()), f"A target is empty or longer than {most_bytes} bytes")
    if source in done.records:
        done.skipped += 1
    done.records[source] = kept


def _tell(done: Imported, content: Sequence[str], message: str) -> None:
    done.messages.append({"content": ",".join(content)[:200], "message": message})


def _code(text: str) -> str:
    code = _CODES.get(text.lower())
    if code is None:
        raise NotImportable(f"Amazon Translate does not know the language {text!r}")
    return code
