"""What people are told of the records that Amazon did not take."""

from __future__ import annotations

import io
import json
import urllib.request
from typing import Any

import pytest

from sphinx_amts.engines.amazon import records

LINK = {"RepositoryType": "S3", "Location": "https://example.org/errors.json"}


def answered(monkeypatch: pytest.MonkeyPatch, body: bytes) -> None:
    """Have the link lead to a file."""
    monkeypatch.setattr(urllib.request, "urlopen", lambda url, timeout: io.BytesIO(body))


def test_the_first_records_that_failed_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    messages = [{"content": f"{'long ' * 20}{number}", "message": "Too\n long."} for number in range(5)]
    report = {"summary": {"record_error_count": "5", "record_skipped_count": 1}, "messages": [*messages, "?"]}
    answered(monkeypatch, json.dumps(report).encode())
    one = "'long long long long long long long long long long long lo...': Too long"
    assert records.sentence(LINK, 0, 0) == f"5 records failed, 1 record skipped: {one}; {one}; {one}; ..."


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"summary": 3, "messages": {}}', b"\xff", b"[" * 100_000])
def test_details_that_cannot_be_read_leave_the_numbers(monkeypatch: pytest.MonkeyPatch, body: bytes) -> None:
    answered(monkeypatch, body)
    assert records.sentence(LINK, 2_000, 0) == "2,000 records failed"


@pytest.mark.parametrize(
    "location", [None, {}, {"Location": "file:///etc/passwd"}, {"Location": "http://127.0.0.1:9/"}]
)
def test_details_from_nowhere_leave_the_numbers(location: Any) -> None:
    assert records.sentence(location, 0, 1) == "1 record skipped"
