"""A control plane for tests, in this process, that behaves as badly as it is told."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Callable, List, Optional, Type

TOKEN = "a-token-that-nobody-may-see"


class Exchange(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Any

    def do_POST(self) -> None:
        self.server.exchange(self)

    def answer(self, value: object, status: int = 200, **headers: str) -> None:
        self.reply(json.dumps(value).encode(), status, "application/json", **headers)

    def reply(self, body: bytes, status: int = 200, kind: str = "text/plain", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def result(self, value: object) -> None:
        """Answers the request with a result."""
        self.answer({"jsonrpc": "2.0", "id": self.request_json["id"], "result": value})

    def error(self, code: int, message: str, data: object = None) -> None:
        error = {"code": code, "message": message, **({} if data is None else {"data": data})}
        self.answer({"jsonrpc": "2.0", "id": self.request_json["id"], "error": error})

    def raw(self, data: bytes) -> None:
        """Answers with these bytes and closes."""
        self.wfile.write(data)
        self.hang_up()

    def hang_up(self) -> None:
        """Closes the connection after this, without having said so."""
        self.close_connection = True

    request_json: Any = None

    def log_message(self, format: str, *args: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    """`play` answers each request; `requests` has them all."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, play: Optional[Callable[[Exchange], None]] = None) -> None:
        super().__init__(("127.0.0.1", 0), Exchange)
        self.play = play or (lambda exchange: exchange.result({"method": exchange.request_json["method"]}))
        self.requests: List[Any] = []
        self.headers: List[Any] = []
        self.connections = 0
        self.stopped = threading.Event()
        self._guard = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._guard:
            self.connections += 1
        super().process_request(request, client_address)

    def exchange(self, exchange: Exchange) -> None:
        body = exchange.rfile.read(int(exchange.headers["Content-Length"]))
        exchange.request_json = json.loads(body)
        with self._guard:
            self.requests.append(exchange.request_json)
            self.headers.append(exchange.headers)
        self.play(exchange)

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # The client left: that is what some tests are about.

    def __enter__(self) -> Server:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self.stopped.set()
        self.shutdown()
        self.server_close()
