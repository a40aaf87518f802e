"""The shapes of MetaChat control plane 1.0.0, as they are on the wire."""

# Written by Clients/generate from Schemas/openrpc.json; changes here are lost.

from __future__ import annotations

from typing import Dict, List, Literal, Optional, TypedDict, Union

JSONValue = Union[None, bool, int, float, str, List["JSONValue"], Dict[str, "JSONValue"]]
JSONObject = Dict[str, JSONValue]


class AuditEntryActor(TypedDict):
    """A `AuditEntryActor`."""

    id: str
    """A token's id, or `env:…` for the environment's."""

    name: str

    role: Literal["admin", "operator", "viewer", "tenant", "node"]


class _AuditEntry(TypedDict):
    """What every AuditEntry has."""

    id: str
    """Rises with time."""

    at: str

    actor: AuditEntryActor

    method: str

    entity: str

    entityId: str

    changed: List[str]
    """Members that are not as they were, such as `config.graphVersion`."""

    remoteAddress: str


class AuditEntry(_AuditEntry, total=False):
    """A `AuditEntry`."""

    tenantId: str

    channelId: str


class _Channel(TypedDict):
    """What every Channel has."""

    id: str

    tenantId: str

    type: Literal["whatsapp", "messenger", "webchat"]

    name: Optional[str]

    config: Union[WhatsAppConfig, MessengerConfig, WebChatConfig]

    enabled: bool

    revision: int
    """The global config revision of its last change; takes `fleet.wait`."""

    createdAt: str

    updatedAt: str


class Channel(_Channel, total=False):
    """A `Channel`."""

    secrets: Dict[str, SecretSummary]
    """By name; in config events and snapshots absent."""


class ConfigEvent(TypedDict):
    """A `ConfigEvent`."""

    revision: int
    """Consecutive over all changes."""

    entity: Literal["tenant", "channel", "secret", "function", "webhook"]

    op: Literal["upsert", "delete"]

    id: str
    """The entity's id; of a secret `channelId/name`, `/name` for a tenant's own."""

    tenantId: str

    data: Optional[Union[Tenant, Channel, SealedSecret]]
    """The entity as it is now; null on delete."""


class _ConfigSnapshot(TypedDict):
    """What every ConfigSnapshot has."""

    revision: int

    tenants: List[Tenant]

    channels: List[Channel]

    secrets: List[SealedSecret]

    functions: List[Function]

    webhooks: List[Webhook]


class ConfigSnapshot(_ConfigSnapshot, total=False):
    """A `ConfigSnapshot`."""

    unchanged: bool
    """Nothing is newer than `sinceRevision`; the lists are empty."""


class _Conversation(TypedDict):
    """What every Conversation has."""

    conversationId: str

    channelId: str

    tenantId: str

    channel: Literal["whatsapp", "messenger", "webchat"]

    status: Literal["active", "assigned_human", "closed"]

    userId: str
    """The customer, by the platform's name."""

    lastMessageAt: str

    lastPosition: int

    unread: int
    """Inbound messages since a person last looked or wrote."""

    createdAt: str


class Conversation(_Conversation, total=False):
    """A `Conversation`."""

    agent: str


class _CreatedFunction(TypedDict):
    """What every CreatedFunction has."""

    id: str

    tenantId: str

    name: str

    description: str

    parameters: JSONObject
    """JSON Schema of the arguments."""

    url: str

    timeoutMs: int

    enabled: bool

    revision: int
    """The global config revision of its last change; takes `fleet.wait`."""

    createdAt: str

    updatedAt: str


class CreatedFunction(_CreatedFunction, total=False):
    """A `CreatedFunction`."""

    secret: str
    """`whsec_…`, with which calls are signed; shown this once."""


class _CreatedToken(TypedDict):
    """What every CreatedToken has."""

    id: str

    name: str

    role: Literal["admin", "operator", "viewer", "tenant", "node"]

    createdAt: str


