"""What the service answers when it does not do as asked."""

from __future__ import annotations

__all__ = ["ConnectionDropped", "ServiceError"]


class ServiceError(Exception):
    """An error as AWS spells it: ``code`` is its name, such as ``LimitExceededException``."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message

    @property
    def http_status(self) -> int:
        """500 where the service is at fault, 400 otherwise."""
        return 500 if self.code in {"InternalServerException", "ServiceUnavailableException"} else 400


class ConnectionDropped(ConnectionError):
    """The request was done, but the client never hears the answer."""
