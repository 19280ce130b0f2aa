"""Batch jobs of Amazon Translate: start one, look at it, read what it wrote."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from sphinx_amts.engines.amazon.html import HtmlDocument
from sphinx_amts.engines.amazon.journal import CONNECTIONS, TERMINAL, Entry, Journal
from sphinx_amts.errors import EngineError

__all__ = ["MOST_AT_ONCE", "Output", "Pair", "job_name", "look", "outputs", "running", "start", "submit"]

MOST_AT_ONCE = 10
"""Jobs that an account may have at work at once."""


@dataclass(frozen=True, slots=True)
class Pair:
    """What a job is customised with, beside its documents."""

    source: str
    target: str
    parallel_data: str = ""
    terminology: str = ""
    formality: str = ""

    @property
    def name(self) -> str:
        """The languages, as they stand in names."""
        return f"{self.source}-{self.target}"


@dataclass(frozen=True, slots=True)
class Output:
    """A document that a job wrote, or why there is none; ``charged`` characters for the whole job, if they are known."""

    file: str
    html: str = ""
    fault: str = ""


def job_name(journal: Journal, documents: Sequence[HtmlDocument], pair: Pair, earlier: Iterable[Entry]) -> str:
    """A name that the same content always gets, until a job of that name has failed or its answers were of no use."""
    content = [[document.name, document.text] for document in documents]
    custom = [pair.parallel_data, pair.terminology, pair.formality]
    digest = sha256(json.dumps([content, custom]).encode("ascii")).hexdigest()[:20]
    stem = f"amts-{journal.connection.options.project}-{pair.name}-{digest}"
    done = sum(entry.name == stem or entry.name.startswith(f"{stem}-") for entry in earlier if entry.state)
    return f"{stem}-{done + 1}" if done else stem


def submit(journal: Journal, entry: Entry, documents: Sequence[HtmlDocument], pair: Pair) -> Entry:
    """Upload the documents, write the job down, start it, and write down its id: in this order.

    Whatever is interrupted here, the same content makes the same name and token again, and Amazon the same job.
    """
    folder = f"{journal.folder(entry.name)}/input"
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        for _ in pool.map(lambda one: journal.put(f"{folder}/{one.name}", one.text.encode(), "text/html"), documents):
            pass
    journal.write(entry)
    return start(journal, entry, pair)


def start(journal: Journal, entry: Entry, pair: Pair) -> Entry:
    """Start a job that is written down."""
    options = journal.connection.options
    folder = journal.folder(entry.name)
    more: dict[str, Any] = {}
    if pair.parallel_data:
        more["ParallelDataNames"] = [pair.parallel_data]
    if pair.terminology:
        more["TerminologyNames"] = [pair.terminology]
    if pair.formality:
        more["Settings"] = {"Formality": pair.formality}
    output: dict[str, Any] = {"S3Uri": journal.uri(f"{folder}/output/")}
    if options.kms_key:
        output["EncryptionKey"] = {"Type": "KMS", "Id": options.kms_key}
    answer = journal.connection.call(
        "start a batch job",
        journal.connection.translate.start_text_translation_job,
        JobName=entry.name,
        InputDataConfig={"S3Uri": journal.uri(f"{folder}/input/"), "ContentType": "text/html"},
        OutputDataConfig=output,
        DataAccessRoleArn=options.role,
        SourceLanguageCode=pair.source,
        TargetLanguageCodes=[pair.target],
        ClientToken=sha256(entry.name.encode()).hexdigest()[:40],
        **more,
    )
    return journal.write(replace(entry, job_id=answer["JobId"]))


def look(journal: Journal, entry: Entry) -> Entry:
    """The entry with what Amazon says of its job now; one whose start was interrupted is looked up by its name."""
    if entry.state in TERMINAL:
        return entry
    translate, call = journal.connection.translate, journal.connection.call
    if not entry.job_id:
        doing = f"look for the job {entry.name}"
        found = call(doing, translate.list_text_translation_jobs, Filter={"JobName": entry.name})
        jobs = found.get("TextTranslationJobPropertiesList", [])
        if not jobs:
            return entry
        entry = replace(entry, job_id=jobs[0]["JobId"])
    answer = call("look at a batch job", translate.describe_text_translation_job, JobId=entry.job_id)
    job = answer["TextTranslationJobProperties"]
    if job["JobStatus"] not in TERMINAL:
        return entry
    output = job.get("OutputDataConfig", {}).get("S3Uri", "")
    message = str(job.get("Message", ""))[:500]
    return replace(entry, state=job["JobStatus"], output=output, message=message)


def running(journal: Journal) -> int:
    """How many batch jobs the account has at work or in its queue."""
    translate, call = journal.connection.translate, journal.connection.call
    return sum(
        len(
            call(
                "list the batch jobs",
                translate.list_text_translation_jobs,
                Filter={"JobStatus": status},
                MaxResults=100,
            ).get("TextTranslationJobPropertiesList", [])
        )
        for status in ("SUBMITTED", "IN_PROGRESS")
    )


def outputs(journal: Journal, entry: Entry, target: str, files: Sequence[str]) -> Iterator[Output]:
    """The documents that a finished job wrote for its input ``files``."""
    folder = _key(journal, entry.output)
    faults = {
        str(item["sourceFile"]): str(item["auxiliaryData"]["error"].get("errorMessage", "it gave no reason"))
        for item in _details(journal, folder, target).get("details", ())
        if "error" in (item.get("auxiliaryData") or {})
    }
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        raw = pool.map(lambda file: None if file in faults else journal.get(f"{folder}{target}.{file}"), files)
        for file, content in zip(files, raw, strict=True):
            if file in faults:
                yield Output(file, fault=f"Amazon Translate did not translate its document: {faults[file][:300]}")
            elif content is None:
                yield Output(file, fault="its document is missing in the job's output")
            else:
                yield Output(file, content.decode("utf-8", "replace"))


def charged(journal: Journal, entry: Entry, target: str) -> int | None:
    """The characters that a finished job was charged for, if its details say so."""
    details = _details(journal, _key(journal, entry.output), target)
    try:
        return int(details["charactersTranslated"])
    except (KeyError, TypeError, ValueError):
        return None


def _details(journal: Journal, folder: str, target: str) -> Mapping[str, Any]:
    """What Amazon writes beside the documents; empty where it cannot be read."""
    try:
        given = json.loads(journal.get(f"{folder}details/{target}.auxiliary-translation-details.json") or b"{}")
    except (ValueError, RecursionError):
        given = {}
    return given if isinstance(given, dict) else {}


def _key(journal: Journal, uri: str) -> str:
    """The folder of an S3 URI in our bucket, a slash behind it; raises EngineError for another bucket's."""
    start = journal.uri("")
    if not uri.startswith(start):
        raise EngineError(f"the output of a batch job is not in the bucket: {uri[:200]!r}")
    return uri.removeprefix(start).rstrip("/") + "/"
