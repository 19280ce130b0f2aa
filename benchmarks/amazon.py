"""What a sync with Amazon Translate does, against the emulator: time, calls, bytes, memory, and what is charged.

    python benchmarks/amazon.py languages [--book NAME] [--documents N] [--languages L ...] [--counts N ...] [--job-seconds S]
    python benchmarks/amazon.py characters [NAME ...]

``languages`` syncs one book into many languages: `sphinx-amts sync` as a process of its own, the emulator as another, real
boto3 over HTTP, real time.  Without NAME the book is generated: so many documents of so many sentences.  For each number of
languages it prints

- wall-clock, what of it is the slowest job, and for each language how long after the end of its job its tree was written;
- the calls of Amazon Translate by operation, the bytes uploaded, the most jobs at work at once, and peak memory.

``characters`` submits a first sync of real books, and compares what a dry run predicts with what the job says it charged.
CORPORA is the folder of these books (``AMTS_CORPORA``, else ``../shared/corpora``); the names are those of ``corpora.py``.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
from corpora import BOOKS

from sphinx_amts.config import Settings
from sphinx_amts.document.reader import Book, application
from sphinx_amts.emulator import Clock, Task, Translated
from sphinx_amts.emulator.server import Emulator
from sphinx_amts.session import sync_languages

LANGUAGES = ("zh", "es", "fr", "de", "ja", "ko", "pt_BR", "ru", "ar", "hi")
BUCKET = "amts-benchmark"
AMAZON: Mapping[str, Any] = {
    "bucket": BUCKET,
    "role": "arn:aws:iam::123456789012:role/amts-benchmark",
    "region": "us-east-1",
    "parallel_data": False,
}
SOURCE_LANGUAGES = {"d2l-zh": ("zh", "en")}
"""What a book is written in and translated into, where it is not English and Chinese."""
WORDS = (
    "model value matrix network layer gradient data sample loss weight vector input output price market sum rate state time step"
    " policy rule method result error bound test plot list key class unit line is has takes gives makes keeps needs shows finds"
    " the a this that each every other same new first last large small simple linear random hidden of in on with for from by"
).split()
CODES = ("$x_{n} < y$", "`f({n})`", "[the {n}th page](https://example.org/{n})", "**bold {n}**", "*it {n}*")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure in a temporary directory."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    default = os.environ.get("AMTS_CORPORA", Path(__file__).resolve().parent.parent.parent / "shared" / "corpora")
    parser.add_argument("--corpora", type=Path, default=default)
    commands = parser.add_subparsers(required=True)
    many = commands.add_parser("languages")
    many.add_argument("--book", choices=list(BOOKS), help="a real book in place of a generated one")
    many.add_argument("--documents", type=int, default=200)
    many.add_argument("--sentences", type=int, default=40, help="of each document that is generated")
    many.add_argument("--languages", nargs="+", default=LANGUAGES)
    many.add_argument(
        "--counts", nargs="+", type=int, default=[1, 5, 10], help="how many of them, one sync for each number"
    )
    many.add_argument("--job-seconds", type=float, default=30.0)
    many.set_defaults(run=languages)
    paid = commands.add_parser("characters")
    paid.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BOOKS)}")
    paid.set_defaults(run=characters)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as place:
        os.environ.update(XDG_CACHE_HOME=f"{place}/cache", AWS_CONFIG_FILE=os.devnull, AWS_EC2_METADATA_DISABLED="true")
        options.run(options, Path(place))
    return 0


# Many languages


@dataclass
class Run:
    """One sync.  All times are seconds from its start."""

    wall: float
    megabytes: float
    processor: float
    uploaded: int
    documents: int
    calls: Mapping[str, int] = field(default_factory=dict)
    jobs: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    """When the job of each language was submitted, and when it ended."""
    written: Mapping[str, float] = field(default_factory=dict)
    """When the last file of each language was written."""

    @property
    def at_once(self) -> int:
        """The most jobs at work or in the queue at one time."""
        starts = [start for start, _ in self.jobs.values()]
        return max(sum(start <= moment < end for start, end in self.jobs.values()) for moment in starts)


def languages(options: argparse.Namespace, place: Path) -> None:
    """Print the figures of one sync for each number of languages."""
    book = BOOKS[options.book](options.corpora, place) if options.book else generated(place / "book", options)
    with (book / "conf.py").open("a", encoding="utf-8") as file:
        file.write("\nextensions = [*extensions, 'sphinx_amts']\n")
        file.write(f"amts_amazon = {dict(AMAZON)!r}\namts_locale_dir = {str(place / 'locale')!r}\n")
    for count in options.counts:
        shutil.rmtree(place / "locale", ignore_errors=True)
        shutil.rmtree(place / "cache", ignore_errors=True)
        with emulator(options.job_seconds) as own:
            figures = measured(book, place / "locale", options.languages[:count])
        show(figures, own)


def generated(book: Path, options: argparse.Namespace) -> Path:
    """A book whose sentences are all different, one in three with an inline code."""
    book.mkdir()
    names = [f"page{number:03}" for number in range(options.documents - 1)]
    configuration = 'extensions = ["myst_parser"]\nmyst_enable_extensions = ["dollarmath"]\n'
    (book / "conf.py").write_text(configuration, encoding="utf-8")
    (book / "index.md").write_text("# A book\n\n```{toctree}\n" + "\n".join(names) + "\n```\n", encoding="utf-8")
    for name in names:
        (book / f"{name}.md").write_text("\n\n".join(paragraphs(name, options.sentences)) + "\n", encoding="utf-8")
    return book


def paragraphs(name: str, sentences: int) -> Iterator[str]:
    """A title, and so many sentences, five in a paragraph, four paragraphs in a section."""
    dice = random.Random(name)
    yield f"# The title of {name}"
    for first in range(0, sentences, 5):
        if first % 20 == 0:
            yield f"## Section {first} of {name}"
        yield " ".join(sentence(dice, f"{name[4:]}{first + more}") for more in range(min(5, sentences - first)))


def sentence(dice: random.Random, number: str) -> str:
    """Words, and now and then a code."""
    words = [*dice.choices(WORDS, k=dice.randint(8, 20)), number]
    if dice.random() < 0.34:
        words.insert(dice.randint(1, len(words) - 1), dice.choice(CODES).replace("{n}", number))
    return " ".join(words).capitalize() + "."


class emulator:  # noqa: N801
    """``sphinx-amts emulator`` as a process of its own; ``seconds`` is the processor time that it took in all."""

    def __init__(self, job_seconds: float) -> None:
        command = [sys.executable, "-m", "sphinx_amts", "emulator", "--port", "0", "--job-seconds", str(job_seconds)]
        self._command = [*command, "--bucket", BUCKET]
        self.seconds = 0.0

    def __enter__(self) -> emulator:
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if "export " in line:
                name, _, value = line.strip().removeprefix("export ").partition("=")
                os.environ[name] = value
            if "/amts-emulator/faults" in line:
                return self
        raise SystemExit("the emulator did not start")

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGINT)
        _, status, usage = os.wait4(self._process.pid, 0)
        self._process.returncode = os.waitstatus_to_exitcode(status)
        self.seconds = usage.ru_utime + usage.ru_stime


def measured(book: Path, locale: Path, codes: Sequence[str]) -> Run:
    """Sync into so many languages, and ask the emulator what was done."""
    command = [sys.executable, "-m", "sphinx_amts", "sync", str(book), "--engine", "amazon"]
    began, start = time.time(), time.perf_counter()
    with tempfile.TemporaryFile() as output:
        named = [word for code in codes for word in ("-l", code)]
        process = subprocess.Popen([*command, *named], stdout=output, stderr=output)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - start
        output.seek(0)
        told = output.read().decode()
    if process.returncode or any("waiting" in line and set(line.split()[1:]) != {"0"} for line in told.splitlines()):
        raise SystemExit(told)
    calls = json.load(urllib.request.urlopen(os.environ["AWS_ENDPOINT_URL"] + "/amts-emulator/ledger"))["calls"]
    pages = boto3.client("translate").list_text_translation_jobs(MaxResults=100)["TextTranslationJobPropertiesList"]
    jobs = {job["JobName"].split("-en-")[1].rsplit("-", 1)[0]: job for job in pages}
    stored = boto3.client("s3").get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
    inputs = [item["Size"] for page in stored for item in page.get("Contents", ()) if "/input/" in item["Key"]]
    return Run(
        wall=wall,
        megabytes=usage.ru_maxrss / 1024,
        processor=usage.ru_utime + usage.ru_stime,
        uploaded=sum(inputs),
        documents=len(inputs),
        calls=calls,
        jobs={
            code: (job["SubmittedTime"].timestamp() - began, job["EndTime"].timestamp() - began)
            for code, job in jobs.items()
        },
        written={code: last_written(locale / code) - began for code in codes},
    )


def last_written(tree: Path) -> float:
    """When the last document of a tree was written, in epoch seconds."""
    return max(file.stat().st_mtime for file in tree.rglob("*.json"))


def show(run: Run, own: emulator) -> None:
    """Print the figures of a sync."""
    slowest = max(end - start for start, end in run.jobs.values())
    last = max(end for _, end in run.jobs.values())
    print(
        f"{len(run.written)} languages: {run.wall:.1f} s, the slowest job {slowest:.1f} s: {run.wall - slowest:.1f} s more"
    )
    first, latest = min(start for start, _ in run.jobs.values()), max(start for start, _ in run.jobs.values())
    print(f"  first job submitted after {first:.1f} s, the last after {latest:.1f} s, {run.at_once} at work at once")
    print(f"  the last job ended after {last:.1f} s; processor: {run.processor:.1f} s, emulator {own.seconds:.1f} s")
    print(f"  uploaded {run.uploaded:,} bytes in {run.documents:,} documents; peak memory {run.megabytes:.0f} MB")
    print(f"  calls: {', '.join(f'{name} {count}' for name, count in sorted(run.calls.items()))}")
    codes = {code: amazons(code, run.jobs) for code in run.written}
    late = (f"{code} {run.written[code] - run.jobs[its][1]:.1f}" for code, its in codes.items())
    print(f"  seconds from the end of a job to its last file: {', '.join(late)}", flush=True)


def amazons(code: str, jobs: Mapping[str, object]) -> str:
    """Amazon's code for a language."""
    return code if code in jobs else code.partition("_")[0]


