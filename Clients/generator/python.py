"""Writes the Python client's types and methods."""

from __future__ import annotations

import keyword
import re
import textwrap
from typing import Iterable, Union

from .document import Unsupported, pascal
from .model import API, NULL, Alias, Array, Field, Literals, Map, Method, Object, OneOf, Prim, Ref, Type, is_nullable

FOLDER = "python/src/metachat/"
NOTE = "# Written by Clients/generate from Schemas/openrpc.json; changes here are lost."
WIDTH = 120

PRIMS = {
    "string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None",
    "object": "JSONObject", "any": "JSONValue",
}  # fmt: skip
TAKEN_TYPES = frozenset(
    "Any Dict Generic Iterator List Literal Mapping Optional Sequence TypedDict TypeVar Union JSONObject JSONValue "
    "Call Client Batch Pending Unset UNSET".split()
)
#: Names that annotations use; a member called so must not stand in a class body.
ANNOTATION_NAMES = frozenset({"str", "int", "float", "bool", "object"})
#: What a client and a batch have beside namespaces.
TAKEN_NAMESPACES = frozenset({"batch", "call", "notify", "close", "send", "url", "timeout"})
#: Codes that metachat/errors.py has a class for; an error of another code gets a plain one, written here.
KNOWN_ERRORS = {
    -32700: "ParseError", -32600: "InvalidRequest", -32601: "MethodNotFound", -32602: "InvalidParams",
    -32603: "InternalError", -32001: "Unauthenticated", -32003: "Forbidden", -32004: "NotFound", -32009: "Conflict",
    -32010: "FleetNotConverged", -32029: "RateLimited", -32050: "DependencyUnavailable",
}  # fmt: skip


def render(api: API) -> "dict[str, str]":
    """The client's generated files by their path below Clients/."""
    for each in api.types:
        if each.name in TAKEN_TYPES or each.name in KNOWN_ERRORS.values() or each.name.endswith("Methods"):
            raise Unsupported(each.name, "the Python client needs this name itself")
    return {FOLDER + "types.py": types(api), FOLDER + "_methods.py": methods(api)}


def snake(name: str) -> str:
    """`contentBase64` → `content_base64`; a keyword gets an underscore."""
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    name = re.sub(r"\W", "_", name).lower()
    if keyword.iskeyword(name) or name == "self" or not name.isidentifier():
        name = name + "_" if name[:1].isidentifier() else "_" + name
    return name


def literal(value: Union[str, int, bool, None]) -> str:
    if not isinstance(value, str):
        return repr(value)
    return '"' + repr("'" + value)[2:-1].replace('"', '\\"') + '"'


# MARK: Types


def annotation(of: Type, quoted: bool = False, argument: bool = False) -> str:
    """- Parameters:
    - quoted: where it is evaluated before all types are declared.
    - argument: as a parameter takes it: any mapping, any sequence.
    """

    def inner(each: Type) -> str:
        return annotation(each, quoted)

    if isinstance(of, Ref):
        return f'"{of.name}"' if quoted else of.name
    if isinstance(of, Prim):
        if argument and of.name in ("object", "any"):
            return "Mapping[str, object]" if of.name == "object" else "object"
        return PRIMS[of.name]
    if isinstance(of, Literals):
        return f"Literal[{', '.join(literal(each) for each in of.values)}]"
    if isinstance(of, Array):
        return f"{'Sequence' if argument else 'List'}[{inner(of.of)}]"
    if isinstance(of, Map):
        return f"{'Mapping' if argument else 'Dict'}[str, {inner(of.of)}]"
    assert isinstance(of, OneOf)
    parts = [annotation(each, quoted, argument) for each in of.types if each != NULL]
    whole = parts[0] if len(parts) == 1 else f"Union[{', '.join(parts)}]"
    return f"Optional[{whole}]" if NULL in of.types else whole


def types(api: API) -> str:
    head = [
        f'"""The shapes of {api.title} {api.version}, as they are on the wire."""',
        "",
        NOTE,
        "",
        "from __future__ import annotations",
        "",
        "from typing import Dict, List, Literal, Optional, TypedDict, Union",
        "",
        'JSONValue = Union[None, bool, int, float, str, List["JSONValue"], Dict[str, "JSONValue"]]',
        "JSONObject = Dict[str, JSONValue]",
    ]
    body: "list[str]" = []
    for each in api.types:
        body += ["", ""] + (object_type(each) if isinstance(each, Object) else alias(each))
    names = ["JSONObject", "JSONValue"] + [each.name for each in api.types]
    body += ["", "", "__all__ = ["] + [f'    "{each}",' for each in names] + ["]"]
    return unused_imports_removed("\n".join(head + body) + "\n")


