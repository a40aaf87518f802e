"""Writes the TypeScript client's types and methods."""

from __future__ import annotations

import json
import re
import textwrap

from .document import Unsupported, pascal
from .model import API, Alias, Array, Field, Literals, Map, Method, OneOf, Prim, Ref, Type
from .python import KNOWN_ERRORS

FOLDER = "typescript/src/"
NOTE = "// Written by Clients/generate from Schemas/openrpc.json; changes here are lost."
WIDTH = 120

PRIMS = {
    "string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null",
    "object": "JsonObject", "any": "JsonValue",
}  # fmt: skip
TAKEN_TYPES = frozenset(
    "Array Promise Record Object String Number Boolean Error Call CallOptions Client ClientOptions Batch JsonValue "
    "JsonObject AsyncIterableIterator Methods".split()
)
#: What a client has beside namespaces, and what every object has.
TAKEN_NAMESPACES = frozenset("batch call notify url constructor then toString toJSON valueOf hasOwnProperty".split())
TAKEN_VERBS = frozenset({"constructor", "then"})


def render(api: API) -> "dict[str, str]":
    """The client's generated files by their path below Clients/."""
    params = [f"{pascal(each.name)}Params" for each in api.methods]
    for each in api.types:
        if each.name in TAKEN_TYPES | set(KNOWN_ERRORS.values()) | set(params) or each.name.endswith("Methods"):
            raise Unsupported(each.name, "the TypeScript client needs this name itself")
    return {FOLDER + "types.ts": types(api), FOLDER + "methods.ts": methods(api)}


# MARK: Types


def annotation(of: Type, argument: bool = False) -> str:
    """- Parameter argument: as a parameter takes it: read only, any object."""
    if isinstance(of, Ref):
        return of.name
    if isinstance(of, Prim):
        if argument and of.name in ("object", "any"):
            return "object" if of.name == "object" else "unknown"
        return PRIMS[of.name]
    if isinstance(of, Literals):
        return " | ".join(json.dumps(each) for each in of.values)
    if isinstance(of, Array):
        inner = annotation(of.of)
        if isinstance(of.of, (Literals, OneOf)) and " | " in inner:
            inner = f"({inner})"
        return f"{'readonly ' if argument else ''}{inner}[]"
    if isinstance(of, Map):
        return f"{{ {'readonly ' if argument else ''}[name: string]: {annotation(of.of)} }}"
    assert isinstance(of, OneOf)
    return " | ".join(annotation(each, argument) for each in of.types)


def types(api: API) -> str:
    lines = [
        f"/** The shapes of {api.title} {api.version}, as they are on the wire. */",
        "",
        NOTE,
        "",
        "export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;",
        "",
        "export interface JsonObject {",
        "  [name: string]: JsonValue;",
        "}",
    ]
    for each in api.types:
        lines += [""] + comment(each.text)
        if isinstance(each, Alias):
            lines += alternatives(f"export type {each.name} = ", annotation(each.type), "")
        else:
            lines += interface(each.name, each.fields, argument=False)
    for method in api.methods:
        if method.params:
            lines += ["", f"/** The parameters of `{method.name}`. */"]
            lines += interface(f"{pascal(method.name)}Params", method.params, argument=True)
    return "\n".join(lines) + "\n"


def interface(name: str, fields: "tuple[Field, ...]", argument: bool) -> "list[str]":
    if not fields:
        return [f"export type {name} = Record<string, never>;"]
    lines = [f"export interface {name} {{"]
    for each in fields:
        key = each.name if re.fullmatch(r"[A-Za-z_$][A-Za-z0-9_$]*", each.name) else json.dumps(each.name)
        lines += comment(each.text, "  ")
        head = f"  {key}{'' if each.required else '?'}: "
        lines += alternatives(head, annotation(each.type, argument), "  ")
    return lines + ["}"]


def alternatives(head: str, text: str, indent: str) -> "list[str]":
    if len(head + text) < WIDTH or " | " not in text or "(" in text or "{" in text:
        return [head + text + ";"]
    return (
        [head.rstrip()]
        + [f"{indent}  | {each}" for each in text.split(" | ")[:-1]]
        + [f"{indent}  | {text.split(' | ')[-1]};"]
    )


# MARK: Methods


