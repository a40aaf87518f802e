package import JSONCoding

/// The one form in which every channel's messages travel: through the broker, the database and the API.
///
/// JSON form: `Schemas/normalized-message.schema.json`.
package struct NormalizedMessage: Sendable, Hashable {
    package var id: MessageID
    package var tenantID: String
    package var channelID: String
    package var channel: ChannelType
    package var conversationID: String
    /// The platform's own id: wamid, mid, the visitor's `id`.
    package var externalID: String?
    package var direction: Direction
    /// The platform's name of the sender: a phone number, a business-scoped user id, a visitor's user id; `bot`, an agent.
    package var from: String
    package var to: String?
    /// When it was written, by the platform's clock.
    package var timestamp: Timestamp
    package var type: MessageType
    package var content: MessageContent
    /// Its place in the conversation, rising; given when it is recorded.
    package var position: Int64?
    package var metadata: JSONObject

    package init(
        id: MessageID, tenantID: String, channelID: String, channel: ChannelType, conversationID: String,
        externalID: String? = nil, direction: Direction, from: String, to: String? = nil, timestamp: Timestamp,
        type: MessageType, content: MessageContent, position: Int64? = nil, metadata: JSONObject = [:]
    ) {
        self.id = id
        self.tenantID = tenantID
        self.channelID = channelID
        self.channel = channel
        self.conversationID = conversationID
        self.externalID = externalID
        self.direction = direction
        self.from = from
        self.to = to
        self.timestamp = timestamp
        self.type = type
        self.content = content
        self.position = position
        self.metadata = metadata
    }

    package var conversation: ConversationKey {
        ConversationKey(channelID: channelID, conversationID: conversationID)
    }
}

extension NormalizedMessage {
    package var json: JSONValue {
        var object: JSONObject = [
            "id": .string(id.description),
            "tenantId": .string(tenantID),
            "channelId": .string(channelID),
            "channel": .string(channel.rawValue),
            "conversationId": .string(conversationID),
        ]
        object.append("externalId", externalID.map(JSONValue.string))
        object.append("direction", .string(direction.rawValue))
        object.append("from", .string(from))
        object.append("to", to.map(JSONValue.string))
        object.append("timestamp", .string(timestamp.description))
        object.append("type", .string(type.rawValue))
        object.append("content", content.json)
        object.append("position", position.map(JSONValue.integer))
        if !metadata.isEmpty { object.append("metadata", .object(metadata)) }
        return .object(object)
    }

    /// Reads the JSON form; unknown members are tolerated, so that nodes of different versions understand each other.
    package init?(reading reader: JSONReader) {
        let read = reader.openObject { object -> NormalizedMessage? in
            let id = object.required("id", MessageID.read)
            let tenantID = object.required("tenantId") { $0.identifier() }
            let channelID = object.required("channelId") { $0.identifier() }
            let channel = object.required("channel") { $0.oneOf(ChannelType.self) }
            let conversationID = object.required("conversationId") { $0.string(1...512) }
            let externalID = object.optional("externalId") { $0.string(1...512) }
            let direction = object.required("direction") { $0.oneOf(Direction.self) }
            let from = object.required("from") { $0.string(0...512) }
            let to = object.optional("to") { $0.string(0...512) }
            let timestamp = object.required("timestamp", Timestamp.read)
            let type = object.required("type") { $0.oneOf(MessageType.self) }
            let content = object.required("content", MessageContent.init(reading:))
            let position = object.optional("position") { $0.integer(in: 0 ... .max) }
            let metadata = object.optional("metadata") { $0.rawObject() }
            guard let id, let tenantID, let channelID, let channel, let conversationID, let direction, let from,
                let timestamp, let type, let content
            else { return nil }
            return NormalizedMessage(
                id: id, tenantID: tenantID, channelID: channelID, channel: channel, conversationID: conversationID,
                externalID: externalID, direction: direction, from: from, to: to, timestamp: timestamp, type: type,
                content: content, position: position, metadata: metadata ?? [:])
        }
        guard let read else { return nil }
        self = read
    }
}

extension MessageID {
    package static func read(_ reader: JSONReader) -> MessageID? {
        guard let text = reader.string(0...64) else { return nil }
        return MessageID(text) ?? reader.fault("must be a UUID")
    }
}

extension Timestamp {
    package static func read(_ reader: JSONReader) -> Timestamp? {
        guard let text = reader.string(0...64) else { return nil }
        return Timestamp(text) ?? reader.fault("must be an RFC 3339 date-time such as 2026-01-31T09:30:00.000Z")
    }
}
