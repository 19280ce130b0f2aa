"""What goes wrong on demand: when it strikes, and what a client sees of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import ConnectionClosedError
from emulated import Account, account

from sphinx_amts.emulator import Fault, Faults, Rule
from sphinx_amts.emulator.faults import rules_of


@pytest.fixture
def one() -> Iterator[Account]:
    with account() as one:
        yield one


def struck(faults: Faults, times: int = 6, name: str = "") -> str:
    return "".join(".x"[faults.strikes(Fault.THROTTLED, name)] for _ in range(times))


@pytest.mark.parametrize(
    ("share", "expected"), [(0, "......"), (0.25, "...x.."), (0.5, ".x.x.x"), (0.75, ".xxx.x"), (1, "xxxxxx")]
)
def test_a_share_of_the_opportunities_is_struck_evenly(share: float, expected: str) -> None:
    assert struck(Faults(Rule(Fault.THROTTLED, share=share))) == expected


def test_a_number_of_strikes_is_the_most() -> None:
    assert struck(Faults(Rule(Fault.THROTTLED, share=0.5, times=2))) == ".x.x.."


def test_a_pattern_chooses_names_and_counts_only_theirs() -> None:
    faults = Faults(Rule(Fault.THROTTLED, share=0.5, only="List*"))
    assert struck(faults, name="ListThings") + struck(faults, name="GetThing") == ".x.x.x......"


def test_several_rules_for_one_fault_each_count_for_themselves() -> None:
    assert struck(Faults(Rule(Fault.THROTTLED, share=0.5), Rule(Fault.THROTTLED, share=1 / 3))) == ".xxx.x"


def test_another_fault_is_not_struck_and_rules_can_be_replaced() -> None:
    faults = Faults(Rule(Fault.JOB_FAILED))
    assert struck(faults) == "......"
    faults.set(Rule(Fault.THROTTLED, times=1))
    assert struck(faults) == "x....."
    assert faults.as_json() == [{"fault": "throttled", "share": 1.0, "times": 1, "only": "*", "struck": 1}]
    faults.set()
    assert struck(faults) == "......"


def test_rules_are_read_from_json() -> None:
    assert rules_of([{"fault": "job failed", "times": 2}]) == [Rule(Fault.JOB_FAILED, times=2)]


@pytest.mark.parametrize(
    "data",
    [
        {},
        ["throttled"],
        [{}],
        [{"fault": "none"}],
        [{"fault": "throttled", "often": 1}],
        [{"fault": "throttled", "share": 2}],
    ],
)
def test_what_is_no_list_of_faults_is_refused(data: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        rules_of(data)


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault.THROTTLED, "TooManyRequestsException"),
        (Fault.ACCESS_DENIED, "AccessDeniedException"),
        (Fault.WRONG_REGION, "NotAuthorizedException"),
        (Fault.INTERNAL_ERROR, "InternalServerException"),
        (Fault.SERVICE_UNAVAILABLE, "ServiceUnavailableException"),
        (Fault.CONCURRENT_CHANGE, "ConcurrentModificationException"),
    ],
)
def test_a_call_is_refused_and_does_nothing(one: Account, fault: Fault, code: str) -> None:
    one.fails(Rule(fault, only="Start*"))
    assert one.refused("start") == code
    assert one.translate.list_text_translation_jobs()["TextTranslationJobPropertiesList"] == []
    assert one.ledger.errors == {code: 1}


def test_an_answer_is_lost_after_the_request_was_done(one: Account) -> None:
    one.fails(Rule(Fault.ANSWER_LOST, times=1))
    with pytest.raises(ConnectionClosedError):
        one.start(ClientToken="token-1")
    (job,) = one.translate.list_text_translation_jobs()["TextTranslationJobPropertiesList"]
    assert one.start(ClientToken="token-1") == job["JobId"]


@pytest.mark.parametrize(("fault", "code"), [(Fault.STORAGE_DENIED, "AccessDenied"), (Fault.STORAGE_BUSY, "SlowDown")])
def test_a_request_to_s3_is_refused_but_never_the_services_own(one: Account, fault: Fault, code: str) -> None:
    one.fails(Rule(fault, only="* /a-bucket/*"))
    assert one.refused("put", key="in/b.html", text="") == code
    one.fails(Rule(fault))
    job = one.finished()
    one.fails()
    assert job["JobStatus"] == "COMPLETED"
    assert "Ĥéľľó" in one.output(job, "es.a.html")


def test_a_job_fails_without_output(one: Account) -> None:
    one.fails(Rule(Fault.JOB_FAILED, only="bad*"))
    assert one.finished(JobName="good")["JobStatus"] == "COMPLETED"
    job = one.finished(JobName="bad-1")
    assert (job["JobStatus"], job["Message"]) == ("FAILED", "The job failed")
    assert one.ledger.translations == 1


def test_a_slow_job_takes_a_day(one: Account) -> None:
    one.fails(Rule(Fault.JOB_SLOW, times=1))
    id_ = one.start()
    one.clock.advance(86_401)
    assert one.job(id_)["JobStatus"] == "IN_PROGRESS"
    one.clock.advance(1)
    assert one.job(id_)["JobStatus"] == "COMPLETED"


def test_an_import_fails_and_the_next_works(one: Account) -> None:
    one.fails(Rule(Fault.IMPORT_FAILED, times=1))
    one.create()
    one.clock.advance(3)
    assert one.pairs()["ParallelDataProperties"]["Status"] == "FAILED"
    one.update()
    one.clock.advance(3)
    assert one.pairs()["ParallelDataProperties"]["Status"] == "ACTIVE"


@pytest.mark.parametrize(
    ("fault", "counts", "code"),
    [
        (Fault.DOCUMENT_REFUSED, ("1", "0"), "InvalidRequestException"),
        (Fault.DOCUMENT_BROKEN, ("0", "1"), "InternalServerException"),
    ],
)
def test_a_bad_document_spoils_a_job(one: Account, fault: Fault, counts: tuple[str, str], code: str) -> None:
    one.put("in/b.html", "<p>Bye.</p>")
    one.fails(Rule(fault, only="a.*"))
    job = one.finished()
    told = one.details(job)
    assert job["JobStatus"] == "COMPLETED_WITH_ERROR"
    assert job["JobDetails"] == {
        "InputDocumentsCount": 2,
        "TranslatedDocumentsCount": 1,
        "DocumentsWithErrorsCount": 1,
    }
    assert (told["documentCountWithCustomerError"], told["documentCountWithServerError"]) == counts
    assert told["details"][0]["auxiliaryData"]["error"]["errorCode"] == code
    assert "targetFile" not in told["details"][0]
    assert told["charactersTranslated"] == "4"
    assert one.refused("output", job=job, name="es.a.html") == "NoSuchKey"


def test_a_document_is_missing_although_it_was_charged(one: Account) -> None:
    one.fails(Rule(Fault.DOCUMENT_MISSING))
    job = one.finished()
    assert job["JobStatus"] == "COMPLETED"
    assert one.details(job)["details"][0]["targetFile"] == "es.a.html"
    assert one.refused("output", job=job, name="es.a.html") == "NoSuchKey"


def test_a_document_is_cut_off(one: Account) -> None:
    one.fails(Rule(Fault.DOCUMENT_TRUNCATED))
    assert one.output(one.finished(), "es.a.html") == "<html><body><p>Ĥéľľó w"[:22].replace("w", "ŵ")


def test_a_document_loses_its_ids(one: Account) -> None:
    one.put("in/a.html", "<p id=\"a\" class=b>One <i id='c' >two</i></p>")
    one.fails(Rule(Fault.IDS_LOST))
    assert one.output(one.finished(), "es.a.html") == "<p class=b>Óñé <i >ťŵó</i></p>"


def test_paragraphs_of_one_document_alone_are_damaged(one: Account) -> None:
    one.put("in/b.html", "<p>Hello world.</p>")
    one.fails(Rule(Fault.UNTRANSLATED, only="b.*"))
    job = one.finished()
    assert one.output(job, "es.b.html") == "<p>Hello world.</p>"
    assert "Ĥéľľó" in one.output(job, "es.a.html")


def test_the_guide_to_rehearse_names_every_fault() -> None:
    guide = Path(__file__).resolve().parent.parent / "docs" / "how-to" / "rehearse.md"
    table = [line for line in guide.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    named = re.findall("`([^`]+)`", "".join(line.split("|")[3] for line in table))
    assert named == [str(fault) for fault in Fault]
