"""The methods of MetaChat control plane 1.0.0, by namespace."""

# Written by Clients/generate from Schemas/openrpc.json; changes here are lost.

from __future__ import annotations

from typing import Iterator, Literal, Mapping, Optional, Sequence, Union, cast

from ._calls import UNSET, AddCall, Call, Pending, Unset, given, pages
from .types import (
    AuditEntry,
    AuditListResult,
    Channel,
    ChannelDeleteResult,
    ChannelListResult,
    ChannelTestResult,
    ConfigSnapshot,
    Conversation,
    ConversationListResult,
    ConversationMessagesResult,
    CreatedFunction,
    CreatedToken,
    CreatedWebhook,
    Document,
    DocumentDeleteResult,
    DocumentListResult,
    DocumentPutResult,
    DocumentSearchResult,
    DocumentSummary,
    FleetListResult,
    FleetWaitResult,
    Function,
    FunctionDeleteResult,
    FunctionListResult,
    JSONObject,
    Message,
    MessengerConfig,
    Secret,
    SecretDeleteResult,
    SecretListResult,
    SecretRewrapResult,
    Tenant,
    TenantDeleteResult,
    TenantListResult,
    TenantSettings,
    Token,
    TokenListResult,
    TokenRevokeResult,
    WebChatConfig,
    Webhook,
    WebhookDeleteResult,
    WebhookListResult,
    WhatsAppConfig,
)


class TenantMethods:
    """`tenant.…`"""

    def __init__(self, call: Call) -> None:
        self._call = call

    def create(
        self,
        *,
        name: str,
        id: Optional[str] = None,
        settings: Optional[TenantSettings] = None,
        enabled: Optional[bool] = None,
        idempotency_key: Optional[str] = None,
    ) -> Tenant:
        """Creates a tenant.

        Roles: admin, operator. Raises Conflict, beside what every method may raise.

        Args:
            id: Generated if absent.
            enabled: Default true.
            idempotency_key: The same key with the same params within 24 h gives the same result.
        """
        return cast(
            "Tenant",
            self._call(
                "tenant.create",
                given(
                    {"name": name},
                    {"id": id, "settings": settings, "enabled": enabled, "idempotencyKey": idempotency_key},
                ),
            ),
        )

    def get(self, *, id: str) -> Tenant:
        """Gives a tenant.

        Roles: admin, operator, viewer, tenant. Raises NotFound, beside what every method may raise.
        """
        return cast("Tenant", self._call("tenant.get", {"id": id}, reads=True))

    def list(self, *, limit: Optional[int] = None, cursor: Optional[str] = None) -> TenantListResult:
        """Lists the tenants, by id.

        Roles: admin, operator, viewer, tenant.

        Args:
            limit: 1 to 200, default 50.
            cursor: `nextCursor` of the page before.
        """
        return cast(
            "TenantListResult",
            self._call("tenant.list", given({}, {"limit": limit, "cursor": cursor}), reads=True),
        )

    def iter(self, *, limit: Optional[int] = None) -> Iterator[Tenant]:
        """Every item of `list`, page after page. `limit` is the size of a page."""
        return cast("Iterator[Tenant]", pages(self._call, "tenant.list", given({}, {"limit": limit})))

    def update(
        self,
        *,
        id: str,
        name: Optional[str] = None,
        settings: Optional[Mapping[str, object]] = None,
        enabled: Optional[bool] = None,
        if_revision: Optional[int] = None,
        idempotency_key: Optional[str] = None,
    ) -> Tenant:
        """Changes a tenant.

        `settings` is a JSON merge patch (RFC 7396): null removes a member, objects merge, else it replaces.

        Roles: admin, operator, tenant. Raises NotFound, Conflict, beside what every method may raise.

        Args:
            settings: A merge patch; the result must be valid settings.
            if_revision: Only if this is the entity's current revision; else -32009.
            idempotency_key: The same key with the same params within 24 h gives the same result.
        """
        return cast(
            "Tenant",
            self._call(
                "tenant.update",
                given(
                    {"id": id},
                    {
                        "name": name,
                        "settings": settings,
                        "enabled": enabled,
                        "ifRevision": if_revision,
                        "idempotencyKey": idempotency_key,
                    },
                ),
            ),
        )

    def delete(
        self,
        *,
        id: str,
        if_revision: Optional[int] = None,
        idempotency_key: Optional[str] = None,
    ) -> TenantDeleteResult:
        """Deletes a tenant with all that is its own.

        Its channels and secrets go with it, each with a config event of its own; so do its conversations, messages and
        documents. Gives the highest revision.

        Roles: admin, operator. Raises NotFound, Conflict, beside what every method may raise.

        Args:
            if_revision: Only if this is the entity's current revision; else -32009.
            idempotency_key: The same key with the same params within 24 h gives the same result.
        """
        return cast(
            "TenantDeleteResult",
            self._call(
                "tenant.delete",
                given({"id": id}, {"ifRevision": if_revision, "idempotencyKey": idempotency_key}),
            ),
        )


