"""The connection to AWS: clients made by boto3, and its errors as ours.

1. ``Connection`` makes the clients, with credentials from AWS's own chain alone.
2. ``Connection.call`` calls an operation, again and again where AWS asks to slow down.
3. ``reported`` turns whatever boto3 raises into an ``EngineError`` that says what to do.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    ProfileNotFound,
)
from botocore.loaders import Loader, create_loader

from sphinx_amts.engines.amazon.options import Options
from sphinx_amts.errors import EngineError

__all__ = ["AmazonError", "Connection", "code_of", "pause", "reported"]

# How botocore retries differs between its releases, and it gives up early when many calls fail: we do it ourselves.
_RETRIES: Mapping[str, Any] = {"mode": "standard", "total_max_attempts": 1}
_PASSING = frozenset(
    {
        "ConnectionClosedError",
        "ConnectTimeoutError",
        "InternalError",
        "InternalServerException",
        "ReadTimeoutError",
        "RequestTimeout",
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
"""Errors that pass by themselves; every call that we make may be made twice."""
_PAUSES = (0.2, 0.5, 1, 2, 4, 8, 15, 20, 20, 20, 20)
"""Seconds between the tries of one call."""

_HINTS: Mapping[str, str] = {
    "AccessDenied": "Give the user the policy of the set-up guide.",
    "AccessDeniedException": "Give the user the policy of the set-up guide.",
    "NotAuthorizedException": "Parallel data is known to work in us-east-1, us-west-2 and eu-west-1: set 'region'.",
    "UnrecognizedClientException": "Log in again, or correct the profile: the credentials are not valid in this region.",
    "InvalidClientTokenId": "Log in again, or correct the profile: the credentials are not valid.",
    "ExpiredTokenException": "Log in again: the credentials have run out.",
    "ExpiredToken": "Log in again: the credentials have run out.",
    "NoSuchBucket": "Create the bucket in the region of the service, or correct the option 'bucket'.",
    "PermanentRedirect": "The bucket lies in another region: it must be in that of the service.",
    "UnsupportedLanguagePairException": "Choose another engine for this language: Amazon Translate does not have the pair.",
    "TooManyRequestsException": "Amazon asks to slow down; run again later.",
    "ThrottlingException": "Amazon asks to slow down; run again later.",
    "LimitExceededException": "The account's quota is used up: delete what is no longer needed, or ask AWS for more.",
    "ServiceUnavailableException": "Amazon Translate is not available; run again later.",
    "InternalServerException": "Amazon Translate failed; run again later.",
}


def pause(seconds: float) -> None:
    """Wait before a call is made again."""
    time.sleep(seconds)


class AmazonError(EngineError):
    """AWS answered with an error; ``code`` is its name, as AWS spells it, or the name of boto3's exception."""

    def __init__(self, message: str, *, code: str, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.code = code


@dataclass(slots=False)
class Connection:
    """One account in one region.  Clients are made when they are first used."""

    options: Options
    sleep: Callable[[float], None] = field(default_factory=lambda: pause, repr=False)
    _session: boto3.Session | None = field(default=None, repr=False)

    @cached_property
    def translate(self) -> Any:
        """The client of Amazon Translate."""
        return self._client("translate")

    @cached_property
    def s3(self) -> Any:
        """The client of S3."""
        return self._client("s3")

    def call(self, doing: str, operation: Callable[..., Any], /, **parameters: Any) -> Any:
        """What an operation of a client answers; raises AmazonError, "could not DOING: ...", when it fails for good."""
        for seconds in _PAUSES:
            try:
                with reported(doing):
                    return operation(**parameters)
            except AmazonError as error:
                if error.code not in _PASSING:
                    raise
            self.sleep(seconds)
        with reported(doing):
            return operation(**parameters)

    def _client(self, service: str) -> Any:
        with reported(f"connect to {service}"):
            if self._session is None:
                core = botocore.session.Session(profile=self.options.profile)
                core.register_component("data_loader", _models(core.get_config_variable("data_path")))
                self._session = boto3.Session(botocore_session=core, region_name=self.options.region)
            return self._session.client(service, config=Config(retries=_RETRIES))


@cache
def _models(places: str | None) -> Loader:
    """Reads AWS's descriptions of its services, once for all connections: they are nearly all that a client keeps in memory."""
    return create_loader(places)


def code_of(error: ClientError) -> str:
    """AWS's name of an error; HTTP statuses are not to be relied on."""
    return str(error.response.get("Error", {}).get("Code", ""))


@contextlib.contextmanager
def reported(doing: str) -> Iterator[None]:
    """Whatever boto3 raises inside becomes an AmazonError: "could not DOING: ..."."""
    try:
        yield
    except ClientError as error:
        code = code_of(error)
        said = str(error.response.get("Error", {}).get("Message", ""))[:300]
        message = f"could not {doing}: {code}{f' ({said})' if said else ''}"
        raise AmazonError(message, code=code, hint=_HINTS.get(code, "")) from error
    except NoCredentialsError as error:
        hint = "Log in with 'aws configure' or 'aws sso login', or set AWS_PROFILE."
        raise AmazonError(f"could not {doing}: AWS has no credentials", code="NoCredentials", hint=hint) from error
    except NoRegionError as error:
        hint = "Set the option 'region' of amts_amazon, or AWS_DEFAULT_REGION."
        raise AmazonError(f"could not {doing}: no region is set", code="NoRegion", hint=hint) from error
    except ProfileNotFound as error:
        hint = "Correct the option 'profile' of amts_amazon, or AWS_PROFILE."
        raise AmazonError(f"could not {doing}: AWS does not know this profile", code="NoProfile", hint=hint) from error
    except EndpointConnectionError as error:
        hint = "Check the network, the region and AWS_ENDPOINT_URL."
        raise AmazonError(f"could not {doing}: AWS cannot be reached", code="NoConnection", hint=hint) from error
    except BotoCoreError as error:
        raise AmazonError(
            f"could not {doing}: {type(error).__name__}: {error}"[:400], code=type(error).__name__
        ) from error
