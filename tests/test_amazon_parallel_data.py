"""Parallel data and terms in the account: imported once, never lost, and taken up again wherever a run was stopped."""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError

from sphinx_amts.emulator import Clock, Fault, Rule
from sphinx_amts.emulator.parallel import ParallelDataRoom
from sphinx_amts.emulator.quotas import Quotas
from sphinx_amts.emulator.server import Emulator
from sphinx_amts.engines.amazon import configured
from sphinx_amts.engines.amazon.client import AmazonError, Connection
from sphinx_amts.engines.amazon.parallel_data import (
    ImportFailed,
    Importing,
    Ready,
    delete,
    ensure,
    list_,
    name_of,
    show,
)
from sphinx_amts.errors import ConfigError, EngineError
from sphinx_amts.pairs.parallel_data import ParallelDataFile, as_tmx

NAME = "amts-book-en-zh"
OLD = as_tmx([("One.", "一。"), ("Two.", "二。")], "en", "zh")
NEW = as_tmx([("One.", "一。"), ("Two.", "两。"), ("Three.", "三。")], "en", "zh")
SPANISH = as_tmx([("One.", "Uno.")], "en", "es")
KEY = "arn:aws:kms:us-west-2:123456789012:key/abc"

CLOCK = Clock()

Start = Callable[..., Connection]


def meanwhile(monkeypatch: pytest.MonkeyPatch, connection: Connection, name: str, act: Callable[[], None]) -> None:
    """Let somebody else act right before the next call of an operation."""
    operation = getattr(connection.translate, name)

    def late(**parameters: Any) -> Any:
        monkeypatch.setattr(connection.translate, name, operation)
        act()
        return operation(**parameters)

    monkeypatch.setattr(connection.translate, name, late)


class Killed(BaseException):
    """The process is gone."""


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    with Emulator(clock=CLOCK, region="us-west-2", quotas=Quotas(parallel_data=2)) as emulator:
        yield emulator


@pytest.fixture(scope="module")
def clients(server: Emulator) -> tuple[Any, Any]:
    """Of Amazon Translate and S3, for all tests: they are slow to make."""
    return server.client("translate", retries={"total_max_attempts": 1}), server.client("s3")


@pytest.fixture
def emulator(server: Emulator) -> Emulator:
    """Empty, with a bucket."""
    server.application.reset()
    server.bucket("bucket")
    return server


@pytest.fixture
def start(emulator: Emulator, clients: tuple[Any, Any]) -> Start:
    def start(**options: Any) -> Connection:
        connection = Connection(configured({"bucket": "bucket", **options}), CLOCK.advance)
        connection.translate, connection.s3 = clients
        return connection

    return start


@pytest.fixture
def connection(start: Start) -> Connection:
    return start()


def driven(
    emulator: Emulator, connection: Connection, file: ParallelDataFile, target: str = "zh", *, again: bool = False
) -> Ready:
    """Call until it is ready; time passes between two calls."""
    for _ in range(12):
        result = ensure(connection, file, "en", target, again=again)
        if isinstance(result, Ready):
            return result
        again = again and not result.has_begun
        CLOCK.advance(2)
    raise AssertionError("it is never ready")


def calls(emulator: Emulator) -> dict[str, int]:
    """How often each operation on parallel data was called since the last look."""
    counted = {name.removesuffix("ParallelData"): count for name, count in emulator.ledger.calls.items()}
    emulator.ledger.calls.clear()
    return counted


def objects(connection: Connection) -> list[str]:
    return [item["Key"] for item in connection.s3.list_objects_v2(Bucket="bucket").get("Contents", ())]


def imported(connection: Connection) -> dict[str, str]:
    """The pairs that a job would use."""
    location = connection.translate.get_parallel_data(Name=NAME)["DataLocation"]["Location"]
    with urllib.request.urlopen(location) as answer:
        texts = re.findall("<seg>(.*?)</seg>", answer.read().decode())
    return dict(zip(texts[::2], texts[1::2], strict=True))


# Names and options


def test_a_resource_is_named_after_the_project_and_the_pair() -> None:
    assert name_of("My-book", "en", "zh-TW") == "amts-My-book-en-zh-TW"
    assert len(name_of("a" * 40, "zh-TW", "es-MX")) <= 256


