/** The shapes of MetaChat control plane 1.0.0, as they are on the wire. */

// Written by Clients/generate from Schemas/openrpc.json; changes here are lost.

export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;

export interface JsonObject {
  [name: string]: JsonValue;
}

export interface AuditEntryActor {
  /** A token's id, or `env:…` for the environment's. */
  id: string;
  name: string;
  role: "admin" | "operator" | "viewer" | "tenant" | "node";
}

export interface AuditEntry {
  /** Rises with time. */
  id: string;
  at: string;
  actor: AuditEntryActor;
  method: string;
  entity: string;
  entityId: string;
  tenantId?: string;
  channelId?: string;
  /** Members that are not as they were, such as `config.graphVersion`. */
  changed: string[];
  remoteAddress: string;
}

export interface Channel {
  id: string;
  tenantId: string;
  type: "whatsapp" | "messenger" | "webchat";
  name: string | null;
  config: WhatsAppConfig | MessengerConfig | WebChatConfig;
  enabled: boolean;
  /** The global config revision of its last change; takes `fleet.wait`. */
  revision: number;
  createdAt: string;
  updatedAt: string;
  /** By name; in config events and snapshots absent. */
  secrets?: { [name: string]: SecretSummary };
}

export interface ConfigEvent {
  /** Consecutive over all changes. */
  revision: number;
  entity: "tenant" | "channel" | "secret" | "function" | "webhook";
  op: "upsert" | "delete";
  /** The entity's id; of a secret `channelId/name`, `/name` for a tenant's own. */
  id: string;
  tenantId: string;
  /** The entity as it is now; null on delete. */
  data: Tenant | Channel | SealedSecret | null;
}

export interface ConfigSnapshot {
  revision: number;
  tenants: Tenant[];
  channels: Channel[];
  secrets: SealedSecret[];
  functions: Function[];
  webhooks: Webhook[];
  /** Nothing is newer than `sinceRevision`; the lists are empty. */
  unchanged?: boolean;
}

export interface Conversation {
  conversationId: string;
  channelId: string;
  tenantId: string;
  channel: "whatsapp" | "messenger" | "webchat";
  status: "active" | "assigned_human" | "closed";
  agent?: string;
  /** The customer, by the platform's name. */
  userId: string;
  lastMessageAt: string;
  lastPosition: number;
  /** Inbound messages since a person last looked or wrote. */
  unread: number;
  createdAt: string;
}

export interface CreatedFunction {
  id: string;
  tenantId: string;
  name: string;
  description: string;
  /** JSON Schema of the arguments. */
  parameters: JsonObject;
  url: string;
  timeoutMs: number;
  enabled: boolean;
  /** The global config revision of its last change; takes `fleet.wait`. */
  revision: number;
  createdAt: string;
  updatedAt: string;
  /** `whsec_…`, with which calls are signed; shown this once. */
  secret?: string;
}

export interface CreatedToken {
  id: string;
  name: string;
  role: "admin" | "operator" | "viewer" | "tenant" | "node";
  /** The one tenant that a token of role tenant is for. */
  tenantId?: string;
  createdAt: string;
  /** Absent: until it is revoked. */
  expiresAt?: string;
  /** The token itself, shown this once. */
  token?: string;
}

export interface CreatedWebhook {
  id: string;
  tenantId: string;
  url: string;
  events: ("message.received" | "message.sent" | "message.failed" | "message.status" | "conversation.created" | "conversation.updated" | "human_handoff.requested" | "document.indexed")[];
  /** Further headers, without their values. */
  headerNames: string[];
  enabled: boolean;
  /** The global config revision of its last change; takes `fleet.wait`. */
  revision: number;
  createdAt: string;
  updatedAt: string;
  /** `whsec_…`, with which calls are signed; shown this once. */
  secret?: string;
}

export interface Document {
  id: string;
  tenantId: string;
  title: string;
  mimeType: string;
  metadata: JsonObject;
  /** Rises with each put. */
  version: number;
  chunks: number;
  status: "indexed";
  createdAt: string;
  updatedAt: string;
  /** Plain text, extracted from what was put. */
  content: string;
}