class ChannelMethods:
    """`channel.…`"""

    def __init__(self, call: Call) -> None:
        self._call = call

    def create(
        self,
        *,
        tenant_id: str,
        type: Literal["whatsapp", "messenger", "webchat"],
        config: Union[WhatsAppConfig, MessengerConfig, WebChatConfig],
        id: Optional[str] = None,
        name: Optional[str] = None,
        secrets: Optional[Mapping[str, str]] = None,
        enabled: Optional[bool] = None,
        idempotency_key: Optional[str] = None,
    ) -> Channel:
        """Creates a channel, with its secrets if they are given.

        Secrets by type: whatsapp accessToken, appSecret, webhookVerifyToken; messenger pageAccessToken, appSecret,
        verifyToken; webchat token, identitySecret. A phone number or page that another enabled channel of the tenant
        uses is a conflict. Gives the highest revision, which is the channel's.

        Roles: admin, operator, tenant. Raises NotFound, Conflict, beside what every method may raise.

        Args:
            config: Of the channel's type; closed.
            id: Generated if absent.
            secrets: Values by name; kept sealed.
            enabled: Default true.
            idempotency_key: The same key with the same params within 24 h gives the same result.
        """
        return cast(
            "Channel",
            self._call(
                "channel.create",
                given(
                    {"tenantId": tenant_id, "type": type, "config": config},
                    {"id": id, "name": name, "secrets": secrets, "enabled": enabled, "idempotencyKey": idempotency_key},
                ),
            ),
        )

    def get(self, *, id: str) -> Channel:
        """Gives a channel.

        Roles: admin, operator, viewer, tenant. Raises NotFound, beside what every method may raise.
        """
        return cast("Channel", self._call("channel.get", {"id": id}, reads=True))

    def list(
        self,
        *,
        tenant_id: Optional[str] = None,
        type: Optional[Literal["whatsapp", "messenger", "webchat"]] = None,
        enabled: Optional[bool] = None,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
    ) -> ChannelListResult:
        """Lists channels, by id.

        Roles: admin, operator, viewer, tenant.

        Args:
            limit: 1 to 200, default 50.
            cursor: `nextCursor` of the page before.
        """
        return cast(
            "ChannelListResult",
            self._call(
                "channel.list",
                given({}, {"tenantId": tenant_id, "type": type, "enabled": enabled, "limit": limit, "cursor": cursor}),
                reads=True,
            ),
        )

    def iter(
        self,
        *,
        tenant_id: Optional[str] = None,
        type: Optional[Literal["whatsapp", "messenger", "webchat"]] = None,
        enabled: Optional[bool] = None,
        limit: Optional[int] = None,
    ) -> Iterator[Channel]:
        """Every item of `list`, page after page. `limit` is the size of a page."""
        return cast(
            "Iterator[Channel]",
            pages(
                self._call,
                "channel.list",
                given({}, {"tenantId": tenant_id, "type": type, "enabled": enabled, "limit": limit}),
            ),
        )

    def update(
        self,
        *,
        id: str,
        name: Union[Optional[str], Unset] = UNSET,
        config: Optional[Mapping[str, object]] = None,
        secrets: Optional[Mapping[str, str]] = None,
        enabled: Optional[bool] = None,
        if_revision: Optional[int] = None,
        idempotency_key: Optional[str] = None,
    ) -> Channel:
        """Changes a channel.

        `config` is a JSON merge patch (RFC 7396): null removes a member, objects merge, else it replaces. Secrets that
        are given replace those of the same name at once; `secret.set` has a grace period. Gives the highest revision,
        which is the channel's.

        Roles: admin, operator, tenant. Raises NotFound, Conflict, beside what every method may raise.

        Args:
            config: A merge patch; the result must be a valid config of the channel's type.
            secrets: Values by name; kept sealed.
            if_revision: Only if this is the entity's current revision; else -32009.
            idempotency_key: The same key with the same params within 24 h gives the same result.
        """
        return cast(
            "Channel",
            self._call(
                "channel.update",
                given(
                    {"id": id},
                    {
                        "config": config,
                        "secrets": secrets,
                        "enabled": enabled,
                        "ifRevision": if_revision,
                        "idempotencyKey": idempotency_key,
                    },
                    {"name": name},
                ),
            ),
        )

    def delete(
        self,
        *,
        id: str,
        if_revision: Optional[int] = None,
        idempotency_key: Optional[str] = None,
    ) -> ChannelDeleteResult:
        """Deletes a channel and its secrets.

        Each secret has a config event of its own. Gives the highest revision.

        Roles: admin, operator, tenant. Raises NotFound, Conflict, beside what every method may raise.

        Args:
            if_revision: Only if this is the entity's current revision; else -32009.
            idempotency_key: The same key with the same params within 24 h gives the same result.
        """
        return cast(
            "ChannelDeleteResult",
            self._call(
                "channel.delete",
                given({"id": id}, {"ifRevision": if_revision, "idempotencyKey": idempotency_key}),
            ),
        )

    def test(self, *, id: str) -> ChannelTestResult:
        """Checks a channel's credentials against the live Graph API.

        Reads alone; `ok` is true when every check is. Takes up to 10 s for each question to Meta.

        Roles: admin, operator, viewer, tenant. Raises NotFound, beside what every method may raise.
        """
        return cast("ChannelTestResult", self._call("channel.test", {"id": id}, reads=True))


class SecretMethods:
    """`secret.…`"""

    def __init__(self, call: Call) -> None:
        self._call = call

    def set(
        self,
        *,
        tenant_id: str,
        name: str,
        value: str,
        channel_id: Optional[str] = None,
        grace_seconds: Optional[int] = None,
        if_revision: Optional[int] = None,
        idempotency_key: Optional[str] = None,
    ) -> Secret:
        """Sets a secret's value.

        During the grace period the value before is still accepted where a secret verifies what comes in: app secrets,
        verify tokens, webchat tokens. It has no meaning for the others. Does not raise the channel's revision.

        Roles: admin, operator, tenant. Raises NotFound, Conflict, beside what every method may raise.

        Args:
            channel_id: Absent for a tenant's own secret, such as `llm.apiKey`.
            grace_seconds: 0 to 2592000, default 0.
            if_revision: Only if this is the entity's current revision; else -32009.
            idempotency_key: The same key with the same params within 24 h gives the same result.
        """
        return cast(
            "Secret",
            self._call(
                "secret.set",
                given(
                    {"tenantId": tenant_id, "name": name, "value": value},
                    {
                        "channelId": channel_id,
                        "graceSeconds": grace_seconds,
                        "ifRevision": if_revision,
                        "idempotencyKey": idempotency_key,
                    },
                ),
            ),
        )

    def list(
        self,
        *,
        tenant_id: str,
        channel_id: Optional[str] = None,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
    ) -> SecretListResult:
        """Lists secrets by name and fingerprint, never their values.

        Without `channelId` the tenant's own and all of its channels'.

        Roles: admin, operator, viewer, tenant. Raises NotFound, beside what every method may raise.

        Args:
            limit: 1 to 200, default 50.
            cursor: `nextCursor` of the page before.
        """
        return cast(
            "SecretListResult",
            self._call(
                "secret.list",
                given({"tenantId": tenant_id}, {"channelId": channel_id, "limit": limit, "cursor": cursor}),
                reads=True,
            ),
        )

    def iter(
        self,
        *,
        tenant_id: str,
        channel_id: Optional[str] = None,
        limit: Optional[int] = None,
    ) -> Iterator[Secret]:
        """Every item of `list`, page after page. `limit` is the size of a page."""
        return cast(
            "Iterator[Secret]",
            pages(self._call, "secret.list", given({"tenantId": tenant_id}, {"channelId": channel_id, "limit": limit})),
        )

    def delete(
        self,
        *,
        tenant_id: str,
        name: str,
        channel_id: Optional[str] = None,
        if_revision: Optional[int] = None,
        idempotency_key: Optional[str] = None,
    ) -> SecretDeleteResult:
        """Deletes a secret.

        Roles: admin, operator, tenant. Raises NotFound, Conflict, beside what every method may raise.

        Args:
            if_revision: Only if this is the entity's current revision; else -32009.
            idempotency_key: The same key with the same params within 24 h gives the same result.
        """
        return cast(
            "SecretDeleteResult",
            self._call(
                "secret.delete",
                given(
                    {"tenantId": tenant_id, "name": name},
                    {"channelId": channel_id, "ifRevision": if_revision, "idempotencyKey": idempotency_key},
                ),
            ),
        )

    def rewrap(self, *, idempotency_key: Optional[str] = None) -> SecretRewrapResult:
        """Seals every secret anew under the first master key.

        What is sealed under it already stays as it is. Traffic goes on meanwhile. When it has returned and the fleet
        runs `revision`, other keys can be taken out of `METACHAT_MASTER_KEYS`. A secret sealed under a key that this
        process has not been given is a conflict (`data.missingKeyIds`), and nothing is changed.

        Roles: admin. Raises Conflict, beside what every method may raise.

        Args:
            idempotency_key: The same key with the same params within 24 h gives the same result.
        """
        return cast("SecretRewrapResult", self._call("secret.rewrap", given({}, {"idempotencyKey": idempotency_key})))


