"""Parallel data: created, updated and deleted in their time.

A resource keeps what it has until a new version is complete; an update that fails leaves the old one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sphinx_amts.emulator.errors import ServiceError
from sphinx_amts.emulator.examples import Examples, examples_of
from sphinx_amts.emulator.faults import Fault
from sphinx_amts.emulator.languages import PARALLEL_DATA_REGIONS
from sphinx_amts.emulator.records import Imported, NotImportable, import_records
from sphinx_amts.emulator.storage import Folder
from sphinx_amts.emulator.world import Parameters, Place, World, page

__all__ = ["ParallelData", "ParallelDataRoom"]


@dataclass
class ParallelData:
    """One resource."""

    name: str
    arn: str
    created: float
    config: Mapping[str, str]
    description: str = ""
    key: Mapping[str, str] | None = None
    status: str = "CREATING"
    message: str = ""
    imported: Imported | None = None
    """The version that jobs use."""
    updated: float = 0.0
    data: Mapping[str, str] | None = None
    errors: Mapping[str, str] | None = None
    attempt: Parameters | None = None
    """The request of the create or update that goes on."""
    attempt_raw: bytes = b""
    """The file, as it was when it was asked for."""
    attempt_at: float = 0.0
    attempt_status: str = ""
    attempt_errors: Mapping[str, str] | None = None
    deleted: float | None = None

    def properties(self) -> dict[str, Any]:
        """As GetParallelData and ListParallelData tell them."""
        imported = self.imported
        told: dict[str, Any] = {
            "Name": self.name,
            "Arn": self.arn,
            "Description": self.description,
            "Status": self.status,
            "ParallelDataConfig": dict(self.config),
            "Message": self.message,
            "EncryptionKey": self.key,
            "CreatedAt": self.created,
            "LastUpdatedAt": self.updated or self.created,
        }
        if imported:
            told |= {
                "SourceLanguageCode": imported.source,
                "TargetLanguageCodes": list(imported.targets),
                "ImportedDataSize": imported.size,
                "ImportedRecordCount": len(imported.records),
                "FailedRecordCount": imported.failed,
                "SkippedRecordCount": imported.skipped,
            }
        if self.attempt_status:
            told |= {"LatestUpdateAttemptStatus": self.attempt_status, "LatestUpdateAttemptAt": self.attempt_at}
        return _told(told)


def _told(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in properties.items() if value is not None and value != ""}


@dataclass
class ParallelDataRoom:
    """The parallel data of one account in one region."""

    world: World
    place: Place
    resources: dict[str, ParallelData] = field(default_factory=dict)

    def create(self, parameters: Parameters) -> dict[str, Any]:
        """CreateParallelData."""
        name, config = parameters["Name"], parameters["ParallelDataConfig"]
        self._check_region()
        if name in self.resources:
            raise ServiceError("ConflictException", f"Parallel data {name} exists already")
        if len(self.resources) >= self.world.quotas.parallel_data:
            raise ServiceError("LimitExceededException", "The account has as many parallel data as it may have")
        self._check_alone()
        raw = self._file(config)
        now = self.world.clock()
        arn = self.place.arn("parallel-data", name)
        resource = ParallelData(
            name, arn, now, config, parameters.get("Description", ""), parameters.get("EncryptionKey")
        )
        resource.attempt, resource.attempt_raw, resource.attempt_at = parameters, raw, now
        self.resources[name] = resource
        return {"Name": name, "Status": resource.status}

    def update(self, parameters: Parameters) -> dict[str, Any]:
        """UpdateParallelData: answers the old status."""
        self._check_region()
        resource = self._existing(parameters["Name"])
        if resource.attempt is not None or resource.deleted is not None:
            raise ServiceError("ConcurrentModificationException", f"Parallel data {resource.name} is being changed")
        self._check_alone()
        resource.attempt_raw = self._file(parameters["ParallelDataConfig"])
        resource.attempt, resource.attempt_at, resource.attempt_status = parameters, self.world.clock(), "UPDATING"
        return {
            "Name": resource.name,
            "Status": resource.status,
            "LatestUpdateAttemptStatus": resource.attempt_status,
            "LatestUpdateAttemptAt": resource.attempt_at,
        }

    def get(self, parameters: Parameters) -> dict[str, Any]:
        """GetParallelData."""
        resource = self._existing(parameters["Name"])
        return _told(
            {
                "ParallelDataProperties": resource.properties(),
                "DataLocation": resource.data,
                "AuxiliaryDataLocation": resource.errors,
                "LatestUpdateAttemptAuxiliaryDataLocation": resource.attempt_errors,
            }
        )

    def listed(self, parameters: Parameters) -> dict[str, Any]:
        """ListParallelData."""
        entries = [self.resources[name].properties() for name in sorted(self.resources)]
        return page("ParallelDataPropertiesList", entries, parameters)

    def delete(self, parameters: Parameters) -> dict[str, Any]:
        """DeleteParallelData: it is gone a while later."""
        resource = self._existing(parameters["Name"])
        if resource.attempt is not None or resource.deleted is not None:
            raise ServiceError("ConcurrentModificationException", f"Parallel data {resource.name} is being changed")
        resource.status, resource.deleted = "DELETING", self.world.clock()
        return {"Name": resource.name, "Status": resource.status}

    def examples(self, name: str, source: str, targets: Sequence[str]) -> dict[str, Examples]:
        """What a job uses, by target language.

        Raises ResourceNotFoundException, and InvalidRequestException where the resource is not ACTIVE or lacks one
        of the languages.
        """
        self._check_region()
        resource = self._existing(name)
        imported = resource.imported
        if resource.status != "ACTIVE" or imported is None:
            raise ServiceError("InvalidRequestException", f"Parallel data {name} is {resource.status}, not ACTIVE")
        if imported.source != source or not set(targets) <= set(imported.targets):
            known = f"{imported.source} to {', '.join(imported.targets)}"
            raise ServiceError("InvalidRequestException", f"Parallel data {name} has only {known}")
        return {target: examples_of(imported.records.values(), source, target) for target in targets}

    def advance(self) -> None:
        """Bring everything up to the time of the clock."""
        now, durations = self.world.clock(), self.world.durations
        for resource in list(self.resources.values()):
            if resource.attempt is not None and now >= resource.attempt_at + durations.parallel_data:
                self._finish(resource, resource.attempt)
            if resource.deleted is not None and now >= resource.deleted + durations.delete:
                del self.resources[resource.name]

    def _finish(self, resource: ParallelData, request: Parameters) -> None:
        config, is_update = request["ParallelDataConfig"], bool(resource.attempt_status)
        imported, message, report = self._imported(resource.name, config["Format"], resource.attempt_raw)
        key = f"parallel-data/{resource.name}/{resource.attempt_at:.3f}"
        raw = json.dumps(report, ensure_ascii=False).encode()
        errors = self.world.storage.publish(self.place.region, f"{key}/errors.json", raw)
        resource.attempt, status = None, "ACTIVE" if imported else "FAILED"
        if is_update:
            resource.attempt_status, resource.attempt_errors = status, errors
        if imported or not is_update:
            resource.status, resource.message, resource.errors = status, message, errors
        if imported:
            done_at = resource.attempt_at + self.world.durations.parallel_data
            resource.imported, resource.config, resource.updated = imported, config, done_at
            resource.description = request.get("Description", resource.description)
            resource.data = self.world.storage.publish(self.place.region, f"{key}/data", resource.attempt_raw)

    def _imported(self, name: str, format_: str, raw: bytes) -> tuple[Imported | None, str, Mapping[str, Any]]:
        """A file's records, or the reason why there are none; and the report on them."""
        try:
            if self.world.faults.strikes(Fault.IMPORT_FAILED, name):
                raise NotImportable("The import failed")
            imported = import_records(raw, format_, self.world.quotas.segment_bytes)
        except NotImportable as error:
            return None, str(error), error.report
        return imported, "", imported.report

    def _existing(self, name: str) -> ParallelData:
        if name not in self.resources:
            raise ServiceError("ResourceNotFoundException", f"There is no parallel data {name}")
        return self.resources[name]

    def _check_alone(self) -> None:
        if any(resource.attempt is not None for resource in self.resources.values()):
            raise ServiceError("LimitExceededException", "Another parallel data is being created or updated")

    def _check_region(self) -> None:
        if self.place.region not in PARALLEL_DATA_REGIONS:
            raise ServiceError("NotAuthorizedException", f"Parallel data is not available in {self.place.region}")

    def _file(self, config: Mapping[str, str]) -> bytes:
        if not config.get("S3Uri") or not config.get("Format"):
            raise ServiceError("InvalidParameterValueException", "ParallelDataConfig needs S3Uri and Format")
        file = Folder.of(config["S3Uri"])
        self.world.storage.check_bucket(file.bucket, self.place.region)
        if self.world.storage.size(file) > self.world.quotas.parallel_data_bytes:
            raise ServiceError("InvalidParameterValueException", "The file of parallel data is too large")
        return self.world.storage.read(file)