export interface DocumentSummary {
  id: string;
  tenantId: string;
  title: string;
  mimeType: string;
  metadata: JsonObject;
  /** Rises with each put. */
  version: number;
  chunks: number;
  status: "indexed";
  createdAt: string;
  updatedAt: string;
}

export interface Function {
  id: string;
  tenantId: string;
  name: string;
  description: string;
  /** JSON Schema of the arguments. */
  parameters: JsonObject;
  url: string;
  timeoutMs: number;
  enabled: boolean;
  /** The global config revision of its last change; takes `fleet.wait`. */
  revision: number;
  createdAt: string;
  updatedAt: string;
}

export interface Message {
  /** UUIDv7. */
  id: string;
  tenantId: string;
  channelId: string;
  channel: "whatsapp" | "messenger" | "webchat";
  conversationId: string;
  /** The platform's own id: wamid, mid, the visitor's `id`. */
  externalId?: string;
  direction: "inbound" | "outbound";
  from: string;
  to?: string;
  timestamp: string;
  type:
    | "text"
    | "image"
    | "audio"
    | "video"
    | "document"
    | "location"
    | "sticker"
    | "contacts"
    | "interactive"
    | "reaction"
    | "postback"
    | "unsupported";
  content: MessageContent;
  /** Its place in the conversation, rising. */
  position?: number;
  metadata?: JsonObject;
  /** Outbound: how far it came. Inbound: what became of it. */
  status:
    | "queued"
    | "sending"
    | "unknown"
    | "sent"
    | "delivered"
    | "read"
    | "failed"
    | "received"
    | "answered"
    | "escalated"
    | "held"
    | "stale"
    | "noted"
    | "limited"
    | "dead";
  /** Of a failure. */
  reason?: string;
  /** Of a failure: the platform's code. */
  code?: number;
  /** Of a failure: the platform's text. */
  text?: string;
  /** Of an answer: the inbound message it answers. */
  answers?: string;
}

export interface MessageContentMedia {
  url: string;
  mimeType: string;
  filename?: string;
  caption?: string;
  sha256?: string;
  /** Bytes. */
  size?: number;
}

export interface MessageContentLocation {
  /** -90.0 to 90.0. */
  latitude: number;
  /** -180.0 to 180.0. */
  longitude: number;
  name?: string;
  address?: string;
}

export interface MessageContentReaction {
  /** Our id of the message reacted to, when known. */
  messageId?: string;
  externalId: string;
  /** Empty when the reaction was taken back. */
  emoji: string;
}

export interface MessageContent {
  text?: string;
  media?: MessageContentMedia;
  location?: MessageContentLocation;
  quickReplies?: QuickReply[];
  /** The choice a person made. */
  reply?: QuickReply;
  /** As the platform sent them. */
  contacts?: JsonValue[];
  reaction?: MessageContentReaction;
}

export interface MessengerConfig {
  pageId: string;
  /** The secret of the same name wins; then the environment. */
  verifyToken?: string;
  /** Graph API version. */
  graphVersion?: string;
  /** Queues in each direction. 1 to 64, default 1. */
  partitions?: number;
}

export interface Node {
  id: string;
  roles: ("edge" | "worker")[];
  advertiseUrl: string;
  version: string;
  /** The config revision it runs. */
  revision: number;
  /** Digest of the config it runs; equal on nodes of one revision. */
  configHash: string;
  status: "starting" | "ready" | "draining" | "stale" | "failed";
  /** Why it failed: what it refused. */
  error?: string;
  startedAt: string;
  lastSeenAt: string;
  sockets: number;
  inFlight: number;
}

export interface NormalizedMessage {
  /** UUIDv7. */
  id: string;
  tenantId: string;
  channelId: string;
  channel: "whatsapp" | "messenger" | "webchat";
  conversationId: string;
  /** The platform's own id: wamid, mid, the visitor's `id`. */
  externalId?: string;
  direction: "inbound" | "outbound";
  from: string;
  to?: string;
  timestamp: string;
  type:
    | "text"
    | "image"
    | "audio"
    | "video"
    | "document"
    | "location"
    | "sticker"
    | "contacts"
    | "interactive"
    | "reaction"
    | "postback"
    | "unsupported";
  content: MessageContent;
  /** Its place in the conversation, rising. */
  position?: number;
  metadata?: JsonObject;
}