class TokenMethods:
    """`token.…`"""

    def __init__(self, call: Call) -> None:
        self._call = call

    def create(
        self,
        *,
        name: str,
        role: Literal["admin", "operator", "viewer", "tenant", "node"],
        tenant_id: Optional[str] = None,
        expires_at: Optional[str] = None,
        idempotency_key: Optional[str] = None,
    ) -> CreatedToken:
        """Creates a bearer token.

        The token itself is in this answer and nowhere else: only a digest is kept. A repetition under the same
        `idempotencyKey` leaves it out.

        Roles: admin. Raises NotFound, Conflict, beside what every method may raise.

        Args:
            tenant_id: Needed for the role tenant, and refused for the others.
            expires_at: Absent: valid until it is revoked.
            idempotency_key: The same key with the same params within 24 h gives the same result.
        """
        return cast(
            "CreatedToken",
            self._call(
                "token.create",
                given(
                    {"name": name, "role": role},
                    {"tenantId": tenant_id, "expiresAt": expires_at, "idempotencyKey": idempotency_key},
                ),
            ),
        )

    def list(self, *, limit: Optional[int] = None, cursor: Optional[str] = None) -> TokenListResult:
        """Lists the tokens by id, without the tokens themselves.

        Roles: admin.

        Args:
            limit: 1 to 200, default 50.
            cursor: `nextCursor` of the page before.
        """
        return cast(
            "TokenListResult",
            self._call("token.list", given({}, {"limit": limit, "cursor": cursor}), reads=True),
        )

    def iter(self, *, limit: Optional[int] = None) -> Iterator[Token]:
        """Every item of `list`, page after page. `limit` is the size of a page."""
        return cast("Iterator[Token]", pages(self._call, "token.list", given({}, {"limit": limit})))

    def revoke(self, *, id: str, idempotency_key: Optional[str] = None) -> TokenRevokeResult:
        """Revokes a token, at once and for good.

        Roles: admin. Raises NotFound, Conflict, beside what every method may raise.

        Args:
            idempotency_key: The same key with the same params within 24 h gives the same result.
        """
        return cast(
            "TokenRevokeResult",
            self._call("token.revoke", given({"id": id}, {"idempotencyKey": idempotency_key})),
        )


class AuditMethods:
    """`audit.…`"""

    def __init__(self, call: Call) -> None:
        self._call = call

    def list(
        self,
        *,
        tenant_id: Optional[str] = None,
        entity: Optional[str] = None,
        entity_id: Optional[str] = None,
        actor_id: Optional[str] = None,
        method: Optional[str] = None,
        since: Optional[str] = None,
        until: Optional[str] = None,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
    ) -> AuditListResult:
        """Lists who changed what, when and from where, newest first.

        `changed` holds the names of members, never values. A tenant's token sees its own tenant's.

        Roles: admin, operator, viewer, tenant.

        Args:
            entity: `tenant`, `channel`, `secret`, …
            since: From this moment on.
            until: Before this moment.
            limit: 1 to 200, default 50.
            cursor: `nextCursor` of the page before.
        """
        return cast(
            "AuditListResult",
            self._call(
                "audit.list",
                given(
                    {},
                    {
                        "tenantId": tenant_id,
                        "entity": entity,
                        "entityId": entity_id,
                        "actorId": actor_id,
                        "method": method,
                        "since": since,
                        "until": until,
                        "limit": limit,
                        "cursor": cursor,
                    },
                ),
                reads=True,
            ),
        )

    def iter(
        self,
        *,
        tenant_id: Optional[str] = None,
        entity: Optional[str] = None,
        entity_id: Optional[str] = None,
        actor_id: Optional[str] = None,
        method: Optional[str] = None,
        since: Optional[str] = None,
        until: Optional[str] = None,
        limit: Optional[int] = None,
    ) -> Iterator[AuditEntry]:
        """Every item of `list`, page after page. `limit` is the size of a page."""
        return cast(
            "Iterator[AuditEntry]",
            pages(
                self._call,
                "audit.list",
                given(
                    {},
                    {
                        "tenantId": tenant_id,
                        "entity": entity,
                        "entityId": entity_id,
                        "actorId": actor_id,
                        "method": method,
                        "since": since,
                        "until": until,
                        "limit": limit,
                    },
                ),
            ),
        )


class FunctionMethods:
    """`function.…`"""

    def __init__(self, call: Call) -> None:
        self._call = call

    def create(
        self,
        *,
        tenant_id: str,
        name: str,
        description: str,
        parameters: Mapping[str, object],
        url: str,
        id: Optional[str] = None,
        timeout_ms: Optional[int] = None,
        enabled: Optional[bool] = None,
        idempotency_key: Optional[str] = None,
    ) -> CreatedFunction:
        """Creates an HTTP tool that the tenant's model may call.

        Calls are POSTs of `{name, arguments, context}`, signed as webhooks are (Standard Webhooks) with `secret`, which
        is in this answer and nowhere else; the answer's body is the result.

        Roles: admin, operator, tenant. Raises NotFound, Conflict, beside what every method may raise.

        Args:
            name: What the model calls it.
            description: Tells the model what it is for.
            parameters: JSON Schema of the arguments, with type object.
            id: Generated if absent.
            timeout_ms: 100 to 60000, default 10000.
            enabled: Default true.
            idempotency_key: The same key with the same params within 24 h gives the same result.
        """
        return cast(
            "CreatedFunction",
            self._call(
                "function.create",
                given(
                    {
                        "tenantId": tenant_id,
                        "name": name,
                        "description": description,
                        "parameters": parameters,
                        "url": url,
                    },
                    {"id": id, "timeoutMs": timeout_ms, "enabled": enabled, "idempotencyKey": idempotency_key},
                ),
            ),
        )

    def get(self, *, id: str) -> Function:
        """Gives a function.

        Roles: admin, operator, viewer, tenant. Raises NotFound, beside what every method may raise.
        """
        return cast("Function", self._call("function.get", {"id": id}, reads=True))

    def list(self, *, tenant_id: str, limit: Optional[int] = None, cursor: Optional[str] = None) -> FunctionListResult:
        """Lists a tenant's functions, by id.

        Roles: admin, operator, viewer, tenant. Raises NotFound, beside what every method may raise.

        Args:
            limit: 1 to 200, default 50.
            cursor: `nextCursor` of the page before.
        """
        return cast(
            "FunctionListResult",
            self._call("function.list", given({"tenantId": tenant_id}, {"limit": limit, "cursor": cursor}), reads=True),
        )

    def iter(self, *, tenant_id: str, limit: Optional[int] = None) -> Iterator[Function]:
        """Every item of `list`, page after page. `limit` is the size of a page."""
        return cast(
            "Iterator[Function]",
            pages(self._call, "function.list", given({"tenantId": tenant_id}, {"limit": limit})),
        )

    def update(
        self,
        *,
        id: str,
        name: Optional[str] = None,
        description: Optional[str] = None,
        parameters: Optional[Mapping[str, object]] = None,
        url: Optional[str] = None,
        timeout_ms: Optional[int] = None,
        enabled: Optional[bool] = None,
        if_revision: Optional[int] = None,
        idempotency_key: Optional[str] = None,
    ) -> Function:
        """Changes a function.

        Roles: admin, operator, tenant. Raises NotFound, Conflict, beside what every method may raise.

        Args:
            parameters: Replaces the whole schema.
            timeout_ms: 100 to 60000.
            if_revision: Only if this is the entity's current revision; else -32009.
            idempotency_key: The same key with the same params within 24 h gives the same result.
        """
        return cast(
            "Function",
            self._call(
                "function.update",
                given(
                    {"id": id},
                    {
                        "name": name,
                        "description": description,
                        "parameters": parameters,
                        "url": url,
                        "timeoutMs": timeout_ms,
                        "enabled": enabled,
                        "ifRevision": if_revision,
                        "idempotencyKey": idempotency_key,
                    },
                ),
            ),
        )

    def delete(
        self,
        *,
        id: str,
        if_revision: Optional[int] = None,
        idempotency_key: Optional[str] = None,
    ) -> FunctionDeleteResult:
        """Deletes a function.

        Roles: admin, operator, tenant. Raises NotFound, Conflict, beside what every method may raise.

        Args:
            if_revision: Only if this is the entity's current revision; else -32009.
            idempotency_key: The same key with the same params within 24 h gives the same result.
        """
        return cast(
            "FunctionDeleteResult",
            self._call(
                "function.delete",
                given({"id": id}, {"ifRevision": if_revision, "idempotencyKey": idempotency_key}),
            ),
        )


