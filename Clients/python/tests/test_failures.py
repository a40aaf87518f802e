"""Errors of the server's, and servers of every bad kind."""

from __future__ import annotations

import json
import pathlib
import pickle
import socket
import threading
import time
import traceback
from typing import Any, Callable, Dict, List

import metachat
from metachat import Client, ConnectionFailed, InvalidResponse, RPCError, TimedOut

from .server import TOKEN, Exchange
from .support import ServerTest

DOCUMENT = pathlib.Path(__file__).resolve().parents[3] / "Schemas/openrpc.json"


def wait(exchange: Exchange, seconds: float) -> None:
    exchange.server.stopped.wait(seconds)


class RPCErrors(ServerTest):
    def error(self, code: int, data: object = None) -> RPCError:
        server = self.start(lambda exchange: exchange.error(code, "No", data))
        with self.assertRaises(RPCError) as caught:
            self.client(server).tenant.get(id="acme")
        self.assertEqual(caught.exception.code, code)
        self.assertEqual(caught.exception.method, "tenant.get")
        return caught.exception

    def test_each_code_of_the_document_has_a_class(self) -> None:
        components = json.loads(DOCUMENT.read_text("utf-8"))["components"]["errors"]
        names = {"NotConverged": "FleetNotConverged", "Unavailable": "DependencyUnavailable"}
        self.assertGreater(len(components), 10)
        for name, each in components.items():
            self.assertEqual(type(self.error(each["code"])).__name__, names.get(name, name))

    def test_details(self) -> None:
        params = self.error(-32602, {"errors": [{"path": "/name", "message": "is missing"}, 7]})
        assert isinstance(params, metachat.InvalidParams)
        self.assertEqual(params.errors, [("/name", "is missing")])
        self.assertEqual(str(params), "tenant.get: No (-32602)\n  /name: is missing")
        conflict = self.error(-32009, {"currentRevision": 42})
        assert isinstance(conflict, metachat.Conflict)
        self.assertEqual(conflict.current_revision, 42)
        limited = self.error(-32029, {"retryAfterMs": 1500})
        assert isinstance(limited, metachat.RateLimited)
        self.assertEqual(limited.retry_after_ms, 1500)
        fleet = self.error(-32010, {"nodes": [{"id": "n1"}]})
        assert isinstance(fleet, metachat.FleetNotConverged)
        self.assertEqual(fleet.nodes, [{"id": "n1"}])

    def test_details_that_are_missing_or_odd(self) -> None:
        odd = {"errors": 1, "currentRevision": "x", "retryAfterMs": True, "nodes": {}}
        values: List[Any] = [None, [], "x", {}, odd]
        for data in values:
            self.assertEqual(getattr(self.error(-32602, data), "errors"), [])
            self.assertIsNone(getattr(self.error(-32009, data), "current_revision"))
            self.assertIsNone(getattr(self.error(-32029, data), "retry_after_ms"))
            self.assertEqual(getattr(self.error(-32010, data), "nodes"), [])

    def test_an_unknown_code(self) -> None:
        error = self.error(-31999, {"a": 1})
        self.assertIs(type(error), RPCError)
        self.assertEqual(error.data, {"a": 1})

    def test_an_error_without_an_id(self) -> None:
        server = self.start(
            lambda exchange: exchange.answer(
                {"jsonrpc": "2.0", "id": None, "error": {"code": -32700, "message": "Parse error"}}
            )
        )
        with self.assertRaises(metachat.ParseError):
            self.client(server).fleet.list()

    def test_errors_survive_pickling(self) -> None:
        for error in (self.error(-32009, {"currentRevision": 1}), metachat.HTTPStatusError(502, "Bad")):
            again = pickle.loads(pickle.dumps(error))
            self.assertEqual((type(again), str(again)), (type(error), str(error)))

    def test_the_two_kinds_are_distinct(self) -> None:
        self.assertFalse(issubclass(RPCError, metachat.TransportError))
        self.assertTrue(issubclass(RPCError, metachat.MetaChatError))
        self.assertTrue(issubclass(TimedOut, TimeoutError))