export interface Passage {
  documentId: string;
  title: string;
  snippet: string;
  /** 0 to 1, for ordering. */
  score: number;
  kind: "keyword" | "vector" | "hybrid";
}

export interface QuickReply {
  title: string;
  payload: string;
}

export interface SealedSecretPrevious {
  /** The master key that sealed it. */
  keyId: string;
  /** 12 bytes in base64. */
  nonce: string;
  /** AES-256-GCM in base64, the tag at the end. */
  ciphertext: string;
  acceptedUntil: string;
}

/** Associated data of the sealed value: `tenantId/channelId/name`, an absent channelId as empty. */
export interface SealedSecret {
  tenantId: string;
  channelId: string | null;
  name: string;
  /** The master key that sealed it. */
  keyId: string;
  /** 12 bytes in base64. */
  nonce: string;
  /** AES-256-GCM in base64, the tag at the end. */
  ciphertext: string;
  fingerprint: string;
  /** The global config revision of its last change; takes `fleet.wait`. */
  revision: number;
  updatedAt: string;
  previous?: SealedSecretPrevious;
}

export interface Secret {
  name: string;
  /** Absent for a tenant's own secret. */
  channelId?: string;
  /** Tells two values apart without telling either. */
  fingerprint: string;
  /** The master key that sealed it. */
  keyId: string;
  updatedAt: string;
  /** The global config revision of its last change; takes `fleet.wait`. */
  revision: number;
  /** Until then the value before is accepted for verification. */
  previousAcceptedUntil?: string;
}

export interface SecretSummary {
  /** Tells two values apart without telling either. */
  fingerprint: string;
  /** The master key that sealed it. */
  keyId: string;
  updatedAt: string;
}

export interface Tenant {
  id: string;
  name: string;
  settings: TenantSettings;
  enabled: boolean;
  /** The global config revision of its last change; takes `fleet.wait`. */
  revision: number;
  createdAt: string;
  updatedAt: string;
}

export interface TenantSettingsRagConfigHybridWeights {
  /** 0.0 to 1000.0. */
  keyword?: number;
  /** 0.0 to 1000.0. */
  vector?: number;
}

export interface TenantSettingsRagConfig {
  /** 1 to 50. */
  topK?: number;
  /** 0.0 to 1.0. */
  minSimilarity?: number;
  hybridWeights?: TenantSettingsRagConfigHybridWeights;
}

export interface TenantSettingsRateLimits {
  /** 1 to 1000000000. */
  messagesPerMinute?: number;
  /** 1 to 1000000000. */
  messagesPerHour?: number;
  /** 1 to 1000000000. */
  messagesPerDay?: number;
}

export interface TenantSettingsRetentionMessages {
  /** 1 to 36500. */
  retentionDays?: number;
}

export interface TenantSettingsRetention {
  messages?: TenantSettingsRetentionMessages;
}

/** Fragments sent in quick succession get one answer; absent: every message its own. */
export interface TenantSettingsBurst {
  /** 0 to 60000. */
  quietMs?: number;
  /** 0 to 300000. */
  maxWaitMs?: number;
}

export interface TenantSettingsConfidenceEscalation {
  /** Default true. */
  enabled?: boolean;
  mode?: "standard" | "strict" | "lenient";
  /** Overrides the mode's. 0.0 to 1.0. */
  immediateEscalationThreshold?: number;
  /** Overrides the mode's. 0.0 to 1.0. */
  suggestReviewThreshold?: number;
  addDisclaimers?: boolean;
  disclaimerText?: string;
  highStakesDomains?: string[];
}

/** The model's key is the tenant's secret `llm.apiKey`. */
export interface TenantSettingsLlm {
  provider?: "builtin" | "openai" | "anthropic";
  /** As the provider's SDK takes it: with `/v1` for openai, without for anthropic. */
  baseUrl?: string;
  model?: string;
  /** 0.0 to 2.0. */
  temperature?: number;
  /** 1 to 1000000. */
  maxTokens?: number;
  embeddingModel?: string;
}

