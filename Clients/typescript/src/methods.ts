/** The methods of MetaChat control plane 1.0.0, by namespace. */

// Written by Clients/generate from Schemas/openrpc.json; changes here are lost.

import { pages } from "./calls.js";
import type { Call, CallOptions } from "./calls.js";
import type {
  AuditEntry,
  AuditListParams,
  AuditListResult,
  Channel,
  ChannelCreateParams,
  ChannelDeleteParams,
  ChannelDeleteResult,
  ChannelGetParams,
  ChannelListParams,
  ChannelListResult,
  ChannelTestParams,
  ChannelTestResult,
  ChannelUpdateParams,
  ConfigSnapshot,
  ConfigSnapshotParams,
  Conversation,
  ConversationGetParams,
  ConversationListParams,
  ConversationListResult,
  ConversationMessagesParams,
  ConversationMessagesResult,
  CreatedFunction,
  CreatedToken,
  CreatedWebhook,
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
  Function,
  FunctionCreateParams,
  FunctionDeleteParams,
  FunctionDeleteResult,
  FunctionGetParams,
  FunctionListParams,
  FunctionListResult,
  FunctionUpdateParams,
  JsonObject,
  Message,
  MessageGetParams,
  Secret,
  SecretDeleteParams,
  SecretDeleteResult,
  SecretListParams,
  SecretListResult,
  SecretRewrapParams,
  SecretRewrapResult,
  SecretSetParams,
  Tenant,
  TenantCreateParams,
  TenantDeleteParams,
  TenantDeleteResult,
  TenantGetParams,
  TenantListParams,
  TenantListResult,
  TenantUpdateParams,
  Token,
  TokenCreateParams,
  TokenListParams,
  TokenListResult,
  TokenRevokeParams,
  TokenRevokeResult,
  Webhook,
  WebhookCreateParams,
  WebhookDeleteParams,
  WebhookDeleteResult,
  WebhookGetParams,
  WebhookListParams,
  WebhookListResult,
  WebhookUpdateParams,
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

  /**
   * Checks a channel's credentials against the live Graph API.
   *
   * Reads alone; `ok` is true when every check is. Takes up to 10 s for each question to Meta.
   *
   * Roles: admin, operator, viewer, tenant. Throws NotFound, beside what every method may throw.
   */
  test(params: ChannelTestParams, options?: CallOptions): Promise<ChannelTestResult> {
    return this.#call<ChannelTestResult>("channel.test", params, { reads: true }, options);
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

  /**
   * Seals every secret anew under the first master key.
   *
   * What is sealed under it already stays as it is. Traffic goes on meanwhile. When it has returned and the fleet runs
   * `revision`, other keys can be taken out of `METACHAT_MASTER_KEYS`. A secret sealed under a key that this process
   * has not been given is a conflict (`data.missingKeyIds`), and nothing is changed.
   *
   * Roles: admin. Throws Conflict, beside what every method may throw.
   */
  rewrap(params: SecretRewrapParams = {}, options?: CallOptions): Promise<SecretRewrapResult> {
    return this.#call<SecretRewrapResult>("secret.rewrap", params, {}, options);
  }
}

/** `token.…` */
export class TokenMethods {
  readonly #call: Call;

  constructor(call: Call) {
    this.#call = call;
  }

  /**
   * Creates a bearer token.
   *
   * The token itself is in this answer and nowhere else: only a digest is kept. A repetition under the same
   * `idempotencyKey` leaves it out.
   *
   * Roles: admin. Throws NotFound, Conflict, beside what every method may throw.
   */
  create(params: TokenCreateParams, options?: CallOptions): Promise<CreatedToken> {
    return this.#call<CreatedToken>("token.create", params, {}, options);
  }

  /**
   * Lists the tokens by id, without the tokens themselves.
   *
   * Roles: admin.
   */
  list(params: TokenListParams = {}, options?: CallOptions): Promise<TokenListResult> {
    return this.#call<TokenListResult>("token.list", params, { reads: true }, options);
  }

  /** Every item of `list`, page after page. `limit` is the size of a page. */
  iterate(params: Omit<TokenListParams, "cursor"> = {}, options?: CallOptions): AsyncIterableIterator<Token> {
    return pages<Token>(this.#call, "token.list", params, options);
  }

  /**
   * Revokes a token, at once and for good.
   *
   * Roles: admin. Throws NotFound, Conflict, beside what every method may throw.
   */
  revoke(params: TokenRevokeParams, options?: CallOptions): Promise<TokenRevokeResult> {
    return this.#call<TokenRevokeResult>("token.revoke", params, {}, options);
  }
}

/** `audit.…` */
export class AuditMethods {
  readonly #call: Call;

  constructor(call: Call) {
    this.#call = call;
  }

  /**
   * Lists who changed what, when and from where, newest first.
   *
   * `changed` holds the names of members, never values. A tenant's token sees its own tenant's.
   *
   * Roles: admin, operator, viewer, tenant.
   */
  list(params: AuditListParams = {}, options?: CallOptions): Promise<AuditListResult> {
    return this.#call<AuditListResult>("audit.list", params, { reads: true }, options);
  }

  /** Every item of `list`, page after page. `limit` is the size of a page. */
  iterate(params: Omit<AuditListParams, "cursor"> = {}, options?: CallOptions): AsyncIterableIterator<AuditEntry> {
    return pages<AuditEntry>(this.#call, "audit.list", params, options);
  }
}

/** `function.…` */
export class FunctionMethods {
  readonly #call: Call;

  constructor(call: Call) {
    this.#call = call;
  }

  /**
   * Creates an HTTP tool that the tenant's model may call.
   *
   * Calls are POSTs of `{name, arguments, context}`, signed as webhooks are (Standard Webhooks) with `secret`, which is
   * in this answer and nowhere else; the answer's body is the result.
   *
   * Roles: admin, operator, tenant. Throws NotFound, Conflict, beside what every method may throw.
   */
  create(params: FunctionCreateParams, options?: CallOptions): Promise<CreatedFunction> {
    return this.#call<CreatedFunction>("function.create", params, {}, options);
  }

  /**
   * Gives a function.
   *
   * Roles: admin, operator, viewer, tenant. Throws NotFound, beside what every method may throw.
   */
  get(params: FunctionGetParams, options?: CallOptions): Promise<Function> {
    return this.#call<Function>("function.get", params, { reads: true }, options);
  }

  /**
   * Lists a tenant's functions, by id.
   *
   * Roles: admin, operator, viewer, tenant. Throws NotFound, beside what every method may throw.
   */
  list(params: FunctionListParams, options?: CallOptions): Promise<FunctionListResult> {
    return this.#call<FunctionListResult>("function.list", params, { reads: true }, options);
  }

  /** Every item of `list`, page after page. `limit` is the size of a page. */
  iterate(params: Omit<FunctionListParams, "cursor">, options?: CallOptions): AsyncIterableIterator<Function> {
    return pages<Function>(this.#call, "function.list", params, options);
  }

  /**
   * Changes a function.
   *
   * Roles: admin, operator, tenant. Throws NotFound, Conflict, beside what every method may throw.
   */
  update(params: FunctionUpdateParams, options?: CallOptions): Promise<Function> {
    return this.#call<Function>("function.update", params, {}, options);
  }

  /**
   * Deletes a function.
   *
   * Roles: admin, operator, tenant. Throws NotFound, Conflict, beside what every method may throw.
   */
  delete(params: FunctionDeleteParams, options?: CallOptions): Promise<FunctionDeleteResult> {
    return this.#call<FunctionDeleteResult>("function.delete", params, {}, options);
  }
}

/** `webhook.…` */
export class WebhookMethods {
  readonly #call: Call;

  constructor(call: Call) {
    this.#call = call;
  }

  /**
   * Creates a webhook: where a tenant is told of events.
   *
   * Deliveries follow Standard Webhooks and are signed with `secret`, which is in this answer and nowhere else. The
   * values of `headers` are kept as secrets are; answers show their names.
   *
   * Roles: admin, operator, tenant. Throws NotFound, Conflict, beside what every method may throw.
   */
  create(params: WebhookCreateParams, options?: CallOptions): Promise<CreatedWebhook> {
    return this.#call<CreatedWebhook>("webhook.create", params, {}, options);
  }

  /**
   * Gives a webhook.
   *
   * Roles: admin, operator, viewer, tenant. Throws NotFound, beside what every method may throw.
   */
  get(params: WebhookGetParams, options?: CallOptions): Promise<Webhook> {
    return this.#call<Webhook>("webhook.get", params, { reads: true }, options);
  }

  /**
   * Lists a tenant's webhooks, by id.
   *
   * Roles: admin, operator, viewer, tenant. Throws NotFound, beside what every method may throw.
   */
  list(params: WebhookListParams, options?: CallOptions): Promise<WebhookListResult> {
    return this.#call<WebhookListResult>("webhook.list", params, { reads: true }, options);
  }

  /** Every item of `list`, page after page. `limit` is the size of a page. */
  iterate(params: Omit<WebhookListParams, "cursor">, options?: CallOptions): AsyncIterableIterator<Webhook> {
    return pages<Webhook>(this.#call, "webhook.list", params, options);
  }

  /**
   * Changes a webhook.
   *
   * Roles: admin, operator, tenant. Throws NotFound, Conflict, beside what every method may throw.
   */
  update(params: WebhookUpdateParams, options?: CallOptions): Promise<Webhook> {
    return this.#call<Webhook>("webhook.update", params, {}, options);
  }

  /**
   * Deletes a webhook.
   *
   * Roles: admin, operator, tenant. Throws NotFound, Conflict, beside what every method may throw.
   */
  delete(params: WebhookDeleteParams, options?: CallOptions): Promise<WebhookDeleteResult> {
    return this.#call<WebhookDeleteResult>("webhook.delete", params, {}, options);
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
  readonly token: TokenMethods;
  readonly audit: AuditMethods;
  readonly function: FunctionMethods;
  readonly webhook: WebhookMethods;
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
    this.token = new TokenMethods(call);
    this.audit = new AuditMethods(call);
    this.function = new FunctionMethods(call);
    this.webhook = new WebhookMethods(call);
    this.config = new ConfigMethods(call);
    this.fleet = new FleetMethods(call);
    this.document = new DocumentMethods(call);
    this.conversation = new ConversationMethods(call);
    this.message = new MessageMethods(call);
    this.rpc = new RpcMethods(call);
  }
}
