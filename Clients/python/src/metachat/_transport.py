"""One HTTP POST at a time over connections that are kept."""

from __future__ import annotations

import http.client
import io
import os
import select
import socket
import ssl
import threading
import time
from typing import Any, List, NamedTuple, Optional
from urllib.parse import urlsplit

from .errors import ConnectionFailed, ResponseTooLarge, TimedOut


class Address(NamedTuple):
    """Where the control plane is."""

    secure: bool
    host: str
    port: int
    path: str

    @classmethod
    def parse(cls, url: str) -> Address:
        """
        Raises:
            ValueError: Not an http or https URL, or one with credentials, a query or a fragment.
        """
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("The URL must begin with http:// or https:// and name a host")
        if "@" in parts.netloc or parts.query or parts.fragment:
            raise ValueError("The URL must not hold credentials, a query or a fragment")
        if any(not "!" <= each <= "~" for each in url):
            raise ValueError("The URL holds a character that must be escaped")
        secure = parts.scheme == "https"
        return cls(secure, parts.hostname, parts.port or (443 if secure else 80), parts.path.rstrip("/"))

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.secure else 'http'}://{host}:{self.port}{self.path}"


class Token:
    """A bearer token that no `repr`, `vars` or traceback shows."""

    __slots__ = ("_reveal",)

    def __init__(self, value: str) -> None:
        if not value or any(not "!" <= each <= "~" for each in value):
            raise ValueError("The token must be visible ASCII characters, without spaces or line breaks")

        def reveal() -> str:
            return value

        self._reveal = reveal

    def header(self) -> str:
        return "Bearer " + self._reveal()

    def hide(self, text: str) -> str:
        """A text of the server's without the token, should it hold it."""
        value = self._reveal()
        return text.replace(value, "[token]") if len(value) >= 8 else text

    def __repr__(self) -> str:
        return "<token>"


class Answer(NamedTuple):
    status: int
    retry_after: Optional[str]
    body: bytes


class _Reader(io.RawIOBase):
    """Reads a socket until a moment, however slowly the bytes come."""

    def __init__(self, owner: _Socket) -> None:
        self._owner = owner

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        connection, sock = self._owner.connection, self._owner.sock
        connection.allow(sock)
        count = sock.recv_into(buffer)
        connection.received += count
        return count

    def close(self) -> None:
        if not self.closed:
            super().close()
            self._owner.readers -= 1
            self._owner.close_if_unused()


class _Socket:
    """What `http.client` uses of a socket, with a deadline over all of it. Like a socket's own, its readers may
    outlive `close`."""

    def __init__(self, connection: _Connection, sock: socket.socket) -> None:
        self.connection = connection
        self.sock = sock
        self.readers = 0
        self._closing = False

    def makefile(self, mode: str) -> io.BufferedReader:
        self.readers += 1
        return io.BufferedReader(_Reader(self))

    def sendall(self, data: bytes) -> None:
        self.connection.allow(self.sock)
        self.sock.sendall(data)

    def close(self) -> None:
        self._closing = True
        self.close_if_unused()

    def close_if_unused(self) -> None:
        if self._closing and self.readers == 0:
            self.sock.close()


class _Connection(http.client.HTTPConnection):
    def __init__(self, address: Address, context: Optional[ssl.SSLContext]) -> None:
        super().__init__(address.host, address.port)
        self._tls = context
        self.deadline = 0.0
        self.received = 0
        """Bytes of the current answer."""
        self.used = False

    def allow(self, sock: socket.socket) -> None:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise socket.timeout("timed out")
        sock.settimeout(left)

    def connect(self) -> None:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise socket.timeout("timed out")
        sock = socket.create_connection((self.host, self.port), left)
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._tls is not None:
                self.allow(sock)
                sock = self._tls.wrap_socket(sock, server_hostname=self.host)
        except BaseException:
            sock.close()
            raise
        self.sock = _Socket(self, sock)

    def is_usable(self) -> bool:
        """Whether it is open and quiet. An idle connection with something to read is being closed by the server."""
        if not isinstance(self.sock, _Socket):
            return False
        if not hasattr(select, "poll"):
            return not select.select([self.sock.sock], [], [], 0)[0]
        poll = select.poll()
        poll.register(self.sock.sock, select.POLLIN | select.POLLHUP | select.POLLERR)
        return not poll.poll(0)


