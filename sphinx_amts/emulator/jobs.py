"""Batch jobs: submitted, queued, run and stopped in their time.

Nothing happens by itself.  ``advance`` plays what should have happened since the last call, event by event in the
order of their times, so that it does not matter when somebody asks.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sphinx_amts.emulator.batch import Batch, Outcome
from sphinx_amts.emulator.errors import ServiceError
from sphinx_amts.emulator.faults import Fault
from sphinx_amts.emulator.languages import FORMALITY
from sphinx_amts.emulator.parallel import ParallelDataRoom
from sphinx_amts.emulator.storage import Folder
from sphinx_amts.emulator.terminology import TerminologyRoom
from sphinx_amts.emulator.world import Parameters, Place, World, check_pair, page, seconds

__all__ = ["Job", "JobRoom"]

_TYPES = frozenset({"text/html", "text/plain"})


@dataclass
class Job:
    """One job; times are epoch seconds."""

    id: str
    request: Parameters
    batch: Batch
    submitted: float
    is_slow: bool
    status: str = "SUBMITTED"
    started: float | None = None
    stopping: float | None = None
    ended: float | None = None
    outcome: Outcome = field(default_factory=lambda: Outcome(""))

    @property
    def name(self) -> str:
        return str(self.request.get("JobName", ""))

    @property
    def runs(self) -> bool:
        """Whether it takes one of the places for jobs that run."""
        return self.started is not None and self.ended is None

    def properties(self) -> dict[str, Any]:
        """As DescribeTextTranslationJob and ListTextTranslationJobs tell them."""
        kept = ("JobName", "SourceLanguageCode", "TargetLanguageCodes", "TerminologyNames", "ParallelDataNames")
        told = {name: self.request[name] for name in (*kept, "InputDataConfig", "DataAccessRoleArn", "Settings")
                if name in self.request}  # fmt: skip
        told |= {
            "JobId": self.id,
            "JobStatus": self.status,
            "SubmittedTime": self.submitted,
            "OutputDataConfig": {**self.request["OutputDataConfig"], "S3Uri": str(self.batch.output)},
            "JobDetails": {
                "InputDocumentsCount": self.outcome.documents,
                "TranslatedDocumentsCount": self.outcome.translated,
                "DocumentsWithErrorsCount": self.outcome.refused,
            },
        }
        if self.ended is not None:
            told["EndTime"] = self.ended
        if self.outcome.message:
            told["Message"] = self.outcome.message
        return told


@dataclass
class JobRoom:
    """The jobs of one account in one region."""

    world: World
    place: Place
    parallel: ParallelDataRoom
    terminologies: TerminologyRoom
    jobs: dict[str, Job] = field(default_factory=dict)
    """In the order in which they were submitted."""
    _open: list[Job] = field(default_factory=list)
    _freed: float = 0.0
    """When a place for a job that runs was freed last."""

    def start(self, parameters: Parameters) -> dict[str, Any]:
        """StartTextTranslationJob."""
        id_ = uuid.uuid4().hex
        batch = self._batch(id_, parameters)
        if sum(job.started is None for job in self._open) >= self.world.quotas.queued_jobs:
            raise ServiceError("LimitExceededException", "As many jobs are queued as may be")
        self.world.storage.write(Folder(batch.output.bucket, f"{batch.output.key}.write_access_check_file.temp"), b"")
        is_slow = self.world.faults.strikes(Fault.JOB_SLOW, parameters.get("JobName", ""))
        job = Job(id_, parameters, batch, self.world.clock(), is_slow)
        self.jobs[id_] = job
        self._open.append(job)
        return {"JobId": id_, "JobStatus": job.status}

    def describe(self, parameters: Parameters) -> dict[str, Any]:
        """DescribeTextTranslationJob."""
        return {"TextTranslationJobProperties": self._existing(parameters["JobId"]).properties()}

    def listed(self, parameters: Parameters) -> dict[str, Any]:
        """ListTextTranslationJobs, the latest first; one filter at a time."""
        filter_ = parameters.get("Filter", {})
        if len(filter_) > 1:
            raise ServiceError("InvalidFilterException", "Only one filter can be set at a time")
        found = [job.properties() for job in reversed(self.jobs.values()) if _fits(job, filter_)]
        return page("TextTranslationJobPropertiesList", found, parameters)

    def stop(self, parameters: Parameters) -> dict[str, Any]:
        """StopTextTranslationJob: a job that has ended stays as it is."""
        job = self._existing(parameters["JobId"])
        if job.ended is None and job.stopping is None:
            job.status, job.stopping = "STOP_REQUESTED", self.world.clock()
        return {"JobId": job.id, "JobStatus": job.status}

    def advance(self) -> None:
        """Bring everything up to the time of the clock."""
        now = self.world.clock()
        while event := min(self._events(), key=lambda event: event[0], default=None):
            time, happen, job = event
            if time > now:
                break
            happen(job, time)

    def _events(self) -> Iterator[tuple[float, Callable[[Job, float], None], Job]]:
        """What each job does next, if nothing comes before."""
        durations = self.world.durations
        has_place = sum(job.runs for job in self._open) < self.world.quotas.running_jobs
        for job in self._open:
            if job.stopping is not None:
                yield job.stopping + durations.stop, self._stop, job
            if job.started is not None:
                yield job.started + (durations.slow_job if job.is_slow else durations.job), self._finish, job
            elif has_place and job.stopping is None:
                yield max(job.submitted + durations.submitted, self._freed), self._start, job
                has_place = False  # those behind it wait for their turn

    def _start(self, job: Job, time: float) -> None:
        job.status, job.started = "IN_PROGRESS", time

    def _stop(self, job: Job, time: float) -> None:
        job.outcome = Outcome("STOPPED")
        self._end(job, time)

    def _finish(self, job: Job, time: float) -> None:
        failed = self.world.faults.strikes(Fault.JOB_FAILED, job.name)
        job.outcome = Outcome("FAILED", "The job failed") if failed else job.batch.run()
        self._end(job, time)

    def _end(self, job: Job, time: float) -> None:
        if job.runs:
            self._freed = time
        job.status, job.ended = job.outcome.status, time
        self._open.remove(job)

    def _existing(self, id_: str) -> Job:
        if id_ not in self.jobs:
            raise ServiceError("ResourceNotFoundException", f"There is no job {id_}")
        return self.jobs[id_]

    def _batch(self, id_: str, parameters: Parameters) -> Batch:
        """What a job is to do; raises ServiceError where it cannot be done."""
        source, targets = parameters["SourceLanguageCode"], parameters["TargetLanguageCodes"]
        check_pair(source, targets)
        parallel, terminologies = (parameters.get(name, []) for name in ("ParallelDataNames", "TerminologyNames"))
        if len(targets) > self.world.quotas.target_languages or len(set(targets)) < len(targets):
            raise ServiceError("InvalidParameterValueException", "Too many target languages, or one of them twice")
        if len(parallel) > 1 or len(terminologies) > 1:
            raise ServiceError("InvalidRequestException", "Only one terminology and one parallel data can be used")
        if parameters["InputDataConfig"]["ContentType"] not in _TYPES:
            raise ServiceError("InvalidRequestException", f"The emulator translates only {', '.join(sorted(_TYPES))}")
        input_, output = self._folders(parameters)
        formality = parameters.get("Settings", {}).get("Formality", "")
        return Batch(
            self.world,
            source,
            targets,
            parameters["InputDataConfig"]["ContentType"],
            input_,
            Folder(output.bucket, f"{output.key}{self.place.account}-TranslateText-{id_}/"),
            self.parallel.examples(parallel[0], source, targets) if parallel else {},
            {target: self.terminologies.terms(terminologies, source, target) for target in targets},
            terminologies,
            formality if set(targets) & FORMALITY else "",
        )

    def _folders(self, parameters: Parameters) -> tuple[Folder, Folder]:
        """Where a job reads and writes."""
        folders = [Folder.of(parameters[name]["S3Uri"]).as_folder for name in ("InputDataConfig", "OutputDataConfig")]
        for folder in folders:
            self.world.storage.check_bucket(folder.bucket, self.place.region)
        input_, output = folders
        if not input_.key.strip("/"):
            raise ServiceError("InvalidRequestException", "The input must be a folder, not the root of a bucket")
        if str(output).startswith(str(input_)):
            raise ServiceError("InvalidRequestException", "The output must not lie in the input")
        return input_, output


def _fits(job: Job, filter_: Mapping[str, Any]) -> bool:
    if "SubmittedBeforeTime" in filter_:
        return job.submitted < seconds(filter_["SubmittedBeforeTime"])
    if "SubmittedAfterTime" in filter_:
        return job.submitted > seconds(filter_["SubmittedAfterTime"])
    if "JobName" in filter_:
        return job.name == str(filter_["JobName"])
    return "JobStatus" not in filter_ or job.status == str(filter_["JobStatus"])
