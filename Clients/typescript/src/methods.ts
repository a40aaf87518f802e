/** The methods of MetaChat control plane 1.0.0, by namespace. */

// Written by Clients/generate from Schemas/openrpc.json; changes here are lost.

import { pages } from "./calls.js";
import type { Call, CallOptions } from "./calls.js";
import type {
  Channel,
  ChannelCreateParams,
  ChannelDeleteParams,
  ChannelDeleteResult,
  ChannelGetParams,
  ChannelListParams,
  ChannelListResult,
  ChannelUpdateParams,
  ConfigSnapshot,
  ConfigSnapshotParams,
  Conversation,
  ConversationGetParams,
  ConversationListParams,
  ConversationListResult,
  ConversationMessagesParams,
  ConversationMessagesResult,
  Document,
  DocumentDeleteParams,
  DocumentDeleteResult,
  DocumentGetParams,
  DocumentListParams,
  DocumentListResult,
  DocumentPutParams,
  DocumentPutResult,
  DocumentSearchParams,
  DocumentSearchResult,
  DocumentSummary,
  FleetListResult,
  FleetWaitParams,
  FleetWaitResult,
  JsonObject,
  Message,
  MessageGetParams,
  Secret,
  SecretDeleteParams,
  SecretDeleteResult,
  SecretListParams,
  SecretListResult,
  SecretSetParams,
  Tenant,
  TenantCreateParams,
  TenantDeleteParams,
  TenantDeleteResult,
  TenantGetParams,
  TenantListParams,
  TenantListResult,
  TenantUpdateParams,
} from "./types.js";

/** `tenant.…` */
export class TenantMethods {
  readonly #call: Call;

  constructor(call: Call) {
    this.#call = call;
  }

  /**
   * Creates a tenant.
   *
   * Roles: admin, operator. Throws Conflict, beside what every method may throw.
   */
  create(params: TenantCreateParams, options?: CallOptions): Promise<Tenant> {
    return this.#call<Tenant>("tenant.create", params, {}, options);
  }

  /**
   * Gives a tenant.
   *
   * Roles: admin, operator, viewer, tenant. Throws NotFound, beside what every method may throw.
   */
  get(params: TenantGetParams, options?: CallOptions): Promise<Tenant> {
    return this.#call<Tenant>("tenant.get", params, { reads: true }, options);
  }

  /**
   * Lists the tenants, by id.
   *
   * Roles: admin, operator, viewer, tenant.
   */
  list(params: TenantListParams = {}, options?: CallOptions): Promise<TenantListResult> {
    return this.#call<TenantListResult>("tenant.list", params, { reads: true }, options);
  }

  /** Every item of `list`, page after page. `limit` is the size of a page. */
  iterate(params: Omit<TenantListParams, "cursor"> = {}, options?: CallOptions): AsyncIterableIterator<Tenant> {
    return pages<Tenant>(this.#call, "tenant.list", params, options);
  }

  /**
   * Changes a tenant.
   *
   * `settings` is a JSON merge patch (RFC 7396): null removes a member, objects merge, else it replaces.
   *
   * Roles: admin, operator, tenant. Throws NotFound, Conflict, beside what every method may throw.
   */
  update(params: TenantUpdateParams, options?: CallOptions): Promise<Tenant> {
    return this.#call<Tenant>("tenant.update", params, {}, options);
  }

  /**
   * Deletes a tenant with all that is its own.
   *
   * Its channels and secrets go with it, each with a config event of its own; so do its conversations, messages and
   * documents. Gives the highest revision.
   *
   * Roles: admin, operator. Throws NotFound, Conflict, beside what every method may throw.
   */
  delete(params: TenantDeleteParams, options?: CallOptions): Promise<TenantDeleteResult> {
    return this.#call<TenantDeleteResult>("tenant.delete", params, {}, options);
  }
}

/** `channel.…` */
export class ChannelMethods {
  readonly #call: Call;

  constructor(call: Call) {
    this.#call = call;
  }