export interface TenantSettings {
  brandName?: string;
  tone?: "friendly" | "professional" | "casual";
  /** BCP 47 tags, the first preferred. */
  locale?: string[];
  /** Default true. */
  enableRag?: boolean;
  /** Default true. */
  enableFunctionCalling?: boolean;
  /** Default true. */
  enableHumanHandoff?: boolean;
  humanHandoffKeywords?: string[];
  /** Absent: all. */
  enabledChannels?: ("whatsapp" | "messenger" | "webchat")[];
  ragConfig?: TenantSettingsRagConfig;
  rateLimits?: TenantSettingsRateLimits;
  retention?: TenantSettingsRetention;
  /** Fragments sent in quick succession get one answer; absent: every message its own. */
  burst?: TenantSettingsBurst;
  /** Older inbound messages are recorded, not answered. 1 to 31536000, default 3600. */
  staleAfterSeconds?: number;
  confidenceEscalation?: TenantSettingsConfidenceEscalation;
  /** Webchat only; default live. */
  streaming?: "live" | "off";
  /** The model's key is the tenant's secret `llm.apiKey`. */
  llm?: TenantSettingsLlm;
}

export interface Token {
  id: string;
  name: string;
  role: "admin" | "operator" | "viewer" | "tenant" | "node";
  /** The one tenant that a token of role tenant is for. */
  tenantId?: string;
  createdAt: string;
  /** Absent: until it is revoked. */
  expiresAt?: string;
}

export interface WebChatConfigTheme {
  primaryColor?: string;
  backgroundColor?: string;
  textColor?: string;
  borderRadius?: string;
  showBranding?: boolean;
  mode?: "light" | "dark" | "auto";
}

export interface WebChatConfig {
  /** Default true. */
  enabled?: boolean;
  /** Empty: the node's own origin and clients that send none; `*`: all. */
  allowedOrigins?: string[];
  /** The secret of the same name wins. */
  token?: string;
  theme?: WebChatConfigTheme;
  initialMessage?: string;
  quickReplies?: QuickReply[];
  /** A BCP 47 tag. */
  locale?: string;
  agentName?: string;
  composerPlaceholder?: string;
}

export interface Webhook {
  id: string;
  tenantId: string;
  url: string;
  events: ("message.received" | "message.sent" | "message.failed" | "message.status" | "conversation.created" | "conversation.updated" | "human_handoff.requested" | "document.indexed")[];
  /** Further headers, without their values. */
  headerNames: string[];
  enabled: boolean;
  /** The global config revision of its last change; takes `fleet.wait`. */
  revision: number;
  createdAt: string;
  updatedAt: string;
}

export interface WhatsAppConfig {
  phoneNumberId: string;
  businessAccountId: string;
  /** The secret of the same name wins; then the environment. */
  webhookVerifyToken?: string;
  /** Graph API version. */
  graphVersion?: string;
  /** Queues in each direction. 1 to 64, default 1. */
  partitions?: number;
  /** What this number may send; default 80. */
  messagesPerSecond?: number;
}

export interface TenantListResult {
  items: Tenant[];
  nextCursor: string | null;
}

export interface TenantDeleteResult {
  id: string;
  /** Takes `fleet.wait`. */
  revision: number;
}

export interface ChannelListResult {
  items: Channel[];
  nextCursor: string | null;
}

export interface ChannelDeleteResult {
  id: string;
  /** Takes `fleet.wait`. */
  revision: number;
}

export interface ChannelTestResultCheck {
  name: string;
  ok: boolean;
  detail: string;
}

export interface ChannelTestResult {
  ok: boolean;
  checks: ChannelTestResultCheck[];
}

export interface SecretListResult {
  items: Secret[];
  nextCursor: string | null;
}

export interface SecretDeleteResult {
  id: string;
  /** Takes `fleet.wait`. */
  revision: number;
}

export interface SecretRewrapResult {
  /** Secrets that were sealed under another key. */
  rewrapped: number;
  /** The first master key's id. */
  keyId: string;
  /** Takes `fleet.wait`. */
  revision: number;
}

export interface TokenListResult {
  items: Token[];
  nextCursor: string | null;
}

export interface TokenRevokeResult {
  id: string;
  /** Takes `fleet.wait`. */
  revision: number;
}

