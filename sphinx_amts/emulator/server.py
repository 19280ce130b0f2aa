"""One address for Amazon Translate and S3, as boto3 speaks with them.

What names an operation of Amazon Translate goes to the service, everything else to moto's S3.  Three more places are
for people: ``GET /amts-emulator/ledger``, ``POST /amts-emulator/faults`` with a list such as ``[{"fault": "throttled",
"share": 0.5}]``, and ``POST /amts-emulator/reset``.
"""

from __future__ import annotations

import base64
import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from functools import cache, cached_property
from types import TracebackType
from typing import Any

import boto3
from botocore.config import Config
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server
from werkzeug.test import Client
from werkzeug.wrappers import Request, Response

from sphinx_amts.emulator import validation
from sphinx_amts.emulator.clock import Durations
from sphinx_amts.emulator.errors import ServiceError
from sphinx_amts.emulator.faults import Fault, Faults, rules_of
from sphinx_amts.emulator.ledger import Ledger
from sphinx_amts.emulator.quotas import Quotas
from sphinx_amts.emulator.service import Service
from sphinx_amts.emulator.translator import Translator

__all__ = ["Application", "Emulator"]

_TARGET = "AWSShineFrontendService_20170701."
_ITSELF = "emulator-itself"
"""The access key of the service's own requests to S3."""
_POLL = 0.02
"""Seconds until the server notices that it is to end."""
_STORAGE = {Fault.STORAGE_DENIED: (403, "AccessDenied"), Fault.STORAGE_BUSY: (503, "SlowDown")}
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_REGION = re.compile(r"Credential=[^/]+/\d+/([^/]+)/")


class Application:
    """The endpoint as a WSGI application."""

    def __init__(self, service: Service, region: str, prepare: Callable[[], None] = lambda: None) -> None:
        self.service = service
        self.region = region
        self._prepare = prepare
        self._s3 = DomainDispatcherApplication(create_backend_app)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        target, path = environ.get("HTTP_X_AMZ_TARGET", ""), environ.get("PATH_INFO", "")
        if target.startswith(_TARGET):
            return self._translate(Request(environ), target.removeprefix(_TARGET))(environ, start_response)
        if path.startswith("/amts-emulator/"):
            return self._for_people(Request(environ))(environ, start_response)
        for fault, (status, code) in _STORAGE.items():
            if self._strikes_storage(fault, environ):
                body = f"<Error><Code>{code}</Code><Message>{fault}</Message></Error>"
                return Response(body, status, content_type="application/xml")(environ, start_response)
        answer: Iterable[bytes] = self._s3(environ, start_response)
        return answer

    def _strikes_storage(self, fault: Fault, environ: Mapping[str, Any]) -> bool:
        is_own = _ITSELF in environ.get("HTTP_AUTHORIZATION", "")
        return not is_own and self.service.faults.strikes(fault, f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}")

    def reset(self) -> None:
        """Forget everything, the buckets too."""
        self.service.reset()
        self.reset_s3()

    def reset_s3(self) -> None:
        """Moto keeps its buckets for the whole process."""
        Client(self._s3).post("/moto-api/reset").close()

    def _translate(self, request: Request, operation: str) -> Response:
        signed = _REGION.search(request.headers.get("Authorization", ""))
        try:
            parameters = _parsed(operation, request.get_data())
            answer = self.service.call(operation, parameters, signed[1] if signed else self.region)
        except ServiceError as error:
            body = {"__type": error.code, "Message": error.message}
            return _json(body, error.http_status, "application/x-amz-json-1.1")
        return _json(answer, 200, "application/x-amz-json-1.1")

    def _for_people(self, request: Request) -> Response:
        match request.method, request.path.removeprefix("/amts-emulator/"):
            case "GET", "ledger":
                return _json(self.service.ledger.as_json())
            case "GET", "faults":
                return _json(self.service.faults.as_json())
            case "POST", "faults":
                try:
                    self.service.faults.set(*rules_of(json.loads(request.get_data())))
                except ValueError as error:
                    return _json({"error": str(error)}, 400)
                return _json(self.service.faults.as_json())
            case "POST", "reset":
                self.reset()
                self._prepare()
                return _json({})
        return _json({"error": "there is GET ledger, GET faults, POST faults and POST reset"}, 404)