class WebhookMethods:
    """`webhook.…`"""

    def __init__(self, call: Call) -> None:
        self._call = call

    def create(
        self,
        *,
        tenant_id: str,
        url: str,
        events: Sequence[Literal["message.received", "message.sent", "message.failed", "message.status", "conversation.created", "conversation.updated", "human_handoff.requested", "document.indexed"]],
        id: Optional[str] = None,
        headers: Optional[Mapping[str, str]] = None,
        enabled: Optional[bool] = None,
        idempotency_key: Optional[str] = None,
    ) -> CreatedWebhook:
        """Creates a webhook: where a tenant is told of events.

        Deliveries follow Standard Webhooks and are signed with `secret`, which is in this answer and nowhere else. The
        values of `headers` are kept as secrets are; answers show their names.

        Roles: admin, operator, tenant. Raises NotFound, Conflict, beside what every method may raise.

        Args:
            id: Generated if absent.
            headers: Sent with each delivery; at most 20.
            enabled: Default true.
            idempotency_key: The same key with the same params within 24 h gives the same result.
        """
        return cast(
            "CreatedWebhook",
            self._call(
                "webhook.create",
                given(
                    {"tenantId": tenant_id, "url": url, "events": events},
                    {"id": id, "headers": headers, "enabled": enabled, "idempotencyKey": idempotency_key},
                ),
            ),
        )

    def get(self, *, id: str) -> Webhook:
        """Gives a webhook.

        Roles: admin, operator, viewer, tenant. Raises NotFound, beside what every method may raise.
        """
        return cast("Webhook", self._call("webhook.get", {"id": id}, reads=True))

    def list(self, *, tenant_id: str, limit: Optional[int] = None, cursor: Optional[str] = None) -> WebhookListResult:
        """Lists a tenant's webhooks, by id.

        Roles: admin, operator, viewer, tenant. Raises NotFound, beside what every method may raise.

        Args:
            limit: 1 to 200, default 50.
            cursor: `nextCursor` of the page before.
        """
        return cast(
            "WebhookListResult",
            self._call("webhook.list", given({"tenantId": tenant_id}, {"limit": limit, "cursor": cursor}), reads=True),
        )

    def iter(self, *, tenant_id: str, limit: Optional[int] = None) -> Iterator[Webhook]:
        """Every item of `list`, page after page. `limit` is the size of a page."""
        return cast(
            "Iterator[Webhook]",
            pages(self._call, "webhook.list", given({"tenantId": tenant_id}, {"limit": limit})),
        )

    def update(
        self,
        *,
        id: str,
        url: Optional[str] = None,
        events: Optional[Sequence[Literal["message.received", "message.sent", "message.failed", "message.status", "conversation.created", "conversation.updated", "human_handoff.requested", "document.indexed"]]] = None,
        headers: Optional[Mapping[str, str]] = None,
        enabled: Optional[bool] = None,
        if_revision: Optional[int] = None,
        idempotency_key: Optional[str] = None,
    ) -> Webhook:
        """Changes a webhook.

        Roles: admin, operator, tenant. Raises NotFound, Conflict, beside what every method may raise.

        Args:
            headers: Replaces all of them.
            if_revision: Only if this is the entity's current revision; else -32009.
            idempotency_key: The same key with the same params within 24 h gives the same result.
        """
        return cast(
            "Webhook",
            self._call(
                "webhook.update",
                given(
                    {"id": id},
                    {
                        "url": url,
                        "events": events,
                        "headers": headers,
                        "enabled": enabled,
                        "ifRevision": if_revision,
                        "idempotencyKey": idempotency_key,
                    },
                ),
            ),
        )

    def delete(
        self,
        *,
        id: str,
        if_revision: Optional[int] = None,
        idempotency_key: Optional[str] = None,
    ) -> WebhookDeleteResult:
        """Deletes a webhook.

        Roles: admin, operator, tenant. Raises NotFound, Conflict, beside what every method may raise.

        Args:
            if_revision: Only if this is the entity's current revision; else -32009.
            idempotency_key: The same key with the same params within 24 h gives the same result.
        """
        return cast(
            "WebhookDeleteResult",
            self._call(
                "webhook.delete",
                given({"id": id}, {"ifRevision": if_revision, "idempotencyKey": idempotency_key}),
            ),
        )


class ConfigMethods:
    """`config.…`"""

    def __init__(self, call: Call) -> None:
        self._call = call

    def snapshot(self, *, since_revision: Optional[int] = None) -> ConfigSnapshot:
        """Gives the whole configuration at one revision, secrets sealed.

        With `sinceRevision` equal to the current revision the answer is `{revision, unchanged: true}` with empty lists.

        Roles: admin, node.

        Args:
            since_revision: What the caller has.
        """
        return cast(
            "ConfigSnapshot",
            self._call("config.snapshot", given({}, {"sinceRevision": since_revision}), reads=True),
        )


