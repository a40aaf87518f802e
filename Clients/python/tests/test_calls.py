"""Calls, batches, pages and notifications against a server that does as it should."""

from __future__ import annotations

import json
import pathlib
import threading
import typing
from typing import Any, List

import metachat
import metachat.types
from metachat import UNSET, InvalidResponse, NotFound

from .server import TOKEN, Exchange
from .support import ServerTest

DOCUMENT = pathlib.Path(__file__).resolve().parents[3] / "Schemas/openrpc.json"


class Calls(ServerTest):
    def test_a_call_and_its_result(self) -> None:
        server = self.start(lambda exchange: exchange.result({"id": "acme", "name": "Acme"}))
        tenant = self.client(server).tenant.create(name="Acme", settings={"brandName": "A"}, enabled=False)
        self.assertEqual(tenant["id"], "acme")
        self.assertEqual(
            server.requests,
            [
                {
                    "jsonrpc": "2.0",
                    "method": "tenant.create",
                    "params": {"name": "Acme", "settings": {"brandName": "A"}, "enabled": False},
                    "id": 1,
                }
            ],
        )
        headers = server.headers[0]
        self.assertEqual(headers["Authorization"], f"Bearer {TOKEN}")
        self.assertEqual(headers["Content-Type"], "application/json")

    def test_null_and_absent_are_different(self) -> None:
        server = self.start()
        client = self.client(server)
        client.channel.update(id="a")
        client.channel.update(id="a", name=UNSET)
        client.channel.update(id="a", name=None)
        params = [each["params"] for each in server.requests]
        self.assertEqual(params, [{"id": "a"}, {"id": "a"}, {"id": "a", "name": None}])

    def test_names_are_the_wires(self) -> None:
        server = self.start()
        self.client(server).document.put(
            tenant_id="acme", title="T", mime_type="text/plain", content_base64="QQ==", idempotency_key="k"
        )
        self.assertEqual(
            server.requests[0]["params"],
            {
                "tenantId": "acme",
                "title": "T",
                "mimeType": "text/plain",
                "contentBase64": "QQ==",
                "idempotencyKey": "k",
            },
        )

    def test_every_method_of_the_document_has_one(self) -> None:
        server = self.start(lambda exchange: exchange.result({"items": [], "nextCursor": None}))
        client = self.client(server)
        document = json.loads(DOCUMENT.read_text("utf-8"))
        for method in document["methods"]:
            namespace, verb = method["name"].split(".")
            own = getattr(getattr(client, snake(namespace)), snake(verb))
            for example in method["examples"]:
                own(**{snake(each["name"]): each["value"] for each in example["params"]})
                sent = server.requests.pop()
                self.assertEqual(sent["method"], method["name"])
                self.assertEqual(sent["params"], {each["name"]: each["value"] for each in example["params"]})

    def test_the_types_are_there_at_run_time(self) -> None:
        for name in metachat.types.__all__:
            if isinstance(getattr(metachat.types, name), type):
                typing.get_type_hints(getattr(metachat.types, name))
        self.assertEqual(metachat.types.Secret.__required_keys__ & {"name", "channelId"}, {"name"})

    def test_a_connection_is_kept_and_threads_have_their_own(self) -> None:
        barrier = threading.Barrier(4)

        def play(exchange: Exchange) -> None:
            if exchange.request_json["method"] == "tenant.get":
                barrier.wait(10)
            exchange.result({"id": exchange.request_json["params"].get("id")})

        server = self.start(play)
        client = self.client(server)
        for _ in range(5):
            client.fleet.list()
        self.assertEqual(server.connections, 1)
        found: List[str] = []

        def get(id: str) -> None:
            found.append(client.tenant.get(id=id)["id"])

        threads = [threading.Thread(target=get, args=(str(id),)) for id in range(4)]
        for each in threads:
            each.start()
        for each in threads:
            each.join(10)
        self.assertEqual(sorted(found), ["0", "1", "2", "3"])
        self.assertEqual(server.connections, 4)

    def test_many_threads_each_get_their_own_answer(self) -> None:
        server = self.start(lambda exchange: exchange.result({"id": exchange.request_json["params"]["id"]}))
        client = self.client(server, idle_connections=2)
        wrong: List[str] = []

        def work(name: int) -> None:
            for turn in range(25):
                id = f"{name}-{turn}"
                if client.tenant.get(id=id)["id"] != id:
                    wrong.append(id)

        threads = [threading.Thread(target=work, args=(name,)) for name in range(8)]
        for each in threads:
            each.start()
        for each in threads:
            each.join(30)
        self.assertEqual(wrong, [])
        self.assertEqual(len(server.requests), 200)

    def test_with_timeout_shares_the_connection(self) -> None:
        server = self.start()
        client = self.client(server)
        client.fleet.list()
        client.with_timeout(59).fleet.list()
        self.assertEqual(server.connections, 1)
        self.assertEqual((client.timeout, client.with_timeout(59).timeout), (60, 59))

    def test_any_method_by_its_name(self) -> None:
        server = self.start(lambda exchange: exchange.result([1, None, {"a": 0.5}]))
        self.assertEqual(self.client(server).call("some.thing", {"a": (1, 2)}), [1, None, {"a": 0.5}])
        self.assertEqual(server.requests[0]["params"], {"a": [1, 2]})

    def test_what_is_not_json_is_not_sent(self) -> None:
        server = self.start()
        client = self.client(server)
        for value in (float("nan"), object(), b"x"):
            with self.assertRaises((TypeError, ValueError)):
                client.call("a.b", {"x": value})
        self.assertEqual(server.requests, [])

    def test_notification(self) -> None:
        def play(exchange: Exchange) -> None:
            exchange.send_response(204)
            exchange.end_headers()

        server = self.start(play)
        self.client(server).notify("tenant.delete", {"id": "acme"})
        self.assertEqual(server.requests, [{"jsonrpc": "2.0", "method": "tenant.delete", "params": {"id": "acme"}}])

    def test_a_notification_that_is_answered(self) -> None:
        server = self.start(lambda exchange: exchange.answer({}))
        with self.assertRaises(InvalidResponse):
            self.client(server).notify("tenant.delete", {"id": "acme"})


