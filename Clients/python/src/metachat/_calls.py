"""What the written methods stand on."""

from __future__ import annotations

import enum
from typing import Any, Dict, Generic, Iterator, Mapping, Optional, Protocol, TypeVar, Union

from .errors import InvalidResponse, MetaChatError

T = TypeVar("T")


class Unset(enum.Enum):
    """Tells a parameter that is left out from one that is None, where None has a meaning (`null`: remove it)."""

    UNSET = "UNSET"

    def __repr__(self) -> str:
        return "UNSET"


UNSET = Unset.UNSET


class Call(Protocol):
    """Sends a call and gives its result.

    Args:
        reads: It changes nothing, so it may be repeated.
        wait_ms: How long the server may wait before it answers.
    """

    def __call__(
        self, method: str, params: Mapping[str, object], *, reads: bool = False, wait_ms: int = 0
    ) -> object: ...


class AddCall(Protocol):
    """Adds a call to a batch."""

    def __call__(
        self, method: str, params: Mapping[str, object], *, reads: bool = False, wait_ms: int = 0
    ) -> Pending[Any]: ...


class Pending(Generic[T]):
    """A call in a batch, and what became of it once the batch has been sent."""

    def __init__(self, method: str) -> None:
        self.method = method
        self._value: Optional[T] = None
        self._error: Optional[MetaChatError] = None
        self._settled = False

    @property
    def done(self) -> bool:
        return self._settled

    @property
    def error(self) -> Optional[MetaChatError]:
        """Why there is no result; None if there is one.

        Raises:
            RuntimeError: The batch has not been sent.
        """
        if not self._settled:
            raise RuntimeError(f"The batch with {self.method} has not been sent")
        return self._error

    def result(self) -> T:
        """
        Raises:
            MetaChatError: What became of it instead.
            RuntimeError: The batch has not been sent.
        """
        error = self.error
        if error is not None:
            raise error
        return self._value  # type: ignore[return-value]  # Settled without an error: it is a T, which may be None.

    def _settle(self, value: Any, error: Optional[MetaChatError]) -> None:
        self._value, self._error, self._settled = value, error, True

    def __repr__(self) -> str:
        state = "not sent" if not self._settled else "failed" if self._error else "done"
        return f"<Pending {self.method}: {state}>"


def given(
    required: Dict[str, object],
    optional: Optional[Mapping[str, object]] = None,
    nullable: Optional[Mapping[str, Union[object, Unset]]] = None,
) -> Dict[str, object]:
    """The params as sent: of the optional ones those that are not None, of the nullable ones those that are set."""
    params = dict(required)
    params.update((name, value) for name, value in (optional or {}).items() if value is not None and value is not UNSET)
    params.update((name, value) for name, value in (nullable or {}).items() if value is not UNSET)
    return params


def pages(call: Call, method: str, params: Mapping[str, object]) -> Iterator[object]:
    """The items of every page, following `nextCursor`."""
    cursor: object = None
    while True:
        page = call(method, dict(params) if cursor is None else {**params, "cursor": cursor}, reads=True)
        items = page.get("items") if isinstance(page, dict) else None
        following = page.get("nextCursor") if isinstance(page, dict) else None
        if not isinstance(items, list) or not (following is None or isinstance(following, str)):
            raise InvalidResponse(f"{method}: the result is not a page of a list")
        yield from items
        if following is None:
            return
        if following == cursor:
            raise InvalidResponse(f"{method}: the list's cursor does not move")
        cursor = following
