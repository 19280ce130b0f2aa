"""A book that is synced with Amazon Translate, or what stands in for it, over real HTTP."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest
from book import SmallBook

from sphinx_amts.emulator import Clock, Rule
from sphinx_amts.emulator.server import Emulator
from sphinx_amts.sync.result import LanguageResult

BUCKET = "a-bucket"
ROLE = "arn:aws:iam::123456789012:role/amts"
OPTIONS: Mapping[str, Any] = {"bucket": BUCKET, "role": ROLE, "project": "a-book", "region": "us-east-1"}


class Cloud:
    """A running emulator whose clock moves only while somebody sleeps."""

    def __init__(self, emulator: Emulator, clock: Any) -> None:
        self.emulator = emulator
        self.clock = clock
        self.service = emulator.service

    @property
    def calls(self) -> Mapping[str, int]:
        """How many times each operation was called."""
        return dict(self.service.ledger.calls)

    def fails(self, *rules: Rule) -> None:
        """From now on."""
        self.service.faults.set(*rules)

    def sync(self, book: SmallBook, engine: str = "amazon", **options: Any) -> LanguageResult:
        """Sync once; other options than those of a sync are Amazon's."""
        names = ("only", "dry_run", "wait", "memory", "on_human")
        given = {name: options.pop(name) for name in names if name in options}
        return book.sync(engine, amazon={**OPTIONS, **options}, sleep=self.clock.advance, **given)

    def jobs(self) -> list[Mapping[str, Any]]:
        """The batch jobs as they were started."""
        translate = boto3.client("translate")
        listed = translate.list_text_translation_jobs()["TextTranslationJobPropertiesList"]
        ids = [job["JobId"] for job in listed]
        return [translate.describe_text_translation_job(JobId=id)["TextTranslationJobProperties"] for id in ids]

    def s3(self) -> Any:
        """A client for a look into the bucket."""
        return boto3.client("s3")

    def objects(self, prefix: str = "") -> list[str]:
        """The keys of the bucket."""
        pages = self.s3().get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix)
        return [item["Key"] for page in pages for item in page.get("Contents", ())]


@contextlib.contextmanager
def cloud(monkeypatch: pytest.MonkeyPatch, cache: Path, **settings: Any) -> Iterator[Cloud]:
    """An account with an empty bucket."""
    clock = settings.pop("clock", None) or Clock()
    with Emulator(clock=clock, **settings) as emulator:
        for name, value in emulator.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("AWS_CONFIG_FILE", str(cache / "none"))
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(cache / "none"))
        monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
        monkeypatch.setattr("sphinx_amts.engines.amazon.client.pause", getattr(clock, "advance", None))
        boto3.client("s3").create_bucket(Bucket=BUCKET)
        yield Cloud(emulator, clock)
