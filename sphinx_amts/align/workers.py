"""Who does the work: processes of this machine, or the workers of a Dask cluster.

Any executor will do.  Those that are made here outlive a worker: a task whose worker is lost is tried again elsewhere,
and one that takes down each worker is ``Lost``, which costs that task, not the others.
"""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import (
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
)
from dataclasses import dataclass
from multiprocessing import get_context
from types import TracebackType
from typing import Any, ParamSpec, TypeVar

from sphinx_amts.errors import ConfigError, WorkerError

__all__ = ["Lost", "Processes", "cluster", "each"]

TRIES = 3
"""Workers that a task may take down."""
_PATIENCE = 10
"""Seconds for a scheduler to answer, and to have a worker."""

_P = ParamSpec("_P")
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Lost:
    """A task that has no result, because every worker that tried it ended."""


def each(
    executor: Executor | None, function: Callable[[_Item], _Result], items: Iterable[_Item]
) -> list[_Result | Lost]:
    """What a function gives for each item, in their order; without an executor, here.

    Raises WorkerError where the cluster has gone, or its workers are not able to do the work.
    """
    if executor is None:
        return [function(item) for item in items]
    futures = [executor.submit(function, item) for item in items]
    return list(map(_outcome, futures))


def _outcome(future: Future[Any]) -> Any:
    """The result of a task, or ``Lost``."""
    try:
        return future.result()
    except BrokenExecutor:
        return Lost()
    except CancelledError:
        hint = "Look at the scheduler's log, start it again, and repeat the command."
        raise WorkerError("the work was cancelled: the scheduler has gone", hint=hint) from None
    except ModuleNotFoundError as error:
        hint = "Install the same sphinx-amts, with the book's extensions, where the workers run."
        raise WorkerError(f"a worker has no module {error.name!r}", hint=hint) from None
    except Exception as error:
        if not _is_killed(error):
            raise
        return Lost()


def _is_killed(error: Exception) -> bool:
    """Whether this is how Dask says that a task has taken down all the workers that it may."""
    dask = sys.modules.get("distributed")
    return dask is not None and isinstance(error, dask.KilledWorker)


class Processes(Executor):
    """So many processes of this machine, each with one task at a time: who ends with a process is known."""

    def __init__(self, jobs: int) -> None:
        self._context = get_context("forkserver")
        self._context.set_forkserver_preload(["sphinx_amts.align.reading"])
        self._threads = ThreadPoolExecutor(max(jobs, 1))
        self._own = threading.local()
        self._pools: set[ProcessPoolExecutor] = set()
        self._interrupted = False

    def submit(self, fn: Callable[_P, _Result], /, *args: _P.args, **kwargs: _P.kwargs) -> Future[_Result]:
        """A process calls the function; its future raises BrokenExecutor where that ends one process after another."""
        return self._threads.submit(self._called, fn, args, kwargs)

    def _called(self, function: Callable[..., _Result], args: tuple[Any, ...], kwargs: dict[str, Any]) -> _Result:
        for attempt in range(TRIES):
            try:
                return self._pool().submit(function, *args, **kwargs).result()
            except BrokenExecutor:
                self._drop()
                if self._interrupted or attempt == TRIES - 1:
                    raise
        raise AssertionError  # the last try returns or raises

    def _pool(self) -> ProcessPoolExecutor:
        """The process of this thread."""
        pool: ProcessPoolExecutor | None = getattr(self._own, "pool", None)
        if pool is None:
            pool = self._own.pool = ProcessPoolExecutor(1, self._context)
            self._pools.add(pool)
        return pool

    def _drop(self) -> None:
        self._pools.discard(self._own.pool)
        self._own.pool.shutdown()
        self._own.pool = None

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._threads.shutdown(wait, cancel_futures=cancel_futures)
        for pool in list(self._pools):
            pool.shutdown(wait, cancel_futures=cancel_futures)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._interrupted = kind is not None
        self.shutdown(cancel_futures=self._interrupted)


@contextlib.contextmanager
def cluster(address: str) -> Iterator[Executor]:
    """The workers of the Dask cluster whose scheduler has an address, such as ``tcp://10.0.0.1:8786``.

    They have to see the same files at the same places.  Dask itself tries a task again whose worker is lost.  Raises
    ConfigError where Dask is not installed, WorkerError where no scheduler answers, or it has no worker.
    """
    try:
        import dask
        import distributed
    except ImportError:
        raise ConfigError("--scheduler needs Dask", hint="Install it: pip install 'sphinx-amts[dask]'") from None
    connect: Any = distributed.Client
    # Documents are sent as they are: a large one is no mistake.
    with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GB"}):
        try:
            client = connect(address, timeout=_PATIENCE, set_as_default=False)
        except (OSError, ValueError, TypeError):
            hint = "Give the address that it shows when it starts: tcp://HOST:8786."
            raise WorkerError(f"no Dask scheduler answers at {address}", hint=hint) from None
        with client:
            try:
                client.wait_for_workers(1, timeout=_PATIENCE)
            except TimeoutError:
                hint = f"Start one where the files are: dask worker {address}"
                raise WorkerError(f"the scheduler at {address} has no worker", hint=hint) from None
            yield client.get_executor(pure=False)
