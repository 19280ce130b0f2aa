from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from test_align_mining import books

from sphinx_amts.align import mine
from sphinx_amts.align.bilingual import Files
from sphinx_amts.align.reading import read
from sphinx_amts.align.workers import Lost, Processes, cluster, each
from sphinx_amts.cli import main
from sphinx_amts.errors import ConfigError, WorkerError


def doubled(number: int) -> int:
    return 2 * number


def dies_on_three(number: int) -> int:
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return 2 * number


def dies_once(marker: Path, function: Callable[..., Any], *args: Any) -> Any:
    """The first process that tries it is killed in the middle of its work."""
    if not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return function(*args)


def fails(number: int) -> int:
    raise ModuleNotFoundError("No module named 'theirs'", name="theirs")


class Killing(Executor):
    """Of the tasks of each kind, one kills the first process that tries it."""

    def __init__(self, executor: Executor, folder: Path) -> None:
        self.executor, self.folder = executor, folder

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        return self.executor.submit(dies_once, self.folder / f"killed{fn.__name__}", fn, *args)


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """The address of a Dask cluster of two processes."""
    distributed = pytest.importorskip("distributed", reason="the extra dask is not installed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
    ) as local:
        yield local.scheduler_address


@pytest.fixture
def files(tmp_path: Path) -> list[Files]:
    """Two trees, and two files alone."""
    for name, text in (("en", "# Trees\n\nThere are {} trees.\n"), ("de", "# Bäume\n\nEs gibt {} Bäume.\n")):
        for number, path in enumerate(("tree/a.md", "tree/b.md", "alone/c.md", "alone/d.txt")):
            file = tmp_path / name / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text.format(number), encoding="utf-8")
    trees = [tmp_path / name / "tree" for name in ("en", "de")]
    alone = [[str(tmp_path / name / "alone" / file) for name in ("en", "de")] for file in ("c.md", "d.txt")]
    return [*(Files(name, name, *trees) for name in ("a.md", "b.md")), *(Files(*pair) for pair in alone)]


def test_tasks_come_back_in_their_order() -> None:
    with Processes(2) as executor:
        assert each(executor, doubled, range(5)) == each(None, doubled, range(5)) == [0, 2, 4, 6, 8]


def test_a_task_that_ends_each_process_is_lost_and_the_others_are_done() -> None:
    with Processes(2) as executor:
        assert each(executor, dies_on_three, range(6)) == [0, 2, 4, Lost(), 8, 10]


def test_a_lost_process_costs_a_retry(tmp_path: Path, files: list[Files]) -> None:
    alone = read(files, "en", "de"), mine(books(), "en", "es", share=70)
    with Processes(2) as executor:
        killing = Killing(executor, tmp_path)
        assert read(files, "en", "de", executor=killing) == alone[0]
        assert mine(books(), "en", "es", share=70, executor=killing) == alone[1]
    assert [len(alone[0][0]), alone[0][1]] == [4, []]
    assert len(list(tmp_path.glob("killed*"))) == 2


def test_a_lost_reading_is_a_line_for_each_of_its_files(files: list[Files], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sphinx_amts.align.reading.each", lambda _, function, items: [Lost() for _ in items])
    bitexts, problems = read(files[:1], "en", "de")
    assert bitexts == []
    assert {each.message for each in problems} == {
        "was not read: each process that tried to ended, for want of memory perhaps"
    }
    assert len(problems) == 2


def test_a_lost_share_ends_the_run_with_one_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sphinx_amts.align.mining.each_of", lambda _, function, items: [Lost() for _ in items])
    with pytest.raises(WorkerError, match="the work was lost: each worker that tried it ended"):
        mine(books(), "en", "es", share=70)


def test_a_worker_without_a_package_is_named() -> None:
    with ThreadPoolExecutor(1) as executor, pytest.raises(WorkerError, match="a worker has no module 'theirs'"):
        each(executor, fails, [1])


def test_a_task_that_ends_each_worker_of_a_cluster_is_lost() -> None:
    distributed = pytest.importorskip("distributed", reason="the extra dask is not installed")

    def killed(number: int) -> int:
        raise distributed.KilledWorker("task", None, 3)

    with ThreadPoolExecutor(1) as executor:
        assert each(executor, killed, [1]) == [Lost()]


def test_a_cluster_that_goes_away_is_one_message() -> None:
    cancelled: Future[int] = Future()
    cancelled.cancel()

    class Gone(Executor):
        def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
            return cancelled

    with pytest.raises(WorkerError, match="the work was cancelled: the scheduler has gone"):
        each(Gone(), doubled, [1])


def test_shares_are_independent_of_who_does_them() -> None:
    """Two shares, of 120 blocks together."""
    one, whole = mine(books(), "en", "es", share=70), mine(books(), "en", "es")
    with ThreadPoolExecutor(2) as executor:
        assert mine(books(), "en", "es", share=70, executor=executor) == one
    assert [(pair.source, pair.target) for pair in one.pairs] == [(pair.source, pair.target) for pair in whole.pairs]
    assert (one.source_texts, one.target_alone) == (whole.source_texts, whole.target_alone)


def test_a_cluster_gives_what_one_process_gives_and_outlives_its_workers(
    tmp_path: Path, files: list[Files], scheduler: str
) -> None:
    alone = read(files, "en", "de"), mine(books(), "en", "es", share=70)
    with cluster(scheduler) as executor:
        killing = Killing(executor, tmp_path)
        assert read(files, "en", "de", executor=killing) == alone[0]
        assert mine(books(), "en", "es", share=70, executor=killing) == alone[1]
    assert len(list(tmp_path.glob("killed*"))) == 2


def test_the_command_writes_the_same_bytes_with_a_cluster(
    tmp_path: Path, files: list[Files], scheduler: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its paths are relative, and the workers stand elsewhere."""
    monkeypatch.chdir(tmp_path)
    common = ["align", "en/tree", "de/tree", "-s", "en", "-t", "de"]
    assert main([*common, "-o", "here.jsonl", "--jobs", "1"]) == 0
    assert main([*common, "-o", "there.jsonl", "--scheduler", scheduler]) == 0
    assert Path("there.jsonl").read_bytes() == Path("here.jsonl").read_bytes() != b""


def test_a_scheduler_that_does_not_answer_is_one_message(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed", reason="the extra dask is not installed")
    monkeypatch.setattr("sphinx_amts.align.workers._PATIENCE", 0.2)
    for address in ("tcp://127.0.0.1:9", "nonsense"):
        with pytest.raises(WorkerError, match=f"no Dask scheduler answers at {address}"), cluster(address):
            pass


def test_a_cluster_without_the_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(ConfigError, match="--scheduler needs Dask") as caught, cluster("tcp://127.0.0.1:9"):
        pass
    assert caught.value.hint == "Install it: pip install 'sphinx-amts[dask]'"