class Pages(ServerTest):
    def play(self, exchange: Exchange) -> None:
        start = int(exchange.request_json["params"].get("cursor", "0"))
        items = [{"id": str(index)} for index in range(start, min(start + 2, 5))]
        exchange.result({"items": items, "nextCursor": str(start + 2) if start + 2 < 5 else None})

    def test_every_item_of_every_page(self) -> None:
        server = self.start(self.play)
        found = [each["id"] for each in self.client(server).tenant.iter(limit=2)]
        self.assertEqual(found, ["0", "1", "2", "3", "4"])
        params = [each["params"] for each in server.requests]
        self.assertEqual(params, [{"limit": 2}, {"limit": 2, "cursor": "2"}, {"limit": 2, "cursor": "4"}])

    def test_pages_are_asked_for_as_needed(self) -> None:
        server = self.start(self.play)
        items = self.client(server).conversation.iter_messages(conversation_id="c", channel_id="w")
        self.assertEqual(server.requests, [])
        self.assertEqual(next(items)["id"], "0")
        self.assertEqual(len(server.requests), 1)

    def test_a_cursor_that_does_not_move(self) -> None:
        server = self.start(lambda exchange: exchange.result({"items": [{"id": "a"}], "nextCursor": "same"}))
        with self.assertRaisesRegex(InvalidResponse, "does not move"):
            list(self.client(server).tenant.iter())
        self.assertEqual(len(server.requests), 2)

    def test_no_page(self) -> None:
        values: List[Any] = [{}, [], None, {"items": {}}, {"items": [], "nextCursor": 1}]
        for value in values:
            server = self.start(lambda exchange, value=value: exchange.result(value))  # type: ignore[misc]
            with self.assertRaises(InvalidResponse):
                list(self.client(server).tenant.iter())