export interface AuditListResult {
  items: AuditEntry[];
  nextCursor: string | null;
}

export interface FunctionListResult {
  items: Function[];
  nextCursor: string | null;
}

export interface FunctionDeleteResult {
  id: string;
  /** Takes `fleet.wait`. */
  revision: number;
}

export interface WebhookListResult {
  items: Webhook[];
  nextCursor: string | null;
}

export interface WebhookDeleteResult {
  id: string;
  /** Takes `fleet.wait`. */
  revision: number;
}

export interface FleetListResult {
  revision: number;
  nodes: Node[];
}

export interface FleetWaitResult {
  converged: true;
  elapsedMs: number;
  nodes: Node[];
}

export interface DocumentPutResult {
  id: string;
  version: number;
  chunks: number;
  status: "indexed";
}

export interface DocumentListResult {
  items: DocumentSummary[];
  nextCursor: string | null;
}

export interface DocumentDeleteResult {
  id: string;
  /** Takes `fleet.wait`. */
  revision: number;
}

export interface DocumentSearchResult {
  items: Passage[];
}

export interface ConversationListResult {
  items: Conversation[];
  nextCursor: string | null;
}

export interface ConversationMessagesResult {
  items: Message[];
  nextCursor: string | null;
}

/** The parameters of `tenant.create`. */
export interface TenantCreateParams {
  name: string;
  /** Generated if absent. */
  id?: string;
  settings?: TenantSettings;
  /** Default true. */
  enabled?: boolean;
  /** The same key with the same params within 24 h gives the same result. */
  idempotencyKey?: string;
}

/** The parameters of `tenant.get`. */
export interface TenantGetParams {
  id: string;
}

/** The parameters of `tenant.list`. */
export interface TenantListParams {
  /** 1 to 200, default 50. */
  limit?: number;
  /** `nextCursor` of the page before. */
  cursor?: string;
}

/** The parameters of `tenant.update`. */
export interface TenantUpdateParams {
  id: string;
  name?: string;
  /** A merge patch; the result must be valid settings. */
  settings?: object;
  enabled?: boolean;
  /** Only if this is the entity's current revision; else -32009. */
  ifRevision?: number;
  /** The same key with the same params within 24 h gives the same result. */
  idempotencyKey?: string;
}

/** The parameters of `tenant.delete`. */
export interface TenantDeleteParams {
  id: string;
  /** Only if this is the entity's current revision; else -32009. */
  ifRevision?: number;
  /** The same key with the same params within 24 h gives the same result. */
  idempotencyKey?: string;
}

/** The parameters of `channel.create`. */
export interface ChannelCreateParams {
  tenantId: string;
  type: "whatsapp" | "messenger" | "webchat";
  /** Of the channel's type; closed. */
  config: WhatsAppConfig | MessengerConfig | WebChatConfig;
  /** Generated if absent. */
  id?: string;
  name?: string;
  /** Values by name; kept sealed. */
  secrets?: { readonly [name: string]: string };
  /** Default true. */
  enabled?: boolean;
  /** The same key with the same params within 24 h gives the same result. */
  idempotencyKey?: string;
}

/** The parameters of `channel.get`. */
export interface ChannelGetParams {
  id: string;
}

/** The parameters of `channel.list`. */
export interface ChannelListParams {
  tenantId?: string;
  type?: "whatsapp" | "messenger" | "webchat";
  enabled?: boolean;
  /** 1 to 200, default 50. */
  limit?: number;
  /** `nextCursor` of the page before. */
  cursor?: string;
}

/** The parameters of `channel.update`. */
export interface ChannelUpdateParams {
  id: string;
  name?: string | null;
  /** A merge patch; the result must be a valid config of the channel's type. */
  config?: object;
  /** Values by name; kept sealed. */
  secrets?: { readonly [name: string]: string };
  enabled?: boolean;
  /** Only if this is the entity's current revision; else -32009. */
  ifRevision?: number;
  /** The same key with the same params within 24 h gives the same result. */
  idempotencyKey?: string;
}

/** The parameters of `channel.delete`. */
export interface ChannelDeleteParams {
  id: string;
  /** Only if this is the entity's current revision; else -32009. */
  ifRevision?: number;
  /** The same key with the same params within 24 h gives the same result. */
  idempotencyKey?: string;
}

