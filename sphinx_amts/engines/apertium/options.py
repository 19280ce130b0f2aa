"""What a book says about Apertium."""

from __future__ import annotations

from dataclasses import dataclass

from sphinx_amts.errors import ConfigError

__all__ = ["Options"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options of the engine ``apertium``.

    Raises ConfigError for a number that is too small.
    """

    parallel_data: bool | list[str] = True
    """Whether it learns from people's translations how to correct what it writes.

    A list names TMX or CSV files whose pairs are added to theirs.
    """
    memory: bool = True
    """Whether a sentence becomes what people wrote for the same one, or for one that is at least 75 % the same."""
    terminology: str | None = None
    """A file of terms: CSV, TMX, or a glossary in Markdown; relative to the configuration directory."""
    jobs: int | None = None
    """How many sentences are translated at once; by default one for each processor, and no more than four."""
    timeout: float = 60.0
    """How many seconds one sentence may take."""
    modes: str | None = None
    """The directory of Apertium's ``.mode`` files, where it is not the one beside the program."""

    def __post_init__(self) -> None:
        if self.timeout <= 0:
            raise ConfigError("engine 'apertium': the option 'timeout' must be a positive number of seconds")
        if self.jobs is not None and self.jobs < 1:
            raise ConfigError("engine 'apertium': the option 'jobs' must be 1 or more")
