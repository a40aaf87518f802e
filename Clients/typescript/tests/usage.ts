/** Nothing that runs: what the compiler must accept, and what it must not. */

import { Client } from "../src/index.js";
import type { Channel, Message, NormalizedMessage, Tenant, TenantSettings } from "../src/index.js";

export async function accepted(client: Client): Promise<void> {
  const settings: TenantSettings = { brandName: "Acme", tone: "friendly", ragConfig: { topK: 5 } };
  const tenant: Tenant = await client.tenant.create({ name: "Acme", settings });
  const revision: number = tenant.revision;
  await client.tenant.update({ id: tenant.id, settings: { tone: null }, ifRevision: revision });
  await client.tenant.update({ id: tenant.id, settings });
  const channel: Channel = await client.channel.create({
    tenantId: "acme",
    type: "webchat",
    config: { allowedOrigins: ["*"] },
    secrets: { token: "x" },
  });
  await client.channel.update({ id: channel.id, name: null }, { timeoutMs: 1000, signal: new AbortController().signal });
  const name: string | null = channel.name;
  for await (const each of client.conversation.iterateMessages({ conversationId: "c", channelId: "w", limit: 200 })) {
    const message: Message = each;
    const normalized: NormalizedMessage = message;
    const text: string | undefined = message.content.text;
    console.log(normalized.from, message.status, text, name);
  }
  const [first, page] = await client.batch((batch) => [batch.tenant.get({ id: "a" }), batch.channel.list()]);
  if (first.ok && page.ok) {
    const own: Tenant = first.result;
    const cursor: string | null = page.result.nextCursor;
    console.log(own, cursor);
  } else if (!first.ok) console.log(first.error.message);
  await client.fleet.list();
}

export async function refused(client: Client): Promise<void> {
  // @ts-expect-error: a parameter is missing.
  await client.tenant.create({});
  // @ts-expect-error: of another type.
  await client.tenant.create({ name: 7 });
  // @ts-expect-error: unknown.
  await client.tenant.create({ name: "Acme", nam: "x" });
  // @ts-expect-error: none of the values.
  await client.tenant.create({ name: "Acme", settings: { tone: "rude" } });
  // @ts-expect-error: not null.
  await client.tenant.update({ id: "a", name: null });
  // @ts-expect-error: none of the values.
  await client.channel.list({ type: "telegram" });
  // @ts-expect-error: no parameters.
  await client.fleet.list({ revision: 1 });
  // @ts-expect-error: no such member.
  console.log((await client.tenant.get({ id: "a" })).nam);
  // @ts-expect-error: no such namespace.
  console.log(client.telegram);
  const [tenant] = await client.batch((batch) => [batch.tenant.get({ id: "a" })]);
  // @ts-expect-error: not known to have succeeded.
  console.log(tenant.result);
}
