"""Several calls in one request."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Optional, Type

from . import _wire
from ._calls import Pending
from ._methods import BatchMethods
from .errors import MetaChatError

if TYPE_CHECKING:
    from .client import Client

#: The most calls that the server takes at once.
LIMIT = 100


class Batch(BatchMethods):
    """Calls that go out together when the `with` block ends, or with `send`. Each gives a `Pending`, which has the
    call's result or error afterwards. A batch is not a transaction: some may fail, others not.

        with client.batch() as batch:
            tenant = batch.tenant.get(id="acme")
            channels = batch.channel.list(tenant_id="acme")
        tenant.result()["name"]
    """

    def __init__(self, client: Client) -> None:
        super().__init__(self._add)
        self._client = client
        self._requests: List[Dict[str, object]] = []
        self._pending: Dict[int, Pending[Any]] = {}
        self._repeatable = True
        self._wait_ms = 0
        self._sent = False

    def call(self, method: str, params: Optional[Mapping[str, object]] = None) -> Pending[Any]:
        """Adds a call by the method's name and the params as on the wire."""
        return self._add(method, dict(params or {}))

    def notify(self, method: str, params: Optional[Mapping[str, object]] = None) -> None:
        """Adds a notification, which is not answered."""
        self._append(_wire.request(method, dict(params or {}), None))
        self._repeatable = self._repeatable and "idempotencyKey" in (params or {})

    def send(self) -> None:
        """Sends all; sends nothing if there is nothing. Does not raise the errors of single calls.

        Raises:
            TransportError: No valid answer; every call's `Pending` has the same error.
            RPCError: The batch was refused as a whole; the same.
            RuntimeError: It has been sent before.
        """
        if self._sent:
            raise RuntimeError("The batch has been sent")
        self._sent = True
        if not self._requests:
            return
        methods = {id: each.method for id, each in self._pending.items()}
        try:
            outcomes = self._client._exchange_batch(self._requests, methods, self._repeatable, self._wait_ms)
        except MetaChatError as error:
            for each in self._pending.values():
                each._settle(None, error)
            raise
        for id, (value, fault) in outcomes.items():
            self._pending[id]._settle(value, fault)

    def __len__(self) -> int:
        return len(self._requests)

    def __enter__(self) -> Batch:
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        if kind is None and not self._sent:
            self.send()

    def _add(self, method: str, params: Mapping[str, object], *, reads: bool = False, wait_ms: int = 0) -> Pending[Any]:
        id = self._client._next_id()
        self._append(_wire.request(method, params, id))
        self._repeatable = self._repeatable and (reads or "idempotencyKey" in params)
        self._wait_ms += wait_ms
        pending: Pending[Any] = Pending(method)
        self._pending[id] = pending
        return pending

    def _append(self, request: Dict[str, object]) -> None:
        if self._sent:
            raise RuntimeError("The batch has been sent")
        if len(self._requests) >= LIMIT:
            raise ValueError(f"A batch takes {LIMIT} calls")
        self._requests.append(request)