def alias(of: Alias) -> "list[str]":
    return comment(of.text) + long_line(f"{of.name} = {annotation(of.type, quoted=True)}", "")


def object_type(of: Object) -> "list[str]":
    """A `TypedDict`; required and optional members are told apart by a base class, as Python 3.9 has it."""
    required = [each for each in of.fields if each.required]
    optional = [each for each in of.fields if not each.required]
    if not required:
        return dictionary(of.name, "TypedDict, total=False", optional, of.text)
    if not optional:
        return dictionary(of.name, "TypedDict", required, of.text)
    base = f"_{of.name}"
    lines = dictionary(base, "TypedDict", required, f"What every {of.name} has.")
    return lines + ["", ""] + dictionary(of.name, f"{base}, total=False", optional, of.text)


def dictionary(name: str, base: str, fields: "list[Field]", text: str) -> "list[str]":
    plain = [each for each in fields if is_attribute(each.name)]
    odd = [each for each in fields if each not in plain]
    lines: "list[str]" = []
    if odd:  # Members that cannot be attributes (`from`) come from a dictionary, in a base class of its own.
        own, total = base.split(", ")[0], ", total=False" if "total=False" in base else ""
        parent = f"_{name.lstrip('_')}Members"
        lines += [f"{parent} = TypedDict(", f'    "{parent}",', "    {"]
        for each in odd:
            lines += comment(each.text, "        ")
            lines += long_line(f"{literal(each.name)}: {annotation(each.type, quoted=True)},", "        ")
        lines += ["    }," + (" total=False," if total else ""), ")", "", ""]
        base = (parent if own == "TypedDict" else f"{own}, {parent}") + total
    lines += [f"class {name}({base}):"] + docstring(text or f"A `{name}`.", 1)
    for each in plain:
        lines += [""] + long_line(f"{each.name}: {annotation(each.type)}", "    ") + docstring(each.text, 1)
    return lines


def is_attribute(name: str) -> bool:
    return name.isidentifier() and not keyword.iskeyword(name) and name not in ANNOTATION_NAMES and name[:2] != "__"


def unused_imports_removed(text: str) -> str:
    def keep(match: "re.Match[str]") -> str:
        rest = text.replace(match[0], "", 1)
        used = [each for each in match[2].split(", ") if re.search(rf"\b{each}\b", rest)]
        return f"from {match[1]} import {', '.join(used)}" if used else ""

    return re.sub(r"^from (typing) import ([^(\n]+)$", keep, text, flags=re.M)


# MARK: Methods


def methods(api: API) -> str:
    for namespace in api.namespaces:
        if snake(namespace) in TAKEN_NAMESPACES:
            raise Unsupported(namespace, "the Python client needs this name itself")
    body: "list[str]" = []
    for namespace, own in api.namespaces.items():
        body += ["", ""] + namespace_class(namespace, own, batch=False)
    body += ["", ""] + collection(api, batch=False)
    for namespace, own in api.namespaces.items():
        body += ["", ""] + namespace_class(namespace, own, batch=True)
    body += ["", ""] + collection(api, batch=True)
    for error in api.errors:
        if error.code not in KNOWN_ERRORS:
            body += ["", "", f"class {pascal(error.name)}(errors.RPCError):"]
            body += docstring(error.text + ".", 1) + ["", f"    code = {error.code}"]
    text = "\n".join(body)
    used = [each.name for each in api.types if re.search(rf"\b{each.name}\b", text)]
    used += [each for each in ("JSONObject", "JSONValue") if re.search(rf"\b{each}\b", text)]
    head = [
        f'"""The methods of {api.title} {api.version}, by namespace."""',
        "",
        NOTE,
        "",
        "from __future__ import annotations",
        "",
        "from typing import Dict, Iterator, List, Literal, Mapping, Optional, Sequence, Union, cast",
        "",
    ]
    if any(error.code not in KNOWN_ERRORS for error in api.errors):
        head += ["from . import errors"]
    head += ["from ._calls import UNSET, AddCall, Call, Pending, Unset, given, pages"]
    head += ["from .types import ("] + [f"    {each}," for each in sorted(used)] + [")"] if used else []
    result = unused_imports_removed("\n".join(head) + "\n" + text + "\n")
    ours = "UNSET, AddCall, Call, Pending, Unset, given, pages"
    rest = result.replace(f"import {ours}", "")
    return result.replace(ours, ", ".join(each for each in ours.split(", ") if re.search(rf"\b{each}\b", rest)))


