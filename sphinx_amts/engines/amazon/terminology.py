"""The custom terminology of a language pair, kept the same as a file of terms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sphinx_amts.engines.amazon.client import AmazonError, Connection
from sphinx_amts.engines.amazon.parallel_data import Ready
from sphinx_amts.engines.amazon.resource import name_of
from sphinx_amts.errors import EngineError
from sphinx_amts.pairs.terminology import TerminologyFile

__all__ = ["ensure"]

_DESCRIPTION = re.compile(r"sphinx-amts (?P<digest>[0-9a-f]+) [0-9]+ terms")


def ensure(connection: Connection, file: TerminologyFile, source: str, target: str) -> Ready:
    """Import the terms (Amazon's codes of the languages) unless Amazon has them already, which costs one look.

    What was there before is replaced as a whole.  Raises ``EngineError`` for a file without terms and for whatever
    AWS refuses.
    """
    if not file.terms:
        raise EngineError(
            f"there are no terms from {source} to {target}", hint="Look at what was left out of the file."
        )
    name = name_of(connection.options.project, source, target)
    if _digest(connection, name) == file.digest:
        return Ready(name)
    request: dict[str, Any] = {
        "Name": name,
        "MergeStrategy": "OVERWRITE",
        "Description": f"sphinx-amts {file.digest} {file.terms} terms",
        "TerminologyData": {"File": file.content, "Format": "CSV", "Directionality": "UNI"},
    }
    if connection.options.kms_key:
        request["EncryptionKey"] = {"Type": "KMS", "Id": connection.options.kms_key}
    try:
        answer = connection.call(f"import the terms {name}", connection.translate.import_terminology, **request)
    except AmazonError as error:
        # Somebody else imports terms under this name; the same ones are as good as ours.
        if error.code == "ConcurrentModificationException" and _digest(connection, name) == file.digest:
            return Ready(name)
        raise
    return Ready(name, _notices(name, answer.get("TerminologyProperties", {})))


def _digest(connection: Connection, name: str) -> str:
    """The digest of the terms that Amazon has under a name; empty where it has none of ours."""
    try:
        answer = connection.call(f"look at the terms {name}", connection.translate.get_terminology, Name=name)
    except AmazonError as error:
        if error.code == "ResourceNotFoundException":
            return ""
        raise
    found = _DESCRIPTION.fullmatch(str(answer["TerminologyProperties"].get("Description", "")))
    return found["digest"] if found else ""


def _notices(name: str, properties: Mapping[str, Any]) -> tuple[str, ...]:
    skipped = int(properties.get("SkippedTermCount") or 0)
    message = str(properties.get("Message") or "").strip()
    told = f"Amazon skipped {skipped:,} of the terms {name}{f': {message}' if message else ''}"
    return (
        *([told] if skipped else []),
        f"The terms {name} are new; Amazon may need ten minutes to use them everywhere.",
    )
