"""The client against a real control plane, whose address and token are in the environment.

Run by the integration tests: `METACHAT_CONTROL_URL=… METACHAT_ADMIN_TOKEN=… python tests/live.py`. Prints what it did;
ends with an error if anything was not as promised.
"""

from __future__ import annotations

import os
import threading
from typing import Callable, List, Type, TypeVar

from metachat import (
    Client,
    ConnectionFailed,
    Conflict,
    FleetNotConverged,
    Forbidden,
    InvalidParams,
    MethodNotFound,
    NotFound,
    Unauthenticated,
)
from metachat.types import Tenant

URL = os.environ["METACHAT_CONTROL_URL"]
TOKEN = os.environ["METACHAT_ADMIN_TOKEN"]
E = TypeVar("E", bound=Exception)


def raised(kind: Type[E], body: Callable[[], object]) -> E:
    """The error of exactly this kind that the body must end with."""
    try:
        result = body()
    except kind as error:
        assert type(error) is kind, repr(error)
        assert TOKEN not in str(error), "the token is in an error's text"
        return error
    raise AssertionError(f"{kind.__name__} was not raised; the result is {result!r}")


def same(found: object, expected: object) -> None:
    assert found == expected, f"{found!r} is not {expected!r}"


def tenants(client: Client) -> int:
    """Creates, lists over pages, changes, with every kind of conflict. Gives the last revision."""
    made = [client.tenant.create(id=f"py-{number:02}", name=f"Tenant {number}") for number in range(7)]
    same([each["id"] for each in client.tenant.iter(limit=3) if each["id"].startswith("py-")], [t["id"] for t in made])
    page = client.tenant.list(limit=2)
    assert len(page["items"]) == 2 and page["nextCursor"] is not None, page
    following = client.tenant.list(limit=2, cursor=page["nextCursor"])
    assert page["items"][-1]["id"] < following["items"][0]["id"]
    error = raised(InvalidParams, lambda: client.tenant.list(cursor="no cursor"))
    same([each.path for each in error.errors], ["/cursor"])
    raised(Conflict, lambda: client.tenant.create(id="py-00", name="Again"))

    tenant = client.tenant.update(id="py-00", settings={"tone": "friendly"}, if_revision=made[0]["revision"])
    same(tenant["settings"].get("tone"), "friendly")
    conflict = raised(Conflict, lambda: client.tenant.update(id="py-00", name="Late", if_revision=made[0]["revision"]))
    same(conflict.current_revision, tenant["revision"])
    tenant = client.tenant.update(id="py-00", settings={"tone": None})
    assert "tone" not in tenant["settings"], tenant
    invalid = raised(
        InvalidParams, lambda: client.call("tenant.update", {"id": "py-00", "settings": {"tone": "rude", "x": 1}})
    )
    same({each.path for each in invalid.errors}, {"/settings/tone", "/settings/x"})
    return tenant["revision"]


def channels(client: Client) -> int:
    channel = client.channel.create(
        id="py-shop", tenant_id="py-00", type="whatsapp", name="Shop",
        config={"phoneNumberId": "106540352249999", "businessAccountId": "102290129340398"},
        secrets={"accessToken": "EAA-planted-py", "appSecret": "planted-py"},
    )
    same(set(channel["secrets"]), {"accessToken", "appSecret"})
    assert "planted" not in str(channel), "a secret came back"
    same(client.channel.update(id="py-shop", name=None)["name"], None)
    before = channel["secrets"]["appSecret"]["fingerprint"]
    secret = client.secret.set(
        tenant_id="py-00", channel_id="py-shop", name="appSecret", value="planted-py-2", grace_seconds=60
    )
    assert secret["fingerprint"] != before
    names = [each["name"] for each in client.secret.iter(tenant_id="py-00", channel_id="py-shop")]
    same(sorted(names), ["accessToken", "appSecret"])
    return secret["revision"]