class CreatedToken(_CreatedToken, total=False):
    """A `CreatedToken`."""

    tenantId: str
    """The one tenant that a token of role tenant is for."""

    expiresAt: str
    """Absent: until it is revoked."""

    token: str
    """The token itself, shown this once."""


class _CreatedWebhook(TypedDict):
    """What every CreatedWebhook has."""

    id: str

    tenantId: str

    url: str

    events: List[
        Literal[
            "message.received",
            "message.sent",
            "message.failed",
            "message.status",
            "conversation.created",
            "conversation.updated",
            "human_handoff.requested",
            "document.indexed",
        ],
    ]

    headerNames: List[str]
    """Further headers, without their values."""

    enabled: bool

    revision: int
    """The global config revision of its last change; takes `fleet.wait`."""

    createdAt: str

    updatedAt: str


class CreatedWebhook(_CreatedWebhook, total=False):
    """A `CreatedWebhook`."""

    secret: str
    """`whsec_…`, with which calls are signed; shown this once."""


class Document(TypedDict):
    """A `Document`."""

    id: str

    tenantId: str

    title: str

    mimeType: str

    metadata: JSONObject

    version: int
    """Rises with each put."""

    chunks: int

    status: Literal["indexed"]

    createdAt: str

    updatedAt: str

    content: str
    """Plain text, extracted from what was put."""


class DocumentSummary(TypedDict):
    """A `DocumentSummary`."""

    id: str

    tenantId: str

    title: str

    mimeType: str

    metadata: JSONObject

    version: int
    """Rises with each put."""

    chunks: int

    status: Literal["indexed"]

    createdAt: str

    updatedAt: str


class Function(TypedDict):
    """A `Function`."""

    id: str

    tenantId: str

    name: str

    description: str

    parameters: JSONObject
    """JSON Schema of the arguments."""

    url: str

    timeoutMs: int

    enabled: bool

    revision: int
    """The global config revision of its last change; takes `fleet.wait`."""

    createdAt: str

    updatedAt: str


_MessageMembers = TypedDict(
    "_MessageMembers",
    {
        "from": str,
    },
)


class _Message(_MessageMembers):
    """What every Message has."""

    id: str
    """UUIDv7."""

    tenantId: str

    channelId: str

    channel: Literal["whatsapp", "messenger", "webchat"]

    conversationId: str

    direction: Literal["inbound", "outbound"]

    timestamp: str

    type: Literal[
        "text",
        "image",
        "audio",
        "video",
        "document",
        "location",
        "sticker",
        "contacts",
        "interactive",
        "reaction",
        "postback",
        "unsupported",
    ]

    content: MessageContent

    status: Literal[
        "queued",
        "sending",
        "unknown",
        "sent",
        "delivered",
        "read",
        "failed",
        "received",
        "answered",
        "escalated",
        "held",
        "stale",
        "noted",
        "limited",
        "dead",
    ]
    """Outbound: how far it came. Inbound: what became of it."""


class Message(_Message, total=False):
    """A `Message`."""

    externalId: str
    """The platform's own id: wamid, mid, the visitor's `id`."""

    to: str

    position: int
    """Its place in the conversation, rising."""

    metadata: JSONObject

    reason: str
    """Of a failure."""

    code: int
    """Of a failure: the platform's code."""

    text: str
    """Of a failure: the platform's text."""

    answers: str
    """Of an answer: the inbound message it answers."""


class _MessageContentMedia(TypedDict):
    """What every MessageContentMedia has."""

    url: str

    mimeType: str


class MessageContentMedia(_MessageContentMedia, total=False):
    """A `MessageContentMedia`."""

    filename: str

    caption: str

    sha256: str

    size: int
    """Bytes."""


class _MessageContentLocation(TypedDict):
    """What every MessageContentLocation has."""

    latitude: float
    """-90.0 to 90.0."""

    longitude: float
    """-180.0 to 180.0."""


class MessageContentLocation(_MessageContentLocation, total=False):
    """A `MessageContentLocation`."""

    name: str

    address: str


