import JSONCoding

/// The entities that the methods' examples speak of.
enum Examples {
    static let time: JSONValue = "2026-11-22T12:30:37.042Z"

    static let tenant: JSONValue = [
        "id": "acme", "name": "Acme Ltd.",
        "settings": ["brandName": "Acme", "locale": ["en"], "humanHandoffKeywords": ["human"]], "enabled": true,
        "revision": 41, "createdAt": time, "updatedAt": time,
    ]

    static let whatsAppConfig: JSONValue = [
        "phoneNumberId": "106540352242922", "businessAccountId": "102290129340398",
        "webhookVerifyToken": "choose-a-token",
    ]

    static let channel: JSONValue = [
        "id": "acme-whatsapp", "tenantId": "acme", "type": "whatsapp", "name": "Support number",
        "config": whatsAppConfig, "enabled": true, "revision": 44, "createdAt": time, "updatedAt": time,
        "secrets": [
            "accessToken": ["fingerprint": "3f1c9b72a0d4e851", "keyId": "k1", "updatedAt": time],
            "appSecret": ["fingerprint": "9be0417c5a2d6f38", "keyId": "k1", "updatedAt": time],
        ],
    ]

    static let secret: JSONValue = [
        "name": "appSecret", "channelId": "acme-whatsapp", "fingerprint": "9be0417c5a2d6f38", "keyId": "k1",
        "updatedAt": time, "revision": 45, "previousAcceptedUntil": "2026-11-22T13:30:37.042Z",
    ]

    static let token: JSONObject = [
        "id": "tk_7hq2m4x9", "name": "Acme's web shop", "role": "tenant", "tenantId": "acme", "createdAt": time,
    ]

    static let functionParameters: JSONValue = [
        "type": "object", "properties": ["number": ["type": "string"]], "required": ["number"],
    ]

    static let function: JSONObject = [
        "id": "fn_order_status", "tenantId": "acme", "name": "order_status", "description": "Tells where an order is.",
        "parameters": functionParameters, "url": "https://shop.example.com/metachat/order-status", "timeoutMs": 10_000,
        "enabled": true, "revision": 46, "createdAt": time, "updatedAt": time,
    ]

    static let webhook: JSONObject = [
        "id": "wh_events", "tenantId": "acme", "url": "https://shop.example.com/metachat/events",
        "events": ["message.received", "human_handoff.requested"], "headerNames": [], "enabled": true, "revision": 47,
        "createdAt": time, "updatedAt": time,
    ]

    static let signingSecret: JSONValue = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwq0vVYkKzBf0="

    static let node: JSONValue = [
        "id": "node-1", "roles": ["edge", "worker"], "advertiseUrl": "http://127.0.0.1:8080", "version": "1.0.0",
        "revision": 45, "configHash": "7f9c2ba4e88f827d", "status": "ready", "startedAt": time, "lastSeenAt": time,
        "sockets": 0, "inFlight": 0,
    ]

    static let documentSummary: JSONObject = [
        "id": "opening-hours", "tenantId": "acme", "title": "Opening hours", "mimeType": "text/markdown",
        "metadata": ["source": "handbook"], "version": 1, "chunks": 1, "status": "indexed", "createdAt": time,
        "updatedAt": time,
    ]

    static let conversation: JSONValue = [
        "conversationId": "acme-whatsapp:4915112345678", "channelId": "acme-whatsapp", "tenantId": "acme",
        "channel": "whatsapp", "status": "active", "userId": "4915112345678", "lastMessageAt": time,
        "lastPosition": 2, "unread": 1, "createdAt": time,
    ]

    static let message: JSONValue = [
        "id": "019aab7c-5d62-7c3e-9a41-0b8f3f1d2c5e", "tenantId": "acme", "channelId": "acme-whatsapp",
        "channel": "whatsapp", "conversationId": "acme-whatsapp:4915112345678", "direction": "outbound",
        "from": "bot", "to": "4915112345678", "timestamp": time, "type": "text",
        "content": ["text": "We are open from 9 to 18 on weekdays."], "position": 2, "status": "delivered",
        "answers": "019aab7c-5c01-7a2b-8f10-6c2d9e4b7a31",
    ]

    static func page(_ item: JSONValue) -> JSONValue { ["items": [item], "nextCursor": nil] }
}
