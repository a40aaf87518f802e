"""Client of the MetaChat control plane.

from metachat import Client

with Client("http://127.0.0.1:7070", token=token) as client:
    tenant = client.tenant.create(name="Acme")
"""

from ._calls import UNSET, Pending, Unset
from .batch import Batch
from .client import Client
from .errors import (
    Conflict,
    ConnectionFailed,
    DependencyUnavailable,
    FleetNotConverged,
    Forbidden,
    HTTPStatusError,
    InternalError,
    InvalidParams,
    InvalidRequest,
    InvalidResponse,
    MetaChatError,
    MethodNotFound,
    NotFound,
    ParamError,
    ParseError,
    RateLimited,
    ResponseTooLarge,
    RPCError,
    TimedOut,
    TransportError,
    Unauthenticated,
)

__all__ = [
    "UNSET",
    "Batch",
    "Client",
    "Conflict",
    "ConnectionFailed",
    "DependencyUnavailable",
    "FleetNotConverged",
    "Forbidden",
    "HTTPStatusError",
    "InternalError",
    "InvalidParams",
    "InvalidRequest",
    "InvalidResponse",
    "MetaChatError",
    "MethodNotFound",
    "NotFound",
    "ParamError",
    "ParseError",
    "Pending",
    "RPCError",
    "RateLimited",
    "ResponseTooLarge",
    "TimedOut",
    "TransportError",
    "Unauthenticated",
    "Unset",
]
