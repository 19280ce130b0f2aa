"""What a book says about Amazon: the dictionary ``amts_amazon``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from sphinx_amts.errors import ConfigError

__all__ = ["PRICES", "Options"]

PRICES: Mapping[str, float] = {"realtime": 15.0, "batch": 15.0, "batch with parallel data": 60.0}
"""US dollars for a million characters of source text and a target language; AWS's price list is what counts."""

_PROJECT = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38}[A-Za-z0-9])?")
_REGION = re.compile(r"[a-z]{2,}(?:-[a-z]+)+-[0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options of the engines ``amazon`` and ``amazon-realtime``.

    Credentials are none of them: they come from AWS's own chain (environment, profile, role of the machine).
    Raises ConfigError for a value that Amazon would refuse.
    """

    project: str = "book"
    """Names everything that the book owns in the account: up to 40 letters, digits and hyphens."""
    region: str | None = None
    """The region of the service and the bucket; without it, what AWS's own configuration says."""
    profile: str | None = None
    """The profile of AWS's configuration file."""
    bucket: str | None = None
    """The bucket for documents, parallel data and what was spent; batch jobs need it."""
    prefix: str = "amts"
    """The folder in the bucket."""
    role: str | None = None
    """The ARN of the role that Amazon Translate takes on to read and write the bucket; batch jobs need it."""
    parallel_data: bool | list[str] = True
    """Whether people's translations customise the batch jobs (Active Custom Translation).

    A list names TMX or CSV files whose pairs are added to theirs.
    """
    terminology: str | None = None
    """A file of terms: CSV, TMX, or a glossary in Markdown; relative to the configuration directory."""
    formality: Literal["FORMAL", "INFORMAL"] | None = None
    """How the reader is addressed, in the languages that have it."""
    kms_key: str | None = None
    """The ARN of the key that encrypts output, parallel data and terminology."""
    mode: Literal["batch", "realtime", "auto"] = "batch"
    """How ``amazon`` translates: ``auto`` takes batch for a large change, real time for a small one."""
    large: int = 20_000
    """From how many characters on a change is large for ``auto``."""
    wait: bool | None = None
    """Whether to wait for jobs; by default the command line does, and a build does not."""
    price: dict[str, float] = field(default_factory=dict)
    """Prices in place of those of ``PRICES``."""
    budget: float | None = None
    """The most US dollars to spend in a calendar month (UTC), all languages of the project together."""

    def __post_init__(self) -> None:
        if not _PROJECT.fullmatch(self.project):
            raise _fault("project", "must be up to 40 letters, digits and hyphens")
        if self.region is not None and not _REGION.fullmatch(self.region):
            raise _fault("region", "must look like us-west-2")
        if self.bucket is not None and (not self.bucket or "/" in self.bucket):
            raise _fault("bucket", "must be a bucket's name alone, without s3:// and folders")
        if not self.prefix.strip("/") or "details" in self.prefix.split("/") or ".." in self.prefix.split("/"):
            raise _fault("prefix", "must name a folder; no folder may be called 'details'")
        if self.role is not None and not self.role.startswith("arn:"):
            raise _fault("role", "must be the role's ARN: arn:aws:iam::ACCOUNT:role/NAME")
        if unknown := sorted(set(self.price) - set(PRICES)):
            raise _fault("price", f"has an unknown entry {unknown[0]!r}; known are {', '.join(PRICES)}")
        if self.budget is not None and self.bucket is None:
            raise _fault("budget", "needs the option 'bucket', where what was spent is written down")

    def price_of(self, what: str) -> float:
        """US dollars for a million characters."""
        return self.price.get(what, PRICES[what])


def _fault(option: str, why: str) -> ConfigError:
    return ConfigError(f"amts_amazon: the option {option!r} {why}")
