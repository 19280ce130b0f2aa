"""Batch jobs: what is sent, what comes back, what a second run costs, and what happens when things go wrong."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from amazon import BUCKET, OPTIONS, Cloud, cloud
from book import CONF, SmallBook

from sphinx_amts.emulator import Durations, Fault, Rule
from sphinx_amts.engines.amazon.client import Connection
from sphinx_amts.errors import AmtsError, ConfigError
from sphinx_amts.model import State, Subtype

PAGE = "# A title\n\nFirst sentence. Second sentence with $x < 1$ and **bold words** here.\n"
OTHER = "# Another page\n\nThird sentence & more.\n"
PAID = ("StartTextTranslationJob", "TranslateText")


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Cloud]:
    with cloud(monkeypatch, tmp_path / "cache") as running:
        yield running


@pytest.fixture
def book(tmp_path: Path) -> SmallBook:
    return SmallBook(tmp_path, {"index.md": PAGE, "other.md": OTHER})


def paid(aws: Cloud) -> int:
    return sum(aws.calls.get(name, 0) for name in PAID)


def translated_once(aws: Cloud) -> bool:
    return all(count == {"zh": 1} for count in aws.service.ledger.documents.values())


def texts(result: Any) -> list[str]:
    return [finding.message for finding in result.findings]


def test_a_book_is_translated_by_one_job(aws: Cloud, book: SmallBook) -> None:
    result = aws.sync(book)
    assert result.segments["translated"] == 5
    assert aws.calls["StartTextTranslationJob"] == 1
    assert "$x < 1$" in book.target("index.md")
    assert "**" in book.target("index.md")
    assert "&" in book.target("other.md")
    assert result.findings == []
    assert {group.origin for group in book.groups("index.md")} == {"mt:amazon"}


def test_what_was_predicted_is_what_is_charged(aws: Cloud, book: SmallBook) -> None:
    (receipt,) = aws.sync(book).exchange.receipts
    assert receipt.predicted == receipt.charged > 0


def test_a_second_run_calls_nobody(aws: Cloud, book: SmallBook) -> None:
    aws.sync(book)
    before = aws.calls
    result = aws.sync(book)
    assert (result.characters_sent, result.files_written, aws.calls) == (0, 0, before)


def test_only_the_sentence_that_changed_is_sent(aws: Cloud, book: SmallBook) -> None:
    aws.sync(book)
    book.change("index.md", "First sentence.", "The first sentence.")
    result = aws.sync(book)
    assert result.characters_sent == len("The first sentence.")
    assert aws.service.ledger.translations == 3


def test_a_build_does_not_wait_and_collects_next_time(aws: Cloud, book: SmallBook) -> None:
    first = aws.sync(book, wait=False)
    assert (first.segments["waiting"], first.characters_sent > 0, book.target("index.md")) == (5, True, PAGE)
    second = aws.sync(book, wait=False)
    assert (second.segments["waiting"], second.characters_sent) == (5, 0)
    aws.clock.advance(60)
    third = aws.sync(book, wait=False)
    assert (third.segments["translated"], third.characters_sent, paid(aws)) == (5, 0, 1)


def test_an_empty_disk_collects_what_another_machine_submitted(aws: Cloud, book: SmallBook, tmp_path: Path) -> None:
    aws.sync(book, wait=False)
    aws.clock.advance(60)
    other = SmallBook(tmp_path / "elsewhere", {"index.md": PAGE, "other.md": OTHER})
    result = aws.sync(other)
    assert (result.segments["translated"], paid(aws)) == (5, 1)


def test_a_change_while_a_job_is_at_work_sends_only_the_change(aws: Cloud, book: SmallBook) -> None:
    aws.sync(book, wait=False)
    book.change("other.md", "Third", "Last")
    result = aws.sync(book)
    assert (result.segments["translated"], result.characters_sent) == (5, len("Last sentence & more."))


def test_people_s_sentences_become_parallel_data(aws: Cloud, book: SmallBook) -> None:
    aws.sync(book)
    assert "CreateParallelData" not in aws.calls
    title = book.target("other.md").partition("\n")[0]
    book.edit("other.md", title, "# 另一个页面")
    aws.sync(book)
    assert (aws.calls["CreateParallelData"], paid(aws)) == (1, 1)
    book.edit("other.md", "# 另一个页面", "# 别的页面")
    book.change("index.md", "First sentence.", "Another sentence.")
    aws.sync(book)
    assert (aws.calls["CreateParallelData"], aws.calls["UpdateParallelData"], paid(aws)) == (1, 1, 2)


def test_a_job_waits_for_its_parallel_data_and_is_customised_with_it(aws: Cloud, book: SmallBook) -> None:
    aws.sync(book)
    book.edit("other.md", book.target("other.md").partition("\n")[0], "# 另一个页面")
    book.write("index.md", PAGE + "\nAnother page\n")
    book.change("index.md", "Another page", "Another page is here.")
    result = aws.sync(book)
    assert result.segments["waiting"] == 0
    assert sorted(job.get("ParallelDataNames", []) for job in aws.jobs()) == [[], ["amts-a-book-en-zh"]]


@pytest.mark.parametrize("options", [{"bucket": None}, {"role": None}, {"role": "admin"}, {"bucket": "s3://x/y"}])
def test_options_that_cannot_work_are_refused_before_anything_is_done(
    aws: Cloud, book: SmallBook, options: dict[str, Any]
) -> None:
    with pytest.raises(ConfigError, match="amts_amazon: "):
        aws.sync(book, **options)
    assert aws.calls == {}


# What goes wrong: the message, and that the file is never worse.

FAULTS: dict[Fault, str | None] = {
    Fault.DOCUMENT_REFUSED: "Amazon Translate did not translate its document",
    Fault.DOCUMENT_BROKEN: "Amazon Translate did not translate its document",
    Fault.DOCUMENT_MISSING: "its document is missing in the job's output",
    Fault.DOCUMENT_TRUNCATED: "",
    Fault.IDS_LOST: "",
    Fault.TAGS_DOUBLED: "",
    Fault.TAGS_LOST: "",
    Fault.PLACEHOLDER_LEAKED: "",
    Fault.TAGS_MOVED: "lost its text",
    Fault.SPACES_ADDED: None,
    Fault.ENTITIES_UNESCAPED: None,
}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name.lower())
def test_a_damaged_answer_is_refused_and_sent_again(aws: Cloud, book: SmallBook, fault: Fault) -> None:
    aws.fails(Rule(fault))
    result = aws.sync(book)
    said = FAULTS[fault]
    if said is None:
        assert (result.segments["refused"], result.segments["translated"]) == (0, 5)
        return
    assert result.segments["refused"] > 0
    assert result.new_findings
    refused = [finding for finding in result.findings if finding.subtype is Subtype.REFUSED]
    assert all(said in finding.message for finding in refused)
    for group in (group for path in ("index.md", "other.md") for group in book.groups(path) if group.refused):
        assert (group.state, group.target) == (State.INITIAL, group.source)
    aws.fails()
    again = aws.sync(book)
    assert (again.segments["refused"], again.segments["translated"]) == (0, result.segments["refused"])


def test_what_is_refused_three_times_is_not_paid_for_again(aws: Cloud, book: SmallBook) -> None:
    aws.fails(Rule(Fault.DOCUMENT_REFUSED))
    for _ in range(3):
        assert aws.sync(book).segments["refused"] == 5
    assert paid(aws) == 3
    result = aws.sync(book)
    assert (result.segments["refused"], paid(aws), result.new_findings) == (5, 3, False)
    assert "refused 3 times; it is not sent again for 30 days" in texts(result)[-1]


def test_a_failed_job_says_why_and_is_tried_again(aws: Cloud, book: SmallBook) -> None:
    aws.fails(Rule(Fault.JOB_FAILED))
    result = aws.sync(book)
    assert result.segments["refused"] == 5
    assert any("is FAILED: " in text for text in texts(result))
    assert book.target("index.md") == PAGE
    aws.fails()
    assert aws.sync(book).segments["translated"] == 5


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault.ACCESS_DENIED, "AccessDeniedException"),
        (Fault.WRONG_REGION, "NotAuthorizedException"),
    ],
)
def test_what_aws_forbids_ends_the_run_and_writes_nothing(aws: Cloud, book: SmallBook, fault: Fault, said: str) -> None:
    aws.fails(Rule(fault))
    with pytest.raises(AmtsError, match=said):
        aws.sync(book)
    assert not book.locale.exists() or book.targets() == {}
    aws.fails()
    assert aws.sync(book).segments["translated"] == 5


@pytest.mark.parametrize("fault", [Fault.THROTTLED, Fault.INTERNAL_ERROR, Fault.SERVICE_UNAVAILABLE])
def test_what_passes_by_itself_only_slows_it(aws: Cloud, book: SmallBook, fault: Fault) -> None:
    aws.fails(Rule(fault, share=0.5))
    assert aws.sync(book).segments["translated"] == 5
    assert translated_once(aws)


def test_a_journal_that_is_damaged_stops_the_run(aws: Cloud, book: SmallBook) -> None:
    aws.sync(book, wait=False)
    (key,) = aws.objects("amts/a-book/journal/")
    aws.s3().put_object(Bucket=BUCKET, Key=key, Body=b'{"name": 1')
    with pytest.raises(AmtsError, match="the journal of a batch job is damaged: s3://a-bucket/amts/a-book/journal/"):
        aws.sync(book)
    assert paid(aws) == 1


def test_no_secret_stands_in_the_journal(aws: Cloud, book: SmallBook) -> None:
    aws.sync(book)
    for key in aws.objects("amts/a-book/journal/"):
        entry = json.loads(aws.s3().get_object(Bucket=BUCKET, Key=key)["Body"].read())
        assert set(entry) == {
            "name", "day", "documents", "characters", "price", "job_id", "state", "message", "output", "refused"
        }  # fmt: skip


# Money.


def test_a_dry_run_predicts_what_is_charged_and_calls_nobody(aws: Cloud, book: SmallBook) -> None:
    estimate = aws.sync(book, dry_run=True).exchange.estimate
    assert aws.calls == {}
    (receipt,) = aws.sync(book).exchange.receipts
    assert estimate is not None
    assert (estimate.characters, estimate.jobs) == (receipt.charged, 1)


def test_a_budget_sends_what_fits_in_reading_order(aws: Cloud, tmp_path: Path) -> None:
    pages = {name: f"# Page {name}\n\n{'Many words stand here. ' * 3}{name} ends.\n" for name in ("z", "a", "m")}
    index = "# Index\n\n```{toctree}\nz\na\nm\n```\n"
    book = SmallBook(tmp_path, {"index.md": index, **{f"{name}.md": text for name, text in pages.items()}})
    price = 15 / 1_000_000
    result = aws.sync(book, budget=60 * price)
    assert result.segments["waiting"] > 0
    assert any("budget" in text for text in texts(result))
    assert book.groups("z.md")[0].state is State.TRANSLATED
    assert book.groups("a.md")[0].state is State.INITIAL
    assert book.groups("m.md")[0].state is State.INITIAL
    sent = sum(receipt.charged for receipt in result.exchange.receipts)
    assert 0 < sent <= 60
    again = aws.sync(book, budget=60 * price)
    assert (again.segments["translated"], again.exchange.receipts) == (0, [])
    assert aws.sync(book).segments["waiting"] == 0


# Killed anywhere, every document is paid for once.


class Killed(BaseException):
    """What nobody catches."""


def kill_at(monkeypatch: pytest.MonkeyPatch, number: int, *, after: bool) -> Callable[[], int]:
    """The n-th call of AWS is the last thing that happens; how many there were."""
    real = Connection.call
    count = 0

    def call(self: Connection, *arguments: Any, **parameters: Any) -> Any:
        nonlocal count
        count += 1
        this = count
        if this == number and not after:
            raise Killed
        answer = real(self, *arguments, **parameters)
        if this == number:
            raise Killed
        return answer

    monkeypatch.setattr(Connection, "call", call)
    return lambda: count


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("disk", ["same", "empty"])
def test_killed_at_any_call_it_pays_once(aws: Cloud, tmp_path: Path, disk: str, *, after: bool) -> None:
    number, reached = 0, True
    while reached:
        number += 1
        aws.emulator.application.reset()
        aws.s3().create_bucket(Bucket=BUCKET)
        files = {"index.md": PAGE, "other.md": OTHER}
        book = SmallBook(tmp_path / f"{number}", files)
        with pytest.MonkeyPatch.context() as patch:
            calls = kill_at(patch, number, after=after)
            try:
                aws.sync(book)
            except Killed:
                pass
            reached = calls() >= number
        if disk == "empty":
            book = SmallBook(tmp_path / f"{number}-elsewhere", files)
        result = aws.sync(book)
        assert sum(result.segments[name] for name in ("translated", "kept")) == 5, number
        assert translated_once(aws), number
    assert number > 10


RUN = """
import os, signal, sys
from sphinx_amts.cli import main
from sphinx_amts.engines.amazon.client import Connection
real, last, count = Connection.call, int(sys.argv[1]), 0

