"""The client."""

from __future__ import annotations

import copy
import itertools
import ssl
from types import TracebackType
from typing import Dict, List, Mapping, Optional, Type

from . import _wire
from ._methods import Methods
from ._transport import Address, Answer, Token, Transport
from .batch import Batch
from .errors import HTTPStatusError, InvalidResponse, MetaChatError, RateLimited, RPCError, Unauthenticated, rpc_error
from .types import JSONValue


class Client(Methods):
    """The control plane's methods, by namespace: `client.tenant.create(name="Acme")`.

    Threads may share a client; each call takes a connection of a small pool. Use it in a `with` block, or `close` it.

    A request whose kept connection turns out to be closed is sent once more, over a new one, if the server cannot have
    begun to answer and it does no harm twice: a call that only reads, or one with an idempotency key. Nothing else is
    ever repeated.

    Args:
        url: Of the control plane: `https://chat.example.com`. `/rpc` is added.
        token: Bearer token. It appears in no text of this package.
        timeout: Seconds for each call: connecting, sending and receiving together. What the server is asked to
            wait (`fleet.wait`) comes on top.
        tls: For https; default: certificates are checked against the system's authorities.
        max_response_bytes: A longer answer is refused.
        idle_connections: The most that are kept when no call needs them.

    Raises:
        ValueError: The URL or the token cannot be used.
    """

    def __init__(
        self,
        url: str,
        *,
        token: str,
        timeout: float = 30.0,
        tls: Optional[ssl.SSLContext] = None,
        max_response_bytes: int = 64 * 1024 * 1024,
        idle_connections: int = 8,
    ) -> None:
        address = Address.parse(url.rstrip("/").removesuffix("/rpc"))
        if timeout <= 0:
            raise ValueError("timeout must be above 0")
        if tls is None and address.secure:
            tls = ssl.create_default_context()
        self.url = str(address)
        self.timeout = timeout
        self._token = Token(token)
        self._transport = Transport(
            address, self._token, tls if address.secure else None, idle_connections, max_response_bytes
        )
        self._ids = itertools.count(1)
        super().__init__(self._call)

    def with_timeout(self, timeout: float) -> Client:
        """The same client, connections included, with another time-out: `client.with_timeout(120).channel.test(…)`."""
        if timeout <= 0:
            raise ValueError("timeout must be above 0")
        other = copy.copy(self)
        other.timeout = timeout
        Methods.__init__(other, other._call)
        return other

    def call(self, method: str, params: Optional[Mapping[str, object]] = None) -> JSONValue:
        """Calls a method by its name, with the params as on the wire; for methods that this client does not know.

        Raises:
            RPCError: The server's error.
            TransportError: No valid answer.
        """
        return self._call(method, dict(params or {}))

    def notify(self, method: str, params: Optional[Mapping[str, object]] = None) -> None:
        """Sends a notification: the server does it and answers nothing, not even an error.

        Raises:
            TransportError: Not known to have arrived.
            RPCError: Refused before it was looked at: the token, a request that is none.
        """
        params = dict(params or {})
        answer = self._send(_wire.request(method, params, None), "idempotencyKey" in params, 0, method)
        if answer.body.strip():
            error = _wire.refusal(answer.body)
            if error is not None:
                raise self._without_token(error)
            raise InvalidResponse(f"{method}: a notification was answered")

    def batch(self) -> Batch:
        """Several calls in one request, at most 100. See `Batch`."""
        return Batch(self)

    def close(self) -> None:
        """Closes the idle connections. The client, and those made from it by `with_timeout`, cannot be used again."""
        self._transport.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Client({self.url!r})"

    # MARK: Exchanges

    def _call(self, method: str, params: Mapping[str, object], *, reads: bool = False, wait_ms: int = 0) -> JSONValue:
        id = self._next_id()
        request = _wire.request(method, params, id)
        answer = self._send(request, reads or "idempotencyKey" in params, wait_ms, method)
        value, error = _wire.outcome(_wire.decode(answer.body), id, method)
        if error is not None:
            raise self._without_token(error)
        return value

    def _exchange_batch(
        self, requests: List[Dict[str, object]], methods: Mapping[int, str], repeatable: bool, wait_ms: int
    ) -> Dict[int, _wire.Outcome]:
        answer = self._send(requests, repeatable, wait_ms, "batch")
        if not methods and not answer.body.strip():  # Notifications alone.
            return {}
        try:
            found = _wire.outcomes(_wire.decode(answer.body), methods)
        except RPCError as error:
            raise self._without_token(error) from None
        return {id: (value, error and self._without_token(error)) for id, (value, error) in found.items()}

    def _send(self, requests: _wire.Requests, repeatable: bool, wait_ms: int, method: str) -> Answer:
        answer = self._transport.post(_wire.encode(requests), self.timeout + wait_ms / 1000, repeatable)
        if answer.status in (200, 204):
            return answer
        raise self._without_token(_status_error(answer, method))

    def _next_id(self) -> int:
        return next(self._ids)

    def _without_token(self, error: MetaChatError) -> MetaChatError:
        """The error, should the server's texts repeat the token, without it."""
        if isinstance(error, RPCError):
            return type(error)(error.code, self._token.hide(error.message), self._hidden(error.data), error.method)
        error.args = tuple(self._token.hide(each) if isinstance(each, str) else each for each in error.args)
        return error

    def _hidden(self, value: JSONValue) -> JSONValue:
        if isinstance(value, str):
            return self._token.hide(value)
        if isinstance(value, list):
            return [self._hidden(each) for each in value]
        if isinstance(value, dict):
            return {self._token.hide(name): self._hidden(each) for name, each in value.items()}
        return value


def _status_error(answer: Answer, method: str) -> MetaChatError:
    """What a status other than 200 and 204 means."""
    found = _wire.refusal(answer.body)
    if found is not None:
        return rpc_error(found.code, found.message, found.data, method)
    if answer.status == 401:
        return rpc_error(Unauthenticated.code, "Unauthenticated", None, method)
    if answer.status == 429:
        seconds = answer.retry_after or ""
        data: JSONValue = {"retryAfterMs": int(seconds) * 1000} if seconds.isascii() and seconds.isdigit() else None
        return rpc_error(RateLimited.code, "Too many requests", data, method)
    text = answer.body[:200].decode("utf-8", "replace")
    return HTTPStatusError(answer.status, " ".join("".join(c if c.isprintable() else " " for c in text).split()))
