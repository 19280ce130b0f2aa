"""An account with the emulator, over real HTTP, with a clock that the test moves."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from sphinx_amts.emulator import Clock, Rule
from sphinx_amts.emulator.server import Emulator

BUCKET = "a-bucket"
ROLE = "arn:aws:iam::123456789012:role/amts"
TABLE = "en,zh,es\nHello world.,你好，世界。,Hola mundo.\n"


class Account:
    """The clients of somebody who never tries twice, and short words for what the tests do all the time."""

    def __init__(self, emulator: Emulator, clock: Clock) -> None:
        self.emulator = emulator
        self.clock = clock
        self.ledger = emulator.ledger
        self.s3 = emulator.client("s3", retries={"total_max_attempts": 1})
        self.translate = emulator.client("translate", retries={"total_max_attempts": 1})

    def fails(self, *rules: Rule) -> None:
        """From now on."""
        self.emulator.faults.set(*rules)

    def put(self, key: str, text: str | bytes) -> None:
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=text)

    def text(self, key: str) -> str:
        with self.s3.get_object(Bucket=BUCKET, Key=key)["Body"] as body:
            return bytes(body.read()).decode()

    def keys(self, prefix: str = "") -> list[str]:
        found = self.s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", ())
        return [entry["Key"].removeprefix(prefix) for entry in found]

    def start(self, **more: Any) -> str:
        """Start a job from ``in/`` to ``out/``; its id."""
        request = {
            "InputDataConfig": {"S3Uri": f"s3://{BUCKET}/in/", "ContentType": "text/html"},
            "OutputDataConfig": {"S3Uri": f"s3://{BUCKET}/out/"},
            "DataAccessRoleArn": ROLE,
            "SourceLanguageCode": "en",
            "TargetLanguageCodes": ["es"],
            **more,
        }
        return str(self.translate.start_text_translation_job(**request)["JobId"])

    def job(self, id_: str) -> Mapping[str, Any]:
        answer = self.translate.describe_text_translation_job(JobId=id_)["TextTranslationJobProperties"]
        return dict(answer)

    def finished(self, **more: Any) -> Mapping[str, Any]:
        """A job that was started and has ended."""
        id_ = self.start(**more)
        self.clock.advance(7)
        return self.job(id_)

    def output(self, job: Mapping[str, Any], name: str) -> str:
        """A file that a job wrote."""
        return self.text(job["OutputDataConfig"]["S3Uri"].removeprefix(f"s3://{BUCKET}/") + name)

    def details(self, job: Mapping[str, Any], target: str = "es") -> dict[str, Any]:
        return dict(json.loads(self.output(job, f"details/{target}.auxiliary-translation-details.json")))

    def create(self, name: str = "pairs", table: str = TABLE, format_: str = "CSV", **more: Any) -> Mapping[str, Any]:
        """Upload a file and begin to create parallel data of it."""
        self.put(f"{name}.csv", table)
        config = {"S3Uri": f"s3://{BUCKET}/{name}.csv", "Format": format_}
        return dict(self.translate.create_parallel_data(Name=name, ParallelDataConfig=config, **more))

    def update(self, name: str = "pairs", table: str = TABLE) -> Mapping[str, Any]:
        """Upload a file and begin to update parallel data with it."""
        self.put(f"{name}.csv", table)
        config = {"S3Uri": f"s3://{BUCKET}/{name}.csv", "Format": "CSV"}
        return dict(self.translate.update_parallel_data(Name=name, ParallelDataConfig=config))

    def pairs(self, name: str = "pairs") -> Mapping[str, Any]:
        return dict(self.translate.get_parallel_data(Name=name))

    def refused(self, operation: str, **parameters: Any) -> str:
        """The code of the error that a call ends with."""
        try:
            (getattr(self, operation, None) or getattr(self.translate, operation))(**parameters)
        except ClientError as error:
            return str(error.response["Error"]["Code"])
        return ""


@contextlib.contextmanager
def account(**settings: Any) -> Iterator[Account]:
    """A new account with a bucket and one document."""
    clock = Clock()
    with Emulator(clock=clock, **settings) as emulator:
        emulator.bucket(BUCKET)
        one = Account(emulator, clock)
        one.put("in/a.html", "<html><body><p>Hello world.</p></body></html>")
        yield one
        one.s3.close()
        one.translate.close()