class Transport:
    """May be used by any number of threads; each takes a connection of its own for the time of a request."""

    def __init__(
        self, address: Address, token: Token, context: Optional[ssl.SSLContext], idle: int, max_response_bytes: int
    ) -> None:
        self._address = address
        self._token = token
        self._context = context
        self._most_idle = idle
        self._limit = max_response_bytes
        self._lock = threading.Lock()
        self._idle: List[_Connection] = []
        self._process = os.getpid()
        self._closed = False

    def close(self) -> None:
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for each in idle:
            each.close()

    def post(self, body: bytes, timeout: float, repeatable: bool) -> Answer:
        """
        Args:
            timeout: Seconds for all of it: connecting, sending, receiving.
            repeatable: Whether the request may reach the server twice. If so, it is sent once more, over a new
                connection, when a kept one ends before any byte of the answer.

        Raises:
            ConnectionFailed, TimedOut, ResponseTooLarge
        """
        deadline = time.monotonic() + timeout
        connection = self._take()
        while True:
            connection.deadline = deadline
            connection.received = 0
            kept = connection.used
            try:
                answer = self._exchange(connection, body)
            except socket.timeout:
                connection.close()
                raise TimedOut(f"No answer from {self._address} within {timeout:g} s") from None
            except (OSError, http.client.HTTPException) as error:
                connection.close()
                if kept and repeatable and connection.received == 0:
                    connection = _Connection(self._address, self._context)
                    continue
                raise ConnectionFailed(f"{self._address}: {_reason(error)}") from None
            except BaseException:
                connection.close()
                raise
            return answer

    def _exchange(self, connection: _Connection, body: bytes) -> Answer:
        headers = {
            "Authorization": self._token.header(),
            "Content-Type": "application/json",
            "Accept": "application/json",
            "User-Agent": "metachat-python",
        }
        try:
            connection.request("POST", self._address.path + "/rpc", body, headers)
        except (BrokenPipeError, ConnectionResetError):
            # A server that refuses what it has not read all of (413) may have answered before it closed.
            if connection.sock is None:
                raise
        with connection.getresponse() as response:
            received = bytearray()
            while True:
                chunk = response.read1(65536)
                if not chunk:
                    break
                received += chunk
                if len(received) > self._limit:
                    raise ResponseTooLarge(f"The answer is longer than {self._limit} bytes")
            if response.length:  # `read1` does not tell an early end from the end.
                raise http.client.IncompleteRead(b"", response.length)
            answer = Answer(response.status, response.getheader("Retry-After"), bytes(received))
        self._give_back(connection)
        return answer

    def _take(self) -> _Connection:
        while True:
            with self._lock:
                if self._closed:
                    raise RuntimeError("The client is closed")
                if self._process != os.getpid():
                    # After a fork the connections are the parent's.
                    self._process, self._idle = os.getpid(), []
                connection = self._idle.pop() if self._idle else None
            if connection is None:
                return _Connection(self._address, self._context)
            if connection.is_usable():
                return connection
            connection.close()

    def _give_back(self, connection: _Connection) -> None:
        if connection.sock is None:  # The server said `Connection: close`.
            return
        connection.used = True
        with self._lock:
            if not self._closed and len(self._idle) < self._most_idle:
                self._idle.append(connection)
                return
        connection.close()


def _reason(error: Exception) -> str:
    """Without what an exception may quote of headers or the answer."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the server's certificate is not accepted: {error.verify_message}"
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    if isinstance(error, http.client.IncompleteRead):
        return "the connection ended within the answer"
    return "the answer is not HTTP"
