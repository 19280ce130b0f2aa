"""What the documentation of Amazon says: policies that allow what we do, and nothing else; messages that we have."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
import yaml
from amazon import BUCKET, ROLE, cloud
from book import SmallBook
from botocore import xform_name
from botocore.session import get_session

from sphinx_amts.engines.amazon import configured
from sphinx_amts.engines.amazon.options import PRICES
from sphinx_amts.engines.amazon.resource import name_of

PROJECT = Path(__file__).resolve().parent.parent
GUIDE = (PROJECT / "docs" / "how-to" / "amazon.md").read_text(encoding="utf-8")
REFERENCE = (PROJECT / "docs" / "reference" / "amazon.md").read_text(encoding="utf-8")
SOURCES = [file.read_text(encoding="utf-8") for file in sorted((PROJECT / "sphinx_amts").rglob("*.py"))]

# S3 names a few permissions otherwise than its operations.
ACTIONS = {"s3:ListObjectsV2": "s3:ListBucket"}


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


LIFECYCLE, TRUST, BUCKET_OF_ROLE, USER, RUNNER, KEY = (json.loads(block) for block in blocks(GUIDE, "json"))


def listed(value: str | Sequence[str]) -> Sequence[str]:
    return [value] if isinstance(value, str) else value


def actions(policy: Mapping[str, Any]) -> list[str]:
    return [action for statement in policy["Statement"] for action in listed(statement["Action"])]


def allows(policy: Mapping[str, Any], action: str, resource: str) -> bool:
    return any(
        action in listed(statement["Action"])
        and any(fnmatchcase(resource, pattern) for pattern in listed(statement["Resource"]))
        for statement in policy["Statement"]
    )


def called() -> Iterator[str]:
    """The operations of AWS that the engines call, by the names of their methods in boto3's clients."""
    session = get_session()
    methods = {
        xform_name(operation): f"{service}:{operation}"
        for service in ("s3", "translate")
        for operation in session.get_service_model(service).operation_names
    }
    for file in (PROJECT / "sphinx_amts" / "engines" / "amazon").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_bytes())):
            if isinstance(node, ast.Attribute) and node.attr in methods:
                yield methods[node.attr]


@pytest.mark.parametrize("policy", [TRUST, BUCKET_OF_ROLE, USER, RUNNER])
def test_a_policy_is_one(policy: Mapping[str, Any]) -> None:
    assert policy["Version"] == "2012-10-17"
    for statement in policy["Statement"]:
        assert statement["Effect"] == "Allow"
        assert not {"*", "s3:*", "translate:*"} & set(listed(statement["Action"]))
        assert ("Resource" in statement) != ("Principal" in statement)


def test_the_users_policy_allows_what_we_call_and_nothing_else() -> None:
    needed = {ACTIONS.get(operation, operation) for operation in called()} | {"iam:PassRole"}
    assert sorted(actions(USER)) == sorted(needed)


def test_the_role_is_passed_to_amazon_translate_alone() -> None:
    (statement,) = (one for one in USER["Statement"] if one["Action"] == "iam:PassRole")
    assert statement["Condition"] == {"StringEquals": {"iam:PassedToService": "translate.amazonaws.com"}}
    (options,) = (block for block in blocks(GUIDE, "python") if '"role"' in block)
    assert statement["Resource"] in options


def test_the_resources_of_a_project_are_those_that_the_policy_names() -> None:
    for kind, verbs in {"parallel-data": ("Create", "Update"), "terminology": ("Import",)}.items():
        name = f"arn:aws:translate:us-west-2:123456789012:{kind}/{name_of('my-book', 'en', 'zh-TW')}"
        noun = kind.title().replace("-", "")
        assert all(allows(USER, f"translate:{verb}{noun}", name) for verb in verbs)
        assert not allows(USER, f"translate:{verbs[0]}{noun}", name.replace("my-book", "another"))


def test_every_object_may_be_written_by_whom_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = SmallBook(tmp_path, {"index.md": "# A title\n\nA sentence.\n"})
    with cloud(monkeypatch, tmp_path / "cache") as aws:
        aws.sync(book, project="my-book")
        book.edit("index.md", book.target("index.md").partition("\n")[0], "# 标题")
        book.change("index.md", "A sentence.", "Another sentence.")
        aws.sync(book, project="my-book")
        names = [f"arn:aws:s3:::my-book-amts/{key}" for key in aws.objects()]
    outputs = [name for name in names if "/output/" in name]
    assert 0 < len(outputs) < len(names)
    assert all(allows(USER, action, name) for name in names for action in ("s3:GetObject", "s3:PutObject"))
    assert all(allows(BUCKET_OF_ROLE, "s3:GetObject", name) for name in names)
    assert [name for name in names if allows(BUCKET_OF_ROLE, "s3:PutObject", name)] == outputs
    prefix = LIFECYCLE["Rules"][0]["Filter"]["Prefix"]
    assert all(name.startswith(f"arn:aws:s3:::my-book-amts/{prefix}") for name in names)


def test_the_key_is_for_the_role_and_for_the_user() -> None:
    roles = {name.rpartition(":")[2] for name in KEY["Principal"]["AWS"]}
    assert roles == {"role/amts-translate", "user/YOU"}
    assert {action.partition(":")[0] for action in KEY["Action"]} == {"kms"}


def test_the_options_that_the_guide_sets_can_be_set() -> None:
    whole = {"bucket": BUCKET, "role": ROLE}
    found = []
    for block in blocks(GUIDE, "python"):
        names: dict[str, Any] = {"amts_amazon": whole}
        exec(block.replace("{...,", "{**amts_amazon,"), names)
        found.append(configured(names["amts_amazon"]))
    assert [options.budget for options in found if options.budget] == [20]
    assert sum(options != configured(whole) for options in found) >= 6


def test_the_workflow_is_one() -> None:
    (workflow,) = (yaml.safe_load(block) for block in blocks(GUIDE, "yaml"))
    (job,) = workflow["jobs"].values()
    ran = [line for step in job["steps"] for line in step.get("run", "").splitlines() if line.startswith("sphinx-amts")]
    assert len(ran) == 1


def test_the_prices_are_those_of_the_code() -> None:
    assert [ast.literal_eval(block) for block in blocks(REFERENCE, "python")] == [PRICES]


def test_every_message_in_the_reference_is_one_of_ours() -> None:
    everything = re.sub(r'"\s*f?"', "", "\n".join(SOURCES))
    cells = re.findall(r"^\| (`[^|]*`) \|", REFERENCE.partition("## Errors before a call")[2], re.MULTILINE)
    messages = [message for cell in cells for message in re.findall("`([^`]*)`", cell)]
    assert len(messages) > 25
    assert [
        message for message in messages for piece in message.split("…") if piece.rstrip(": ") not in everything
    ] == []