class Statuses(ServerTest):
    def caught(self, play: Callable[[Exchange], None]) -> metachat.MetaChatError:
        with self.assertRaises(metachat.MetaChatError) as caught:
            self.client(self.start(play)).fleet.list()
        return caught.exception

    def test_401_in_plain_text(self) -> None:
        error = self.caught(lambda exchange: exchange.reply(b"go away", 401))
        self.assertIsInstance(error, metachat.Unauthenticated)

    def test_401_as_json_rpc(self) -> None:
        value = {"jsonrpc": "2.0", "id": None, "error": {"code": -32001, "message": "Expired"}}
        error = self.caught(lambda exchange: exchange.answer(value, 401))
        self.assertIsInstance(error, metachat.Unauthenticated)
        self.assertEqual(str(error), "fleet.list: Expired (-32001)")

    def test_429_in_plain_text(self) -> None:
        error = self.caught(lambda exchange: exchange.reply(b"", 429, Retry_After="7"))
        assert isinstance(error, metachat.RateLimited)
        self.assertEqual(error.retry_after_ms, 7000)

    def test_other_statuses(self) -> None:
        for status in (302, 400, 404, 413, 500, 502):

            def play(exchange: Exchange, status: int = status) -> None:
                exchange.reply(b"<h1>\x00no\n", status, Location="http://127.0.0.1:9/")

            error = self.caught(play)
            assert isinstance(error, metachat.HTTPStatusError)
            self.assertEqual((error.status, str(error)), (status, f"HTTP status {status}: <h1> no"))

    def test_too_large_a_request_that_is_not_read(self) -> None:
        # A server that answers 413 and closes without having read: the answer counts, or the connection's end.
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)
        listener.settimeout(60)

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(100)
                connection.sendall(b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(65536):
                    pass

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        with Client(f"http://127.0.0.1:{listener.getsockname()[1]}", token=TOKEN, timeout=60) as client:
            with self.assertRaises(metachat.HTTPStatusError) as caught:
                client.document.put(tenant_id="a", title="t", mime_type="text/plain", content="x" * 3_000_000)
        self.assertEqual(caught.exception.status, 413)
        thread.join(60)


class BadServers(ServerTest):
    def fails(self, play: Callable[[Exchange], None], kind: type, **options: Any) -> str:
        with self.assertRaises(metachat.TransportError) as caught:
            self.client(self.start(play), **options).tenant.get(id="acme")
        self.assertIs(type(caught.exception), kind, repr(caught.exception))
        return str(caught.exception)

    def test_answers_that_are_not_json_rpc(self) -> None:
        for body in (
            b"", b"hello", b"\xff\xfe", b"[]", b"null", b"{}", b"NaN", b"[" * 100_000, b"1" * 10_000,
            b'{"jsonrpc":"2.0","id":1}', b'{"id":1,"result":1}', b'{"jsonrpc":"1.0","id":1,"result":1}',
            b'{"jsonrpc":"2.0","id":1,"result":1,"error":{"code":1,"message":""}}',
            b'{"jsonrpc":"2.0","id":1,"error":null}', b'{"jsonrpc":"2.0","id":1,"error":{"code":"1","message":""}}',
            b'{"jsonrpc":"2.0","id":1,"error":{"code":1}}', b'{"jsonrpc":"2.0","id":1,"result":Infinity}',
            b'{"jsonrpc":"2.0","id":1,"error":{"code":true,"message":""}}',
        ):  # fmt: skip
            with self.subTest(body[:60]):

                def play(exchange: Exchange, body: bytes = body) -> None:
                    exchange.reply(body)

                self.assertLess(len(self.fails(play, InvalidResponse)), 100)

    def test_the_wrong_id(self) -> None:
        for id in (2, "1", 1.5, None, True, [1]):
            with self.subTest(id):

                def play(exchange: Exchange, id: object = id) -> None:
                    exchange.answer({"jsonrpc": "2.0", "id": id, "result": {}})

                self.fails(play, InvalidResponse)
        self.fails(
            lambda exchange: exchange.answer({"jsonrpc": "2.0", "id": 2, "error": {"code": 1, "message": "x"}}),
            InvalidResponse,
        )

    def test_answers_that_are_not_http(self) -> None:
        for data in (b"hello\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n", b"\x16\x03\x01\x02\x00", b"A" * 100_000):
            with self.subTest(data[:20]):
                self.assertIn(
                    "the answer is not HTTP",
                    self.fails(lambda exchange, data=data: exchange.raw(data), ConnectionFailed),  # type: ignore[misc]
                )

    def test_connections_that_end_early(self) -> None:
        for data in (
            b"", b"HTTP/1.1 200", b"HTTP/1.1 200 OK\r\nContent-Le",
            b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}",
        ):  # fmt: skip
            with self.subTest(data):
                with self.assertRaises(metachat.TransportError):
                    self.client(self.start(lambda exchange: exchange.raw(data))).tenant.get(id="a")

    def test_an_answer_that_ends_with_the_connection(self) -> None:
        body = b'{"jsonrpc":"2.0","id":1,"result":{"id":"acme"}}'
        head = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
        server = self.start(lambda exchange: exchange.raw(head + body))
        self.assertEqual(self.client(server).tenant.get(id="acme")["id"], "acme")

    def test_a_huge_answer(self) -> None:
        def play(exchange: Exchange) -> None:
            exchange.send_response(200)
            exchange.end_headers()
            while not exchange.server.stopped.is_set():
                exchange.wfile.write(b" " * 65536)

        self.fails(play, metachat.ResponseTooLarge, max_response_bytes=1_000_000)

    def test_an_answer_of_just_the_size_allowed(self) -> None:
        body = b'{"jsonrpc":"2.0","id":1,"result":{}}'
        server = self.start(lambda exchange: exchange.reply(body))
        self.assertEqual(self.client(server, max_response_bytes=len(body)).tenant.get(id="a"), {})
        self.fails(lambda exchange: exchange.reply(body), metachat.ResponseTooLarge, max_response_bytes=len(body) - 1)

    def test_silence(self) -> None:
        began = time.monotonic()
        text = self.fails(lambda exchange: wait(exchange, 30), TimedOut, timeout=0.2)
        self.assertIn("within 0.2 s", text)
        self.assertLess(time.monotonic() - began, 25)

    def test_one_byte_after_the_other(self) -> None:
        for head in (b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"):

            def play(exchange: Exchange, head: bytes = head) -> None:
                exchange.wfile.write(head)
                while not exchange.server.stopped.wait(0.02):
                    exchange.wfile.write(b"H")

            began = time.monotonic()
            self.fails(play, TimedOut, timeout=0.3)
            self.assertLess(time.monotonic() - began, 25)

    def test_what_the_server_is_asked_to_wait_comes_on_top(self) -> None:
        def play(exchange: Exchange) -> None:
            exchange.server.stopped.wait(0.5)
            exchange.result({"converged": True, "elapsedMs": 500, "nodes": []})

        server = self.start(play)
        client = self.client(server, timeout=0.2)
        self.assertTrue(client.fleet.wait(revision=1, timeout_ms=5000)["converged"])
        self.assertTrue(client.fleet.wait(revision=1)["converged"])
        with self.assertRaises(TimedOut):
            client.fleet.wait(revision=1, timeout_ms=0)

    def test_nobody_there(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        with Client(f"http://127.0.0.1:{port}", token=TOKEN) as client:
            with self.assertRaisesRegex(ConnectionFailed, "refused"):
                client.fleet.list()

    def test_the_client_works_again_after_a_failure(self) -> None:
        bad = iter([True, False])

        def play(exchange: Exchange) -> None:
            exchange.raw(b"") if next(bad, False) else exchange.result({"id": "acme"})

        client = self.client(self.start(play))
        with self.assertRaises(ConnectionFailed):
            client.tenant.get(id="acme")
        self.assertEqual(client.tenant.get(id="acme")["id"], "acme")


class Repeating(ServerTest):
    """A server that closes a kept connection: after an answer, or when it has the next request."""

    def calls(self, work: Callable[[Client], object], first_bytes: bytes = b"") -> List[Any]:
        """The second request's connection ends; gives what was sent from then on."""
        count = [0]

        def play(exchange: Exchange) -> None:
            count[0] += 1
            exchange.raw(first_bytes) if count[0] == 2 else exchange.result({"revision": 1, "nodes": []})

        server = self.start(play)
        client = self.client(server)
        client.fleet.list()
        try:
            work(client)
        finally:
            self.sent = [each["params"] for each in server.requests[1:]]
        return self.sent

    def test_reads_and_writes_with_a_key_are_sent_again(self) -> None:
        self.assertEqual(self.calls(lambda client: client.tenant.get(id="a")), [{"id": "a"}] * 2)
        self.assertEqual(len(self.calls(lambda client: client.tenant.delete(id="a", idempotency_key="k"))), 2)

    def test_writes_without_a_key_are_not(self) -> None:
        with self.assertRaises(ConnectionFailed):
            self.calls(lambda client: client.tenant.delete(id="a"))
        self.assertEqual(self.sent, [{"id": "a"}])
        with self.assertRaises(ConnectionFailed):
            self.calls(lambda client: client.call("tenant.get", {"id": "a"}))
        self.assertEqual(len(self.sent), 1)

    def test_nothing_is_sent_again_once_an_answer_has_begun(self) -> None:
        with self.assertRaises(ConnectionFailed):
            self.calls(
                lambda client: client.tenant.get(id="a"), first_bytes=b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n"
            )
        self.assertEqual(len(self.sent), 1)

    def test_nothing_is_sent_again_on_a_new_connection(self) -> None:
        server = self.start(lambda exchange: exchange.raw(b""))
        with self.assertRaises(ConnectionFailed):
            self.client(server).tenant.get(id="a")
        self.assertEqual(len(server.requests), 1)

    def test_a_connection_closed_while_idle_is_not_used(self) -> None:
        def play(exchange: Exchange) -> None:
            exchange.result({"id": "a"})
            exchange.hang_up()

        server = self.start(play)
        client = self.client(server)
        for _ in range(3):
            client.tenant.delete(id="a")
            idle = client._transport._idle[0]
            deadline = time.monotonic() + 60
            while idle.is_usable() and time.monotonic() < deadline:
                time.sleep(0.001)  # The server's FIN is on its way.
        self.assertEqual(len(server.requests), 3)

    def test_a_batch_is_sent_again_if_all_of_it_may_be(self) -> None:
        for has_write, times in ((False, 2), (True, 1)):
            count = [0]

            def play(exchange: Exchange) -> None:
                count[0] += 1
                if count[0] == 1:
                    return exchange.result({})
                if count[0] == 2:
                    return exchange.raw(b"")
                exchange.answer([{"jsonrpc": "2.0", "id": each["id"], "result": {}} for each in exchange.request_json])

            server = self.start(play)
            client = self.client(server)
            client.fleet.list()
            batch = client.batch()
            batch.tenant.get(id="a")
            if has_write:
                batch.tenant.delete(id="a")
                with self.assertRaises(ConnectionFailed):
                    batch.send()
            else:
                batch.send()
            self.assertEqual(len(server.requests) - 1, times)


class Secrets(ServerTest):
    def test_the_token_is_in_no_text(self) -> None:
        plays: Dict[str, Callable[[Exchange], None]] = {
            "error": lambda exchange: exchange.error(-32603, f"saw {TOKEN}", {"deep": [{"x": TOKEN}], TOKEN: 1}),
            "plain": lambda exchange: exchange.reply(f"saw {TOKEN}".encode(), 500),
            "401": lambda exchange: exchange.reply(f"saw {TOKEN}".encode(), 401),
            "json": lambda exchange: exchange.reply(f"saw {TOKEN}".encode()),
            "http": lambda exchange: exchange.raw(f"saw {TOKEN}".encode()),
            "status": lambda exchange: exchange.raw(f"HTTP/1.1 {TOKEN}\r\n\r\n".encode()),
            "end": lambda exchange: exchange.raw(b""),
        }
        for name, play in plays.items():
            with self.subTest(name):
                client = self.client(self.start(play))
                with self.assertRaises(metachat.MetaChatError) as caught:
                    client.secret.set(tenant_id="a", name="n", value="planted-value")
                error = caught.exception
                shown = "".join(traceback.format_exception(type(error), error, error.__traceback__))
                shown += repr(error) + repr(error.args) + repr(vars(error)) + repr(vars(client))
                self.assertNotIn(TOKEN, shown)
                self.assertNotIn("planted-value", shown)

    def test_the_client_shows_its_url_alone(self) -> None:
        client = Client("https://chat.example.com/", token=TOKEN)
        self.assertEqual(repr(client), "Client('https://chat.example.com:443')")
        self.assertNotIn(TOKEN, repr(vars(client)) + repr(vars(client._transport)))

    def test_urls_and_tokens_that_cannot_be_used(self) -> None:
        for url in ("", "chat.example.com", "ftp://a", "http://", f"http://u:{TOKEN}@a", "http://a?x", "http://a/#x",
                    "http://a:b", "http://a/\r\nX: y"):  # fmt: skip
            with self.subTest(url), self.assertRaises(ValueError) as caught:
                Client(url, token="t")
            self.assertNotIn(TOKEN, str(caught.exception))
        for token in ("", f"{TOKEN}\r\nX: y", f"{TOKEN} x", f"{TOKEN}é"):
            with self.subTest(token), self.assertRaises(ValueError) as caught:
                Client("http://a", token=token)
            self.assertNotIn(TOKEN, str(caught.exception))

    def test_forms_of_the_url(self) -> None:
        for url, shown in {
            "http://127.0.0.1:7070": "http://127.0.0.1:7070",
            "http://127.0.0.1:7070/rpc": "http://127.0.0.1:7070",
            "http://127.0.0.1:7070/rpc/": "http://127.0.0.1:7070",
            "https://[::1]/chat/": "https://[::1]:443/chat",
        }.items():
            self.assertEqual(Client(url, token="t").url, shown)

    def test_closed(self) -> None:
        client = self.client(self.start())
        client.close()
        with self.assertRaises(RuntimeError):
            client.fleet.list()