class FleetMethods:
    """`fleet.…`"""

    def __init__(self, call: Call) -> None:
        self._call = call

    def list(self) -> FleetListResult:
        """Lists the nodes as they last reported, with the config's revision.

        Roles: admin, operator, viewer.
        """
        return cast("FleetListResult", self._call("fleet.list", {}, reads=True))

    def wait(self, *, revision: int, timeout_ms: Optional[int] = None) -> FleetWaitResult:
        """Waits until every live node runs a revision.

        Nodes that are draining, or silent for 6 s, are not waited for; with no live node it converges at once. A failed
        node is a laggard. After `timeoutMs` it fails with -32010 and the laggards in `data.nodes`.

        Roles: admin, operator, viewer. Raises FleetNotConverged, beside what every method may raise.

        Args:
            timeout_ms: 0 to 60000, default 30000.
        """
        return cast(
            "FleetWaitResult",
            self._call(
                "fleet.wait",
                given({"revision": revision}, {"timeoutMs": timeout_ms}),
                reads=True,
                wait_ms=30000 if timeout_ms is None else timeout_ms,
            ),
        )


class DocumentMethods:
    """`document.…`"""

    def __init__(self, call: Call) -> None:
        self._call = call

    def put(
        self,
        *,
        tenant_id: str,
        title: str,
        mime_type: Literal["text/plain", "text/markdown", "text/html", "application/pdf"],
        id: Optional[str] = None,
        content: Optional[str] = None,
        content_base64: Optional[str] = None,
        metadata: Optional[Mapping[str, object]] = None,
        idempotency_key: Optional[str] = None,
    ) -> DocumentPutResult:
        """Stores a document that the bot may answer from, or a new version of it.

        Markup is stripped and the text cut into passages, which are searchable when this returns. Text is UTF-8.
        application/pdf is not read yet and refused.

        Roles: admin, operator, tenant. Raises NotFound, Conflict, beside what every method may raise.

        Args:
            id: Generated if absent; an existing one gets a new version.
            content: Either this or `contentBase64`.
            idempotency_key: The same key with the same params within 24 h gives the same result.
        """
        return cast(
            "DocumentPutResult",
            self._call(
                "document.put",
                given(
                    {"tenantId": tenant_id, "title": title, "mimeType": mime_type},
                    {
                        "id": id,
                        "content": content,
                        "contentBase64": content_base64,
                        "metadata": metadata,
                        "idempotencyKey": idempotency_key,
                    },
                ),
            ),
        )

    def get(self, *, id: str) -> Document:
        """Gives a document with its text.

        Roles: admin, operator, viewer, tenant. Raises NotFound, beside what every method may raise.
        """
        return cast("Document", self._call("document.get", {"id": id}, reads=True))

    def list(self, *, tenant_id: str, limit: Optional[int] = None, cursor: Optional[str] = None) -> DocumentListResult:
        """Lists a tenant's documents, by id, without their texts.

        Roles: admin, operator, viewer, tenant. Raises NotFound, beside what every method may raise.

        Args:
            limit: 1 to 200, default 50.
            cursor: `nextCursor` of the page before.
        """
        return cast(
            "DocumentListResult",
            self._call("document.list", given({"tenantId": tenant_id}, {"limit": limit, "cursor": cursor}), reads=True),
        )

    def iter(self, *, tenant_id: str, limit: Optional[int] = None) -> Iterator[DocumentSummary]:
        """Every item of `list`, page after page. `limit` is the size of a page."""
        return cast(
            "Iterator[DocumentSummary]",
            pages(self._call, "document.list", given({"tenantId": tenant_id}, {"limit": limit})),
        )

    def delete(self, *, id: str, idempotency_key: Optional[str] = None) -> DocumentDeleteResult:
        """Deletes a document and its passages.

        Documents are no part of the configuration; the revision given is the current one.

        Roles: admin, operator, tenant. Raises NotFound, beside what every method may raise.

        Args:
            idempotency_key: The same key with the same params within 24 h gives the same result.
        """
        return cast(
            "DocumentDeleteResult",
            self._call("document.delete", given({"id": id}, {"idempotencyKey": idempotency_key})),
        )

    def search(self, *, tenant_id: str, query: str, top_k: Optional[int] = None) -> DocumentSearchResult:
        """Finds the passages that the bot would answer from.

        Roles: admin, operator, viewer, tenant. Raises NotFound, beside what every method may raise.

        Args:
            query: In people's words.
            top_k: 1 to 50, default 5.
        """
        return cast(
            "DocumentSearchResult",
            self._call("document.search", given({"tenantId": tenant_id, "query": query}, {"topK": top_k}), reads=True),
        )


class ConversationMethods:
    """`conversation.…`"""

    def __init__(self, call: Call) -> None:
        self._call = call

    def list(
        self,
        *,
        tenant_id: str,
        status: Optional[Literal["active", "assigned_human", "closed"]] = None,
        channel_id: Optional[str] = None,
        query: Optional[str] = None,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
    ) -> ConversationListResult:
        """Lists a tenant's conversations, the latest activity first.

        Roles: admin, operator, viewer, tenant. Raises NotFound, beside what every method may raise.

        Args:
            query: In user ids, conversation ids and message texts.
            limit: 1 to 200, default 50.
            cursor: `nextCursor` of the page before.
        """
        return cast(
            "ConversationListResult",
            self._call(
                "conversation.list",
                given(
                    {"tenantId": tenant_id},
                    {"status": status, "channelId": channel_id, "query": query, "limit": limit, "cursor": cursor},
                ),
                reads=True,
            ),
        )

    def iter(
        self,
        *,
        tenant_id: str,
        status: Optional[Literal["active", "assigned_human", "closed"]] = None,
        channel_id: Optional[str] = None,
        query: Optional[str] = None,
        limit: Optional[int] = None,
    ) -> Iterator[Conversation]:
        """Every item of `list`, page after page. `limit` is the size of a page."""
        return cast(
            "Iterator[Conversation]",
            pages(
                self._call,
                "conversation.list",
                given(
                    {"tenantId": tenant_id},
                    {"status": status, "channelId": channel_id, "query": query, "limit": limit},
                ),
            ),
        )

    def get(self, *, conversation_id: str, channel_id: str) -> Conversation:
        """Gives a conversation.

        Roles: admin, operator, viewer, tenant. Raises NotFound, beside what every method may raise.
        """
        return cast(
            "Conversation",
            self._call("conversation.get", {"conversationId": conversation_id, "channelId": channel_id}, reads=True),
        )

    def messages(
        self,
        *,
        conversation_id: str,
        channel_id: str,
        after: Optional[int] = None,
        before: Optional[int] = None,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
    ) -> ConversationMessagesResult:
        """Lists a conversation's messages by position, ascending.

        `after` and `before` are positions, exclusive. With only `before` the newest ones before it.

        Roles: admin, operator, viewer, tenant. Raises NotFound, beside what every method may raise.

        Args:
            limit: 1 to 200, default 50.
            cursor: `nextCursor` of the page before.
        """
        return cast(
            "ConversationMessagesResult",
            self._call(
                "conversation.messages",
                given(
                    {"conversationId": conversation_id, "channelId": channel_id},
                    {"after": after, "before": before, "limit": limit, "cursor": cursor},
                ),
                reads=True,
            ),
        )

    def iter_messages(
        self,
        *,
        conversation_id: str,
        channel_id: str,
        after: Optional[int] = None,
        before: Optional[int] = None,
        limit: Optional[int] = None,
    ) -> Iterator[Message]:
        """Every item of `messages`, page after page. `limit` is the size of a page."""
        return cast(
            "Iterator[Message]",
            pages(
                self._call,
                "conversation.messages",
                given(
                    {"conversationId": conversation_id, "channelId": channel_id},
                    {"after": after, "before": before, "limit": limit},
                ),
            ),
        )