/** The parameters of `channel.test`. */
export interface ChannelTestParams {
  id: string;
}

/** The parameters of `secret.set`. */
export interface SecretSetParams {
  tenantId: string;
  name: string;
  value: string;
  /** Absent for a tenant's own secret, such as `llm.apiKey`. */
  channelId?: string;
  /** 0 to 2592000, default 0. */
  graceSeconds?: number;
  /** Only if this is the entity's current revision; else -32009. */
  ifRevision?: number;
  /** The same key with the same params within 24 h gives the same result. */
  idempotencyKey?: string;
}

/** The parameters of `secret.list`. */
export interface SecretListParams {
  tenantId: string;
  channelId?: string;
  /** 1 to 200, default 50. */
  limit?: number;
  /** `nextCursor` of the page before. */
  cursor?: string;
}

/** The parameters of `secret.delete`. */
export interface SecretDeleteParams {
  tenantId: string;
  name: string;
  channelId?: string;
  /** Only if this is the entity's current revision; else -32009. */
  ifRevision?: number;
  /** The same key with the same params within 24 h gives the same result. */
  idempotencyKey?: string;
}

/** The parameters of `secret.rewrap`. */
export interface SecretRewrapParams {
  /** The same key with the same params within 24 h gives the same result. */
  idempotencyKey?: string;
}

/** The parameters of `token.create`. */
export interface TokenCreateParams {
  name: string;
  role: "admin" | "operator" | "viewer" | "tenant" | "node";
  /** Needed for the role tenant, and refused for the others. */
  tenantId?: string;
  /** Absent: valid until it is revoked. */
  expiresAt?: string;
  /** The same key with the same params within 24 h gives the same result. */
  idempotencyKey?: string;
}

/** The parameters of `token.list`. */
export interface TokenListParams {
  /** 1 to 200, default 50. */
  limit?: number;
  /** `nextCursor` of the page before. */
  cursor?: string;
}

/** The parameters of `token.revoke`. */
export interface TokenRevokeParams {
  id: string;
  /** The same key with the same params within 24 h gives the same result. */
  idempotencyKey?: string;
}

/** The parameters of `audit.list`. */
export interface AuditListParams {
  tenantId?: string;
  /** `tenant`, `channel`, `secret`, … */
  entity?: string;
  entityId?: string;
  actorId?: string;
  method?: string;
  /** From this moment on. */
  since?: string;
  /** Before this moment. */
  until?: string;
  /** 1 to 200, default 50. */
  limit?: number;
  /** `nextCursor` of the page before. */
  cursor?: string;
}

/** The parameters of `function.create`. */
export interface FunctionCreateParams {
  tenantId: string;
  /** What the model calls it. */
  name: string;
  /** Tells the model what it is for. */
  description: string;
  /** JSON Schema of the arguments, with type object. */
  parameters: object;
  url: string;
  /** Generated if absent. */
  id?: string;
  /** 100 to 60000, default 10000. */
  timeoutMs?: number;
  /** Default true. */
  enabled?: boolean;
  /** The same key with the same params within 24 h gives the same result. */
  idempotencyKey?: string;
}

/** The parameters of `function.get`. */
export interface FunctionGetParams {
  id: string;
}

/** The parameters of `function.list`. */
export interface FunctionListParams {
  tenantId: string;
  /** 1 to 200, default 50. */
  limit?: number;
  /** `nextCursor` of the page before. */
  cursor?: string;
}

/** The parameters of `function.update`. */
export interface FunctionUpdateParams {
  id: string;
  name?: string;
  description?: string;
  /** Replaces the whole schema. */
  parameters?: object;
  url?: string;
  /** 100 to 60000. */
  timeoutMs?: number;
  enabled?: boolean;
  /** Only if this is the entity's current revision; else -32009. */
  ifRevision?: number;
  /** The same key with the same params within 24 h gives the same result. */
  idempotencyKey?: string;
}

/** The parameters of `function.delete`. */
export interface FunctionDeleteParams {
  id: string;
  /** Only if this is the entity's current revision; else -32009. */
  ifRevision?: number;
  /** The same key with the same params within 24 h gives the same result. */
  idempotencyKey?: string;
}

