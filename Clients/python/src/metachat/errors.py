"""What can go wrong. `RPCError`: the server answered with an error. `TransportError`: there is no valid answer."""

from __future__ import annotations

from typing import Dict, List, NamedTuple, Optional, Type

from .types import JSONValue


class MetaChatError(Exception):
    """Any failure of a call. Its text never holds the token nor the params."""


# MARK: No valid answer


class TransportError(MetaChatError):
    """The request may or may not have had its effect, unless the subclass says otherwise."""


class ConnectionFailed(TransportError):
    """No connection, or it ended before the whole answer had come."""


class TimedOut(TransportError, TimeoutError):
    """No answer within the time allowed."""


class ResponseTooLarge(TransportError):
    """The answer is longer than `max_response_bytes`."""


class InvalidResponse(TransportError):
    """The answer is not JSON-RPC, or not an answer to this request."""


class HTTPStatusError(TransportError):
    """The server, or something in between, refused on the level of HTTP."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(status, text)
        self.status = status

    def __str__(self) -> str:
        return f"HTTP status {self.status}" + (f": {self.args[1]}" if self.args[1] else "")


# MARK: The server's errors


class RPCError(MetaChatError):
    """The server's error; a code without a class of its own is an `RPCError` itself."""

    code: int = 0

    def __init__(self, code: int, message: str, data: JSONValue = None, method: Optional[str] = None) -> None:
        super().__init__(code, message, data, method)
        self.code = code
        self.message = message
        self.data = data
        """Details; what a class knows of them, it offers by name."""
        self.method = method

    def __str__(self) -> str:
        return f"{self.method + ': ' if self.method else ''}{self.message} ({self.code})"

    def _detail(self, name: str) -> JSONValue:
        return self.data.get(name) if isinstance(self.data, dict) else None

    def _integer(self, name: str) -> Optional[int]:
        value = self._detail(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else None


class ParseError(RPCError):
    """The server could not read the request's JSON."""

    code = -32700


class InvalidRequest(RPCError):
    """Not a request as JSON-RPC has it, or a batch of more than 100 calls."""

    code = -32600


class MethodNotFound(RPCError):
    """The server does not know the method: it is older than this client."""

    code = -32601


class ParamError(NamedTuple):
    """One fault in the params."""

    path: str
    """A JSON Pointer into the params, as on the wire: `/config/phoneNumberId`."""
    message: str


class InvalidParams(RPCError):
    """The params are at fault; `errors` has every fault."""

    code = -32602

    @property
    def errors(self) -> List[ParamError]:
        found = self._detail("errors")
        return [
            ParamError(str(each.get("path", "")), str(each.get("message", "")))
            for each in (found if isinstance(found, list) else [])
            if isinstance(each, dict)
        ]

    def __str__(self) -> str:
        return super().__str__() + "".join(f"\n  {each.path or '/'}: {each.message}" for each in self.errors)


class InternalError(RPCError):
    """A fault of the server's own; its log says more."""

    code = -32603


class Unauthenticated(RPCError):
    """No token, or none that is valid (any more)."""

    code = -32001


class Forbidden(RPCError):
    """The token's role may not do this."""

    code = -32003


class NotFound(RPCError):
    """There is no such entity, or not for this token."""

    code = -32004


class Conflict(RPCError):
    """The entity has changed since, exists already, or the idempotency key was used with other params."""

    code = -32009

    @property
    def current_revision(self) -> Optional[int]:
        """The entity's revision, where `if_revision` was not it."""
        return self._integer("currentRevision")


class FleetNotConverged(RPCError):
    """Not every node runs the revision in time."""

    code = -32010

    @property
    def nodes(self) -> List[Dict[str, JSONValue]]:
        """The nodes that do not, as `fleet.list` gives them."""
        found = self._detail("nodes")
        return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


class RateLimited(RPCError):
    """Too many failed authentications from this address."""

    code = -32029

    @property
    def retry_after_ms(self) -> Optional[int]:
        return self._integer("retryAfterMs")


class DependencyUnavailable(RPCError):
    """The server's database or broker is not available; try again."""

    code = -32050


def _subclasses(of: Type[RPCError]) -> List[Type[RPCError]]:
    return [each for own in of.__subclasses__() for each in [own] + _subclasses(own)]


def rpc_error(code: int, message: str, data: JSONValue = None, method: Optional[str] = None) -> RPCError:
    """The error of a code, of the code's own class if there is one."""
    own = next((each for each in _subclasses(RPCError) if each.__dict__.get("code") == code), RPCError)
    return own(code, message, data, method)