class MessageMethods:
    """`message.…`"""

    def __init__(self, call: Call) -> None:
        self._call = call

    def get(self, *, id: str) -> Message:
        """Gives a message with what became of it.

        Roles: admin, operator, viewer, tenant. Raises NotFound, beside what every method may raise.
        """
        return cast("Message", self._call("message.get", {"id": id}, reads=True))


class RpcMethods:
    """`rpc.…`"""

    def __init__(self, call: Call) -> None:
        self._call = call

    def discover(self) -> JSONObject:
        """Gives the OpenRPC document of this API.

        Roles: admin, operator, viewer, tenant, node.
        """
        return cast("JSONObject", self._call("rpc.discover", {}, reads=True))


class Methods:
    """Every method, by namespace."""

    def __init__(self, call: Call) -> None:
        self.tenant = TenantMethods(call)
        self.channel = ChannelMethods(call)
        self.secret = SecretMethods(call)
        self.token = TokenMethods(call)
        self.audit = AuditMethods(call)
        self.function = FunctionMethods(call)
        self.webhook = WebhookMethods(call)
        self.config = ConfigMethods(call)
        self.fleet = FleetMethods(call)
        self.document = DocumentMethods(call)
        self.conversation = ConversationMethods(call)
        self.message = MessageMethods(call)
        self.rpc = RpcMethods(call)


class BatchTenantMethods:
    """`tenant.…` in a batch."""

    def __init__(self, call: AddCall) -> None:
        self._call = call

    def create(
        self,
        *,
        name: str,
        id: Optional[str] = None,
        settings: Optional[TenantSettings] = None,
        enabled: Optional[bool] = None,
        idempotency_key: Optional[str] = None,
    ) -> Pending[Tenant]:
        """Creates a tenant."""
        return self._call(
            "tenant.create",
            given(
                {"name": name},
                {"id": id, "settings": settings, "enabled": enabled, "idempotencyKey": idempotency_key},
            ),
        )

    def get(self, *, id: str) -> Pending[Tenant]:
        """Gives a tenant."""
        return self._call("tenant.get", {"id": id}, reads=True)

    def list(self, *, limit: Optional[int] = None, cursor: Optional[str] = None) -> Pending[TenantListResult]:
        """Lists the tenants, by id."""
        return self._call("tenant.list", given({}, {"limit": limit, "cursor": cursor}), reads=True)

    def update(
        self,
        *,
        id: str,
        name: Optional[str] = None,
        settings: Optional[Mapping[str, object]] = None,
        enabled: Optional[bool] = None,
        if_revision: Optional[int] = None,
        idempotency_key: Optional[str] = None,
    ) -> Pending[Tenant]:
        """Changes a tenant."""
        return self._call(
            "tenant.update",
            given(
                {"id": id},
                {
                    "name": name,
                    "settings": settings,
                    "enabled": enabled,
                    "ifRevision": if_revision,
                    "idempotencyKey": idempotency_key,
                },
            ),
        )

    def delete(
        self,
        *,
        id: str,
        if_revision: Optional[int] = None,
        idempotency_key: Optional[str] = None,
    ) -> Pending[TenantDeleteResult]:
        """Deletes a tenant with all that is its own."""
        return self._call(
            "tenant.delete",
            given({"id": id}, {"ifRevision": if_revision, "idempotencyKey": idempotency_key}),
        )


class BatchChannelMethods:
    """`channel.…` in a batch."""

    def __init__(self, call: AddCall) -> None:
        self._call = call

    def create(
        self,
        *,
        tenant_id: str,
        type: Literal["whatsapp", "messenger", "webchat"],
        config: Union[WhatsAppConfig, MessengerConfig, WebChatConfig],
        id: Optional[str] = None,
        name: Optional[str] = None,
        secrets: Optional[Mapping[str, str]] = None,
        enabled: Optional[bool] = None,
        idempotency_key: Optional[str] = None,
    ) -> Pending[Channel]:
        """Creates a channel, with its secrets if they are given."""
        return self._call(
            "channel.create",
            given(
                {"tenantId": tenant_id, "type": type, "config": config},
                {"id": id, "name": name, "secrets": secrets, "enabled": enabled, "idempotencyKey": idempotency_key},
            ),
        )

    def get(self, *, id: str) -> Pending[Channel]:
        """Gives a channel."""
        return self._call("channel.get", {"id": id}, reads=True)

    def list(
        self,
        *,
        tenant_id: Optional[str] = None,
        type: Optional[Literal["whatsapp", "messenger", "webchat"]] = None,
        enabled: Optional[bool] = None,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
    ) -> Pending[ChannelListResult]:
        """Lists channels, by id."""
        return self._call(
            "channel.list",
            given({}, {"tenantId": tenant_id, "type": type, "enabled": enabled, "limit": limit, "cursor": cursor}),
            reads=True,
        )

    def update(
        self,
        *,
        id: str,
        name: Union[Optional[str], Unset] = UNSET,
        config: Optional[Mapping[str, object]] = None,
        secrets: Optional[Mapping[str, str]] = None,
        enabled: Optional[bool] = None,
        if_revision: Optional[int] = None,
        idempotency_key: Optional[str] = None,
    ) -> Pending[Channel]:
        """Changes a channel."""
        return self._call(
            "channel.update",
            given(
                {"id": id},
                {
                    "config": config,
                    "secrets": secrets,
                    "enabled": enabled,
                    "ifRevision": if_revision,
                    "idempotencyKey": idempotency_key,
                },
                {"name": name},
            ),
        )

    def delete(
        self,
        *,
        id: str,
        if_revision: Optional[int] = None,
        idempotency_key: Optional[str] = None,
    ) -> Pending[ChannelDeleteResult]:
        """Deletes a channel and its secrets."""
        return self._call(
            "channel.delete",
            given({"id": id}, {"ifRevision": if_revision, "idempotencyKey": idempotency_key}),
        )

    def test(self, *, id: str) -> Pending[ChannelTestResult]:
        """Checks a channel's credentials against the live Graph API."""
        return self._call("channel.test", {"id": id}, reads=True)


