"""What a client is written from: types and methods, of no language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Tuple, Union


@dataclass(frozen=True)
class Prim:
    """`string`, `integer`, `number`, `boolean`, `null`, `object` (free members), `any` (left open by the document)."""

    name: str


@dataclass(frozen=True)
class Literals:
    """One of these JSON scalars."""

    values: Tuple[Union[str, int, bool, None], ...]


@dataclass(frozen=True)
class Array:
    of: "Type"


@dataclass(frozen=True)
class Map:
    """An object with free member names and values of one type."""

    of: "Type"


@dataclass(frozen=True)
class OneOf:
    types: Tuple["Type", ...]


@dataclass(frozen=True)
class Ref:
    """A declared type."""

    name: str


Type = Union[Prim, Literals, Array, Map, OneOf, Ref]
NULL = Prim("null")
ANY = Prim("any")


def one_of(types: "list[Type]") -> Type:
    """Flat, each once, null last."""
    flat: "list[Type]" = []
    for each in types:
        for inner in each.types if isinstance(each, OneOf) else (each,):
            if inner not in flat:
                flat.append(inner)
    if ANY in flat:
        return ANY
    flat.sort(key=lambda each: each == NULL)
    return flat[0] if len(flat) == 1 else OneOf(tuple(flat))


def is_nullable(of: Type) -> bool:
    return of in (NULL, ANY) or isinstance(of, OneOf) and NULL in of.types


@dataclass(frozen=True)
class Field:
    """A member of an object, or a parameter of a method."""

    name: str
    type: Type
    required: bool
    text: str


@dataclass(frozen=True)
class Object:
    """A declared object type."""

    name: str
    fields: Tuple[Field, ...]
    text: str

    def field(self, name: str) -> Optional[Field]:
        return next((each for each in self.fields if each.name == name), None)


@dataclass(frozen=True)
class Alias:
    """Another name for a type."""

    name: str
    type: Type
    text: str


@dataclass(frozen=True)
class Method:
    name: str
    text: str
    params: Tuple[Field, ...]
    result: Type
    roles: Tuple[str, ...]
    errors: Tuple[int, ...]
    """Codes beyond those that every method may give."""
    reads: bool
    """Changes nothing, so may be repeated."""
    wait_ms: int
    """How long the server waits by default before it answers, unless `timeoutMs` says otherwise. 0: not at all."""
    item: Optional[Type]
    """Of a paged list: its items."""

    @property
    def namespace(self) -> str:
        return self.name.split(".")[0]

    @property
    def verb(self) -> str:
        return self.name.split(".")[1]


@dataclass(frozen=True)
class Error:
    code: int
    name: str
    text: str


@dataclass(frozen=True)
class API:
    title: str
    version: str
    types: Tuple[Union[Object, Alias], ...]
    methods: Tuple[Method, ...]
    errors: Tuple[Error, ...]

    @property
    def namespaces(self) -> "dict[str, list[Method]]":
        result: "dict[str, list[Method]]" = {}
        for method in self.methods:
            result.setdefault(method.namespace, []).append(method)
        return result