  /**
   * Creates a channel, with its secrets if they are given.
   *
   * Secrets by type: whatsapp accessToken, appSecret, webhookVerifyToken; messenger pageAccessToken, appSecret,
   * verifyToken; webchat token, identitySecret. A phone number or page that another enabled channel of the tenant uses
   * is a conflict. Gives the highest revision, which is the channel's.
   *
   * Roles: admin, operator, tenant. Throws NotFound, Conflict, beside what every method may throw.
   */
  create(params: ChannelCreateParams, options?: CallOptions): Promise<Channel> {
    return this.#call<Channel>("channel.create", params, {}, options);
  }

  /**
   * Gives a channel.
   *
   * Roles: admin, operator, viewer, tenant. Throws NotFound, beside what every method may throw.
   */
  get(params: ChannelGetParams, options?: CallOptions): Promise<Channel> {
    return this.#call<Channel>("channel.get", params, { reads: true }, options);
  }

  /**
   * Lists channels, by id.
   *
   * Roles: admin, operator, viewer, tenant.
   */
  list(params: ChannelListParams = {}, options?: CallOptions): Promise<ChannelListResult> {
    return this.#call<ChannelListResult>("channel.list", params, { reads: true }, options);
  }

  /** Every item of `list`, page after page. `limit` is the size of a page. */
  iterate(params: Omit<ChannelListParams, "cursor"> = {}, options?: CallOptions): AsyncIterableIterator<Channel> {
    return pages<Channel>(this.#call, "channel.list", params, options);
  }

  /**
   * Changes a channel.
   *
   * `config` is a JSON merge patch (RFC 7396): null removes a member, objects merge, else it replaces. Secrets that are
   * given replace those of the same name at once; `secret.set` has a grace period. Gives the highest revision, which is
   * the channel's.
   *
   * Roles: admin, operator, tenant. Throws NotFound, Conflict, beside what every method may throw.
   */
  update(params: ChannelUpdateParams, options?: CallOptions): Promise<Channel> {
    return this.#call<Channel>("channel.update", params, {}, options);
  }

  /**
   * Deletes a channel and its secrets.
   *
   * Each secret has a config event of its own. Gives the highest revision.
   *
   * Roles: admin, operator, tenant. Throws NotFound, Conflict, beside what every method may throw.
   */
  delete(params: ChannelDeleteParams, options?: CallOptions): Promise<ChannelDeleteResult> {
    return this.#call<ChannelDeleteResult>("channel.delete", params, {}, options);
  }
}

/** `secret.…` */
export class SecretMethods {
  readonly #call: Call;

  constructor(call: Call) {
    this.#call = call;
  }

  /**
   * Sets a secret's value.
   *
   * During the grace period the value before is still accepted where a secret verifies what comes in: app secrets,
   * verify tokens, webchat tokens. It has no meaning for the others. Does not raise the channel's revision.
   *
   * Roles: admin, operator, tenant. Throws NotFound, Conflict, beside what every method may throw.
   */
  set(params: SecretSetParams, options?: CallOptions): Promise<Secret> {
    return this.#call<Secret>("secret.set", params, {}, options);
  }

  /**
   * Lists secrets by name and fingerprint, never their values.
   *
   * Without `channelId` the tenant's own and all of its channels'.
   *
   * Roles: admin, operator, viewer, tenant. Throws NotFound, beside what every method may throw.
   */
  list(params: SecretListParams, options?: CallOptions): Promise<SecretListResult> {
    return this.#call<SecretListResult>("secret.list", params, { reads: true }, options);
  }

  /** Every item of `list`, page after page. `limit` is the size of a page. */
  iterate(params: Omit<SecretListParams, "cursor">, options?: CallOptions): AsyncIterableIterator<Secret> {
    return pages<Secret>(this.#call, "secret.list", params, options);
  }

  /**
   * Deletes a secret.
   *
   * Roles: admin, operator, tenant. Throws NotFound, Conflict, beside what every method may throw.
   */
  delete(params: SecretDeleteParams, options?: CallOptions): Promise<SecretDeleteResult> {
    return this.#call<SecretDeleteResult>("secret.delete", params, {}, options);
  }
}

/** `config.…` */
export class ConfigMethods {
  readonly #call: Call;

