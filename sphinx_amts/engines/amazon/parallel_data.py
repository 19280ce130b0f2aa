"""The parallel data of a language pair: one resource of Amazon Translate, kept the same as a file of pairs.

Nothing here waits: ``ensure`` and ``delete`` take one step and say how far it is, so that one loop drives any number of
languages.  What was imported stands in the resource's description, what was tried last in a small object beside the
file in S3; so whoever calls next, after a crash or on another machine, goes on from there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

from sphinx_amts.engines.amazon.client import AmazonError, Connection
from sphinx_amts.engines.amazon.journal import Journal
from sphinx_amts.engines.amazon.resource import (
    Resource,
    at_work,
    describe,
    digest_of,
    get,
    list_,
    moment_of,
    name_of,
    notices_of,
    show,
    state_of,
)
from sphinx_amts.errors import ConfigError, EngineError
from sphinx_amts.pairs.parallel_data import ParallelDataFile

__all__ = ["ImportFailed", "Importing", "Ready", "Resource", "delete", "ensure", "list_", "name_of", "show"]

_ANOTHER = ("ConflictException", "ConcurrentModificationException")
"""What Amazon answers while the resource, or another one of the account, is being imported."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A batch job can be customised with the resource ``name``; ``notices`` are sentences for people."""

    name: str
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Importing:
    """Not yet; call again later.  ``reason`` says what is waited for, in a few words."""

    reason: str
    notices: tuple[str, ...] = ()
    has_begun: bool = True
    """False where something else has to end before."""
    usable: str = ""
    """The name of the resource where an earlier version of it is in use until then."""


class ImportFailed(EngineError):
    """Amazon took none of the pairs, and there is no earlier version to use."""

    exit_status = 1


@dataclass(frozen=True, slots=True)
class _Attempt:
    """The last import that was tried: written down before Amazon is asked."""

    digest: str
    before: str
    """When the attempt before this one was made, as Amazon says it; empty where there was no resource."""
    number: int = 1
    """A new one for each attempt: Amazon answers a request that it knows with what it answered before."""


def ensure(
    connection: Connection, file: ParallelDataFile, source: str, target: str, *, again: bool = False
) -> Ready | Importing:
    """Bring the resource of a pair (Amazon's codes) one step nearer to the pairs of a TMX file.

    A resource that has them costs one look.  What Amazon could not import is not tried twice, except with ``again``:
    give that until an import has begun.  A failed update leaves the version before in use, and a notice says so.

    Raises ``ImportFailed`` where there is no version at all, ``ConfigError`` without a bucket, ``EngineError`` for a
    file without pairs and for whatever AWS refuses.
    """
    if not connection.options.bucket:
        hint = "Name a bucket in the region of the service; the pairs are uploaded there."
        raise ConfigError("amts_amazon: parallel data needs the option 'bucket'", hint=hint)
    if not file.pairs:
        hint = "It is made of sentences that people translated: adopt or edit translations first, or name a file."
        raise EngineError(f"there are no pairs from {source} to {target} to make parallel data of", hint=hint)
    step = _Step(connection, file, source, target)
    answer = get(connection, step.name)
    if answer is None:
        return step.start(None)
    properties = answer["ParallelDataProperties"]
    state = state_of(properties)
    if state in ("importing", "deleting"):
        verb = "imports" if state == "importing" else "deletes"
        return Importing(f"Amazon {verb} {step.name}", has_begun=False, usable=step.usable(properties))
    if state == "failed":
        return step.after_failure(answer, again=again)
    return Ready(step.name, notices_of(answer)) if digest_of(properties) == file.digest else step.start(properties)


def delete(connection: Connection, source: str, target: str) -> Importing | None:
    """Bring the resource of a pair one step nearer to its end; ``None`` when it is gone.

    The files that were uploaded for it stay, until a rule of the bucket removes them.
    """
    name = name_of(connection.options.project, source, target)
    answer = get(connection, name)
    if answer is None:
        return None
    if state_of(answer["ParallelDataProperties"]) == "deleting":
        return Importing(f"Amazon deletes {name}")
    try:
        connection.call(f"delete {name}", connection.translate.delete_parallel_data, Name=name)
    except AmazonError as error:
        if error.code == "ResourceNotFoundException":
            return None
        if error.code not in _ANOTHER:
            raise
        return Importing(f"Amazon is at work on {name}")
    return Importing(f"Amazon deletes {name}")


