"""The generator on documents that hold every construct it knows, and some that it does not."""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

from generator import document, python, typescript
from generator.document import Unsupported
from generator.model import Alias, Array, Literals, Map, Object, OneOf, Prim, Ref

CLIENTS = pathlib.Path(__file__).resolve().parents[1]


def api(result: object, params: "list | None" = None, schemas: "dict | None" = None, **extra: object) -> dict:
    method = {
        "name": "thing.get",
        "summary": "Gives a thing.",
        "params": params or [],
        "result": {"name": "result", "schema": result},
        **extra,
    }
    return {
        "openrpc": "1.3.2",
        "info": {"title": "Test", "version": "1"},
        "methods": [method],
        "components": {"schemas": schemas or {}, "errors": {}},
    }


def result_of(schema: object, schemas: "dict | None" = None) -> object:
    return document.read(api(schema, schemas=schemas)).methods[0].result


class Schemas(unittest.TestCase):
    def test_types(self) -> None:
        text = Prim("string")
        for schema, expected in [
            ({"type": "string", "minLength": 1, "format": "uuid"}, text),
            ({"type": ["string", "null"], "pattern": "a"}, OneOf((text, Prim("null")))),
            ({"type": "integer", "nullable": True}, OneOf((Prim("integer"), Prim("null")))),
            ({"enum": ["a", "b", None]}, OneOf((Literals(("a", "b")), Prim("null")))),
            ({"const": True}, Literals((True,))),
            ({"type": "array", "items": {"type": "number"}}, Array(Prim("number"))),
            ({"type": "object", "additionalProperties": {"type": "string"}}, Map(text)),
            ({"type": "object"}, Prim("object")),
            ({"type": "object", "additionalProperties": True}, Prim("object")),
            ({}, Prim("any")),
            ({"description": "Anything."}, Prim("any")),
            ({"oneOf": [{"type": "string"}, {"type": "integer"}, {"type": "string"}]}, OneOf((text, Prim("integer")))),
            ({"$ref": "#/components/schemas/A", "description": "x"}, Ref("A")),
            ({"allOf": [{"$ref": "#/components/schemas/A"}], "description": "x"}, Ref("A")),
            ({"anyOf": [{"type": "null"}, {"$ref": "#/components/schemas/A"}]}, OneOf((Ref("A"), Prim("null")))),
        ]:
            with self.subTest(schema):
                self.assertEqual(result_of(schema, {"A": {"type": "string"}}), expected)

    def test_what_it_does_not_know_it_refuses_with_the_place(self) -> None:
        for schema, word in [
            ({"not": {}}, "not"),
            ({"if": {}}, "if"),
            ({"type": "object", "patternProperties": {}}, "patternProperties"),
            ({"type": "array", "prefixItems": []}, "prefixItems"),
            ({"type": "date"}, "date"),
            ({"pattern": "a"}, "without a type"),
            ({"enum": [1.5]}, "enum"),
            ({"enum": []}, "enum"),
            ({"const": {"a": 1}}, "const"),
            (True, "true"),
            ({"$ref": "other.json"}, "other.json"),
            ({"$ref": "#/components/schemas/None"}, "None"),
            ({"$ref": "#/components/schemas/A", "type": "string"}, "type"),
            ({"type": "object", "properties": {"a": {}}, "additionalProperties": {"type": "string"}}, "additional"),
            ({"type": "object", "properties": {"a": {}}, "required": ["b"]}, "b is required"),
            ({"type": "object", "properties": {"a": {}}, "oneOf": [{"type": "object"}]}, "oneOf"),
            ({"type": "string", "oneOf": [{"minLength": 1}], "enum": ["a"]}, "oneOf"),
            ({"allOf": [{"type": "string"}, {"type": "integer"}]}, "allOf"),
        ]:
            with self.subTest(schema), self.assertRaises(Unsupported) as caught:
                result_of({"type": "object", "properties": {"deep": schema}}, {"A": {"type": "string"}})
            self.assertIn(word, str(caught.exception))
            self.assertTrue(str(caught.exception).startswith("thing.get/result/properties/deep"), caught.exception)

    def test_all_of_is_one_object(self) -> None:
        base = {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}}, "required": ["a"]}
        more = {"type": "object", "properties": {"c": {"type": "integer"}}}
        whole = {"allOf": [{"$ref": "#/components/schemas/Base"}, more, {"required": ["b"]}]}
        read = document.read(api({}, schemas={"Base": base, "Own": whole}))
        own = next(each for each in read.types if each.name == "Own")
        assert isinstance(own, Object)
        self.assertEqual([(each.name, each.required) for each in own.fields], [("a", True), ("b", True), ("c", False)])

    def test_parts_that_only_require_narrow_values_alone(self) -> None:
        schema = {
            "type": "object",
            "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
            "anyOf": [{"required": ["a"]}, {"required": ["b"]}],
        }
        self.assertEqual(result_of(schema), Ref("Thing"))

    def test_a_type_may_hold_itself(self) -> None:
        children = {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}}
        tree = {"type": "object", "properties": {"children": children}}
        either = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"$ref": "#/components/schemas/Either"}}]}
        read = document.read(api({"$ref": "#/components/schemas/Tree"}, schemas={"Tree": tree, "Either": either}))
        self.assertEqual([type(each) for each in read.types], [Object, Alias])
        compile(python.render(read)["python/src/metachat/types.py"], "types.py", "exec")


