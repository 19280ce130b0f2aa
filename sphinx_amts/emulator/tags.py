"""Tags of parallel data and terminologies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sphinx_amts.emulator.errors import ServiceError
from sphinx_amts.emulator.parallel import ParallelDataRoom
from sphinx_amts.emulator.terminology import TerminologyRoom
from sphinx_amts.emulator.world import Parameters

__all__ = ["TagRoom"]


@dataclass
class TagRoom:
    """The tags of one account in one region, by ARN."""

    parallel: ParallelDataRoom
    terminologies: TerminologyRoom
    _tags: defaultdict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))

    def tagging(self, create: Callable[[Parameters], dict[str, Any]]) -> Callable[[Parameters], dict[str, Any]]:
        """The same operation, which also tags what it creates."""

        def create_with_tags(parameters: Parameters) -> dict[str, Any]:
            before = self._arns()
            answer = create(parameters)
            for arn in self._arns() - before:
                self._tags[arn] = {tag["Key"]: tag["Value"] for tag in parameters.get("Tags", ())}
            return answer

        return create_with_tags

    def tag(self, parameters: Parameters) -> dict[str, Any]:
        """TagResource."""
        self._of(parameters).update((tag["Key"], tag["Value"]) for tag in parameters["Tags"])
        return {}

    def untag(self, parameters: Parameters) -> dict[str, Any]:
        """UntagResource."""
        tags = self._of(parameters)
        for key in parameters["TagKeys"]:
            tags.pop(key, None)
        return {}

    def listed(self, parameters: Parameters) -> dict[str, Any]:
        """ListTagsForResource."""
        return {"Tags": [{"Key": key, "Value": value} for key, value in self._of(parameters).items()]}

    def _arns(self) -> set[str]:
        parallel = {resource.arn for resource in self.parallel.resources.values()}
        return parallel | {resource.arn for resource in self.terminologies.resources.values()}

    def _of(self, parameters: Parameters) -> dict[str, str]:
        arn = parameters["ResourceArn"]
        if arn not in self._arns():
            raise ServiceError("ResourceNotFoundException", f"There is no resource {arn}")
        return self._tags[arn]