def collection(api: API, batch: bool) -> "list[str]":
    name, call = ("BatchMethods", "AddCall") if batch else ("Methods", "Call")
    prefix = "Batch" if batch else ""
    lines = [f"class {name}:"]
    lines += docstring("Every method, by namespace" + (", to be called in a batch." if batch else "."), 1)
    lines += ["", f"    def __init__(self, call: {call}) -> None:"]
    for each in api.namespaces:
        lines.append(f"        self.{snake(each)} = {prefix}{pascal(each)}Methods(call)")
    return lines


def namespace_class(namespace: str, own: "list[Method]", batch: bool) -> "list[str]":
    name = f"{'Batch' if batch else ''}{pascal(namespace)}Methods"
    lines = [f"class {name}:"] + docstring(f"`{namespace}.…`" + (" in a batch." if batch else ""), 1)
    lines += [
        "",
        f"    def __init__(self, call: {'AddCall' if batch else 'Call'}) -> None:",
        "        self._call = call",
    ]
    names = set()
    for each in own:
        for verb in [snake(each.verb)] + ([iterator_name(each)] if each.item and not batch else []):
            if verb in names:
                raise Unsupported(each.name, f"a second method would be called {verb}")
            names.add(verb)
        lines += [""] + (batch_function(each) if batch else function(each))
        if each.item and not batch:
            lines += [""] + iterator(each)
    return lines


def iterator_name(of: Method) -> str:
    return "iter" if of.verb == "list" else f"iter_{snake(of.verb)}"


def parameters(of: Method, without: Iterable[str] = ()) -> "list[Field]":
    result = [each for each in of.params if each.name not in without]
    names = [snake(each.name) for each in result]
    if len(set(names)) < len(names):
        raise Unsupported(of.name, "two parameters have the same name in Python")
    return result


def signature(name: str, params: "list[Field]", result: str) -> "list[str]":
    head, tail = f"    def {name}(self", f") -> {result}:"
    parts = []
    for each in params:
        of = annotation(each.type, argument=True)
        if each.required:
            parts.append(f"{snake(each.name)}: {of}")
        elif is_nullable(each.type):
            parts.append(f"{snake(each.name)}: Union[{of}, Unset] = UNSET")
        else:
            parts.append(f"{snake(each.name)}: Optional[{of}] = None")
    whole = head + "".join(f", {each}" for each in (["*"] if parts else []) + parts) + tail
    if len(whole) <= WIDTH:
        return [whole]
    return (
        ["    def " + name + "(", "        self,", "        *,"]
        + [f"        {each}," for each in parts]
        + ["    " + tail]
    )


def sent(params: "list[Field]") -> str:
    """The expression that gives the wire's params."""
    groups = [
        [each for each in params if each.required],
        [each for each in params if not each.required and not is_nullable(each.type)],
        [each for each in params if not each.required and is_nullable(each.type)],
    ]
    while groups and not groups[-1]:
        groups.pop()
    shown = ["{" + ", ".join(f"{literal(each.name)}: {snake(each.name)}" for each in group) + "}" for group in groups]
    return f"given({', '.join(shown)})" if len(shown) > 1 else (shown[0] if shown else "{}")


def call_arguments(of: Method) -> str:
    result = f'"{of.name}", {sent(parameters(of))}'
    if of.reads:
        result += ", reads=True"
    if of.wait_ms:
        result += f", wait_ms={of.wait_ms} if timeout_ms is None else timeout_ms"
    return result


def function(of: Method) -> "list[str]":
    result = annotation(of.result)
    lines = signature(snake(of.verb), parameters(of), result) + documentation(of, parameters(of))
    return lines + statement(f"return cast({quoted_cast(result)}, self._call({call_arguments(of)}))")


def quoted_cast(of: str) -> str:
    return "'" + of + "'" if '"' in of else f'"{of}"'


def batch_function(of: Method) -> "list[str]":
    lines = signature(snake(of.verb), parameters(of), f"Pending[{annotation(of.result)}]")
    lines += docstring(of.text.split("\n")[0], 2)
    return lines + statement(f"return self._call({call_arguments(of)})")