def documents(client: Client) -> None:
    text = "# Dogs\n\nWell-behaved dogs are welcome in the shop. Ä Ö Ü 🐕"
    put = client.document.put(
        id="py-dogs", tenant_id="py-00", title="Dogs", mime_type="text/markdown", content=text, metadata={"a": [1]}
    )
    same((put["id"], put["version"]), ("py-dogs", 1))
    same(client.document.get(id="py-dogs").get("metadata"), {"a": [1]})
    found = client.document.search(tenant_id="py-00", query="Are dogs welcome?")["items"]
    same(found[0]["documentId"], "py-dogs")


def keys(client: Client) -> None:
    """One key, one effect, also for many at once."""
    first = client.tenant.create(name="Keyed", idempotency_key="py-key")
    same(client.tenant.create(name="Keyed", idempotency_key="py-key"), first)
    raised(Conflict, lambda: client.tenant.create(name="Other", idempotency_key="py-key"))
    results: List[Tenant] = []
    threads = [
        threading.Thread(target=lambda: results.append(client.tenant.create(name="Many", idempotency_key="py-many")))
        for _ in range(6)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    same([each["id"] for each in results], [results[0]["id"]] * 6)
    for id in (first["id"], results[0]["id"]):
        client.tenant.delete(id=id)


def refusals(client: Client) -> None:
    not_found = raised(NotFound, lambda: client.tenant.get(id="nobody"))
    same((not_found.code, not_found.method), (-32004, "tenant.get"))
    with Client(URL, token="wrong") as stranger:
        raised(Unauthenticated, stranger.fleet.list)
    viewer_token = client.token.create(name="py", role="viewer")
    with Client(URL, token=viewer_token["token"]) as viewer:
        same(viewer.tenant.get(id="py-00")["id"], "py-00")
        raised(Forbidden, lambda: viewer.tenant.delete(id="py-00"))
        client.token.revoke(id=viewer_token["id"])
        raised(Unauthenticated, lambda: viewer.tenant.get(id="py-00"))
    with Client("http://127.0.0.1:1", token=TOKEN) as lost:
        raised(ConnectionFailed, lost.fleet.list)
    with client.batch() as batch:
        good, bad = batch.tenant.get(id="py-01"), batch.tenant.get(id="nobody")
    same(good.result()["id"], "py-01")
    assert isinstance(bad.error, NotFound)


def fleet(client: Client, revision: int) -> None:
    converged = client.fleet.wait(revision=revision, timeout_ms=60_000)
    assert converged["nodes"] and all(each["revision"] >= revision for each in converged["nodes"]), converged
    behind = raised(FleetNotConverged, lambda: client.fleet.wait(revision=revision + 100_000, timeout_ms=50))
    same({each["id"] for each in behind.nodes}, {each["id"] for each in converged["nodes"]})


def deletes(client: Client) -> int:
    client.document.delete(id="py-dogs")
    raised(NotFound, lambda: client.document.get(id="py-dogs"))
    revision = client.tenant.delete(id="py-00")["revision"]
    raised(NotFound, lambda: client.channel.get(id="py-shop"))
    for number in range(1, 7):
        revision = client.tenant.delete(id=f"py-{number:02}")["revision"]
    raised(NotFound, lambda: client.tenant.delete(id="py-00"))
    same([each["id"] for each in client.tenant.iter() if each["id"].startswith("py-")], [])
    return revision


def main() -> None:
    with Client(URL, token=TOKEN, timeout=120) as client:
        assert TOKEN not in repr(client)
        revision = tenants(client)
        revision = max(revision, channels(client))
        documents(client)
        keys(client)
        refusals(client)
        fleet(client, revision)
        fleet(client, deletes(client))
        unknown = raised(MethodNotFound, lambda: client.call("no.such", {}))
        same(unknown.code, -32601)
    print("all is as promised")


if __name__ == "__main__":
    main()