class _MessageContentReaction(TypedDict):
    """What every MessageContentReaction has."""

    externalId: str

    emoji: str
    """Empty when the reaction was taken back."""


class MessageContentReaction(_MessageContentReaction, total=False):
    """A `MessageContentReaction`."""

    messageId: str
    """Our id of the message reacted to, when known."""


class MessageContent(TypedDict, total=False):
    """A `MessageContent`."""

    text: str

    media: MessageContentMedia

    location: MessageContentLocation

    quickReplies: List[QuickReply]

    reply: QuickReply
    """The choice a person made."""

    contacts: List[JSONValue]
    """As the platform sent them."""

    reaction: MessageContentReaction


class _MessengerConfig(TypedDict):
    """What every MessengerConfig has."""

    pageId: str


class MessengerConfig(_MessengerConfig, total=False):
    """A `MessengerConfig`."""

    verifyToken: str
    """The secret of the same name wins; then the environment."""

    graphVersion: str
    """Graph API version."""

    partitions: int
    """Queues in each direction. 1 to 64, default 1."""


class _Node(TypedDict):
    """What every Node has."""

    id: str

    roles: List[Literal["edge", "worker"]]

    advertiseUrl: str

    version: str

    revision: int
    """The config revision it runs."""

    configHash: str
    """Digest of the config it runs; equal on nodes of one revision."""

    status: Literal["starting", "ready", "draining", "stale", "failed"]

    startedAt: str

    lastSeenAt: str

    sockets: int

    inFlight: int


class Node(_Node, total=False):
    """A `Node`."""

    error: str
    """Why it failed: what it refused."""


_NormalizedMessageMembers = TypedDict(
    "_NormalizedMessageMembers",
    {
        "from": str,
    },
)


class _NormalizedMessage(_NormalizedMessageMembers):
    """What every NormalizedMessage has."""

    id: str
    """UUIDv7."""

    tenantId: str

    channelId: str

    channel: Literal["whatsapp", "messenger", "webchat"]

    conversationId: str

    direction: Literal["inbound", "outbound"]

    timestamp: str

    type: Literal[
        "text",
        "image",
        "audio",
        "video",
        "document",
        "location",
        "sticker",
        "contacts",
        "interactive",
        "reaction",
        "postback",
        "unsupported",
    ]

    content: MessageContent


class NormalizedMessage(_NormalizedMessage, total=False):
    """A `NormalizedMessage`."""

    externalId: str
    """The platform's own id: wamid, mid, the visitor's `id`."""

    to: str

    position: int
    """Its place in the conversation, rising."""

    metadata: JSONObject


class Passage(TypedDict):
    """A `Passage`."""

    documentId: str

    title: str

    snippet: str

    score: float
    """0 to 1, for ordering."""

    kind: Literal["keyword", "vector", "hybrid"]


class QuickReply(TypedDict):
    """A `QuickReply`."""

    title: str

    payload: str


class SealedSecretPrevious(TypedDict):
    """A `SealedSecretPrevious`."""

    keyId: str
    """The master key that sealed it."""

    nonce: str
    """12 bytes in base64."""

    ciphertext: str
    """AES-256-GCM in base64, the tag at the end."""

    acceptedUntil: str


class _SealedSecret(TypedDict):
    """What every SealedSecret has."""

    tenantId: str

    channelId: Optional[str]

    name: str

    keyId: str
    """The master key that sealed it."""

    nonce: str
    """12 bytes in base64."""

    ciphertext: str
    """AES-256-GCM in base64, the tag at the end."""

    fingerprint: str

    revision: int
    """The global config revision of its last change; takes `fleet.wait`."""

    updatedAt: str


class SealedSecret(_SealedSecret, total=False):
    """Associated data of the sealed value: `tenantId/channelId/name`, an absent channelId as empty."""

    previous: SealedSecretPrevious


class _Secret(TypedDict):
    """What every Secret has."""

    name: str

    fingerprint: str
    """Tells two values apart without telling either."""

    keyId: str
    """The master key that sealed it."""

    updatedAt: str

    revision: int
    """The global config revision of its last change; takes `fleet.wait`."""