class Names(unittest.TestCase):
    def test_inline_types_are_named_for_their_place(self) -> None:
        tag = {"type": "object", "properties": {"x": {"type": "string"}}}
        entity = {
            "type": "object",
            "properties": {"id": {"type": "string"}, "tags": {"type": "array", "items": tag}},
        }

        def page(item: dict) -> dict:
            cursor = {"type": ["string", "null"]}
            return {
                "type": "object",
                "properties": {"items": {"type": "array", "items": item}, "nextCursor": cursor},
                "required": ["items", "nextCursor"],
            }

        def method(name: str, schema: dict) -> dict:
            params = [{"name": "cursor", "schema": {"type": "string"}}]
            return {"name": name, "params": params, "result": {"name": "result", "schema": schema}}

        check = {"type": "object", "properties": {"ok": {"type": "boolean"}}}
        made = api(entity)
        made["methods"] += [
            method("thing.list", page(entity)),
            method("thing.check", {"type": "object", "properties": {"checks": {"type": "array", "items": check}}}),
            method("other.list", page({"type": "object", "properties": {"y": {}}})),
        ]
        read = document.read(made)
        self.assertEqual(
            [each.name for each in read.types],
            [
                "ThingTag",
                "Thing",
                "ThingListResult",
                "ThingCheckResultCheck",
                "ThingCheckResult",
                "OtherListItem",
                "OtherListResult",
            ],
        )
        self.assertEqual(read.methods[1].item, Ref("Thing"))
        self.assertEqual(read.methods[3].item, Ref("OtherListItem"))

    def test_two_types_of_one_name(self) -> None:
        inline = {"type": "object", "properties": {"id": {"type": "string"}}}
        made = api({"type": "object", "properties": {"a": inline}}, schemas={"ThingA": {"type": "string"}})
        with self.assertRaisesRegex(Unsupported, "ThingA"):
            document.read(made)

    def test_python_names(self) -> None:
        for wire, own in {
            "tenantId": "tenant_id", "contentBase64": "content_base64", "topK": "top_k", "from": "from_",
            "class": "class_", "URLPath": "url_path", "hub.mode": "hub_mode", "self": "self_", "1st": "_1st",
        }.items():  # fmt: skip
            self.assertEqual(python.snake(wire), own)

    def test_keywords_and_odd_names(self) -> None:
        schema = {
            "type": "object",
            "properties": {
                "from": {"type": "string"},
                "hub.mode": {"type": "string"},
                "str": {"type": "string"},
                "a": {"enum": ['q"\\', "x"]},
            },
            "required": ["from"],
        }
        params = [{"name": "from", "required": True, "schema": {"type": "string"}}, {"name": "in", "schema": schema}]
        read = document.read(api(schema, params))
        namespace: dict = {}
        exec(compile(python.render(read)["python/src/metachat/types.py"], "types.py", "exec"), namespace)
        self.assertEqual(namespace["Thing"].__annotations__.keys(), {"from", "hub.mode", "str", "a"})
        self.assertEqual(namespace["Thing"].__required_keys__, {"from"})
        methods = python.render(read)["python/src/metachat/_methods.py"]
        compile(methods, "_methods.py", "exec")
        self.assertIn('{"from": from_}', methods)
        shapes = typescript.render(read)["typescript/src/types.ts"]
        self.assertIn('  "hub.mode"?: string;', shapes)
        self.assertIn("  from: string;", shapes)

    def test_names_that_the_clients_need(self) -> None:
        for change in ({"name": "batch.get"}, {"name": "thing"}, {"name": "a.b.c"}):
            made = api({})
            made["methods"][0].update(change)
            with self.assertRaises(Unsupported):
                python.render(document.read(made))
        for name in ("Conflict", "Optional", "TenantMethods"):
            with self.assertRaises(Unsupported):
                python.render(document.read(api({}, schemas={name: {"type": "string"}})))
        for name in ("Conflict", "Promise", "ThingGetParams"):
            with self.assertRaises(Unsupported):
                typescript.render(document.read(api({}, schemas={name: {"type": "string"}})))


