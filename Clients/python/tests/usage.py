"""Nothing that runs: what a type checker must accept, and what it must not."""

from __future__ import annotations

from typing import List, Optional

from metachat import UNSET, Client
from metachat.types import Channel, Message, NormalizedMessage, Tenant, TenantSettings


def accepted(client: Client) -> None:
    settings: TenantSettings = {"brandName": "Acme", "tone": "friendly", "ragConfig": {"topK": 5}}
    tenant: Tenant = client.tenant.create(name="Acme", settings=settings)
    revision: int = tenant["revision"]
    client.tenant.update(id=tenant["id"], settings={"tone": None}, if_revision=revision)
    client.tenant.update(id=tenant["id"], settings=settings)
    channel: Channel = client.channel.create(
        tenant_id="acme", type="webchat", config={"allowedOrigins": ["*"]}, secrets={"token": "x"}
    )
    client.channel.update(id=channel["id"], name=None)
    client.channel.update(id=channel["id"], name=UNSET, config={"locale": "de"})
    name: Optional[str] = channel["name"]
    print(name)
    for each in client.conversation.iter_messages(conversation_id="c", channel_id="w", limit=200):
        message: Message = each
        normalized: NormalizedMessage = message
        sender: str = normalized["from"]
        print(sender, message["status"], message["content"].get("text"))
    with client.batch() as batch:
        pending = [batch.tenant.get(id=id) for id in ("a", "b")]
        page = batch.channel.list(type="whatsapp")
    names: List[str] = [each.result()["name"] for each in pending]
    cursor: Optional[str] = page.result()["nextCursor"]
    print(names, cursor)


def refused(client: Client) -> None:
    client.tenant.create()  # type: ignore[call-arg]
    client.tenant.create("Acme")  # type: ignore
    client.tenant.create(name=7)  # type: ignore[arg-type]
    client.tenant.create(name="Acme", nam="x")  # type: ignore[call-arg]
    settings: TenantSettings = {"tone": "rude"}  # type: ignore[typeddict-item]
    client.tenant.create(name="Acme", settings=settings)
    client.tenant.update(id="a", name=UNSET)  # type: ignore[arg-type]
    client.channel.list(type="telegram")  # type: ignore[arg-type]
    client.tenant.get(id="a")["nam"]  # type: ignore[typeddict-item]
    client.fleet.wait(revision="1")  # type: ignore[arg-type]
    print(client.telegram)  # type: ignore[attr-defined]
    with client.batch() as batch:
        batch.tenant.get(id="a")["id"]  # type: ignore[index]
