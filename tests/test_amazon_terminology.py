"""Terms in the account: imported when they change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sphinx_amts.emulator import Clock, Fault, Rule
from sphinx_amts.emulator.server import Emulator
from sphinx_amts.engines.amazon import configured, terminology
from sphinx_amts.engines.amazon.client import AmazonError, Connection
from sphinx_amts.engines.amazon.parallel_data import Ready
from sphinx_amts.errors import EngineError
from sphinx_amts.pairs.terminology import Term, as_csv

NAME = "amts-book-en-zh"
KEY = "arn:aws:kms:us-west-2:123456789012:key/abc"
TERMS = as_csv([Term("saddle point", "鞍点"), Term("LSTM", "长短期记忆网络")], "en", "zh")


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    with Emulator(clock=Clock(), region="us-west-2") as emulator:
        yield emulator


@pytest.fixture
def emulator(server: Emulator) -> Emulator:
    server.application.reset()
    return server


@pytest.fixture
def connection(emulator: Emulator) -> Connection:
    connection = Connection(configured({"kms_key": KEY}))
    connection.translate = emulator.client("translate")
    return connection


def test_terms_are_imported_when_they_change(emulator: Emulator, connection: Connection) -> None:
    first = terminology.ensure(connection, TERMS, "en", "zh")
    assert first == Ready(NAME, (f"The terms {NAME} are new; Amazon may need ten minutes to use them everywhere.",))
    emulator.ledger.calls.clear()
    assert terminology.ensure(connection, TERMS, "en", "zh") == Ready(NAME)
    assert dict(emulator.ledger.calls) == {"GetTerminology": 1}
    terminology.ensure(connection, as_csv([Term("epoch", "轮")], "en", "zh"), "en", "zh")
    properties = connection.translate.get_terminology(Name=NAME)["TerminologyProperties"]
    assert (properties["TermCount"], properties["SourceLanguageCode"], properties["Directionality"]) == (2, "en", "UNI")
    assert properties["EncryptionKey"] == {"Type": "KMS", "Id": KEY}


def test_without_terms_nothing_is_asked(emulator: Emulator, connection: Connection) -> None:
    with pytest.raises(EngineError, match="there are no terms from en to zh"):
        terminology.ensure(connection, as_csv([], "en", "zh"), "en", "zh")
    assert dict(emulator.ledger.calls) == {}


def test_the_same_terms_of_another_process_are_as_good(
    emulator: Emulator, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_terminology = connection.translate.import_terminology

    def late(**parameters: Any) -> Any:
        import_terminology(**parameters)
        emulator.faults.set(Rule(Fault.CONCURRENT_CHANGE, only="ImportTerminology"))
        return import_terminology(**parameters)

    monkeypatch.setattr(connection.translate, "import_terminology", late)
    assert terminology.ensure(connection, TERMS, "en", "zh") == Ready(NAME)


def test_terms_that_change_at_the_same_time_are_an_error(emulator: Emulator, connection: Connection) -> None:
    emulator.faults.set(Rule(Fault.CONCURRENT_CHANGE, only="ImportTerminology"))
    with pytest.raises(AmazonError, match=f"could not import the terms {NAME}: ConcurrentModificationException"):
        terminology.ensure(connection, TERMS, "en", "zh")