class BatchSecretMethods:
    """`secret.…` in a batch."""

    def __init__(self, call: AddCall) -> None:
        self._call = call

    def set(
        self,
        *,
        tenant_id: str,
        name: str,
        value: str,
        channel_id: Optional[str] = None,
        grace_seconds: Optional[int] = None,
        if_revision: Optional[int] = None,
        idempotency_key: Optional[str] = None,
    ) -> Pending[Secret]:
        """Sets a secret's value."""
        return self._call(
            "secret.set",
            given(
                {"tenantId": tenant_id, "name": name, "value": value},
                {
                    "channelId": channel_id,
                    "graceSeconds": grace_seconds,
                    "ifRevision": if_revision,
                    "idempotencyKey": idempotency_key,
                },
            ),
        )

    def list(
        self,
        *,
        tenant_id: str,
        channel_id: Optional[str] = None,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
    ) -> Pending[SecretListResult]:
        """Lists secrets by name and fingerprint, never their values."""
        return self._call(
            "secret.list",
            given({"tenantId": tenant_id}, {"channelId": channel_id, "limit": limit, "cursor": cursor}),
            reads=True,
        )

    def delete(
        self,
        *,
        tenant_id: str,
        name: str,
        channel_id: Optional[str] = None,
        if_revision: Optional[int] = None,
        idempotency_key: Optional[str] = None,
    ) -> Pending[SecretDeleteResult]:
        """Deletes a secret."""
        return self._call(
            "secret.delete",
            given(
                {"tenantId": tenant_id, "name": name},
                {"channelId": channel_id, "ifRevision": if_revision, "idempotencyKey": idempotency_key},
            ),
        )

    def rewrap(self, *, idempotency_key: Optional[str] = None) -> Pending[SecretRewrapResult]:
        """Seals every secret anew under the first master key."""
        return self._call("secret.rewrap", given({}, {"idempotencyKey": idempotency_key}))


class BatchTokenMethods:
    """`token.…` in a batch."""

    def __init__(self, call: AddCall) -> None:
        self._call = call

    def create(
        self,
        *,
        name: str,
        role: Literal["admin", "operator", "viewer", "tenant", "node"],
        tenant_id: Optional[str] = None,
        expires_at: Optional[str] = None,
        idempotency_key: Optional[str] = None,
    ) -> Pending[CreatedToken]:
        """Creates a bearer token."""
        return self._call(
            "token.create",
            given(
                {"name": name, "role": role},
                {"tenantId": tenant_id, "expiresAt": expires_at, "idempotencyKey": idempotency_key},
            ),
        )

    def list(self, *, limit: Optional[int] = None, cursor: Optional[str] = None) -> Pending[TokenListResult]:
        """Lists the tokens by id, without the tokens themselves."""
        return self._call("token.list", given({}, {"limit": limit, "cursor": cursor}), reads=True)

    def revoke(self, *, id: str, idempotency_key: Optional[str] = None) -> Pending[TokenRevokeResult]:
        """Revokes a token, at once and for good."""
        return self._call("token.revoke", given({"id": id}, {"idempotencyKey": idempotency_key}))


class BatchAuditMethods:
    """`audit.…` in a batch."""

    def __init__(self, call: AddCall) -> None:
        self._call = call

    def list(
        self,
        *,
        tenant_id: Optional[str] = None,
        entity: Optional[str] = None,
        entity_id: Optional[str] = None,
        actor_id: Optional[str] = None,
        method: Optional[str] = None,
        since: Optional[str] = None,
        until: Optional[str] = None,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
    ) -> Pending[AuditListResult]:
        """Lists who changed what, when and from where, newest first."""
        return self._call(
            "audit.list",
            given(
                {},
                {
                    "tenantId": tenant_id,
                    "entity": entity,
                    "entityId": entity_id,
                    "actorId": actor_id,
                    "method": method,
                    "since": since,
                    "until": until,
                    "limit": limit,
                    "cursor": cursor,
                },
            ),
            reads=True,
        )


class BatchFunctionMethods:
    """`function.…` in a batch."""

    def __init__(self, call: AddCall) -> None:
        self._call = call

    def create(
        self,
        *,
        tenant_id: str,
        name: str,
        description: str,
        parameters: Mapping[str, object],
        url: str,
        id: Optional[str] = None,
        timeout_ms: Optional[int] = None,
        enabled: Optional[bool] = None,
        idempotency_key: Optional[str] = None,
    ) -> Pending[CreatedFunction]:
        """Creates an HTTP tool that the tenant's model may call."""
        return self._call(
            "function.create",
            given(
                {"tenantId": tenant_id, "name": name, "description": description, "parameters": parameters, "url": url},
                {"id": id, "timeoutMs": timeout_ms, "enabled": enabled, "idempotencyKey": idempotency_key},
            ),
        )

    def get(self, *, id: str) -> Pending[Function]:
        """Gives a function."""
        return self._call("function.get", {"id": id}, reads=True)

    def list(
        self,
        *,
        tenant_id: str,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
    ) -> Pending[FunctionListResult]:
        """Lists a tenant's functions, by id."""
        return self._call(
            "function.list",
            given({"tenantId": tenant_id}, {"limit": limit, "cursor": cursor}),
            reads=True,
        )

    def update(
        self,
        *,
        id: str,
        name: Optional[str] = None,
        description: Optional[str] = None,
        parameters: Optional[Mapping[str, object]] = None,
        url: Optional[str] = None,
        timeout_ms: Optional[int] = None,
        enabled: Optional[bool] = None,
        if_revision: Optional[int] = None,
        idempotency_key: Optional[str] = None,
    ) -> Pending[Function]:
        """Changes a function."""
        return self._call(
            "function.update",
            given(
                {"id": id},
                {
                    "name": name,
                    "description": description,
                    "parameters": parameters,
                    "url": url,
                    "timeoutMs": timeout_ms,
                    "enabled": enabled,
                    "ifRevision": if_revision,
                    "idempotencyKey": idempotency_key,
                },
            ),
        )

    def delete(
        self,
        *,
        id: str,
        if_revision: Optional[int] = None,
        idempotency_key: Optional[str] = None,
    ) -> Pending[FunctionDeleteResult]:
        """Deletes a function."""
        return self._call(
            "function.delete",
            given({"id": id}, {"ifRevision": if_revision, "idempotencyKey": idempotency_key}),
        )


