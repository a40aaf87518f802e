"""Reads an OpenRPC document into the model. What it does not understand ends it, with the place."""

from __future__ import annotations

import json
import re
from typing import Optional, Tuple, Union

from .model import ANY, API, NULL, Alias, Array, Error, Field, Literals, Map, Method, Object, Prim, Ref, Type
from .model import one_of

#: Keywords that narrow values without changing their type, and notes for people.
ANNOTATIONS = frozenset(
    "description title summary default example examples deprecated readOnly writeOnly format pattern minLength "
    "maxLength minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minItems maxItems uniqueItems "
    "minProperties maxProperties propertyNames contentEncoding contentMediaType $comment".split()
)
STRUCTURE = frozenset(
    "type properties required additionalProperties items enum const oneOf anyOf allOf $ref nullable".split()
)
SCALARS = ("string", "integer", "number", "boolean", "null")


class Unsupported(ValueError):
    """The document holds something that the generator does not know."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__(f"{where}: {what}")


def read(document: dict) -> API:
    return Reader(document).api()


def pascal(name: str) -> str:
    """`deadLetter.list` → `DeadLetterList`."""
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", name) if part)


def singular(name: str) -> str:
    if name.endswith("ies"):
        return name[:-3] + "y"
    if name.endswith("s") and not name.endswith("ss"):
        return name[:-1]
    return name + "Item"


class Reader:
    def __init__(self, document: dict) -> None:
        self.document = document
        self.schemas: dict = document.get("components", {}).get("schemas", {})
        self.types: "dict[str, Union[Object, Alias]]" = {}
        self.origins: "dict[str, str]" = {}
        self.shared: "dict[str, str]" = {}

    # MARK: Methods

    def api(self) -> API:
        info = self.document["info"]
        for name, schema in self.schemas.items():
            if not re.fullmatch(r"[A-Z][A-Za-z0-9]*", name):
                raise Unsupported(f"#/components/schemas/{name}", "the name cannot be a type's name")
            self.declare(name, schema, f"#/components/schemas/{name}")
        raw = [self.resolve(each, f"#/methods/{index}") for index, each in enumerate(self.document["methods"])]
        self.name_shared_results(raw)
        codes = [self.error_codes(each) for each in raw]
        common = set(codes[0]).intersection(*codes) if codes else set()
        methods = tuple(
            self.method(each, tuple(code for code in own if code not in common)) for each, own in zip(raw, codes)
        )
        names = [each.name for each in methods]
        for name in names:
            if names.count(name) > 1:
                raise Unsupported(name, "is there twice")
        return API(info["title"], info["version"], tuple(self.types.values()), methods, self.errors())

    def errors(self) -> Tuple[Error, ...]:
        components = self.document.get("components", {}).get("errors", {})
        return tuple(Error(each["code"], name, each["message"]) for name, each in components.items())

    def error_codes(self, method: dict) -> "list[int]":
        where = method["name"] + "/errors"
        return [self.resolve(each, where)["code"] for each in method.get("errors", [])]

    def method(self, raw: dict, errors: Tuple[int, ...]) -> Method:
        name = raw["name"]
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9]*\.[A-Za-z][A-Za-z0-9]*", name):
            raise Unsupported(name, "a method's name must have the form namespace.verb")
        if raw.get("paramStructure") == "by-position":
            raise Unsupported(name, "params by position")
        params = []
        for index, each in enumerate(raw["params"]):
            each = self.resolve(each, f"{name}/params/{index}")
            own = each["name"]
            of = self.type_of(each["schema"], f"{name}/params/{own}", pascal(name) + pascal(own))
            text = join(each.get("summary"), each.get("description") or each["schema"].get("description"))
            params.append(Field(own, of, each.get("required", False), text_with_range(text, each["schema"])))
        given = [each.name for each in params]
        if len(set(given)) < len(given):
            raise Unsupported(name, "a parameter is there twice")
        if "result" not in raw:
            raise Unsupported(name, "a method without a result (a notification)")
        schema = self.resolve(raw["result"], f"{name}/result")["schema"]
        result = self.type_of(schema, f"{name}/result", self.result_name(name, schema))
        # Writes accept an idempotency key; what a viewer or a node may call, and plain look-ups, change nothing.
        reads = "idempotencyKey" not in given and (
            bool({"viewer", "node"} & set(raw.get("x-roles", []))) or name.split(".")[1] in ("get", "list", "discover")
        )
        wait = next((each["schema"] for each in raw["params"] if each.get("name") == "timeoutMs" and reads), {})
        return Method(
            name=name,
            text=join(raw.get("summary"), raw.get("description"), "\n\n"),
            params=tuple(sorted(params, key=lambda each: not each.required)),
            result=result,
            roles=tuple(raw.get("x-roles", [])),
            errors=errors,
            reads=reads,
            wait_ms=wait.get("default", wait.get("maximum", 0)),
            item=self.page_item(result) if "cursor" in given else None,
        )

    def page_item(self, result: Type) -> Optional[Type]:
        declared = self.types.get(result.name) if isinstance(result, Ref) else None
        if not isinstance(declared, Object):
            return None
        items, cursor = declared.field("items"), declared.field("nextCursor")
        if not (items and items.required and isinstance(items.type, Array) and cursor):
            return None
        return items.type.of

    # MARK: Names of inline types

    def name_shared_results(self, methods: "list[dict]") -> None:
        """An inline result that methods of one namespace share with its `get` is that namespace's entity:
        `tenant.get` and `tenant.create` both give a `Tenant`, and so do the items of `tenant.list`."""
        users: "dict[tuple[str, str], set[str]]" = {}
        for method in methods:
            schema = self.resolve(method.get("result", {}), method["name"]).get("schema", {})
            items = schema.get("properties", {}).get("items", {}).get("items")
            for each in (schema, items):
                if isinstance(each, dict) and each.get("properties"):
                    namespace, _, verb = method["name"].partition(".")
                    users.setdefault((namespace, canonical(each)), set()).add(verb)
        for (namespace, text), verbs in users.items():
            name = pascal(namespace)
            if "get" in verbs and name not in self.types and text not in self.shared:
                self.shared[text] = name

    def result_name(self, method: str, schema: dict) -> str:
        return self.shared.get(canonical(schema), pascal(method) + "Result")

    def item_name(self, name: str, schema: dict) -> str:
        """Of an array's inline element: `TenantSettingsQuickReplies` → `TenantSettingsQuickReply`."""
        if canonical(schema) in self.shared:
            return self.shared[canonical(schema)]
        if name.endswith("ResultItems"):
            return name[: -len("ResultItems")] + "Item"
        return singular(name)

    # MARK: Schemas

    def resolve(self, value: dict, where: str) -> dict:
        """Follows `$ref` outside of schemas."""
        seen = set()
        while "$ref" in value:
            target = value["$ref"]
            if target in seen or not target.startswith("#/"):
                raise Unsupported(where, f"the reference {target}")
            seen.add(target)
            found: object = self.document
            for part in target[2:].split("/"):
                part = part.replace("~1", "/").replace("~0", "~")
                if not isinstance(found, dict) or part not in found:
                    raise Unsupported(where, f"the reference {target} leads nowhere")
                found = found[part]
            assert isinstance(found, dict)
            value = found
        return value

    def reference(self, schema: dict, where: str) -> str:
        """The component that a schema's `$ref` names."""
        match = re.fullmatch(r"#/components/schemas/([^/]+)", schema["$ref"])
        if not match or match[1] not in self.schemas:
            raise Unsupported(where, f"the reference {schema['$ref']}")
        return match[1]

    def keywords(self, schema: object, where: str) -> "set[str]":
        """The keywords of a schema that make its type."""
        if not isinstance(schema, dict):
            raise Unsupported(where, f"the schema {json.dumps(schema)}")
        unknown = [each for each in schema if each not in ANNOTATIONS | STRUCTURE and not each.startswith("x-")]
        if unknown:
            raise Unsupported(where, f"the keyword {unknown[0]}")
        return {each for each in schema if each in STRUCTURE}

    def declare(self, name: str, schema: dict, where: str) -> None:
        origin = canonical(schema)
        if name in self.types or name in self.origins:
            if self.origins.get(name) != origin:
                raise Unsupported(where, f"a second, different type would be called {name}")
            return
        self.origins[name] = origin
        text = join(schema.get("title"), schema.get("description")) if isinstance(schema, dict) else ""
        fields = self.object_fields(schema, where, name)
        if fields is not None:
            self.types[name] = Object(name, fields, text)
        else:
            self.types[name] = Alias(name, self.type_of(schema, where, name), text)

    def object_fields(self, schema: dict, where: str, name: str) -> Optional[Tuple[Field, ...]]:
        """The members, if this is an object with members of its own; of `allOf`, those of all parts together."""
        keywords = self.keywords(schema, where)
        if "allOf" in keywords:
            return self.merged_fields(schema, where, name)
        if not schema.get("properties") or "$ref" in keywords:
            return None
        for each in ("anyOf", "oneOf"):
            # Parts that only require members narrow the values, not the type.
            if any(set(part) != {"required"} for part in schema.get(each, [])):
                raise Unsupported(where, f"properties together with {each}")
        if schema.get("type", "object") != "object" or keywords & {"items", "enum", "const", "nullable"}:
            raise Unsupported(where, "properties together with another type")
        if isinstance(schema.get("additionalProperties"), dict):
            raise Unsupported(where, "properties together with a schema for additionalProperties")
        required = schema.get("required", [])
        for each in required:
            if each not in schema["properties"]:
                raise Unsupported(where, f"{each} is required and not in properties")
        return tuple(
            Field(
                member,
                self.type_of(inner, f"{where}/properties/{member}", name + pascal(member)),
                member in required,
                text_with_range(inner.get("description", ""), inner),
            )
            for member, inner in schema["properties"].items()
        )

    def merged_fields(self, schema: dict, where: str, name: str) -> Tuple[Field, ...]:
        beside = {each: value for each, value in schema.items() if each != "allOf"}
        parts = [(each, f"{where}/allOf/{index}") for index, each in enumerate(schema["allOf"])]
        if self.keywords(beside, where) - {"type"}:
            parts.append((beside, where))
        merged: "dict[str, Field]" = {}
        required: "set[str]" = set()
        for part, place in parts:
            if set(part) <= {"required"}:
                required.update(part.get("required", []))
                continue
            own = name
            if "$ref" in self.keywords(part, place):
                own = self.reference(part, place)
                part, place = self.schemas[own], f"#/components/schemas/{own}"
            fields = self.object_fields(part, place, own)
            if fields is None:
                raise Unsupported(place, "a part of allOf that is not an object with properties")
            for each in fields:
                other = merged.get(each.name)
                if other and other.type != each.type:
                    raise Unsupported(place, f"{each.name} has two types in allOf")
                merged[each.name] = each if other is None or each.required else other
        for each in required - set(merged):
            raise Unsupported(where, f"{each} is required and not in properties")
        return tuple(
            Field(each.name, each.type, each.required or each.name in required, each.text) for each in merged.values()
        )

    def type_of(self, schema: dict, where: str, name: str) -> Type:
        """- Parameter name: what an object in this place is called."""
        keywords = self.keywords(schema, where)
        if "nullable" in keywords:
            inner = self.type_of({k: v for k, v in schema.items() if k != "nullable"}, where, name)
            return one_of([inner, NULL]) if schema["nullable"] is True else inner
        if "$ref" in keywords:
            if keywords != {"$ref"}:
                raise Unsupported(where, "$ref together with " + ", ".join(sorted(keywords - {"$ref"})))
            return Ref(self.reference(schema, where))
        if "const" in keywords:
            return self.literals([schema["const"]], keywords - {"const", "type"}, where)
        if "enum" in keywords:
            return self.literals(schema["enum"], keywords - {"enum", "type"}, where)
        if "properties" not in keywords:
            for each in ("oneOf", "anyOf"):
                if each in keywords:
                    if keywords - {each, "type"}:
                        raise Unsupported(where, f"{each} together with other keywords")
                    return self.union(schema[each], f"{where}/{each}", name)
        if "allOf" in keywords and len(schema["allOf"]) == 1 and keywords <= {"allOf", "type"}:
            return self.type_of(schema["allOf"][0], f"{where}/allOf/0", name)
        if schema.get("properties") or "allOf" in keywords:
            if isinstance(schema.get("type"), list):
                parts = [{**schema, "type": each} if each == "object" else {"type": each} for each in schema["type"]]
                return one_of([self.type_of(each, where, name) for each in parts])
            self.declare(name, schema, where)
            return Ref(name)
        return self.plain(schema, keywords, where, name)

    def union(self, parts: "list[dict]", where: str, name: str) -> Type:
        inline = [index for index, part in enumerate(parts) if isinstance(part, dict) and part.get("properties")]
        types = []
        for index, part in enumerate(parts):
            ending = pascal(part.get("title", "")) if isinstance(part, dict) else ""
            if not ending and len(inline) > 1 and index in inline:
                ending = str(inline.index(index) + 1)
            types.append(self.type_of(part, f"{where}/{index}", name + ending))
        return one_of(types)

    def literals(self, values: list, beside: "set[str]", where: str) -> Type:
        if beside:
            raise Unsupported(where, "enum or const together with " + ", ".join(sorted(beside)))
        if not values or any(not isinstance(each, (str, int, bool, type(None))) for each in values):
            raise Unsupported(where, "an enum or const of other than strings, integers, booleans and null")
        solid = [each for each in values if each is not None]
        types: "list[Type]" = [Literals(tuple(solid))] if solid else []
        return one_of(types + ([NULL] if None in values else []))

    def plain(self, schema: dict, keywords: "set[str]", where: str, name: str) -> Type:
        kind = schema.get("type")
        if isinstance(kind, list):
            return one_of([self.type_of({**schema, "type": each}, where, name) for each in kind])
        if kind is None:
            if "items" in keywords:
                kind = "array"
            elif keywords & {"properties", "additionalProperties", "required"}:
                kind = "object"
            elif set(schema) - {"description", "title", "summary", "default", "example", "examples", "$comment"}:
                raise Unsupported(where, "a schema without a type")
            else:
                return ANY
        # A list of types carries the keywords of all of them; each takes its own.
        if kind in SCALARS:
            return Prim(kind)
        if kind == "array":
            items = schema.get("items", {})
            of = self.type_of(items, f"{where}/items", self.item_name(name, items))
            return Array(of)
        if kind == "object":
            extra = schema.get("additionalProperties", True)
            if isinstance(extra, dict) and extra:
                return Map(self.type_of(extra, f"{where}/additionalProperties", singular(name)))
            return Prim("object")
        raise Unsupported(where, f"the type {kind}")


def canonical(schema: object) -> str:
    return json.dumps(schema, sort_keys=True)


def join(first: Optional[str], second: Optional[str], separator: str = " ") -> str:
    return separator.join(each for each in (first, second) if each)


def text_with_range(text: str, schema: dict) -> str:
    """A member's text with its default and, of a number, its range."""
    notes = []
    least, most = schema.get("minimum"), schema.get("maximum")
    if least is not None and most is not None:
        notes.append(f"{least} to {most}")
    if "default" in schema:
        notes.append(f"default {json.dumps(schema['default'])}")
    note = ", ".join(notes)
    return join(text, note[:1].upper() + note[1:] + "." if note else "")