def methods(api: API) -> str:
    body: "list[str]" = []
    for namespace, own in api.namespaces.items():
        if namespace in TAKEN_NAMESPACES:
            raise Unsupported(namespace, "the TypeScript client needs this name itself")
        body += [""] + namespace_class(namespace, own)
    body += ["", "/** Every method, by namespace. */", "export class Methods {"]
    for namespace in api.namespaces:
        body.append(f"  readonly {namespace}: {pascal(namespace)}Methods;")
    body += ["", "  constructor(call: Call) {"]
    for namespace in api.namespaces:
        body.append(f"    this.{namespace} = new {pascal(namespace)}Methods(call);")
    body += ["  }", "}"]
    for error in api.errors:
        if error.code not in KNOWN_ERRORS:
            name = pascal(error.name)
            body += ["", *comment(error.text + "."), f"export class {name} extends RPCError {{"]
            body += [f'  override readonly name: string = "{name}";', "}", f"register({error.code}, {name});"]
    text = "\n".join(body) + "\n"
    names = [each.name for each in api.types] + [f"{pascal(each.name)}Params" for each in api.methods if each.params]
    used = [each for each in names + ["JsonObject", "JsonValue"] if re.search(rf"\b{each}\b", text)]
    head = [f"/** The methods of {api.title} {api.version}, by namespace. */", "", NOTE, ""]
    head += ['import { pages } from "./calls.js";'] if "pages<" in text else []
    head += ['import type { Call, CallOptions } from "./calls.js";']
    head += ['import { RPCError, register } from "./errors.js";'] if "RPCError" in text else []
    head += ["import type {"] + [f"  {each}," for each in sorted(used)] + ['} from "./types.js";'] if used else []
    return "\n".join(head) + "\n" + text


def namespace_class(namespace: str, own: "list[Method]") -> "list[str]":
    lines = [f"/** `{namespace}.…` */", f"export class {pascal(namespace)}Methods {{", "  readonly #call: Call;", ""]
    lines += ["  constructor(call: Call) {", "    this.#call = call;", "  }"]
    names = set()
    for each in own:
        for verb in [each.verb] + ([iterator_name(each)] if each.item else []):
            if verb in names or verb in TAKEN_VERBS:
                raise Unsupported(each.name, f"the TypeScript client cannot have a method {verb} here")
            names.add(verb)
        lines += [""] + function(each)
        if each.item:
            lines += [""] + iterator(each)
    return lines + ["}"]


def iterator_name(of: Method) -> str:
    return "iterate" if of.verb == "list" else f"iterate{pascal(of.verb)}"


def params_type(of: Method) -> str:
    return f"{pascal(of.name)}Params" if of.params else "Record<string, never>"


def default(of: Method) -> str:
    return "" if any(each.required for each in of.params) else " = {}"


def function(of: Method) -> "list[str]":
    text = [of.text]
    notes = [f"Roles: {', '.join(of.roles)}."] if of.roles else []
    known = [KNOWN_ERRORS[each] for each in of.errors if each in KNOWN_ERRORS]
    if known:
        notes.append(f"Throws {', '.join(known)}, beside what every method may throw.")
    kind = []
    if of.reads:
        kind.append("reads: true")
    if of.wait_ms:
        kind.append(f"waitMs: params.timeoutMs ?? {of.wait_ms}")
    result = annotation(of.result)
    lines = comment("\n\n".join(text + ([" ".join(notes)] if notes else [])), "  ")
    lines += signature(of.verb, f"params: {params_type(of)}{default(of)}", f"Promise<{result}>")
    kinds = f"{{ {', '.join(kind)} }}" if kind else "{}"
    whole = f'    return this.#call<{result}>("{of.name}", params, {kinds}, options);'
    if len(whole) > WIDTH:
        whole = f'    const kind = {kinds};\n    return this.#call<{result}>("{of.name}", params, kind, options);'
    return lines + [whole, "  }"]


def iterator(of: Method) -> "list[str]":
    assert of.item is not None
    item = annotation(of.item)
    limit = " `limit` is the size of a page." if any(each.name == "limit" for each in of.params) else ""
    lines = comment(f"Every item of `{of.verb}`, page after page.{limit}", "  ")
    params = f'params: Omit<{params_type(of)}, "cursor">{default(of)}'
    lines += signature(iterator_name(of), params, f"AsyncIterableIterator<{item}>")
    return lines + [f'    return pages<{item}>(this.#call, "{of.name}", params, options);', "  }"]


def signature(name: str, params: str, result: str) -> "list[str]":
    whole = f"  {name}({params}, options?: CallOptions): {result} {{"
    if len(whole) <= WIDTH:
        return [whole]
    return [f"  {name}(", f"    {params},", "    options?: CallOptions,", f"  ): {result} {{"]


def comment(text: str, indent: str = "") -> "list[str]":
    if not text:
        return []
    text = text.replace("*/", "*\u200b/")
    if "\n" not in text and len(indent + text) + 7 <= WIDTH:
        return [f"{indent}/** {text} */"]
    lines: "list[str]" = []
    for paragraph in text.split("\n\n"):
        lines += [indent + " *"] if lines else []
        lines += textwrap.wrap(
            paragraph, WIDTH, initial_indent=indent + " * ", subsequent_indent=indent + " * ",
            break_long_words=False, break_on_hyphens=False,
        )  # fmt: skip
    return [indent + "/**"] + lines + [indent + " */"]