def _parsed(operation: str, body: bytes) -> dict[str, Any]:
    """The parameters of a request."""
    try:
        parameters = dict(json.loads(body or b"{}"))
        for *path, last in validation.blobs(operation):
            holder = parameters
            for name in path:
                holder = holder.get(name, {})
            if last in holder:
                holder[last] = base64.b64decode(holder[last], validate=True)
    except (ValueError, AttributeError, TypeError) as error:
        raise ServiceError("SerializationException", str(error)) from error
    return parameters


def _json(data: Any, status: int = 200, content_type: str = "application/json") -> Response:
    return Response(json.dumps(data), status, content_type=content_type)


class _QuietHandler(MotoRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Say nothing: the ledger counts."""

    def connection_dropped(self, error: BaseException, environ: Any = None) -> None:
        """End the connection: the client must not wait for an answer."""
        self.close_connection = True


@cache
def _session() -> boto3.session.Session:
    """It remembers the models that it has read, which takes most of a client's making."""
    return boto3.session.Session()


class Emulator:
    """A running endpoint on this machine, in a thread of its own.

    ``with Emulator(clock=Clock()) as emulator`` starts it; ``emulator.environment`` is what boto3 must find in the
    environment.  There is one at a time in a process: each begins without buckets.  Raises OSError where the port is taken.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.time,
        translator: Translator | None = None,
        faults: Faults | None = None,
        quotas: Quotas | None = None,
        durations: Durations | None = None,
        region: str = "us-east-1",
        port: int = 0,
    ) -> None:
        self.region = region
        self.service = Service(
            lambda: self._s3, clock, translator=translator, faults=faults, quotas=quotas, durations=durations
        )
        self.application = Application(self.service, region, self._create_again)
        self._buckets: set[str] = set()
        # Werkzeug ends the process where a port is taken; this raises OSError.
        with socket.create_server(("127.0.0.1", port)) as taken:
            self._server = make_server(
                "127.0.0.1", port, self.application, threaded=True, request_handler=_QuietHandler, fd=taken.fileno()
            )
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": _POLL}, daemon=True, name="emulator"
        )

    @cached_property
    def _s3(self) -> Any:
        return self.client("s3", key=_ITSELF)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.port}"

    @property
    def environment(self) -> Mapping[str, str]:
        """What boto3 takes from the environment to speak with it, and with nobody else."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "emulator",
            "AWS_SECRET_ACCESS_KEY": "emulator",
            "AWS_DEFAULT_REGION": self.region,
        }

    @property
    def faults(self) -> Faults:
        """What goes wrong."""
        return self.service.faults

    @property
    def ledger(self) -> Ledger:
        """What was done so far."""
        return self.service.ledger

    def client(self, service: str, *, key: str = "emulator", region: str = "", **config: Any) -> Any:
        """A client of boto3 that speaks with the emulator, whatever the environment says."""
        client: Any = _session().client(
            service,
            region_name=region or self.region,
            endpoint_url=self.url,
            aws_access_key_id=key,
            aws_secret_access_key="emulator",  # noqa: S106 - nobody checks it
            config=Config(**config),
        )
        return client

    def bucket(self, name: str) -> str:
        """Create a bucket in the emulator's region; its name.

        It is there again, and empty, after ``POST /amts-emulator/reset``.  Raises ValueError where its name cannot be.
        """
        if not _BUCKET.fullmatch(name):
            raise ValueError(f"Amazon Translate cannot use a bucket named {name!r}")
        self._create(name)
        self._buckets.add(name)
        return name

    def _create(self, bucket: str) -> None:
        where = {"CreateBucketConfiguration": {"LocationConstraint": self.region}}
        self._s3.create_bucket(Bucket=bucket, **({} if self.region == "us-east-1" else where))

    def _create_again(self) -> None:
        for bucket in self._buckets:
            self._create(bucket)

    def start(self) -> None:
        """Begin to answer, without buckets."""
        self.application.reset_s3()
        self._thread.start()

    def stop(self) -> None:
        """End, and forget the buckets."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._s3.close()
        self.application.reset_s3()

    def __enter__(self) -> Emulator:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()
