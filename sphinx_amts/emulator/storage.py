"""S3, as the service uses it: with its own errors in place of boto3's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from sphinx_amts.emulator.errors import ServiceError

__all__ = ["Folder", "Storage", "Stored"]


@dataclass(frozen=True, slots=True)
class Stored:
    """An object in a folder: its name relative to the folder, and its size."""

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Folder:
    """A place in a bucket; ``key`` is empty or ends with a slash where it is a folder."""

    bucket: str
    key: str

    @classmethod
    def of(cls, uri: str) -> Folder:
        """The place that ``s3://bucket/key`` names."""
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        return cls(bucket, key)

    @property
    def as_folder(self) -> Folder:
        return self if not self.key or self.key.endswith("/") else Folder(self.bucket, f"{self.key}/")

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}"


@dataclass(frozen=True, slots=True)
class Storage:
    """Reads and writes with a client that is made for each use."""

    client: Callable[[], Any]

    def check_bucket(self, bucket: str, region: str) -> None:
        """Raise InvalidRequestException where the bucket is missing or lies in another region."""
        try:
            where = self.client().get_bucket_location(Bucket=bucket)["LocationConstraint"] or "us-east-1"
        except ClientError as error:
            raise ServiceError("InvalidRequestException", f"The bucket {bucket} cannot be read: {error}") from error
        if where != region:
            raise ServiceError("InvalidRequestException", f"The bucket {bucket} is in {where}, not in {region}")

    def listed(self, folder: Folder) -> Sequence[Stored]:
        """The objects in a folder and in the folders in it, by name."""
        return sorted(self._listed(folder), key=lambda stored: stored.name)

    def _listed(self, folder: Folder) -> Iterator[Stored]:
        pages = self.client().get_paginator("list_objects_v2").paginate(Bucket=folder.bucket, Prefix=folder.key)
        for page in pages:
            for entry in page.get("Contents", ()):
                if not entry["Key"].endswith("/"):
                    yield Stored(entry["Key"][len(folder.key) :], entry["Size"])

    def size(self, place: Folder) -> int:
        """Of an object; raises InvalidRequestException where there is none."""
        try:
            return int(self.client().head_object(Bucket=place.bucket, Key=place.key)["ContentLength"])
        except ClientError as error:
            raise ServiceError("InvalidRequestException", f"There is no object {place}") from error

    def read(self, place: Folder) -> bytes:
        """An object; raises InvalidRequestException where there is none."""
        try:
            answer = self.client().get_object(Bucket=place.bucket, Key=place.key)
        except ClientError as error:
            raise ServiceError("InvalidRequestException", f"There is no object {place}") from error
        with answer["Body"] as body:
            return bytes(body.read())

    def write(self, place: Folder, raw: bytes) -> None:
        """Write an object; raises InvalidRequestException where it is not allowed."""
        try:
            self.client().put_object(Bucket=place.bucket, Key=place.key, Body=raw)
        except ClientError as error:
            raise ServiceError("InvalidRequestException", f"The object {place} cannot be written: {error}") from error

    def publish(self, region: str, key: str, raw: bytes) -> dict[str, str]:
        """Write an object in the service's own bucket; where anybody can download it for a while."""
        place = Folder(f"translate-emulator-{region}", key)
        where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        client = self.client()
        try:
            client.head_bucket(Bucket=place.bucket)
        except ClientError:
            client.create_bucket(Bucket=place.bucket, **where)
        self.write(place, raw)
        location = client.generate_presigned_url("get_object", Params={"Bucket": place.bucket, "Key": key})
        return {"RepositoryType": "S3", "Location": str(location)}
