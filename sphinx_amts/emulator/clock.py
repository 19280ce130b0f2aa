"""Time, as the emulator sees it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Clock", "Durations"]


@dataclass
class Clock:
    """A clock that moves only when it is told to; calling it gives epoch seconds."""

    now: float = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Durations:
    """How many seconds things take."""

    submitted: float = 2.0
    """Before a job starts, where it need not queue."""
    job: float = 5.0
    """From a job's start to its end."""
    slow_job: float = 86_400.0
    """The same for a job that the fault ``slow job`` strikes."""
    stop: float = 1.0
    """From STOP_REQUESTED to STOPPED."""
    parallel_data: float = 3.0
    """To create or update parallel data."""
    delete: float = 1.0
    """To delete parallel data."""