def call(self, *arguments, **parameters):
    global count
    count += 1
    this = count
    answer = real(self, *arguments, **parameters)
    if this == last:
        os.kill(os.getpid(), signal.SIGKILL)
    return answer

Connection.call = call
sys.exit(main(sys.argv[2:]))
"""


def test_a_process_that_is_killed_pays_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    brief = Durations(submitted=0.1, job=0.1, parallel_data=0.1)
    with cloud(monkeypatch, tmp_path / "cache", clock=time.time, durations=brief) as aws:
        conf = CONF + f"amts_amazon = {dict(OPTIONS)!r}\n"
        book = SmallBook(tmp_path, {"index.md": PAGE, "other.md": OTHER}, conf=conf)
        command = ["sync", str(book.source), "-l", "zh", "--engine", "amazon"]
        deaths = 0
        for last in (4, 5, 2, 10_000):
            ended = subprocess.run([sys.executable, "-c", RUN, str(last), *command], capture_output=True, check=False)
            deaths += ended.returncode == -signal.SIGKILL
        assert deaths >= 2, ended.stderr
        assert ended.returncode == 0, ended.stderr
        assert {group.state for group in book.groups("index.md")} == {State.TRANSLATED}
        assert translated_once(aws)


# What customises a translation.


def test_terms_and_manners_go_with_the_job(aws: Cloud, tmp_path: Path) -> None:
    book = SmallBook(tmp_path, {"index.md": "The gradient is steep.\n"}, language="fr")
    (book.source / "terms.csv").write_text("en,fr\ngradient,gradient\nsteep,raide\n", encoding="utf-8")
    result = aws.sync(book, terminology="terms.csv", formality="FORMAL")
    assert result.segments["translated"] == 1
    (job,) = aws.jobs()
    assert (job["TerminologyNames"], job["Settings"]["Formality"]) == (["amts-a-book-en-fr"], "FORMAL")
    assert "raide" in book.target("index.md")


def test_a_language_that_amazon_does_not_have_is_named(aws: Cloud, tmp_path: Path) -> None:
    book = SmallBook(tmp_path, {"index.md": "A page.\n"}, language="pt")
    with pytest.raises(AmtsError, match=r"Amazon Translate does not have Português \(pt\)\n  Choose pt_BR or pt_PT"):
        aws.sync(book)


def test_files_of_pairs_are_added_to_people_s(aws: Cloud, book: SmallBook) -> None:
    (book.source / "more.csv").write_text("en,zh\nA sentence.,一个句子。\n", encoding="utf-8")
    aws.sync(book, parallel_data=["more.csv"])
    (job,) = aws.jobs()
    assert job["ParallelDataNames"] == ["amts-a-book-en-zh"]


def test_an_import_that_fails_stops_the_run_with_its_reasons(aws: Cloud, book: SmallBook) -> None:
    (book.source / "more.csv").write_text("en,zh\nA sentence.,一个句子。\n", encoding="utf-8")
    aws.fails(Rule(Fault.IMPORT_FAILED))
    with pytest.raises(AmtsError, match="could not import the parallel data amts-a-book-en-zh"):
        aws.sync(book, parallel_data=["more.csv"])
    assert paid(aws) == 0


def test_the_mode_auto_takes_batch_for_what_is_large_and_customised(aws: Cloud, book: SmallBook) -> None:
    (book.source / "more.csv").write_text("en,zh\nA sentence.,一个句子。\n", encoding="utf-8")
    small = aws.sync(book, mode="auto", parallel_data=["more.csv"])
    assert (small.segments["translated"], aws.calls.get("StartTextTranslationJob", 0)) == (5, 0)
    assert aws.calls["TranslateText"] >= 1
    book.write("more.md", PAGE.replace("sentence", "line"))
    large = aws.sync(book, mode="auto", large=10, parallel_data=["more.csv"])
    assert (large.segments["waiting"], aws.calls["StartTextTranslationJob"]) == (0, 1)


def test_the_budget_holds_in_real_time_too(aws: Cloud, book: SmallBook) -> None:
    result = aws.sync(book, "amazon-realtime", budget=1e-9)
    assert (result.segments["waiting"], aws.calls.get("TranslateText", 0)) == (5, 0)
    assert aws.sync(book, "amazon-realtime", budget=1.0).segments["translated"] == 5
    assert aws.sync(book, "amazon-realtime", budget=1.0).characters_sent == 0


def test_a_lost_answer_to_the_start_starts_no_second_job(aws: Cloud, book: SmallBook) -> None:
    aws.fails(Rule(Fault.ANSWER_LOST, only="StartTextTranslationJob", times=1))
    assert aws.sync(book).segments["translated"] == 5
    assert len(aws.jobs()) == 1
    assert translated_once(aws)


def test_edits_between_runs_that_do_not_wait_never_keep_a_job_back(aws: Cloud, book: SmallBook) -> None:
    aws.sync(book)
    for number in range(3):
        old = book.target("other.md").partition("\n")[0]
        book.edit("other.md", old, f"# 页面{number}")
        book.write("index.md", f"{book.read('index.md')}\nMore text, part {number}.\n")
        aws.sync(book, wait=False)
        aws.clock.advance(600)
    assert aws.sync(book, wait=False).segments["waiting"] == 0
    assert paid(aws) >= 3


def test_a_dry_run_has_the_price_of_what_would_be_used(aws: Cloud, book: SmallBook) -> None:
    def price(**options: Any) -> float:
        estimate = aws.sync(book, dry_run=True, **options).exchange.estimate
        assert estimate is not None
        return round(estimate.price / estimate.characters * 1_000_000, 6)

    assert price() == 15
    assert price(price={"batch": 7.5}) == 7.5
    aws.sync(book)
    book.edit("other.md", book.target("other.md").partition("\n")[0], "# 另一个页面")
    book.write("more.md", "A page more.\n")
    assert (price(), price(parallel_data=False)) == (60, 15)


def test_a_job_that_takes_a_day_is_collected_a_day_later(aws: Cloud, book: SmallBook) -> None:
    aws.fails(Rule(Fault.JOB_SLOW))
    assert aws.sync(book, wait=False).segments["waiting"] == 5
    aws.clock.advance(3600)
    assert aws.sync(book, wait=False).segments["waiting"] == 5
    aws.clock.advance(24 * 3600)
    assert (aws.sync(book, wait=False).segments["translated"], paid(aws)) == (5, 1)