  constructor(call: Call) {
    this.#call = call;
  }

  /**
   * Gives the whole configuration at one revision, secrets sealed.
   *
   * With `sinceRevision` equal to the current revision the answer is `{revision, unchanged: true}` with empty lists.
   *
   * Roles: admin, node.
   */
  snapshot(params: ConfigSnapshotParams = {}, options?: CallOptions): Promise<ConfigSnapshot> {
    return this.#call<ConfigSnapshot>("config.snapshot", params, { reads: true }, options);
  }
}

/** `fleet.…` */
export class FleetMethods {
  readonly #call: Call;

  constructor(call: Call) {
    this.#call = call;
  }

  /**
   * Lists the nodes as they last reported, with the config's revision.
   *
   * Roles: admin, operator, viewer.
   */
  list(params: Record<string, never> = {}, options?: CallOptions): Promise<FleetListResult> {
    return this.#call<FleetListResult>("fleet.list", params, { reads: true }, options);
  }

  /**
   * Waits until every live node runs a revision.
   *
   * Nodes that are draining, or silent for 6 s, are not waited for; with no live node it converges at once. A failed
   * node is a laggard. After `timeoutMs` it fails with -32010 and the laggards in `data.nodes`.
   *
   * Roles: admin, operator, viewer. Throws FleetNotConverged, beside what every method may throw.
   */
  wait(params: FleetWaitParams, options?: CallOptions): Promise<FleetWaitResult> {
    const kind = { reads: true, waitMs: params.timeoutMs ?? 30000 };
    return this.#call<FleetWaitResult>("fleet.wait", params, kind, options);
  }
}

/** `document.…` */
export class DocumentMethods {
  readonly #call: Call;

  constructor(call: Call) {
    this.#call = call;
  }

  /**
   * Stores a document that the bot may answer from, or a new version of it.
   *
   * Markup is stripped and the text cut into passages, which are searchable when this returns. Text is UTF-8.
   * application/pdf is not read yet and refused.
   *
   * Roles: admin, operator, tenant. Throws NotFound, Conflict, beside what every method may throw.
   */
  put(params: DocumentPutParams, options?: CallOptions): Promise<DocumentPutResult> {
    return this.#call<DocumentPutResult>("document.put", params, {}, options);
  }

  /**
   * Gives a document with its text.
   *
   * Roles: admin, operator, viewer, tenant. Throws NotFound, beside what every method may throw.
   */
  get(params: DocumentGetParams, options?: CallOptions): Promise<Document> {
    return this.#call<Document>("document.get", params, { reads: true }, options);
  }

  /**
   * Lists a tenant's documents, by id, without their texts.
   *
   * Roles: admin, operator, viewer, tenant. Throws NotFound, beside what every method may throw.
   */
  list(params: DocumentListParams, options?: CallOptions): Promise<DocumentListResult> {
    return this.#call<DocumentListResult>("document.list", params, { reads: true }, options);
  }

  /** Every item of `list`, page after page. `limit` is the size of a page. */
  iterate(params: Omit<DocumentListParams, "cursor">, options?: CallOptions): AsyncIterableIterator<DocumentSummary> {
    return pages<DocumentSummary>(this.#call, "document.list", params, options);
  }

  /**
   * Deletes a document and its passages.
   *
   * Documents are no part of the configuration; the revision given is the current one.
   *
   * Roles: admin, operator, tenant. Throws NotFound, beside what every method may throw.
   */
  delete(params: DocumentDeleteParams, options?: CallOptions): Promise<DocumentDeleteResult> {
    return this.#call<DocumentDeleteResult>("document.delete", params, {}, options);
  }

  /**
   * Finds the passages that the bot would answer from.
   *
   * Roles: admin, operator, viewer, tenant. Throws NotFound, beside what every method may throw.
   */
  search(params: DocumentSearchParams, options?: CallOptions): Promise<DocumentSearchResult> {
    return this.#call<DocumentSearchResult>("document.search", params, { reads: true }, options);
  }
}

/** `conversation.…` */
export class ConversationMethods {
  readonly #call: Call;