class Batches(ServerTest):
    def play(self, exchange: Exchange) -> None:
        answers: List[Any] = []
        for each in exchange.request_json:
            if "id" not in each:
                continue
            answer = {"jsonrpc": "2.0", "id": each["id"]}
            if each["params"].get("id") == "missing":
                answers.append({**answer, "error": {"code": -32004, "message": "No such tenant"}})
            else:
                answers.append({**answer, "result": each["params"]})
        answers.reverse()  # Any order is allowed.
        if answers:
            exchange.answer(answers)
        else:
            exchange.send_response(204)
            exchange.end_headers()

    def test_results_and_errors_by_call(self) -> None:
        server = self.start(self.play)
        with self.client(server).batch() as batch:
            found = batch.tenant.get(id="acme")
            missing = batch.tenant.get(id="missing")
            other = batch.call("some.thing", {"x": 1})
            batch.notify("tenant.delete", {"id": "old"})
            self.assertEqual(len(batch), 4)
            self.assertFalse(found.done)
            with self.assertRaises(RuntimeError):
                found.result()
        self.assertEqual(found.result()["id"], "acme")
        self.assertIsNone(found.error)
        self.assertEqual(other.result(), {"x": 1})
        self.assertIsInstance(missing.error, NotFound)
        with self.assertRaisesRegex(NotFound, "tenant.get: No such tenant"):
            missing.result()
        self.assertEqual(len(server.requests), 1)

    def test_nothing_is_sent_when_the_block_fails_or_is_empty(self) -> None:
        server = self.start(self.play)
        client = self.client(server)
        with self.assertRaises(KeyError):
            with client.batch() as batch:
                batch.tenant.get(id="a")
                raise KeyError
        with client.batch():
            pass
        self.assertEqual(server.requests, [])

    def test_notifications_alone(self) -> None:
        server = self.start(self.play)
        with self.client(server).batch() as batch:
            batch.notify("a.b")
        self.assertEqual(len(server.requests), 1)

    def test_a_hundred_calls_and_not_one_more(self) -> None:
        server = self.start(self.play)
        with self.client(server).batch() as batch:
            calls = [batch.tenant.get(id=str(index)) for index in range(100)]
            with self.assertRaisesRegex(ValueError, "100"):
                batch.tenant.get(id="one more")
        self.assertEqual([each.result()["id"] for each in calls], [str(index) for index in range(100)])

    def test_sent_once(self) -> None:
        batch = self.client(self.start(self.play)).batch()
        batch.tenant.get(id="a")
        batch.send()
        with self.assertRaises(RuntimeError):
            batch.send()
        with self.assertRaises(RuntimeError):
            batch.tenant.get(id="b")

    def test_refused_as_a_whole(self) -> None:
        server = self.start(
            lambda exchange: exchange.answer(
                {"jsonrpc": "2.0", "id": None, "error": {"code": -32600, "message": "Invalid Request"}}
            )
        )
        batch = self.client(server).batch()
        call = batch.tenant.get(id="a")
        with self.assertRaises(metachat.InvalidRequest):
            batch.send()
        self.assertIsInstance(call.error, metachat.InvalidRequest)

    def test_answers_that_do_not_fit(self) -> None:
        def good(id: object) -> object:
            return {"jsonrpc": "2.0", "id": id, "result": {}}

        for name, make in {
            "unknown": lambda ids: [good(ids[0]), good(999)],
            "twice": lambda ids: [good(ids[0]), good(ids[0])],
            "text": lambda ids: [good(str(ids[0]))],
            "true": lambda ids: [good(True)],
            "one": lambda ids: good(ids[0]),
            "scalar": lambda ids: 7,
        }.items():
            with self.subTest(name):
                server = self.start(
                    lambda exchange, make=make: exchange.answer(  # type: ignore[misc]
                        make([each["id"] for each in exchange.request_json])
                    )
                )
                batch = self.client(server).batch()
                call = batch.tenant.get(id="a")
                with self.assertRaises(InvalidResponse):
                    batch.send()
                self.assertIsInstance(call.error, InvalidResponse)

    def test_a_call_left_out(self) -> None:
        server = self.start(
            lambda exchange: exchange.answer(
                [{"jsonrpc": "2.0", "id": exchange.request_json[0]["id"], "result": {"id": "a"}}]
            )
        )
        with self.client(server).batch() as batch:
            first, second = batch.tenant.get(id="a"), batch.tenant.get(id="b")
        self.assertEqual(first.result()["id"], "a")
        self.assertIsInstance(second.error, InvalidResponse)


def snake(name: str) -> str:
    return "".join("_" + each.lower() if each.isupper() else each for each in name)