class Secret(_Secret, total=False):
    """A `Secret`."""

    channelId: str
    """Absent for a tenant's own secret."""

    previousAcceptedUntil: str
    """Until then the value before is accepted for verification."""


class SecretSummary(TypedDict):
    """A `SecretSummary`."""

    fingerprint: str
    """Tells two values apart without telling either."""

    keyId: str
    """The master key that sealed it."""

    updatedAt: str


class Tenant(TypedDict):
    """A `Tenant`."""

    id: str

    name: str

    settings: TenantSettings

    enabled: bool

    revision: int
    """The global config revision of its last change; takes `fleet.wait`."""

    createdAt: str

    updatedAt: str


class TenantSettingsRagConfigHybridWeights(TypedDict, total=False):
    """A `TenantSettingsRagConfigHybridWeights`."""

    keyword: float
    """0.0 to 1000.0."""

    vector: float
    """0.0 to 1000.0."""


class TenantSettingsRagConfig(TypedDict, total=False):
    """A `TenantSettingsRagConfig`."""

    topK: int
    """1 to 50."""

    minSimilarity: float
    """0.0 to 1.0."""

    hybridWeights: TenantSettingsRagConfigHybridWeights


class TenantSettingsRateLimits(TypedDict, total=False):
    """A `TenantSettingsRateLimits`."""

    messagesPerMinute: int
    """1 to 1000000000."""

    messagesPerHour: int
    """1 to 1000000000."""

    messagesPerDay: int
    """1 to 1000000000."""


class TenantSettingsRetentionMessages(TypedDict, total=False):
    """A `TenantSettingsRetentionMessages`."""

    retentionDays: int
    """1 to 36500."""


class TenantSettingsRetention(TypedDict, total=False):
    """A `TenantSettingsRetention`."""

    messages: TenantSettingsRetentionMessages


class TenantSettingsBurst(TypedDict, total=False):
    """Fragments sent in quick succession get one answer; absent: every message its own."""

    quietMs: int
    """0 to 60000."""

    maxWaitMs: int
    """0 to 300000."""


class TenantSettingsConfidenceEscalation(TypedDict, total=False):
    """A `TenantSettingsConfidenceEscalation`."""

    enabled: bool
    """Default true."""

    mode: Literal["standard", "strict", "lenient"]

    immediateEscalationThreshold: float
    """Overrides the mode's. 0.0 to 1.0."""

    suggestReviewThreshold: float
    """Overrides the mode's. 0.0 to 1.0."""

    addDisclaimers: bool

    disclaimerText: str

    highStakesDomains: List[str]


class TenantSettingsLlm(TypedDict, total=False):
    """The model's key is the tenant's secret `llm.apiKey`."""

    provider: Literal["builtin", "openai", "anthropic"]

    baseUrl: str
    """As the provider's SDK takes it: with `/v1` for openai, without for anthropic."""

    model: str

    temperature: float
    """0.0 to 2.0."""

    maxTokens: int
    """1 to 1000000."""

    embeddingModel: str


class TenantSettings(TypedDict, total=False):
    """A `TenantSettings`."""

    brandName: str

    tone: Literal["friendly", "professional", "casual"]

    locale: List[str]
    """BCP 47 tags, the first preferred."""

    enableRag: bool
    """Default true."""

    enableFunctionCalling: bool
    """Default true."""

    enableHumanHandoff: bool
    """Default true."""

    humanHandoffKeywords: List[str]

    enabledChannels: List[Literal["whatsapp", "messenger", "webchat"]]
    """Absent: all."""

    ragConfig: TenantSettingsRagConfig

    rateLimits: TenantSettingsRateLimits

    retention: TenantSettingsRetention

    burst: TenantSettingsBurst
    """Fragments sent in quick succession get one answer; absent: every message its own."""

    staleAfterSeconds: int
    """Older inbound messages are recorded, not answered. 1 to 31536000, default 3600."""

    confidenceEscalation: TenantSettingsConfidenceEscalation

    streaming: Literal["live", "off"]
    """Webchat only; default live."""

    llm: TenantSettingsLlm
    """The model's key is the tenant's secret `llm.apiKey`."""


