"""The emulator's address: two services at once, places for people, and the command that serves it."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import boto3
import pytest
from emulated import BUCKET, Account, account

from sphinx_amts.cli import main
from sphinx_amts.emulator import Clock, Service, ServiceError, validation
from sphinx_amts.emulator.server import Emulator


@pytest.fixture
def one() -> Iterator[Account]:
    with account() as one:
        yield one


def ask(url: str, data: Any = None, method: str = "GET", **headers: str) -> tuple[int, Any]:
    """What a request without boto3 is answered with: status and JSON."""
    body = None if data is None else json.dumps(data).encode()
    request = Request(
        url, body, headers={name.replace("_", "-"): value for name, value in headers.items()}, method=method
    )
    try:
        with urlopen(request) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        with error:
            return error.code, json.load(error)


def test_one_address_in_the_environment_serves_both(one: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in one.emulator.environment.items():
        monkeypatch.setenv(name, value)
    session = boto3.session.Session()
    s3, translate = session.client("s3"), session.client("translate")
    assert [entry["Key"] for entry in s3.list_objects_v2(Bucket=BUCKET)["Contents"]] == ["in/a.html"]
    assert translate.list_text_translation_jobs()["TextTranslationJobPropertiesList"] == []
    s3.close()
    translate.close()


def test_emulators_of_one_process_share_nothing() -> None:
    for _ in range(2):
        with account() as one:
            one.start()
            assert len(one.keys("in/")) == len(one.keys("out/")) == 1
            assert len(one.translate.list_text_translation_jobs()["TextTranslationJobPropertiesList"]) == 1


def test_a_port_that_is_taken_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(OSError, match="in use"):
        Emulator(port=other.getsockname()[1])


def test_buckets_lie_in_the_region_of_the_emulator() -> None:
    with account(region="eu-west-1") as one:
        one.emulator.bucket("another-bucket")
        assert one.s3.get_bucket_location(Bucket="another-bucket")["LocationConstraint"] == "eu-west-1"
        assert one.finished()["JobStatus"] == "COMPLETED"


def test_a_bucket_needs_a_good_name(one: Account) -> None:
    with pytest.raises(ValueError, match="No_Bucket"):
        one.emulator.bucket("No_Bucket")


def test_many_threads_may_call_at_once(one: Account) -> None:
    ids: list[str] = []
    threads = [threading.Thread(target=lambda: ids.append(one.start())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(ids)) == 8
    assert one.ledger.calls["StartTextTranslationJob"] == 8


@pytest.mark.parametrize(
    ("operation", "body", "code"),
    [
        ("TranslateDocument", {}, "UnknownOperationException"),
        ("Nothing", {}, "UnknownOperationException"),
        ("TranslateText", [1], "SerializationException"),
        ("TranslateText", {"Text": 1}, "ValidationException"),
        ("ImportTerminology", {"TerminologyData": {"File": "?"}}, "SerializationException"),
    ],
)
def test_what_is_no_request_is_refused(one: Account, operation: str, body: Any, code: str) -> None:
    target = f"AWSShineFrontendService_20170701.{operation}"
    status, answer = ask(one.emulator.url, body, "POST", X_Amz_Target=target)
    assert (status, answer["__type"]) == (400, code)


def test_the_ledger_can_be_read_from_elsewhere(one: Account) -> None:
    one.finished()
    status, ledger = ask(f"{one.emulator.url}/amts-emulator/ledger")
    assert status == 200
    assert ledger == one.ledger.as_json()
    assert ledger["characters"] == {"batch": 12}


def test_faults_can_be_set_from_elsewhere(one: Account) -> None:
    place = f"{one.emulator.url}/amts-emulator/faults"
    expected = [{"fault": "throttled", "share": 1.0, "times": 1, "only": "Start*", "struck": 0}]
    assert ask(place, [{"fault": "throttled", "times": 1, "only": "Start*"}], "POST") == (200, expected)
    assert one.refused("start") == "TooManyRequestsException"
    assert ask(place) == (200, [expected[0] | {"struck": 1}])
    assert ask(place, [{"fault": "unknown"}], "POST") == (400, {"error": "'unknown' is not a valid Fault"})
    assert ask(place, [], "POST") == (200, [])


def test_everything_can_be_forgotten(one: Account) -> None:
    one.finished()
    assert ask(f"{one.emulator.url}/amts-emulator/reset", {}, "POST") == (200, {})
    assert one.ledger.as_json()["calls"] == {}
    assert [entry["Name"] for entry in one.s3.list_buckets()["Buckets"]] == [BUCKET]
    assert one.keys() == []
    assert one.translate.list_text_translation_jobs()["TextTranslationJobPropertiesList"] == []


def test_another_place_says_which_there_are(one: Account) -> None:
    assert ask(f"{one.emulator.url}/amts-emulator/none")[0] == 404


def test_the_service_needs_no_server() -> None:
    service = Service(s3=lambda: None, clock=Clock())
    request = {"Text": "Hello", "SourceLanguageCode": "en", "TargetLanguageCode": "es"}
    assert service.call("TranslateText", request)["TranslatedText"] == "Ĥéľľó"
    with pytest.raises(ServiceError) as caught:
        service.call("DescribeTextTranslationJob", {"JobId": "none"})
    assert caught.value.code == "ResourceNotFoundException"


def test_constraints_are_worded_as_aws_words_them() -> None:
    with pytest.raises(ServiceError) as caught:
        validation.check("ListTextTranslationJobs", {"MaxResults": 501, "Filter": {"JobStatus": "DONE"}})
    assert caught.value.message.startswith(
        "2 validation errors detected: Value 'DONE' at 'filter.jobStatus' failed to satisfy constraint: "
        "Member must satisfy enum value set: [SUBMITTED, "
    )


@pytest.mark.parametrize("ended_by", [signal.SIGINT, signal.SIGTERM])
def test_the_command_says_how_to_use_it_and_what_was_done(ended_by: signal.Signals) -> None:
    command = [sys.executable, "-W", "error", "-m", "sphinx_amts", "emulator", "--port", "0", "--job-seconds", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = []
        while not lines or "faults" not in lines[-1]:
            lines.append(process.stdout.readline())
            assert lines[-1], process.communicate()[1]
        told = dict(re.findall(r"export (\w+)=(\S+)", "".join(lines)))
        client = boto3.client(
            "translate",
            endpoint_url=told["AWS_ENDPOINT_URL"],
            region_name=told["AWS_DEFAULT_REGION"],
            aws_access_key_id=told["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=told["AWS_SECRET_ACCESS_KEY"],
        )
        client.translate_text(Text="Hello", SourceLanguageCode="en", TargetLanguageCode="es")
        client.close()
        process.send_signal(ended_by)
        rest, errors = process.communicate(timeout=20)
    assert process.returncode == 0, errors
    assert errors == ""
    assert (
        '  amts_amazon = {"bucket": "amts-rehearsal", "role": "arn:aws:iam::123456789012:role/amts-rehearsal"}\n'
        in lines
    )
    assert [line.split() for line in rest.splitlines() if line] == [
        ["TranslateText", "1"],
        ["documents", "0"],
        ["documents", "translated", "0"],
        ["characters,", "realtime", "5"],
        "It would have cost about $0.00.".split(),
    ]


def test_the_command_says_what_to_install(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "moto.moto_server.werkzeug_app", None)
    monkeypatch.delitem(sys.modules, "sphinx_amts.emulator.server")
    assert main(["emulator"]) == 2
    error = capsys.readouterr().err
    assert error.startswith("sphinx-amts: the emulator needs a library that is not installed: moto")
    assert "pip install 'sphinx-amts[emulator]'" in error


def test_the_command_says_that_a_port_is_taken(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert main(["emulator", "--port", str(port)]) == 2
    assert f"port {port} cannot be used" in capsys.readouterr().err


def test_the_command_refuses_a_bucket_that_cannot_be(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["emulator", "--port", "0", "--bucket", "No_Bucket"]) == 2
    assert "there cannot be a bucket 'No_Bucket' in us-east-1" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [["--port", "-1"], ["--port", "x"], ["--job-seconds", "-1"], ["--job-seconds", "nan"]]
)
def test_the_command_refuses_numbers_that_are_none(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["emulator", *arguments])
    assert caught.value.code == 2
