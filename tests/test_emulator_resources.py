"""Parallel data, terminologies and their tags, as the emulator keeps them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.request import urlopen

import pytest
from emulated import BUCKET, TABLE, Account, account

from sphinx_amts.emulator import Quotas

WORDS = b"en,es\nbook,libro\n"


@pytest.fixture
def one() -> Iterator[Account]:
    with account() as one:
        yield one


def downloaded(location: Mapping[str, str]) -> str:
    assert location["RepositoryType"] == "S3"
    with urlopen(location["Location"]) as answer:
        return str(answer.read().decode())


def state(one: Account) -> tuple[str, str | None]:
    """The status, and that of the latest update."""
    properties = one.pairs()["ParallelDataProperties"]
    return properties["Status"], properties.get("LatestUpdateAttemptStatus")


def learned(one: Account, name: str, raw: bytes = WORDS, format_: str = "CSV", **more: Any) -> Mapping[str, Any]:
    """Import a terminology."""
    data = {"File": raw, "Format": format_, **more}
    answer = one.translate.import_terminology(Name=name, MergeStrategy="OVERWRITE", TerminologyData=data)
    return dict(answer["TerminologyProperties"])


def test_parallel_data_is_created_in_its_time(one: Account) -> None:
    answer = one.create(table=f"{TABLE}=1,一,uno\n,空,\n", Description="sentences")
    assert (answer["Name"], answer["Status"]) == ("pairs", "CREATING")
    one.clock.advance(2.9)
    assert state(one) == ("CREATING", None)
    one.clock.advance(0.1)
    properties = one.pairs()["ParallelDataProperties"]
    times = (properties.pop("LastUpdatedAt") - properties.pop("CreatedAt")).total_seconds()
    assert times == 3
    assert properties == {
        "Name": "pairs",
        "Arn": "arn:aws:translate:us-east-1:123456789012:parallel-data/pairs",
        "Description": "sentences",
        "Status": "ACTIVE",
        "SourceLanguageCode": "en",
        "TargetLanguageCodes": ["es", "zh"],
        "ParallelDataConfig": {"S3Uri": f"s3://{BUCKET}/pairs.csv", "Format": "CSV"},
        "ImportedDataSize": 41,
        "ImportedRecordCount": 1,
        "FailedRecordCount": 1,
        "SkippedRecordCount": 1,
    }


def test_what_was_not_imported_can_be_downloaded(one: Account) -> None:
    one.create(table=f"{TABLE}=1,一,uno\n")
    one.clock.advance(3)
    answer = one.pairs()
    assert json.loads(downloaded(answer["AuxiliaryDataLocation"])) == {
        "summary": {"record_error_count": 1, "record_skipped_count": 0},
        "messages": [{"content": "=1,一,uno", "message": "A field starts with one of + - = @"}],
    }
    assert downloaded(answer["DataLocation"]) == f"{TABLE}=1,一,uno\n"


def test_parallel_data_that_cannot_be_read_fails_and_can_be_updated(one: Account) -> None:
    one.create(table="en\n")
    one.clock.advance(3)
    answer = one.pairs()["ParallelDataProperties"]
    assert answer["Status"] == "FAILED"
    assert answer["Message"] == "The first row must hold a source language and other languages, each once"
    one.update()
    one.clock.advance(3)
    assert state(one) == ("ACTIVE", "ACTIVE")


def test_an_update_answers_the_old_status_and_replaces_everything(one: Account) -> None:
    one.create()
    one.clock.advance(3)
    answer = one.update(table="en,fr\nBye.,Adieu.\n")
    assert (answer["Status"], answer["LatestUpdateAttemptStatus"]) == ("ACTIVE", "UPDATING")
    assert state(one) == ("ACTIVE", "UPDATING")
    assert one.pairs()["ParallelDataProperties"]["TargetLanguageCodes"] == ["es", "zh"]
    one.clock.advance(3)
    assert state(one) == ("ACTIVE", "ACTIVE")
    assert one.pairs()["ParallelDataProperties"]["TargetLanguageCodes"] == ["fr"]


def test_an_update_that_fails_leaves_the_old_version(one: Account) -> None:
    one.create()
    one.clock.advance(3)
    one.update(table="en,zh\n=1,一\n")
    one.clock.advance(3)
    assert state(one) == ("ACTIVE", "FAILED")
    answer = one.pairs()
    assert answer["ParallelDataProperties"]["ImportedRecordCount"] == 1
    report = json.loads(downloaded(answer["LatestUpdateAttemptAuxiliaryDataLocation"]))
    assert report["summary"] == {"record_error_count": 1, "record_skipped_count": 0}
    assert "Hola mundo." in one.output(one.finished(ParallelDataNames=["pairs"]), "es.a.html")


def test_one_is_created_or_updated_at_a_time(one: Account) -> None:
    one.create("first")
    assert one.refused("create", name="second") == "LimitExceededException"
    assert one.refused("update", name="first") == "ConcurrentModificationException"
    assert one.refused("delete_parallel_data", Name="first") == "ConcurrentModificationException"
    one.clock.advance(3)
    one.create("second")
    assert one.refused("update", name="first") == "LimitExceededException"


def test_a_name_is_taken_once_but_the_same_token_is_the_same_request(one: Account) -> None:
    first = one.create(ClientToken="token-1")
    one.clock.advance(3)
    again = one.create(ClientToken="token-1")
    assert again["Status"] == first["Status"]
    assert one.refused("create") == "ConflictException"


def test_deleted_parallel_data_is_gone_a_while_later(one: Account) -> None:
    one.create()
    one.clock.advance(3)
    assert one.translate.delete_parallel_data(Name="pairs")["Status"] == "DELETING"
    assert state(one) == ("DELETING", None)
    one.clock.advance(1)
    assert one.refused("pairs") == "ResourceNotFoundException"
    assert one.refused("create") == ""


def test_an_account_has_so_many_and_lists_them_by_name() -> None:
    with account(quotas=Quotas(parallel_data=2)) as one:
        for name in ("b", "a"):
            one.create(name)
            one.clock.advance(3)
        assert one.refused("create", name="c") == "LimitExceededException"
        page = one.translate.list_parallel_data(MaxResults=1)
        rest = one.translate.list_parallel_data(NextToken=page["NextToken"])
        names = [entry["Name"] for part in (page, rest) for entry in part["ParallelDataPropertiesList"]]
        assert names == ["a", "b"]


@pytest.mark.parametrize(
    ("config", "code"),
    [
        ({"S3Uri": f"s3://{BUCKET}/none.csv", "Format": "CSV"}, "InvalidRequestException"),
        ({"S3Uri": "s3://no-such-bucket/a.csv", "Format": "CSV"}, "InvalidRequestException"),
        ({"S3Uri": f"s3://{BUCKET}/in/a.html"}, "InvalidParameterValueException"),
        ({"S3Uri": f"s3://{BUCKET}/in/a.html", "Format": "XLS"}, "ValidationException"),
        ({"S3Uri": "https://example.org/a.csv", "Format": "CSV"}, "ValidationException"),
        ({"S3Uri": f"s3://{BUCKET}/in/a.html", "Format": "CSV"}, "InvalidParameterValueException"),
    ],
)
def test_parallel_data_needs_a_file_that_is_there(config: dict[str, str], code: str) -> None:
    with account(quotas=Quotas(parallel_data_bytes=10)) as one:
        assert one.refused("create_parallel_data", Name="pairs", ParallelDataConfig=config) == code


@pytest.mark.parametrize("name", ["no spaces", "two__", "x" * 257])
def test_a_name_is_letters_digits_hyphens_and_single_underscores(one: Account, name: str) -> None:
    assert one.refused("get_parallel_data", Name=name) == "ValidationException"


def test_parallel_data_is_not_in_every_region() -> None:
    with account(region="eu-central-1") as one:
        assert one.refused("create") == "NotAuthorizedException"


def test_accounts_see_only_their_own_region(one: Account) -> None:
    learned(one, "terms")
    west = one.emulator.client("translate", region="us-west-2")
    assert west.list_terminologies()["TerminologyPropertiesList"] == []
    west.close()


def test_a_terminology_is_there_at_once(one: Account) -> None:
    first = learned(one, "terms", b"en,es\nbook,libro\ntoo long for it," + b"x" * 201 + b"\n", Directionality="UNI")
    assert (first["TermCount"], first["SkippedTermCount"], first["Directionality"]) == (1, 1, "UNI")
    one.clock.advance(60)
    second = learned(one, "terms", b"en\tfr\nbook\tlivre\n", "TSV")
    assert (second["TargetLanguageCodes"], second["Format"]) == (["fr"], "TSV")
    assert (second["LastUpdatedAt"] - second["CreatedAt"]).total_seconds() == 60
    answer = one.translate.get_terminology(Name="terms")
    assert answer["TerminologyProperties"] == second
    assert downloaded(answer["TerminologyDataLocation"]) == "en\tfr\nbook\tlivre\n"


def test_terminologies_are_listed_and_deleted(one: Account) -> None:
    learned(one, "b")
    learned(one, "a")
    pages = one.translate.get_paginator("list_terminologies").paginate(PaginationConfig={"PageSize": 1})
    assert [entry["Name"] for page in pages for entry in page["TerminologyPropertiesList"]] == ["a", "b"]
    one.translate.delete_terminology(Name="a")
    assert one.refused("get_terminology", Name="a") == "ResourceNotFoundException"
    assert one.refused("delete_terminology", Name="a") == "ResourceNotFoundException"


def test_a_terminology_works_both_ways_where_it_says_so(one: Account) -> None:
    learned(one, "one-way")
    learned(one, "both-ways", Directionality="MULTI")

    def back(name: str) -> str:
        request = {"SourceLanguageCode": "es", "TargetLanguageCode": "en", "TerminologyNames": [name]}
        return str(one.translate.translate_text(Text="libro", **request)["TranslatedText"])

    assert back("one-way") == "ľíƀŕó"
    assert back("both-ways") == "book"


def test_a_terminology_has_limits() -> None:
    with account(quotas=Quotas(terminologies=1, terminology_bytes=40, target_languages=2)) as one:

        def code(name: str, raw: bytes) -> str:
            data = {"File": raw, "Format": "CSV"}
            return one.refused("import_terminology", Name=name, MergeStrategy="OVERWRITE", TerminologyData=data)

        assert code("terms", b"en,es\n") == "InvalidParameterValueException"
        assert code("terms", b"en,es,fr,de\na,b,c,d\n") == "InvalidParameterValueException"
        assert code("terms", b"en,es\n" + b"x" * 40) == "LimitExceededException"
        assert code("terms", WORDS) == ""
        assert code("more", WORDS) == "LimitExceededException"
        assert code("terms", WORDS) == ""


def test_resources_have_tags(one: Account) -> None:
    one.create(Tags=[{"Key": "book", "Value": "a"}])
    arn = one.pairs()["ParallelDataProperties"]["Arn"]
    one.translate.tag_resource(ResourceArn=arn, Tags=[{"Key": "year", "Value": "2024"}])
    assert one.translate.list_tags_for_resource(ResourceArn=arn)["Tags"] == [
        {"Key": "book", "Value": "a"},
        {"Key": "year", "Value": "2024"},
    ]
    one.translate.untag_resource(ResourceArn=arn, TagKeys=["book"])
    assert one.translate.list_tags_for_resource(ResourceArn=arn)["Tags"] == [{"Key": "year", "Value": "2024"}]
    assert one.refused("list_tags_for_resource", ResourceArn="arn:none") == "ResourceNotFoundException"