class Methods(unittest.TestCase):
    def test_reads(self) -> None:
        key = [{"name": "idempotencyKey", "schema": {"type": "string"}}]
        for name, params, roles, reads in [
            ("thing.get", [], [], True),
            ("thing.trace", [], ["admin", "viewer"], True),
            ("thing.snapshot", [], ["admin", "node"], True),
            ("thing.test", [], ["admin", "operator"], False),
            ("thing.put", key, ["viewer"], False),
        ]:
            made = api({}, params, **{"x-roles": roles})
            made["methods"][0]["name"] = name
            self.assertEqual(document.read(made).methods[0].reads, reads, name)

    def test_an_error_of_a_new_code_gets_a_class(self) -> None:
        made = api({"type": "object"})
        made["components"]["errors"] = {"Tired": {"code": -32077, "message": "Too tired"}}
        read = document.read(made)
        self.assertIn("class Tired(errors.RPCError):", python.render(read)["python/src/metachat/_methods.py"])
        self.assertIn("register(-32077, Tired);", typescript.render(read)["typescript/src/methods.ts"])

    def test_texts_cannot_end_their_comment(self) -> None:
        made = api({"type": "object"}, summary='Ends """ and */ and \\')
        read = document.read(made)
        compile(python.render(read)["python/src/metachat/_methods.py"], "_methods.py", "exec")
        methods = typescript.render(read)["typescript/src/methods.ts"]
        self.assertNotIn("and */ and", methods)


class Command(unittest.TestCase):
    def run_generate(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, str(CLIENTS / "generate"), *arguments], capture_output=True, text=True, timeout=60
        )

    def test_check_names_what_is_stale(self) -> None:
        source = CLIENTS.parent / "Schemas/openrpc.json"
        with tempfile.TemporaryDirectory() as folder:
            copied = pathlib.Path(folder, "openrpc.json")
            copied.write_bytes(source.read_bytes())
            own = ["--document", str(copied), "--output", folder]
            self.assertEqual(self.run_generate("--check", *own).returncode, 1)
            self.assertEqual(self.run_generate(*own).returncode, 0)
            fresh = self.run_generate("--check", *own)
            self.assertEqual((fresh.returncode, fresh.stdout), (0, ""))
            changed = json.loads(source.read_text("utf-8"))
            changed["methods"][0]["summary"] = "Something else."
            copied.write_text(json.dumps(changed), "utf-8")
            stale = self.run_generate("--check", *own)
            self.assertEqual(stale.returncode, 1)
            self.assertEqual(len(stale.stdout.splitlines()), 2, stale.stdout)
            self.assertIn("_methods.py is stale", stale.stdout)
            changed["methods"][0]["params"][0]["schema"] = {"not": {}}
            copied.write_text(json.dumps(changed), "utf-8")
            refused = self.run_generate("--check", *own)
            self.assertEqual(refused.returncode, 65)
            self.assertIn("tenant.create/params/name: the keyword not", refused.stderr)


if __name__ == "__main__":
    unittest.main()