def test_options_are_checked_before_anything_is_asked() -> None:
    with pytest.raises(ConfigError, match="amts_amazon: there is no option 'buckt'; did you mean 'bucket'"):
        configured({"buckt": "x"})
    with pytest.raises(ConfigError, match="amts_amazon: the option 'project' must be up to 40 letters"):
        configured({"project": "a b"})


def test_without_a_bucket_or_pairs_nothing_is_asked(emulator: Emulator, start: Start) -> None:
    with pytest.raises(ConfigError, match="needs the option 'bucket'"):
        ensure(start(bucket=None), OLD, "en", "zh")
    with pytest.raises(EngineError, match="there are no pairs from en to zh"):
        ensure(start(), as_tmx([], "en", "zh"), "en", "zh")
    assert calls(emulator) == {}


# Create, update, nothing to do


def test_pairs_are_uploaded_and_imported(emulator: Emulator, connection: Connection) -> None:
    assert ensure(connection, OLD, "en", "zh") == Importing(f"Amazon imports {NAME}")
    assert ensure(connection, OLD, "en", "zh") == Importing(f"Amazon imports {NAME}", has_begun=False)
    assert driven(emulator, connection, OLD) == Ready(NAME)
    assert imported(connection) == {"One.": "一。", "Two.": "二。"}
    assert calls(emulator)["Create"] == 1
    folder = "amts/book/parallel-data/en-zh"
    assert objects(connection) == [f"{folder}/{OLD.digest}.tmx", f"{folder}/attempt.json"]
    properties = connection.translate.get_parallel_data(Name=NAME)["ParallelDataProperties"]
    assert properties["Description"] == f"sphinx-amts {OLD.digest} 2 pairs"


def test_what_amazon_has_costs_one_look(emulator: Emulator, connection: Connection) -> None:
    driven(emulator, connection, OLD)
    calls(emulator)
    before = connection.s3.list_objects_v2(Bucket="bucket")["Contents"]
    assert ensure(connection, OLD, "en", "zh") == Ready(NAME)
    assert calls(emulator) == {"Get": 1}
    assert connection.s3.list_objects_v2(Bucket="bucket")["Contents"] == before


def test_other_pairs_replace_those_before(emulator: Emulator, connection: Connection) -> None:
    driven(emulator, connection, OLD)
    calls(emulator)
    assert ensure(connection, NEW, "en", "zh") == Importing(f"Amazon imports {NAME}", usable=NAME)
    assert imported(connection) == {"One.": "一。", "Two.": "二。"}
    assert driven(emulator, connection, NEW) == Ready(NAME)
    assert imported(connection) == {"One.": "一。", "Two.": "两。", "Three.": "三。"}
    counted = calls(emulator)
    assert (counted["Update"], counted.get("Create")) == (1, None)


def test_pairs_that_come_back_are_imported_again(emulator: Emulator, connection: Connection) -> None:
    """Amazon answers a token that it knows with what it answered before: each attempt has its own."""
    for file in (OLD, NEW, OLD, NEW):
        driven(emulator, connection, file)
        assert len(imported(connection)) == file.pairs


def test_the_key_and_the_folder_are_passed_on(emulator: Emulator, start: Start) -> None:
    connection = start(kms_key=KEY, prefix="/some/where/", project="novel")
    driven(emulator, connection, OLD)
    properties = connection.translate.get_parallel_data(Name="amts-novel-en-zh")["ParallelDataProperties"]
    assert properties["EncryptionKey"] == {"Type": "KMS", "Id": KEY}
    where = f"s3://bucket/some/where/novel/parallel-data/en-zh/{OLD.digest}.tmx"
    assert properties["ParallelDataConfig"] == {"S3Uri": where, "Format": "TMX"}


# What fails


def broken(pairs: Sequence[tuple[str, str]]) -> ParallelDataFile:
    """A file that holds what ours never hold."""
    file = as_tmx([(f"{number} {source}", target) for number, (source, target) in enumerate(pairs)], "en", "zh")
    return replace(file, content=file.content.replace("短".encode(), "长".encode() * 400))


def test_an_import_that_fails_says_why_and_is_not_tried_again(emulator: Emulator, connection: Connection) -> None:
    emulator.faults.set(Rule(Fault.IMPORT_FAILED, times=1))
    with pytest.raises(ImportFailed) as raised:
        driven(emulator, connection, OLD)
    assert raised.value.message == f"Amazon could not import the parallel data {NAME}: The import failed."
    assert "parallel-data push BOOK" in raised.value.hint
    with pytest.raises(ImportFailed):
        ensure(connection, OLD, "en", "zh")
    assert calls(emulator)["Create"] == 1