# Characters


def untranslated(text: str, marks: Mapping[str, str], task: Task) -> Translated:
    """The fastest translator: what is charged is the source's."""
    return Translated(text)


def characters(options: argparse.Namespace, place: Path) -> None:
    """A line for each book."""
    names = options.names or list(BOOKS)
    if len(names) > 1:  # Sphinx keeps suffixes of one book for the next: each book has a process of its own
        print(f"{'':16} {'documents':>9} {'sent':>7} {'predicted':>10} {'charged':>10} {'difference':>10}", flush=True)
        for name in names:
            command = [sys.executable, __file__, "--corpora", str(options.corpora), "characters", name]
            subprocess.run(command, check=True)
        return
    (name,) = names
    directory = BOOKS[name](options.corpora, place)
    with Emulator(clock=(clock := Clock()), translator=untranslated) as running:
        os.environ.update(running.environment)
        running.bucket(BUCKET)
        predicted = submitted(name, directory, place)
        clock.advance(60)
        (job,) = boto3.client("translate").list_text_translation_jobs()["TextTranslationJobPropertiesList"]
        charged = sum(running.ledger.characters.values())
        assert charged == told_of(job), "the job's details do not say what the ledger says"
        documents = job["JobDetails"]["TranslatedDocumentsCount"]
        print(
            f"{name:16} {documents:9,} {predicted[0]:7,} {predicted[1]:10,} {charged:10,} {charged - predicted[1]:10,}",
            flush=True,
        )


def submitted(name: str, directory: Path, place: Path) -> tuple[int, int]:
    """Submit a first sync and do not wait; the segments sent, and the characters that a dry run had predicted."""
    source, target = SOURCE_LANGUAGES.get(name, ("en", "zh"))
    app = application(directory, place / "cache", settings={}, status=None, warnings=io.StringIO())
    app.build()
    book = Book(app)
    settings = Settings(engine="amazon", source_language=source, amazon=dict(AMAZON))
    at: Mapping[str, Any] = {"base": directory, "target": place / "locale" / target}
    dry = sync_languages(book, settings, [target], dry_run=True, **at)[target].exchange.estimate
    done = sync_languages(book, settings, [target], wait=False, **at)[target]
    assert dry is not None
    return done.segments["waiting"], dry.characters


def told_of(job: Mapping[str, Any]) -> int:
    """The characters in a job's own details."""
    bucket, _, folder = job["OutputDataConfig"]["S3Uri"].removeprefix("s3://").partition("/")
    key = f"{folder}details/{job['TargetLanguageCodes'][0]}.auxiliary-translation-details.json"
    return int(json.loads(boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read())["charactersTranslated"])


if __name__ == "__main__":
    sys.exit(main())