def iterator(of: Method) -> "list[str]":
    assert of.item is not None
    params = parameters(of, without=("cursor",))
    item = annotation(of.item)
    lines = signature(iterator_name(of), params, f"Iterator[{item}]")
    limit = " `limit` is the size of a page." if any(each.name == "limit" for each in params) else ""
    lines += docstring(f"Every item of `{snake(of.verb)}`, page after page.{limit}", 2)
    inner = f'pages(self._call, "{of.name}", {sent(params)})'
    return lines + statement(f"return cast({quoted_cast(f'Iterator[{item}]')}, {inner})")


def statement(text: str) -> "list[str]":
    """A call, broken at its outermost arguments when it is too long."""
    return long_line(text, "        ")


def long_line(text: str, indent: str) -> "list[str]":
    """Breaks inside the brackets that hold most, until every line fits."""
    if len(indent + text) <= WIDTH:
        return [indent + text]
    opened = [(match.start(), matching(text, match.start())) for match in re.finditer(r"[\[({]", text)]
    opened = [each for each in opened if each[1] - each[0] > 2]
    if not opened:
        return [indent + text]
    start, end = max(opened, key=lambda each: each[1] - each[0])
    lines = [indent + text[: start + 1]]
    for part in split(text[start + 1 : end]):
        # An unpacked or single subscript takes a comma as well as an argument does, except in Optional[…].
        comma = "" if text[:start].endswith("Optional") else ","
        lines += long_line(part + comma, indent + "    ")
    return lines + [indent + text[end:]]


def matching(text: str, start: int) -> int:
    depth, quote = 0, ""
    for index in range(start, len(text)):
        each = text[index]
        if quote:
            quote = "" if each == quote and text[index - 1] != "\\" else quote
        elif each in "\"'":
            quote = each
        elif each in "[({":
            depth += 1
        elif each in "])}":
            depth -= 1
            if depth == 0:
                return index
    return len(text) - 1


def split(text: str) -> "list[str]":
    """At the commas outside of brackets and quotes."""
    parts, depth, quote, current = [], 0, "", ""
    for index, each in enumerate(text):
        if quote:
            quote = "" if each == quote and text[index - 1] != "\\" else quote
        elif each in "\"'":
            quote = each
        elif each in "[({":
            depth += 1
        elif each in "])}":
            depth -= 1
        elif each == "," and depth == 0:
            parts.append(current.strip())
            current = ""
            continue
        current += each
    return parts + ([current.strip()] if current.strip() else [])


# MARK: Texts


def documentation(of: Method, params: "list[Field]") -> "list[str]":
    paragraphs = [of.text]
    described = [f"{snake(each.name)}: {each.text}" for each in params if each.text]
    notes = []
    if of.roles:
        notes.append(f"Roles: {', '.join(of.roles)}.")
    known = [KNOWN_ERRORS[each] for each in of.errors if each in KNOWN_ERRORS]
    if known:
        notes.append(f"Raises {', '.join(known)}, beside what every method may raise.")
    lines = docstring("\n\n".join(paragraphs + ([" ".join(notes)] if notes else [])), 2)
    if described:
        closing = '        """'
        if lines[-1] != closing:  # One line so far.
            lines[-1:] = [lines[-1][: -len('"""')], "", "PLACE", closing]
        else:
            lines[-1:] = ["", "PLACE", closing]
        shown = ["        Args:"]
        for each in described:
            shown += textwrap.wrap(
                escaped(each), WIDTH, initial_indent=" " * 12, subsequent_indent=" " * 16,
                break_long_words=False, break_on_hyphens=False,
            )  # fmt: skip
        lines[lines.index("PLACE") : lines.index("PLACE") + 1] = shown
    return lines


def escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')


def docstring(text: str, level: int) -> "list[str]":
    if not text:
        return []
    indent = "    " * level
    text = escaped(text)
    if text.endswith('"'):
        text += " "
    if "\n" not in text and len(indent + text) + 6 <= WIDTH:
        return [f'{indent}"""{text}"""']
    lines: "list[str]" = []
    for paragraph in text.split("\n\n"):
        lines += [""] if lines else []
        lines += textwrap.wrap(
            paragraph, WIDTH - (3 if not lines else 0), initial_indent=indent, subsequent_indent=indent,
            break_long_words=False, break_on_hyphens=False,
        )  # fmt: skip
    return [indent + '"""' + lines[0].strip()] + lines[1:] + [indent + '"""']


def comment(text: str, indent: str = "") -> "list[str]":
    return textwrap.wrap(
        text, WIDTH, initial_indent=indent + "# ", subsequent_indent=indent + "# ",
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