/** The parameters of `webhook.create`. */
export interface WebhookCreateParams {
  tenantId: string;
  url: string;
  events: readonly ("message.received" | "message.sent" | "message.failed" | "message.status" | "conversation.created" | "conversation.updated" | "human_handoff.requested" | "document.indexed")[];
  /** Generated if absent. */
  id?: string;
  /** Sent with each delivery; at most 20. */
  headers?: { readonly [name: string]: string };
  /** Default true. */
  enabled?: boolean;
  /** The same key with the same params within 24 h gives the same result. */
  idempotencyKey?: string;
}

/** The parameters of `webhook.get`. */
export interface WebhookGetParams {
  id: string;
}

/** The parameters of `webhook.list`. */
export interface WebhookListParams {
  tenantId: string;
  /** 1 to 200, default 50. */
  limit?: number;
  /** `nextCursor` of the page before. */
  cursor?: string;
}

/** The parameters of `webhook.update`. */
export interface WebhookUpdateParams {
  id: string;
  url?: string;
  events?: readonly ("message.received" | "message.sent" | "message.failed" | "message.status" | "conversation.created" | "conversation.updated" | "human_handoff.requested" | "document.indexed")[];
  /** Replaces all of them. */
  headers?: { readonly [name: string]: string };
  enabled?: boolean;
  /** Only if this is the entity's current revision; else -32009. */
  ifRevision?: number;
  /** The same key with the same params within 24 h gives the same result. */
  idempotencyKey?: string;
}

/** The parameters of `webhook.delete`. */
export interface WebhookDeleteParams {
  id: string;
  /** Only if this is the entity's current revision; else -32009. */
  ifRevision?: number;
  /** The same key with the same params within 24 h gives the same result. */
  idempotencyKey?: string;
}

/** The parameters of `config.snapshot`. */
export interface ConfigSnapshotParams {
  /** What the caller has. */
  sinceRevision?: number;
}

/** The parameters of `fleet.wait`. */
export interface FleetWaitParams {
  revision: number;
  /** 0 to 60000, default 30000. */
  timeoutMs?: number;
}

/** The parameters of `document.put`. */
export interface DocumentPutParams {
  tenantId: string;
  title: string;
  mimeType: "text/plain" | "text/markdown" | "text/html" | "application/pdf";
  /** Generated if absent; an existing one gets a new version. */
  id?: string;
  /** Either this or `contentBase64`. */
  content?: string;
  contentBase64?: string;
  metadata?: object;
  /** The same key with the same params within 24 h gives the same result. */
  idempotencyKey?: string;
}

/** The parameters of `document.get`. */
export interface DocumentGetParams {
  id: string;
}

/** The parameters of `document.list`. */
export interface DocumentListParams {
  tenantId: string;
  /** 1 to 200, default 50. */
  limit?: number;
  /** `nextCursor` of the page before. */
  cursor?: string;
}

/** The parameters of `document.delete`. */
export interface DocumentDeleteParams {
  id: string;
  /** The same key with the same params within 24 h gives the same result. */
  idempotencyKey?: string;
}

/** The parameters of `document.search`. */
export interface DocumentSearchParams {
  tenantId: string;
  /** In people's words. */
  query: string;
  /** 1 to 50, default 5. */
  topK?: number;
}

/** The parameters of `conversation.list`. */
export interface ConversationListParams {
  tenantId: string;
  status?: "active" | "assigned_human" | "closed";
  channelId?: string;
  /** In user ids, conversation ids and message texts. */
  query?: string;
  /** 1 to 200, default 50. */
  limit?: number;
  /** `nextCursor` of the page before. */
  cursor?: string;
}

/** The parameters of `conversation.get`. */
export interface ConversationGetParams {
  conversationId: string;
  channelId: string;
}

/** The parameters of `conversation.messages`. */
export interface ConversationMessagesParams {
  conversationId: string;
  channelId: string;
  after?: number;
  before?: number;
  /** 1 to 200, default 50. */
  limit?: number;
  /** `nextCursor` of the page before. */
  cursor?: string;
}

/** The parameters of `message.get`. */
export interface MessageGetParams {
  id: string;
}