class _Token(TypedDict):
    """What every Token has."""

    id: str

    name: str

    role: Literal["admin", "operator", "viewer", "tenant", "node"]

    createdAt: str


class Token(_Token, total=False):
    """A `Token`."""

    tenantId: str
    """The one tenant that a token of role tenant is for."""

    expiresAt: str
    """Absent: until it is revoked."""


class WebChatConfigTheme(TypedDict, total=False):
    """A `WebChatConfigTheme`."""

    primaryColor: str

    backgroundColor: str

    textColor: str

    borderRadius: str

    showBranding: bool

    mode: Literal["light", "dark", "auto"]


class WebChatConfig(TypedDict, total=False):
    """A `WebChatConfig`."""

    enabled: bool
    """Default true."""

    allowedOrigins: List[str]
    """Empty: the node's own origin and clients that send none; `*`: all."""

    token: str
    """The secret of the same name wins."""

    theme: WebChatConfigTheme

    initialMessage: str

    quickReplies: List[QuickReply]

    locale: str
    """A BCP 47 tag."""

    agentName: str

    composerPlaceholder: str


class Webhook(TypedDict):
    """A `Webhook`."""

    id: str

    tenantId: str

    url: str

    events: List[
        Literal[
            "message.received",
            "message.sent",
            "message.failed",
            "message.status",
            "conversation.created",
            "conversation.updated",
            "human_handoff.requested",
            "document.indexed",
        ],
    ]

    headerNames: List[str]
    """Further headers, without their values."""

    enabled: bool

    revision: int
    """The global config revision of its last change; takes `fleet.wait`."""

    createdAt: str

    updatedAt: str


class _WhatsAppConfig(TypedDict):
    """What every WhatsAppConfig has."""

    phoneNumberId: str

    businessAccountId: str


class WhatsAppConfig(_WhatsAppConfig, total=False):
    """A `WhatsAppConfig`."""

    webhookVerifyToken: str
    """The secret of the same name wins; then the environment."""

    graphVersion: str
    """Graph API version."""

    partitions: int
    """Queues in each direction. 1 to 64, default 1."""

    messagesPerSecond: float
    """What this number may send; default 80."""


class TenantListResult(TypedDict):
    """A `TenantListResult`."""

    items: List[Tenant]

    nextCursor: Optional[str]


class TenantDeleteResult(TypedDict):
    """A `TenantDeleteResult`."""

    id: str

    revision: int
    """Takes `fleet.wait`."""


class ChannelListResult(TypedDict):
    """A `ChannelListResult`."""

    items: List[Channel]

    nextCursor: Optional[str]


class ChannelDeleteResult(TypedDict):
    """A `ChannelDeleteResult`."""

    id: str

    revision: int
    """Takes `fleet.wait`."""


class ChannelTestResultCheck(TypedDict):
    """A `ChannelTestResultCheck`."""

    name: str

    ok: bool

    detail: str


class ChannelTestResult(TypedDict):
    """A `ChannelTestResult`."""

    ok: bool

    checks: List[ChannelTestResultCheck]


class SecretListResult(TypedDict):
    """A `SecretListResult`."""

    items: List[Secret]

    nextCursor: Optional[str]


class SecretDeleteResult(TypedDict):
    """A `SecretDeleteResult`."""

    id: str

    revision: int
    """Takes `fleet.wait`."""


class SecretRewrapResult(TypedDict):
    """A `SecretRewrapResult`."""

    rewrapped: int
    """Secrets that were sealed under another key."""

    keyId: str
    """The first master key's id."""

    revision: int
    """Takes `fleet.wait`."""


class TokenListResult(TypedDict):
    """A `TokenListResult`."""

    items: List[Token]

    nextCursor: Optional[str]


