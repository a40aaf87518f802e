import JSONCoding

extension NormalizedMessage {
    /// The bytes of ``json``, written directly: every message passes through here on its way to the broker.
    package func serialized() -> [UInt8] {
        var object = JSONObjectBuilder(capacity: 768)
        object.set("id", id.description)
        object.set("tenantId", tenantID)
        object.set("channelId", channelID)
        object.set("channel", channel.rawValue)
        object.set("conversationId", conversationID)
        object.set("externalId", externalID)
        object.set("direction", direction.rawValue)
        object.set("from", from)
        object.set("to", to)
        object.set("timestamp", timestamp.description)
        object.set("type", type.rawValue)
        if content.isTextAlone {
            object.setObject("content") { $0.set("text", content.text) }
        } else {
            object.set("content", content.json)
        }
        if let position { object.set("position", position) }
        if !metadata.isEmpty { object.set("metadata", .object(metadata)) }
        return object.serialized()
    }
}

extension MessageContent {
    /// Nothing but text: most messages.
    fileprivate var isTextAlone: Bool {
        media == nil && location == nil && reply == nil && reaction == nil && quickReplies.isEmpty && contacts.isEmpty
    }
}
