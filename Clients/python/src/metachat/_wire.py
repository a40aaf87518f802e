"""JSON-RPC 2.0 as bytes: requests out, answers in, each checked."""

from __future__ import annotations

import json
from typing import Dict, List, Mapping, Optional, Sequence, Tuple, Union

from .errors import InvalidResponse, MetaChatError, RPCError, rpc_error
from .types import JSONValue

#: What became of a call.
Outcome = Tuple[Optional[JSONValue], Optional[MetaChatError]]


def request(method: str, params: Mapping[str, object], id: Optional[int]) -> Dict[str, object]:
    """- A call, or without an id a notification."""
    result: Dict[str, object] = {"jsonrpc": "2.0", "method": method, "params": params}
    if id is not None:
        result["id"] = id
    return result


def encode(value: object) -> bytes:
    """
    Raises:
        TypeError, ValueError: What is not JSON: an object of another type, NaN, a circle.
    """
    return json.dumps(value, default=_plain, allow_nan=False, separators=(",", ":")).encode()


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray, memoryview)):
        return list(value)
    raise TypeError(f"{type(value).__name__} is not JSON")


def decode(body: bytes) -> JSONValue:
    """
    Raises:
        InvalidResponse: Not JSON.
    """
    try:
        value: JSONValue = json.loads(body.decode("utf-8"), parse_constant=_refuse)
        return value
    except (ValueError, RecursionError):
        # Not chained: the exception would carry the whole body.
        raise InvalidResponse("The answer is not JSON") from None


def _refuse(name: str) -> JSONValue:
    raise ValueError(name)


def outcome(answer: JSONValue, id: int, method: str) -> Outcome:
    """What an answer says of the call with an id."""
    try:
        found, result, error = _answer(answer, method)
    except InvalidResponse as fault:
        return None, fault
    # Who cannot read a request cannot read its id: errors may have none.
    if not (_is_id(found, id) or error is not None and found is None):
        return None, InvalidResponse(f"{method}: the answer is to another call")
    return result, error


def outcomes(answer: JSONValue, methods: Mapping[int, str]) -> Dict[int, Outcome]:
    """What the answer to a batch says of each of its calls.

    Raises:
        RPCError: The whole batch was refused.
        InvalidResponse: Not the answer to this batch.
    """
    if isinstance(answer, dict):
        _, _, refusal = _answer(answer, "batch")
        if refusal is not None:
            raise refusal
    if not isinstance(answer, list):
        raise InvalidResponse("The answer to a batch is not a list")
    found: Dict[int, Outcome] = {}
    for each in answer:
        id = each.get("id") if isinstance(each, dict) else None
        if not isinstance(id, int) or isinstance(id, bool) or id not in methods or id in found:
            raise InvalidResponse("The answer to a batch holds an answer to no call of it")
        found[id] = outcome(each, id, methods[id])
    for id, method in methods.items():
        if id not in found:
            found[id] = None, InvalidResponse(f"{method}: the answer to the batch leaves it out")
    return found


def refusal(body: bytes) -> Optional[RPCError]:
    """The error in a body that came with an HTTP status other than 200, if it is one."""
    try:
        return _answer(decode(body), None)[2]
    except InvalidResponse:
        return None


def _answer(value: JSONValue, method: Optional[str]) -> Tuple[JSONValue, JSONValue, Optional[RPCError]]:
    """The id, the result, the error."""
    prefix = f"{method}: " if method else ""
    if not isinstance(value, dict) or value.get("jsonrpc") != "2.0" or ("result" in value) == ("error" in value):
        raise InvalidResponse(f"{prefix}the answer is not JSON-RPC 2.0")
    if "result" in value:
        return value.get("id"), value["result"], None
    error = value["error"]
    code = error.get("code") if isinstance(error, dict) else None
    message = error.get("message") if isinstance(error, dict) else None
    if not isinstance(error, dict) or not isinstance(code, int) or isinstance(code, bool):
        raise InvalidResponse(f"{prefix}the error is not one of JSON-RPC 2.0")
    if not isinstance(message, str):
        raise InvalidResponse(f"{prefix}the error has no message")
    return value.get("id"), None, rpc_error(code, message, error.get("data"), method)


def _is_id(found: JSONValue, id: int) -> bool:
    return isinstance(found, int) and not isinstance(found, bool) and found == id


Requests = Union[Dict[str, object], List[Dict[str, object]]]