@dataclass(frozen=True, slots=True)
class _Step:
    """What an import needs: the file, and where it goes."""

    connection: Connection
    file: ParallelDataFile
    source: str
    target: str

    @property
    def name(self) -> str:
        return name_of(self.connection.options.project, self.source, self.target)

    @property
    def _journal(self) -> Journal:
        return Journal(self.connection, f"{self.source}-{self.target}")

    def _key(self, name: str) -> str:
        return f"{self._journal.root}/parallel-data/{self._journal.pair}/{name}"

    def last_attempt(self) -> _Attempt | None:
        """What was tried last, if that is known."""
        try:
            given = json.loads(self._journal.get(self._key("attempt.json")) or b"null")
            return _Attempt(str(given["digest"]), str(given["before"]), int(given["number"]))
        except (KeyError, TypeError, ValueError):
            return None

    def after_failure(self, answer: Mapping[str, Any], *, again: bool) -> Ready | Importing:
        """What to do where the last import failed: it depends on whose it was, and on what there is besides."""
        properties = answer["ParallelDataProperties"]
        has_it, is_usable = digest_of(properties) == self.file.digest, properties.get("Status") == "ACTIVE"
        tried = self.last_attempt()
        # It is not documented whether a failed update leaves its description behind: what was written down decides.
        is_made = tried is not None and tried.before != moment_of(properties)
        is_ours = (is_made and tried.digest == self.file.digest) if tried else has_it
        if is_ours and again:
            return self.start(properties, (*notices_of(answer), "It is tried once more."))
        if is_ours and not is_usable:
            hint = "Mend the pairs and push them again: sphinx-amts parallel-data push BOOK -l LANG"
            raise ImportFailed(" ".join(notices_of(answer)), hint=hint)
        if is_ours:
            return Ready(self.name, notices_of(answer))
        return Ready(self.name) if is_made and has_it and is_usable else self.start(properties)

    def start(self, seen: Mapping[str, Any] | None, notices: tuple[str, ...] = ()) -> Importing:
        """Upload the file, write the attempt down, and ask Amazon to import it: in this order.

        Whatever is interrupted here, the next call makes the same attempt again.
        """
        if other := at_work(self.connection):
            return Importing(f"Amazon imports {other} first, one at a time", notices, False, self.usable(seen))
        journal, key = self._journal, self._key(f"{self.file.digest}.tmx")
        attempt = self._next(moment_of(seen) if seen else "")
        journal.put(key, self.file.content, "application/x-tmx+xml")
        journal.put(self._key("attempt.json"), json.dumps(asdict(attempt)).encode("ascii"), "application/json")
        request: dict[str, Any] = {
            "Name": self.name,
            "Description": describe(self.file.digest, self.file.pairs),
            "ParallelDataConfig": {"S3Uri": journal.uri(key), "Format": "TMX"},
        }
        client, key_id = self.connection.translate, self.connection.options.kms_key
        operation, doing = client.update_parallel_data, f"update {self.name}"
        if seen is None:
            operation, doing = client.create_parallel_data, f"create {self.name}"
            if key_id:
                request["EncryptionKey"] = {"Type": "KMS", "Id": key_id}
        content = json.dumps([doing, request, asdict(attempt)], sort_keys=True)
        request["ClientToken"] = sha256(content.encode("utf-8")).hexdigest()
        try:
            self.connection.call(doing, operation, **request)
        except AmazonError as error:
            another = "" if error.code in _ANOTHER else at_work(self.connection)
            has_changed = error.code == "ResourceNotFoundException" and seen is not None
            if not (error.code in _ANOTHER or has_changed or (error.code == "LimitExceededException" and another)):
                raise
            other = another or "other parallel data"
            return Importing(f"Amazon imports {other} first, one at a time", notices, False, self.usable(seen))
        return Importing(f"Amazon imports {self.name}", notices, usable=self.usable(seen))

    def usable(self, seen: Mapping[str, Any] | None) -> str:
        """The resource's name where it has a version that a job can use."""
        return self.name if seen and seen.get("Status") == "ACTIVE" else ""

    def _next(self, before: str) -> _Attempt:
        """The attempt to make: one that was interrupted, or a new one."""
        last = self.last_attempt()
        if last is None:
            return _Attempt(self.file.digest, before)
        is_interrupted = (last.digest, last.before) == (self.file.digest, before)
        return last if is_interrupted and before else _Attempt(self.file.digest, before, last.number + 1)
