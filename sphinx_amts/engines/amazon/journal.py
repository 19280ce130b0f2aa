"""What was submitted: one small object in S3 for each batch job, written before the job is started.

Whoever asks next, on whatever machine, finds there which segments were paid for and where their answers are.  Nothing is
ever deleted by us: a lifecycle rule of the bucket does that.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from sphinx_amts.engines.amazon.client import AmazonError, Connection
from sphinx_amts.errors import EngineError

__all__ = ["TERMINAL", "Entry", "Journal"]

TERMINAL = ("COMPLETED", "COMPLETED_WITH_ERROR", "FAILED", "STOPPED")
"""The states of a job that never change again."""
CONNECTIONS = 8
"""How many objects are read or written at once."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A batch job: what it holds, what it costs, and how far it is known to have come."""

    name: str
    """The job's name, derived from its content."""
    day: str
    """When it was written down: a date in UTC, ``2026-11-21``."""
    documents: Mapping[str, tuple[str, ...]]
    """Each input file with the ids of its segments."""
    characters: int
    price: float
    job_id: str = ""
    """Amazon's name of the job, once it has answered."""
    state: str = ""
    """Amazon's state of the job, once it will not change again."""
    message: str = ""
    output: str = ""
    """The folder of its output, an S3 URI."""
    refused: Mapping[str, str] = field(default_factory=dict)
    """The segments whose answers are of no use, and why; they are sent again."""

    @property
    def ids(self) -> Iterator[str]:
        """All its segments."""
        for ids in self.documents.values():
            yield from ids

    @property
    def is_paid(self) -> bool:
        """Whether Amazon charges for it, as far as is known."""
        return self.state not in ("FAILED", "STOPPED")


@dataclass(frozen=True, slots=True)
class Journal:
    """The entries of a project; ``pair`` is a language pair, ``en-zh``."""

    connection: Connection
    pair: str

    @property
    def root(self) -> str:
        """The folder of the project in the bucket, without a slash behind it."""
        options = self.connection.options
        return f"{options.prefix.strip('/')}/{options.project}"

    def folder(self, name: str) -> str:
        """The folder of a job."""
        return f"{self.root}/jobs/{self.pair}/{name}"

    def uri(self, key: str) -> str:
        """An object's or a folder's S3 URI."""
        return f"s3://{self.connection.options.bucket}/{key}"

    def entries(self) -> list[Entry]:
        """The jobs of the pair, the newest first; raises EngineError where one cannot be read."""
        return self._read(f"{self.root}/journal/{self.pair}/")

    def every_entry(self) -> list[Entry]:
        """The jobs of all pairs."""
        return self._read(f"{self.root}/journal/")

    def write(self, entry: Entry) -> Entry:
        """Write a job down."""
        body = json.dumps(asdict(entry), indent=1, sort_keys=True).encode("ascii")
        self.put(f"{self.root}/journal/{self.pair}/{entry.name}.json", body, "application/json")
        return entry

    def refuse(self, entry: Entry, reasons: Mapping[str, str]) -> Entry:
        """Remember that answers of a job are of no use."""
        return self.write(replace(entry, refused={**entry.refused, **reasons})) if reasons else entry

    def put(self, key: str, body: bytes, kind: str) -> None:
        """Write an object into the bucket."""
        s3, bucket = self.connection.s3, self.connection.options.bucket
        doing = f"write {self.uri(key)}"
        self.connection.call(doing, s3.put_object, Bucket=bucket, Key=key, Body=body, ContentType=kind)

    def get(self, key: str) -> bytes | None:
        """An object of the bucket, or ``None`` where there is none."""
        s3, bucket = self.connection.s3, self.connection.options.bucket

        def read(**where: Any) -> bytes:
            return bytes(s3.get_object(**where)["Body"].read())

        try:
            return self.connection.call(f"read {self.uri(key)}", read, Bucket=bucket, Key=key) or b""
        except AmazonError as error:
            if error.code == "NoSuchKey":
                return None
            raise

    def _read(self, prefix: str) -> list[Entry]:
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            found = pool.map(self._entry, self._keys(prefix))
            return sorted(found, key=lambda entry: (entry.day, entry.name), reverse=True)

    def _keys(self, prefix: str) -> Iterator[str]:
        s3, bucket, token = self.connection.s3, self.connection.options.bucket, ""
        while True:
            more = {"ContinuationToken": token} if token else {}
            doing = f"list {self.uri(prefix)}"
            page = self.connection.call(doing, s3.list_objects_v2, Bucket=bucket, Prefix=prefix, **more)
            yield from (item["Key"] for item in page.get("Contents", ()))
            token = page.get("NextContinuationToken", "")
            if not token:
                return

    def _entry(self, key: str) -> Entry:
        raw = self.get(key)
        try:
            given = json.loads(raw or b"")
            documents = {str(name): tuple(map(str, ids)) for name, ids in given.pop("documents").items()}
            return Entry(documents=documents, **given)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            hint = "It says what was paid for. Restore it, or delete it to send its segments again."
            raise EngineError(f"the journal of a batch job is damaged: {self.uri(key)}", hint=hint) from None