  constructor(call: Call) {
    this.#call = call;
  }

  /**
   * Lists a tenant's conversations, the latest activity first.
   *
   * Roles: admin, operator, viewer, tenant. Throws NotFound, beside what every method may throw.
   */
  list(params: ConversationListParams, options?: CallOptions): Promise<ConversationListResult> {
    return this.#call<ConversationListResult>("conversation.list", params, { reads: true }, options);
  }

  /** Every item of `list`, page after page. `limit` is the size of a page. */
  iterate(params: Omit<ConversationListParams, "cursor">, options?: CallOptions): AsyncIterableIterator<Conversation> {
    return pages<Conversation>(this.#call, "conversation.list", params, options);
  }

  /**
   * Gives a conversation.
   *
   * Roles: admin, operator, viewer, tenant. Throws NotFound, beside what every method may throw.
   */
  get(params: ConversationGetParams, options?: CallOptions): Promise<Conversation> {
    return this.#call<Conversation>("conversation.get", params, { reads: true }, options);
  }

  /**
   * Lists a conversation's messages by position, ascending.
   *
   * `after` and `before` are positions, exclusive. With only `before` the newest ones before it.
   *
   * Roles: admin, operator, viewer, tenant. Throws NotFound, beside what every method may throw.
   */
  messages(params: ConversationMessagesParams, options?: CallOptions): Promise<ConversationMessagesResult> {
    return this.#call<ConversationMessagesResult>("conversation.messages", params, { reads: true }, options);
  }

  /** Every item of `messages`, page after page. `limit` is the size of a page. */
  iterateMessages(
    params: Omit<ConversationMessagesParams, "cursor">,
    options?: CallOptions,
  ): AsyncIterableIterator<Message> {
    return pages<Message>(this.#call, "conversation.messages", params, options);
  }
}

/** `message.…` */
export class MessageMethods {
  readonly #call: Call;

  constructor(call: Call) {
    this.#call = call;
  }

  /**
   * Gives a message with what became of it.
   *
   * Roles: admin, operator, viewer, tenant. Throws NotFound, beside what every method may throw.
   */
  get(params: MessageGetParams, options?: CallOptions): Promise<Message> {
    return this.#call<Message>("message.get", params, { reads: true }, options);
  }
}

/** `rpc.…` */
export class RpcMethods {
  readonly #call: Call;

  constructor(call: Call) {
    this.#call = call;
  }

  /**
   * Gives the OpenRPC document of this API.
   *
   * Roles: admin, operator, viewer, tenant, node.
   */
  discover(params: Record<string, never> = {}, options?: CallOptions): Promise<JsonObject> {
    return this.#call<JsonObject>("rpc.discover", params, { reads: true }, options);
  }
}

/** Every method, by namespace. */
export class Methods {
  readonly tenant: TenantMethods;
  readonly channel: ChannelMethods;
  readonly secret: SecretMethods;
  readonly config: ConfigMethods;
  readonly fleet: FleetMethods;
  readonly document: DocumentMethods;
  readonly conversation: ConversationMethods;
  readonly message: MessageMethods;
  readonly rpc: RpcMethods;

  constructor(call: Call) {
    this.tenant = new TenantMethods(call);
    this.channel = new ChannelMethods(call);
    this.secret = new SecretMethods(call);
    this.config = new ConfigMethods(call);
    this.fleet = new FleetMethods(call);
    this.document = new DocumentMethods(call);
    this.conversation = new ConversationMethods(call);
    this.message = new MessageMethods(call);
    this.rpc = new RpcMethods(call);
  }
}