class TokenRevokeResult(TypedDict):
    """A `TokenRevokeResult`."""

    id: str

    revision: int
    """Takes `fleet.wait`."""


class AuditListResult(TypedDict):
    """A `AuditListResult`."""

    items: List[AuditEntry]

    nextCursor: Optional[str]


class FunctionListResult(TypedDict):
    """A `FunctionListResult`."""

    items: List[Function]

    nextCursor: Optional[str]


class FunctionDeleteResult(TypedDict):
    """A `FunctionDeleteResult`."""

    id: str

    revision: int
    """Takes `fleet.wait`."""


class WebhookListResult(TypedDict):
    """A `WebhookListResult`."""

    items: List[Webhook]

    nextCursor: Optional[str]


class WebhookDeleteResult(TypedDict):
    """A `WebhookDeleteResult`."""

    id: str

    revision: int
    """Takes `fleet.wait`."""


class FleetListResult(TypedDict):
    """A `FleetListResult`."""

    revision: int

    nodes: List[Node]


class FleetWaitResult(TypedDict):
    """A `FleetWaitResult`."""

    converged: Literal[True]

    elapsedMs: int

    nodes: List[Node]


class DocumentPutResult(TypedDict):
    """A `DocumentPutResult`."""

    id: str

    version: int

    chunks: int

    status: Literal["indexed"]


class DocumentListResult(TypedDict):
    """A `DocumentListResult`."""

    items: List[DocumentSummary]

    nextCursor: Optional[str]


class DocumentDeleteResult(TypedDict):
    """A `DocumentDeleteResult`."""

    id: str

    revision: int
    """Takes `fleet.wait`."""


class DocumentSearchResult(TypedDict):
    """A `DocumentSearchResult`."""

    items: List[Passage]


class ConversationListResult(TypedDict):
    """A `ConversationListResult`."""

    items: List[Conversation]

    nextCursor: Optional[str]


class ConversationMessagesResult(TypedDict):
    """A `ConversationMessagesResult`."""

    items: List[Message]

    nextCursor: Optional[str]


__all__ = [
    "JSONObject",
    "JSONValue",
    "AuditEntryActor",
    "AuditEntry",
    "Channel",
    "ConfigEvent",
    "ConfigSnapshot",
    "Conversation",
    "CreatedFunction",
    "CreatedToken",
    "CreatedWebhook",
    "Document",
    "DocumentSummary",
    "Function",
    "Message",
    "MessageContentMedia",
    "MessageContentLocation",
    "MessageContentReaction",
    "MessageContent",
    "MessengerConfig",
    "Node",
    "NormalizedMessage",
    "Passage",
    "QuickReply",
    "SealedSecretPrevious",
    "SealedSecret",
    "Secret",
    "SecretSummary",
    "Tenant",
    "TenantSettingsRagConfigHybridWeights",
    "TenantSettingsRagConfig",
    "TenantSettingsRateLimits",
    "TenantSettingsRetentionMessages",
    "TenantSettingsRetention",
    "TenantSettingsBurst",
    "TenantSettingsConfidenceEscalation",
    "TenantSettingsLlm",
    "TenantSettings",
    "Token",
    "WebChatConfigTheme",
    "WebChatConfig",
    "Webhook",
    "WhatsAppConfig",
    "TenantListResult",
    "TenantDeleteResult",
    "ChannelListResult",
    "ChannelDeleteResult",
    "ChannelTestResultCheck",
    "ChannelTestResult",
    "SecretListResult",
    "SecretDeleteResult",
    "SecretRewrapResult",
    "TokenListResult",
    "TokenRevokeResult",
    "AuditListResult",
    "FunctionListResult",
    "FunctionDeleteResult",
    "WebhookListResult",
    "WebhookDeleteResult",
    "FleetListResult",
    "FleetWaitResult",
    "DocumentPutResult",
    "DocumentListResult",
    "DocumentDeleteResult",
    "DocumentSearchResult",
    "ConversationListResult",
    "ConversationMessagesResult",
]
