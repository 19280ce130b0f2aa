"""Terminologies: words with the translations that must be used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sphinx_amts.emulator.errors import ServiceError
from sphinx_amts.emulator.records import Imported, NotImportable, import_records
from sphinx_amts.emulator.world import Parameters, Place, World, page

__all__ = ["Terminology", "TerminologyRoom"]


@dataclass
class Terminology:
    """One resource."""

    name: str
    arn: str
    created: float
    updated: float
    imported: Imported
    raw: bytes
    parameters: Parameters

    def terms(self, source: str, target: str) -> dict[str, str]:
        """The terms of a pair of languages; any language may be the source where Directionality is MULTI."""
        directed = self.parameters["TerminologyData"].get("Directionality", "UNI") == "UNI"
        if directed and source != self.imported.source:
            return {}
        records = self.imported.records.values()
        return {record[source]: record[target] for record in records if source in record and target in record}

    def properties(self) -> dict[str, Any]:
        """As GetTerminology and ListTerminologies tell them."""
        data = self.parameters["TerminologyData"]
        told = {
            "Name": self.name,
            "Description": self.parameters.get("Description"),
            "Arn": self.arn,
            "SourceLanguageCode": self.imported.source,
            "TargetLanguageCodes": list(self.imported.targets),
            "EncryptionKey": self.parameters.get("EncryptionKey"),
            "SizeBytes": len(self.raw),
            "TermCount": len(self.imported.records),
            "SkippedTermCount": self.imported.skipped + self.imported.failed,
            "CreatedAt": self.created,
            "LastUpdatedAt": self.updated,
            "Directionality": data.get("Directionality", "UNI"),
            "Format": data["Format"],
        }
        return {name: value for name, value in told.items() if value is not None}


@dataclass
class TerminologyRoom:
    """The terminologies of one account in one region."""

    world: World
    place: Place
    resources: dict[str, Terminology] = field(default_factory=dict)

    def import_(self, parameters: Parameters) -> dict[str, Any]:
        """ImportTerminology: replaces what has the name; it is there at once."""
        name, data, quotas = parameters["Name"], parameters["TerminologyData"], self.world.quotas
        old = self.resources.get(name)
        if old is None and len(self.resources) >= quotas.terminologies:
            raise ServiceError("LimitExceededException", "The account has as many terminologies as it may have")
        raw = bytes(data["File"])
        if len(raw) > quotas.terminology_bytes:
            raise ServiceError("LimitExceededException", "The file of the terminology is too large")
        try:
            imported = import_records(raw, data["Format"], quotas.term_bytes)
        except NotImportable as error:
            raise ServiceError("InvalidParameterValueException", str(error)) from error
        if len(imported.targets) > quotas.target_languages:
            raise ServiceError("InvalidParameterValueException", "The terminology has too many languages")
        now = self.world.clock()
        arn = f"{self.place.arn('terminology', name)}/LATEST"
        created = old.created if old else now
        self.resources[name] = Terminology(name, arn, created, now, imported, raw, parameters)
        return {"TerminologyProperties": self.resources[name].properties()}

    def get(self, parameters: Parameters) -> dict[str, Any]:
        """GetTerminology."""
        terminology = self.existing(parameters["Name"])
        location = self.world.storage.publish(self.place.region, f"terminology/{terminology.name}", terminology.raw)
        return {"TerminologyProperties": terminology.properties(), "TerminologyDataLocation": location}

    def listed(self, parameters: Parameters) -> dict[str, Any]:
        """ListTerminologies."""
        entries = [self.resources[name].properties() for name in sorted(self.resources)]
        return page("TerminologyPropertiesList", entries, parameters)

    def delete(self, parameters: Parameters) -> dict[str, Any]:
        """DeleteTerminology."""
        del self.resources[self.existing(parameters["Name"]).name]
        return {}

    def existing(self, name: str) -> Terminology:
        """Raises ResourceNotFoundException where there is none of this name."""
        if name not in self.resources:
            raise ServiceError("ResourceNotFoundException", f"There is no terminology {name}")
        return self.resources[name]

    def terms(self, names: list[str], source: str, target: str) -> Mapping[str, str]:
        """The terms of the terminologies of these names."""
        return {term: text for name in names for term, text in self.existing(name).terms(source, target).items()}
