"""What a batch job does when its time has come: read a folder, translate, write a folder.

Output of ``s3://bucket/in/a.html`` for the language ``zh`` is ``zh.a.html``; what lies in a folder of the input lies in
a folder of the same name in the output.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sphinx_amts.emulator.documents import translate_html, translate_plain
from sphinx_amts.emulator.errors import ServiceError
from sphinx_amts.emulator.examples import Examples
from sphinx_amts.emulator.faults import Fault
from sphinx_amts.emulator.html import text_of
from sphinx_amts.emulator.storage import Folder, Stored
from sphinx_amts.emulator.translator import Task
from sphinx_amts.emulator.world import World

__all__ = ["Batch", "Outcome"]

_ID = re.compile(r"\sid\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>]+)")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a job ended."""

    status: str
    message: str = ""
    documents: int = 0
    translated: int = 0
    refused: int = 0


class _Refused(Exception):
    """A document cannot be translated: the error code, and whether the service is at fault."""

    def __init__(self, code: str, message: str, *, by_server: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.by_server = by_server


@dataclass(frozen=True)
class Batch:
    """A job's work."""

    world: World
    source: str
    targets: Sequence[str]
    content_type: str
    input: Folder
    output: Folder
    examples: Mapping[str, Examples]
    terms: Mapping[str, Mapping[str, str]]
    terminologies: Sequence[str]
    formality: str

    def run(self) -> Outcome:
        """Translate everything."""
        try:
            documents = self.world.storage.listed(self.input)
        except ServiceError as error:
            return Outcome("FAILED", error.message)
        if reason := self._fault(documents):
            return Outcome("FAILED", reason, len(documents))
        refused = [self._language(documents, target) for target in self.targets]
        status = "COMPLETED_WITH_ERROR" if any(refused) else "COMPLETED"
        # As with AWS, the counts are those of one language where there are several.
        return Outcome(status, "", len(documents), len(documents) - refused[-1], refused[-1])

    def _fault(self, documents: Sequence[Stored]) -> str:
        quotas = self.world.quotas
        if not documents:
            return "The input folder has no documents"
        if len(documents) > quotas.job_documents:
            return f"The input has more than {quotas.job_documents} documents"
        if sum(document.size for document in documents) > quotas.job_bytes:
            return f"The input has more than {quotas.job_bytes} bytes"
        if any("details" in document.name.split("/")[:-1] for document in documents):
            return "A folder of the input is named details"
        return ""

    def _language(self, documents: Sequence[Stored], target: str) -> int:
        """Translate all documents into one language; how many were refused."""
        details: list[dict[str, Any]] = []
        characters, by_client, by_server = 0, 0, 0
        for document in documents:
            try:
                count, entry = self._document(document, target)
                characters += count
            except _Refused as refused:
                by_server += refused.by_server
                by_client += not refused.by_server
                error = {"errorCode": refused.code, "errorMessage": str(refused)}
                entry = {"sourceFile": document.name, "auxiliaryData": {"error": error}}
            details.append(entry)
        told = {
            "sourceLanguageCode": self.source,
            "targetLanguageCode": target,
            "charactersTranslated": str(characters),
            "documentCountWithCustomerError": str(by_client),
            "documentCountWithServerError": str(by_server),
            "inputDataPrefix": str(self.input),
            "outputDataPrefix": str(self.output),
            "details": details,
        }
        raw = json.dumps(told, ensure_ascii=False).encode("utf-8")
        self._write(f"details/{target}.auxiliary-translation-details.json", raw)
        return by_client + by_server

    def _document(self, document: Stored, target: str) -> tuple[int, dict[str, Any]]:
        """Translate one document: its characters, and what the details tell of it."""
        faults, name = self.world.faults, document.name
        if faults.strikes(Fault.DOCUMENT_REFUSED, name):
            raise _Refused("InvalidRequestException", "The document cannot be translated")
        if faults.strikes(Fault.DOCUMENT_BROKEN, name):
            raise _Refused("InternalServerException", "The service failed", by_server=True)
        raw = self._read(document)
        source, text = self._checked(raw)
        task = Task(self.source, target, self.examples.get(target, Examples()), self.terms[target], self.formality)
        translate = translate_html if self.content_type == "text/html" else translate_plain
        done = translate(source, task, self.world.translator, faults, name)
        folder, slash, file = name.rpartition("/")
        result = f"{folder}{slash}{target}.{file}"
        if not faults.strikes(Fault.DOCUMENT_MISSING, name):
            self._write(result, self._spoilt(done.text, name).encode("utf-8"))
        self.world.ledger.translated(raw, target)
        self.world.ledger.characters["batch with parallel data" if self.examples else "batch"] += len(text)
        return len(text), {"sourceFile": name, "targetFile": result, "auxiliaryData": self._applied(done.terms)}

    def _applied(self, terms: Mapping[str, str]) -> dict[str, Any]:
        if not terms:
            return {}
        told = [{"sourceText": term, "targetText": translation} for term, translation in terms.items()]
        return {"appliedTerminologies": [{"name": name, "terms": told} for name in self.terminologies]}

    def _read(self, document: Stored) -> bytes:
        if document.size > self.world.quotas.document_bytes:
            raise _Refused("InvalidRequestException", "The document is too large")
        try:
            return self.world.storage.read(Folder(self.input.bucket, self.input.key + document.name))
        except ServiceError as error:
            raise _Refused(error.code, error.message) from error

    def _checked(self, raw: bytes) -> tuple[str, str]:
        """The document and its translatable text."""
        quotas = self.world.quotas
        try:
            source = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            raise _Refused("InvalidRequestException", "The document is not encoded in UTF-8") from error
        text = text_of(source) if self.content_type == "text/html" else source
        if len(source) > quotas.document_characters:
            raise _Refused("InvalidRequestException", f"More than {quotas.document_characters} characters")
        if len(text.encode("utf-8", "replace")) > quotas.document_text_bytes:
            raise _Refused("InvalidRequestException", f"More than {quotas.document_text_bytes} bytes of text")
        return source, text

    def _spoilt(self, text: str, name: str) -> str:
        if self.world.faults.strikes(Fault.IDS_LOST, name):
            text = _ID.sub("", text)
        return text[: len(text) // 2] if self.world.faults.strikes(Fault.DOCUMENT_TRUNCATED, name) else text

    def _write(self, name: str, raw: bytes) -> None:
        self.world.storage.write(Folder(self.output.bucket, self.output.key + name), raw)