def test_an_import_that_failed_can_be_tried_once_more(emulator: Emulator, connection: Connection) -> None:
    emulator.faults.set(Rule(Fault.IMPORT_FAILED, times=2))
    for again in (False, True):
        with pytest.raises(ImportFailed):
            driven(emulator, connection, OLD, again=again)
    assert driven(emulator, connection, OLD, again=True) == Ready(NAME)
    assert imported(connection) == {"One.": "一。", "Two.": "二。"}


def test_other_pairs_are_tried_where_those_before_failed(emulator: Emulator, connection: Connection) -> None:
    emulator.faults.set(Rule(Fault.IMPORT_FAILED, times=1))
    with pytest.raises(ImportFailed):
        driven(emulator, connection, OLD)
    assert driven(emulator, connection, NEW) == Ready(NAME)


@pytest.fixture(params=["when it is done", "at once"])
def _description(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not documented when an update's description takes effect: both must do."""
    if request.param == "at once":
        update = ParallelDataRoom.update

        def at_once(room: ParallelDataRoom, parameters: Any) -> Any:
            answer = update(room, parameters)
            room.resources[parameters["Name"]].description = parameters["Description"]
            return answer

        monkeypatch.setattr(ParallelDataRoom, "update", at_once)


@pytest.mark.usefixtures("_description")
def test_an_update_that_fails_leaves_the_version_before(emulator: Emulator, connection: Connection) -> None:
    driven(emulator, connection, OLD)
    emulator.faults.set(Rule(Fault.IMPORT_FAILED, times=1))
    kept = f"Amazon could not import the parallel data {NAME}; the version before stays in use: The import failed."
    calls(emulator)
    assert driven(emulator, connection, NEW) == Ready(NAME, (kept,))
    assert ensure(connection, NEW, "en", "zh") == Ready(NAME, (kept,))
    assert calls(emulator)["Update"] == 1
    assert len(imported(connection)) == 2


@pytest.mark.usefixtures("_description")
def test_after_a_failed_update_the_pairs_before_are_ready(emulator: Emulator, connection: Connection) -> None:
    driven(emulator, connection, OLD)
    emulator.faults.set(Rule(Fault.IMPORT_FAILED, times=1))
    driven(emulator, connection, NEW)
    assert driven(emulator, connection, OLD) == Ready(NAME)
    assert imported(connection) == {"One.": "一。", "Two.": "二。"}


@pytest.mark.usefixtures("_description")
def test_a_failed_update_can_be_tried_once_more(emulator: Emulator, connection: Connection) -> None:
    driven(emulator, connection, OLD)
    emulator.faults.set(Rule(Fault.IMPORT_FAILED, times=1))
    driven(emulator, connection, NEW)
    result = ensure(connection, NEW, "en", "zh", again=True)
    assert isinstance(result, Importing)
    assert result.notices[-1] == "It is tried once more."
    CLOCK.advance(5)
    assert driven(emulator, connection, NEW) == Ready(NAME)
    assert len(imported(connection)) == 3


def test_records_that_amazon_left_out_are_named(emulator: Emulator, connection: Connection) -> None:
    pairs = [(f"{word}.", target) for word in ("good", "bad", "worse") for target in ("好",)]
    file = broken([*pairs, ("long", "短"), ("longer", "短")])
    (notice,) = driven(emulator, connection, file).notices
    why = "The target is empty or longer than 1000 bytes"
    contents = [f"'{text},{'长' * (57 - len(text) - 1)}...'" for text in ("3 long", "4 longer")]
    told = "; ".join(f"{content}: {why}" for content in contents)
    assert notice == f"Parallel data {NAME}: 2 records skipped: {told}."
    found = show(connection, "en", "zh")
    assert found is not None
    assert found.pairs == 3
    assert ensure(connection, file, "en", "zh") == Ready(NAME, (notice,))


def test_errors_of_aws_are_raised(emulator: Emulator, connection: Connection) -> None:
    emulator.faults.set(Rule(Fault.ACCESS_DENIED, only="CreateParallelData"))
    with pytest.raises(AmazonError, match=f"could not create {NAME}: AccessDeniedException") as raised:
        ensure(connection, OLD, "en", "zh")
    assert raised.value.hint == "Give the user the policy of the set-up guide."


def test_a_bucket_that_is_missing_is_named(start: Start) -> None:
    with pytest.raises(AmazonError, match=r"could not .* s3://nowhere/amts/book/parallel-data/en-zh"):
        ensure(start(bucket="nowhere"), OLD, "en", "zh")


def test_a_full_account_is_an_error_and_no_reason_to_wait(emulator: Emulator, connection: Connection) -> None:
    driven(emulator, connection, SPANISH, "es")
    driven(emulator, connection, as_tmx([("One.", "Un.")], "en", "fr"), "fr")
    with pytest.raises(AmazonError, match=r"LimitExceededException \(The account has as many"):
        ensure(connection, OLD, "en", "zh")


# One at a time


def test_two_languages_are_imported_one_after_the_other(emulator: Emulator, connection: Connection) -> None:
    assert ensure(connection, OLD, "en", "zh") == Importing(f"Amazon imports {NAME}")
    other = ensure(connection, SPANISH, "en", "es")
    assert other == Importing(f"Amazon imports {NAME} first, one at a time", has_begun=False)
    assert calls(emulator)["Create"] == 1
    CLOCK.advance(3)
    assert ensure(connection, SPANISH, "en", "es") == Importing("Amazon imports amts-book-en-es")
    assert ensure(connection, OLD, "en", "zh") == Ready(NAME)
    assert driven(emulator, connection, SPANISH, "es") == Ready("amts-book-en-es")


@pytest.mark.parametrize("code", ["LimitExceededException", "ConflictException", "ConcurrentModificationException"])
def test_an_import_that_begins_between_two_calls_is_waited_for(
    emulator: Emulator, connection: Connection, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    """Another process was faster, by less than a call."""

    def faster() -> None:
        ensure(connection, *((SPANISH, "en", "es") if code == "LimitExceededException" else (OLD, "en", "zh")))
        emulator.faults.set(*([Rule(Fault.CONCURRENT_CHANGE)] if code == "ConcurrentModificationException" else []))

    meanwhile(monkeypatch, connection, "create_parallel_data", faster)
    result = ensure(connection, OLD, "en", "zh")
    emulator.faults.set()
    assert emulator.ledger.errors[code] == 1
    assert isinstance(result, Importing)
    assert not result.has_begun
    assert driven(emulator, connection, OLD) == Ready(NAME)


def test_a_resource_that_is_deleted_between_two_calls_is_made_again(
    emulator: Emulator, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    driven(emulator, connection, OLD)
    meanwhile(monkeypatch, connection, "update_parallel_data", lambda: removed(connection))
    assert isinstance(ensure(connection, NEW, "en", "zh"), Importing)
    assert driven(emulator, connection, NEW) == Ready(NAME)


# Crashes

MOST_CALLS = 11
"""More than any run makes here."""


@pytest.mark.parametrize("at", [1, 2, 3, 4, 5, 6, 7, 8, MOST_CALLS])
@pytest.mark.parametrize("scene", ["create", "update", "update after a failure"])
def test_a_run_that_is_killed_between_two_calls_is_taken_up(
    emulator: Emulator, connection: Connection, monkeypatch: pytest.MonkeyPatch, scene: str, at: int
) -> None:
    if scene != "create":
        driven(emulator, connection, OLD)
    if scene == "update after a failure":
        emulator.faults.set(Rule(Fault.IMPORT_FAILED, times=1))
        driven(emulator, connection, NEW)
    calls(emulator)
    call, made = Connection.call, 0

    def killing(self: Connection, doing: str, operation: Any, /, **parameters: Any) -> Any:
        nonlocal made
        made += 1
        if made == at:
            raise Killed
        return call(self, doing, operation, **parameters)

    again = scene == "update after a failure"
    with monkeypatch.context() as patch:
        patch.setattr(Connection, "call", killing)
        try:
            driven(emulator, connection, NEW, again=again)
            was_killed = False
        except Killed:
            was_killed = True
    assert was_killed is not (at == MOST_CALLS)
    CLOCK.advance(1)
    assert driven(emulator, connection, NEW, again=again and was_killed) == Ready(NAME)
    assert imported(connection) == {"One.": "一。", "Two.": "两。", "Three.": "三。"}
    counted = calls(emulator)
    assert counted.get("Create", 0) + counted.get("Update", 0) == 1


def test_an_answer_that_is_lost_is_asked_for_again(
    emulator: Emulator, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    create, tokens = connection.translate.create_parallel_data, []

    def lost(**parameters: Any) -> Any:
        tokens.append(parameters["ClientToken"])
        answer = create(**parameters)
        if len(tokens) == 1:
            raise ConnectionClosedError(endpoint_url=emulator.url)
        return answer

    monkeypatch.setattr(connection.translate, "create_parallel_data", lost)
    assert ensure(connection, OLD, "en", "zh") == Importing(f"Amazon imports {NAME}")
    assert (len(tokens), len(set(tokens))) == (2, 1)
    assert driven(emulator, connection, OLD) == Ready(NAME)


def test_a_damaged_record_of_the_last_attempt_is_no_obstacle(emulator: Emulator, connection: Connection) -> None:
    driven(emulator, connection, OLD)
    for damaged in (b"", b"[]", b'{"digest": 1}', b"\xff"):
        connection.s3.put_object(Bucket="bucket", Key="amts/book/parallel-data/en-zh/attempt.json", Body=damaged)
        for file in (NEW, OLD):
            assert driven(emulator, connection, file) == Ready(NAME)


# Show, list, delete


def removed(connection: Connection) -> None:
    while delete(connection, "en", "zh"):
        CLOCK.advance(1)


def test_show_and_list_tell_what_is_there(emulator: Emulator, start: Start) -> None:
    connection, other = start(), start(project="book-two")
    assert show(connection, "en", "zh") is None
    assert list_(connection) == []
    driven(emulator, connection, OLD)
    driven(emulator, other, SPANISH, "es")
    found = show(connection, "en", "zh")
    assert found is not None
    assert (found.name, found.source, found.target, found.state) == (NAME, "en", "zh", "ready")
    assert (found.digest, found.pairs, found.notices) == (OLD.digest, 2, ())
    assert found.updated.startswith("2023-11-14T")
    assert [resource.name for resource in list_(connection)] == [NAME]
    assert [resource.name for resource in list_(other)] == ["amts-book-two-en-es"]


def test_a_long_list_is_read_to_its_end(
    emulator: Emulator, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sphinx_amts.engines.amazon.resource._PAGE", 1)
    driven(emulator, connection, OLD)
    driven(emulator, connection, SPANISH, "es")
    calls(emulator)
    assert len(list_(connection)) == 2
    assert calls(emulator) == {"List": 2}


def test_states_are_told_as_they_change(emulator: Emulator, connection: Connection) -> None:
    states = []

    def look() -> None:
        found = show(connection, "en", "zh")
        assert found is not None
        states.append((found.state, found.pairs))

    ensure(connection, OLD, "en", "zh")
    look()
    driven(emulator, connection, OLD)
    look()
    emulator.faults.set(Rule(Fault.IMPORT_FAILED, times=1))
    ensure(connection, NEW, "en", "zh")
    look()
    driven(emulator, connection, NEW)
    look()
    delete(connection, "en", "zh")
    look()
    assert states == [("importing", 0), ("ready", 2), ("importing", 2), ("failed", 2), ("deleting", 2)]


def test_a_resource_is_deleted_in_its_time_and_can_be_made_again(emulator: Emulator, connection: Connection) -> None:
    driven(emulator, connection, OLD)
    assert delete(connection, "en", "zh") == Importing(f"Amazon deletes {NAME}")
    assert delete(connection, "en", "zh") == Importing(f"Amazon deletes {NAME}")
    assert ensure(connection, OLD, "en", "zh") == Importing(f"Amazon deletes {NAME}", has_begun=False)
    CLOCK.advance(1)
    assert delete(connection, "en", "zh") is None
    assert driven(emulator, connection, OLD) == Ready(NAME)
    assert calls(emulator)["Delete"] == 1


def test_a_resource_that_is_being_imported_is_deleted_afterwards(emulator: Emulator, connection: Connection) -> None:
    ensure(connection, OLD, "en", "zh")
    assert delete(connection, "en", "zh") == Importing(f"Amazon is at work on {NAME}")
    removed(connection)
    assert show(connection, "en", "zh") is None