class BatchWebhookMethods:
    """`webhook.…` in a batch."""

    def __init__(self, call: AddCall) -> None:
        self._call = call

    def create(
        self,
        *,
        tenant_id: str,
        url: str,
        events: Sequence[Literal["message.received", "message.sent", "message.failed", "message.status", "conversation.created", "conversation.updated", "human_handoff.requested", "document.indexed"]],
        id: Optional[str] = None,
        headers: Optional[Mapping[str, str]] = None,
        enabled: Optional[bool] = None,
        idempotency_key: Optional[str] = None,
    ) -> Pending[CreatedWebhook]:
        """Creates a webhook: where a tenant is told of events."""
        return self._call(
            "webhook.create",
            given(
                {"tenantId": tenant_id, "url": url, "events": events},
                {"id": id, "headers": headers, "enabled": enabled, "idempotencyKey": idempotency_key},
            ),
        )

    def get(self, *, id: str) -> Pending[Webhook]:
        """Gives a webhook."""
        return self._call("webhook.get", {"id": id}, reads=True)

    def list(
        self,
        *,
        tenant_id: str,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
    ) -> Pending[WebhookListResult]:
        """Lists a tenant's webhooks, by id."""
        return self._call(
            "webhook.list",
            given({"tenantId": tenant_id}, {"limit": limit, "cursor": cursor}),
            reads=True,
        )

    def update(
        self,
        *,
        id: str,
        url: Optional[str] = None,
        events: Optional[Sequence[Literal["message.received", "message.sent", "message.failed", "message.status", "conversation.created", "conversation.updated", "human_handoff.requested", "document.indexed"]]] = None,
        headers: Optional[Mapping[str, str]] = None,
        enabled: Optional[bool] = None,
        if_revision: Optional[int] = None,
        idempotency_key: Optional[str] = None,
    ) -> Pending[Webhook]:
        """Changes a webhook."""
        return self._call(
            "webhook.update",
            given(
                {"id": id},
                {
                    "url": url,
                    "events": events,
                    "headers": headers,
                    "enabled": enabled,
                    "ifRevision": if_revision,
                    "idempotencyKey": idempotency_key,
                },
            ),
        )

    def delete(
        self,
        *,
        id: str,
        if_revision: Optional[int] = None,
        idempotency_key: Optional[str] = None,
    ) -> Pending[WebhookDeleteResult]:
        """Deletes a webhook."""
        return self._call(
            "webhook.delete",
            given({"id": id}, {"ifRevision": if_revision, "idempotencyKey": idempotency_key}),
        )


class BatchConfigMethods:
    """`config.…` in a batch."""

    def __init__(self, call: AddCall) -> None:
        self._call = call

    def snapshot(self, *, since_revision: Optional[int] = None) -> Pending[ConfigSnapshot]:
        """Gives the whole configuration at one revision, secrets sealed."""
        return self._call("config.snapshot", given({}, {"sinceRevision": since_revision}), reads=True)


class BatchFleetMethods:
    """`fleet.…` in a batch."""

    def __init__(self, call: AddCall) -> None:
        self._call = call

    def list(self) -> Pending[FleetListResult]:
        """Lists the nodes as they last reported, with the config's revision."""
        return self._call("fleet.list", {}, reads=True)

    def wait(self, *, revision: int, timeout_ms: Optional[int] = None) -> Pending[FleetWaitResult]:
        """Waits until every live node runs a revision."""
        return self._call(
            "fleet.wait",
            given({"revision": revision}, {"timeoutMs": timeout_ms}),
            reads=True,
            wait_ms=30000 if timeout_ms is None else timeout_ms,
        )


class BatchDocumentMethods:
    """`document.…` in a batch."""

    def __init__(self, call: AddCall) -> None:
        self._call = call

    def put(
        self,
        *,
        tenant_id: str,
        title: str,
        mime_type: Literal["text/plain", "text/markdown", "text/html", "application/pdf"],
        id: Optional[str] = None,
        content: Optional[str] = None,
        content_base64: Optional[str] = None,
        metadata: Optional[Mapping[str, object]] = None,
        idempotency_key: Optional[str] = None,
    ) -> Pending[DocumentPutResult]:
        """Stores a document that the bot may answer from, or a new version of it."""
        return self._call(
            "document.put",
            given(
                {"tenantId": tenant_id, "title": title, "mimeType": mime_type},
                {
                    "id": id,
                    "content": content,
                    "contentBase64": content_base64,
                    "metadata": metadata,
                    "idempotencyKey": idempotency_key,
                },
            ),
        )

    def get(self, *, id: str) -> Pending[Document]:
        """Gives a document with its text."""
        return self._call("document.get", {"id": id}, reads=True)

    def list(
        self,
        *,
        tenant_id: str,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
    ) -> Pending[DocumentListResult]:
        """Lists a tenant's documents, by id, without their texts."""
        return self._call(
            "document.list",
            given({"tenantId": tenant_id}, {"limit": limit, "cursor": cursor}),
            reads=True,
        )

    def delete(self, *, id: str, idempotency_key: Optional[str] = None) -> Pending[DocumentDeleteResult]:
        """Deletes a document and its passages."""
        return self._call("document.delete", given({"id": id}, {"idempotencyKey": idempotency_key}))

    def search(self, *, tenant_id: str, query: str, top_k: Optional[int] = None) -> Pending[DocumentSearchResult]:
        """Finds the passages that the bot would answer from."""
        return self._call(
            "document.search",
            given({"tenantId": tenant_id, "query": query}, {"topK": top_k}),
            reads=True,
        )


class BatchConversationMethods:
    """`conversation.…` in a batch."""

    def __init__(self, call: AddCall) -> None:
        self._call = call

    def list(
        self,
        *,
        tenant_id: str,
        status: Optional[Literal["active", "assigned_human", "closed"]] = None,
        channel_id: Optional[str] = None,
        query: Optional[str] = None,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
    ) -> Pending[ConversationListResult]:
        """Lists a tenant's conversations, the latest activity first."""
        return self._call(
            "conversation.list",
            given(
                {"tenantId": tenant_id},
                {"status": status, "channelId": channel_id, "query": query, "limit": limit, "cursor": cursor},
            ),
            reads=True,
        )

    def get(self, *, conversation_id: str, channel_id: str) -> Pending[Conversation]:
        """Gives a conversation."""
        return self._call("conversation.get", {"conversationId": conversation_id, "channelId": channel_id}, reads=True)

    def messages(
        self,
        *,
        conversation_id: str,
        channel_id: str,
        after: Optional[int] = None,
        before: Optional[int] = None,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
    ) -> Pending[ConversationMessagesResult]:
        """Lists a conversation's messages by position, ascending."""
        return self._call(
            "conversation.messages",
            given(
                {"conversationId": conversation_id, "channelId": channel_id},
                {"after": after, "before": before, "limit": limit, "cursor": cursor},
            ),
            reads=True,
        )


class BatchMessageMethods:
    """`message.…` in a batch."""

    def __init__(self, call: AddCall) -> None:
        self._call = call

    def get(self, *, id: str) -> Pending[Message]:
        """Gives a message with what became of it."""
        return self._call("message.get", {"id": id}, reads=True)


class BatchRpcMethods:
    """`rpc.…` in a batch."""

    def __init__(self, call: AddCall) -> None:
        self._call = call

    def discover(self) -> Pending[JSONObject]:
        """Gives the OpenRPC document of this API."""
        return self._call("rpc.discover", {}, reads=True)


class BatchMethods:
    """Every method, by namespace, to be called in a batch."""

    def __init__(self, call: AddCall) -> None:
        self.tenant = BatchTenantMethods(call)
        self.channel = BatchChannelMethods(call)
        self.secret = BatchSecretMethods(call)
        self.token = BatchTokenMethods(call)
        self.audit = BatchAuditMethods(call)
        self.function = BatchFunctionMethods(call)
        self.webhook = BatchWebhookMethods(call)
        self.config = BatchConfigMethods(call)
        self.fleet = BatchFleetMethods(call)
        self.document = BatchDocumentMethods(call)
        self.conversation = BatchConversationMethods(call)
        self.message = BatchMessageMethods(call)
        self.rpc = BatchRpcMethods(call)
