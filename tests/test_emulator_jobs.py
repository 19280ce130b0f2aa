"""Batch jobs of the emulator: their lifecycle, their queue, their output and their limits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from emulated import BUCKET, TABLE, Account, account

from sphinx_amts.emulator import Quotas, Rates, content_hash

PAGE = b"<html><body><p>Hello world.</p></body></html>"


@pytest.fixture
def one() -> Iterator[Account]:
    with account() as one:
        yield one


def folder(place: str, content_type: str = "text/html") -> dict[str, Any]:
    return {"InputDataConfig": {"S3Uri": f"s3://{place}", "ContentType": content_type}}


def test_a_job_is_submitted_runs_and_is_complete(one: Account) -> None:
    id_ = one.start(JobName="a job")
    states = []
    for seconds in (0, 1.9, 0.2, 4.8, 0.2, 1000):
        one.clock.advance(seconds)
        states.append(one.job(id_)["JobStatus"])
    assert states == ["SUBMITTED", "SUBMITTED", "IN_PROGRESS", "IN_PROGRESS", "COMPLETED", "COMPLETED"]
    done = one.job(id_)
    assert len(id_) == 32
    assert done["JobName"] == "a job"
    assert (done["EndTime"] - done["SubmittedTime"]).total_seconds() == 7
    assert done["JobDetails"] == {
        "InputDocumentsCount": 1,
        "TranslatedDocumentsCount": 1,
        "DocumentsWithErrorsCount": 0,
    }


def test_a_job_writes_a_folder_of_its_own(one: Account) -> None:
    one.put("in/deep/b.html", "<p>Deep.</p>")
    id_ = one.start(TargetLanguageCodes=["es", "zh"])
    assert one.keys("out/") == [f"123456789012-TranslateText-{id_}/.write_access_check_file.temp"]
    one.clock.advance(7)
    job = one.job(id_)
    assert job["OutputDataConfig"]["S3Uri"] == f"s3://{BUCKET}/out/123456789012-TranslateText-{id_}/"
    assert one.keys(f"out/123456789012-TranslateText-{id_}/") == [
        ".write_access_check_file.temp",
        "deep/es.b.html",
        "deep/zh.b.html",
        "details/es.auxiliary-translation-details.json",
        "details/zh.auxiliary-translation-details.json",
        "es.a.html",
        "zh.a.html",
    ]
    assert one.output(job, "es.a.html") == "<html><body><p>Ĥéľľó ŵóŕľď.</p></body></html>"


def test_the_details_tell_numbers_as_strings(one: Account) -> None:
    job = one.finished()
    assert one.details(job) == {
        "sourceLanguageCode": "en",
        "targetLanguageCode": "es",
        "charactersTranslated": "12",
        "documentCountWithCustomerError": "0",
        "documentCountWithServerError": "0",
        "inputDataPrefix": f"s3://{BUCKET}/in/",
        "outputDataPrefix": job["OutputDataConfig"]["S3Uri"],
        "details": [{"sourceFile": "a.html", "targetFile": "es.a.html", "auxiliaryData": {}}],
    }


def test_plain_text_is_charged_to_the_last_character(one: Account) -> None:
    one.put("text/a.txt", "one <b>\ntwo\n")
    job = one.finished(**folder(f"{BUCKET}/text", "text/plain"))
    assert one.output(job, "es.a.txt") == "óñé <ƀ>\nťŵó\n"
    assert one.details(job)["charactersTranslated"] == "12"


def test_the_ledger_knows_what_was_translated_and_what_it_would_have_cost(one: Account) -> None:
    one.finished(TargetLanguageCodes=["es", "zh"])
    one.finished()
    one.translate.translate_text(Text="Hello world.", SourceLanguageCode="en", TargetLanguageCode="es")
    assert one.ledger.documents == {content_hash(PAGE): {"es": 2, "zh": 1}}
    assert one.ledger.translations == 3
    assert one.ledger.characters == {"batch": 36, "realtime": 12}
    assert one.ledger.cost == 48 * 15 / 1_000_000
    assert one.ledger.calls["StartTextTranslationJob"] == 2


def test_parallel_data_customises_a_job_for_four_times_the_price(one: Account) -> None:
    one.create()
    one.clock.advance(3)
    job = one.finished(ParallelDataNames=["pairs"])
    assert "Hola mundo." in one.output(job, "es.a.html")
    assert one.ledger.characters == {"batch with parallel data": 12}
    assert one.ledger.cost == 12 * 60 / 1_000_000


def test_a_terminology_is_applied_and_told(one: Account) -> None:
    data = {"File": b"en,es\nworld,MUNDO\n", "Format": "CSV"}
    one.translate.import_terminology(Name="terms", MergeStrategy="OVERWRITE", TerminologyData=data)
    job = one.finished(TerminologyNames=["terms"])
    assert "Ĥéľľó MUNDO." in one.output(job, "es.a.html")
    applied = [{"name": "terms", "terms": [{"sourceText": "world", "targetText": "MUNDO"}]}]
    assert one.details(job)["details"][0]["auxiliaryData"] == {"appliedTerminologies": applied}


def test_settings_show_in_the_translation(one: Account) -> None:
    job = one.finished(Settings={"Formality": "FORMAL"})
    assert "⁽ᶠ⁾" in one.output(job, "es.a.html")
    assert job["Settings"] == {"Formality": "FORMAL"}


def test_a_request_that_comes_again_with_its_token_starts_no_second_job(one: Account) -> None:
    first = one.start(ClientToken="token-1")
    one.clock.advance(7)
    assert one.start(ClientToken="token-1") == first
    assert one.start(ClientToken="token-2") != first
    assert one.refused("start", ClientToken="token-1", JobName="another") == "InvalidRequestException"


def test_ten_jobs_run_at_once_and_the_others_wait() -> None:
    with account(quotas=Quotas(running_jobs=2, queued_jobs=2)) as one:
        ids = [one.start(JobName=f"job-{number}") for number in range(2)]
        one.clock.advance(2)
        ids += [one.start(JobName=f"job-{number}") for number in range(2, 4)]
        one.clock.advance(2)
        assert [one.job(id_)["JobStatus"] for id_ in ids] == ["IN_PROGRESS"] * 2 + ["SUBMITTED"] * 2
        one.clock.advance(3)
        assert [one.job(id_)["JobStatus"] for id_ in ids] == ["COMPLETED"] * 2 + ["IN_PROGRESS"] * 2
        one.clock.advance(100)
        waited = [(one.job(id_)["EndTime"] - one.job(id_)["SubmittedTime"]).total_seconds() for id_ in ids]
        assert waited == [7, 7, 10, 10]


def test_a_full_queue_takes_no_more() -> None:
    with account(quotas=Quotas(queued_jobs=2)) as one:
        one.start()
        one.start()
        assert one.refused("start") == "LimitExceededException"
        one.clock.advance(2)
        assert one.refused("start") == ""


def test_a_job_is_stopped_unless_it_ends_before(one: Account) -> None:
    waiting = one.start()
    assert one.translate.stop_text_translation_job(JobId=waiting)["JobStatus"] == "STOP_REQUESTED"
    running = one.start()
    one.clock.advance(6.5)
    one.translate.stop_text_translation_job(JobId=running)
    assert one.job(waiting)["JobStatus"] == "STOPPED"
    assert one.job(running)["JobStatus"] == "STOP_REQUESTED"
    one.clock.advance(0.5)
    assert one.job(running)["JobStatus"] == "COMPLETED"
    assert one.translate.stop_text_translation_job(JobId=running)["JobStatus"] == "COMPLETED"
    assert one.ledger.translations == 1


def test_jobs_are_listed_from_the_latest_on_page_by_page(one: Account) -> None:
    ids = [one.start(JobName=name) for name in ("a", "b", "a")]
    first = one.translate.list_text_translation_jobs(MaxResults=2)
    rest = one.translate.list_text_translation_jobs(MaxResults=2, NextToken=first["NextToken"])
    listed = first["TextTranslationJobPropertiesList"] + rest["TextTranslationJobPropertiesList"]
    assert [job["JobId"] for job in listed] == ids[::-1]
    assert "NextToken" not in rest
    assert one.refused("list_text_translation_jobs", NextToken="none") == "InvalidParameterValueException"


def test_jobs_are_filtered_by_one_thing_at_a_time(one: Account) -> None:
    first = one.start(JobName="a")
    one.clock.advance(5)
    second = one.start(JobName="b")
    middle = one.clock.now - 2

    def found(**filter_: object) -> list[str]:
        answer = one.translate.list_text_translation_jobs(Filter=filter_)
        return [job["JobId"] for job in answer["TextTranslationJobPropertiesList"]]

    assert found(JobName="a") == [first]
    assert found(JobStatus="SUBMITTED") == [second]
    assert found(SubmittedBeforeTime=middle) == [first]
    assert found(SubmittedAfterTime=middle) == [second]
    both = {"JobName": "a", "JobStatus": "SUBMITTED"}
    assert one.refused("list_text_translation_jobs", Filter=both) == "InvalidFilterException"


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"SourceLanguageCode": "eu"}, "UnsupportedLanguagePairException"),
        ({"TargetLanguageCodes": ["en"]}, "UnsupportedLanguagePairException"),
        ({"TargetLanguageCodes": ["es", "es"]}, "InvalidParameterValueException"),
        ({"TargetLanguageCodes": list("af sq am ar hy az bn bs bg ca zh".split())}, "InvalidParameterValueException"),
        ({"ParallelDataNames": ["none"]}, "ResourceNotFoundException"),
        ({"TerminologyNames": ["none"]}, "ResourceNotFoundException"),
        ({"TerminologyNames": ["one", "two"]}, "InvalidRequestException"),
        ({"DataAccessRoleArn": "arn:aws:iam::1:role/too-short"}, "ValidationException"),
        ({"JobName": "no commas, please"}, "ValidationException"),
        ({"JobName": "x" * 257}, "ValidationException"),
        ({"ClientToken": "no_underscore"}, "ValidationException"),
        ({"Settings": {"Formality": "FRIENDLY"}}, "ValidationException"),
        (folder(f"{BUCKET}/in/", "application/pdf"), "InvalidRequestException"),
        (folder(f"{BUCKET}/"), "InvalidRequestException"),
        (folder("no-such-bucket/in/"), "InvalidRequestException"),
        ({"OutputDataConfig": {"S3Uri": f"s3://{BUCKET}/in/out/"}}, "InvalidRequestException"),
    ],
    ids=str,
)
def test_a_job_that_cannot_be_done_is_refused(one: Account, parameters: dict[str, Any], code: str) -> None:
    assert one.refused("start", **parameters) == code
    assert one.ledger.errors == {code: 1}


def test_the_bucket_must_be_in_the_region_of_the_service(one: Account) -> None:
    where = {"LocationConstraint": "us-west-2"}
    one.s3.create_bucket(Bucket="another-region", CreateBucketConfiguration=where)
    assert one.refused("start", **folder("another-region/in/")) == "InvalidRequestException"


def test_parallel_data_must_be_ready_and_have_all_languages(one: Account) -> None:
    one.create()
    assert one.refused("start", ParallelDataNames=["pairs"]) == "InvalidRequestException"
    one.clock.advance(3)
    languages = {"TargetLanguageCodes": ["es", "fr"]}
    assert one.refused("start", ParallelDataNames=["pairs"], **languages) == "InvalidRequestException"
    assert one.refused("start", ParallelDataNames=["pairs"]) == ""


@pytest.mark.parametrize(
    ("key", "content", "message"),
    [
        ("in/details/a.html", "<p>a</p>", "A folder of the input is named details"),
        ("in/b.html", "<p>a</p>", "The input has more than 1 documents"),
        ("in/a.html", "x" * 101, "The input has more than 100 bytes"),
    ],
)
def test_a_job_fails_as_a_whole_where_its_input_is_not_allowed(key: str, content: str, message: str) -> None:
    limits = Quotas(job_documents=2 if "details" in key else 1, job_bytes=100)
    with account(quotas=limits) as one:
        one.put(key, content)
        job = one.finished()
        assert (job["JobStatus"], job["Message"]) == ("FAILED", message)
        assert one.ledger.translations == 0


def test_a_job_without_documents_fails(one: Account) -> None:
    assert one.finished(**folder(f"{BUCKET}/empty/"))["Message"] == "The input folder has no documents"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<p>" + b"x" * 500 + b"</p>", "The document is too large"),
        (b"<p>" + b"x" * 150 + b"</p>", "More than 100 characters"),
        ("<p>" + "é" * 40 + "</p>", "More than 60 bytes of text"),
        (b"\xff", "The document is not encoded in UTF-8"),
    ],
)
def test_a_document_that_is_not_allowed_is_refused_alone(content: bytes, message: str) -> None:
    with account(quotas=Quotas(document_bytes=200, document_characters=100, document_text_bytes=60)) as one:
        one.put("in/bad.html", content)
        job = one.finished()
        told = one.details(job)
        assert job["JobStatus"] == "COMPLETED_WITH_ERROR"
        assert told["documentCountWithCustomerError"] == "1"
        assert told["charactersTranslated"] == "12"
        assert told["details"][1]["auxiliaryData"]["error"]["errorMessage"] == message
        assert one.ledger.translations == 1


def test_too_many_calls_in_a_second_are_refused() -> None:
    with account(quotas=Quotas(calls_per_second=Rates.AWS)) as one:
        ids = [one.start() for _ in range(5)]
        assert one.refused("start") == "TooManyRequestsException"
        assert {one.refused("job", id_=ids[0]) for _ in range(10)} == {""}
        assert one.refused("job", id_=ids[0]) == "TooManyRequestsException"
        one.clock.advance(1)
        assert one.refused("start") == ""


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"Text": "ä" * 5_001}, "TextSizeLimitExceededException"),
        ({"TargetLanguageCode": "eu"}, "UnsupportedLanguagePairException"),
        ({"TerminologyNames": ["none"]}, "ResourceNotFoundException"),
        ({"TargetLanguageCode": "much-too-long"}, "ValidationException"),
    ],
    ids=["text", "language", "terminology", "code"],
)
def test_a_text_that_cannot_be_translated_is_refused(one: Account, parameters: dict[str, Any], code: str) -> None:
    request = {"Text": "Hello", "SourceLanguageCode": "en", "TargetLanguageCode": "es", **parameters}
    assert one.refused("translate_text", **request) == code
    assert one.ledger.cost == 0


def test_a_text_is_translated_in_real_time(one: Account) -> None:
    data = {"File": TABLE.encode(), "Format": "CSV"}
    one.translate.import_terminology(Name="terms", MergeStrategy="OVERWRITE", TerminologyData=data)
    answer = one.translate.translate_text(
        Text="Say <b>Hello world.</b> & go on",
        SourceLanguageCode="auto",
        TargetLanguageCode="es",
        TerminologyNames=["terms"],
        Settings={"Formality": "FORMAL"},
    )
    assert answer["TranslatedText"] == "Šáý <b>Hola mundo.</b>⁽ᶠ⁾ &amp; ǧó óñ⁽ᶠ⁾"
    assert answer["SourceLanguageCode"] == "en"
    assert answer["AppliedSettings"] == {"Formality": "FORMAL"}
    terms = [{"SourceText": "Hello world.", "TargetText": "Hola mundo."}]
    assert answer["AppliedTerminologies"] == [{"Name": "terms", "Terms": terms}]
