package import JSONCoding

/// A thread of messages with one customer on one channel.
package struct Conversation: Sendable, Hashable {
    package enum Status: String, Sendable, CaseIterable {
        /// The bot answers.
        case active
        /// A person has it; the bot is silent.
        case assignedHuman = "assigned_human"
        case closed
    }

    package var key: ConversationKey
    package var tenantID: String
    package var channel: ChannelType
    package var status: Status
    package var agent: String?
    /// The customer, by the platform's name.
    package var userID: String
    package var lastMessageAt: Timestamp
    /// Position of its newest message.
    package var lastPosition: Int64
    /// Inbound messages since a person last looked or wrote.
    package var unread: Int64
    package var createdAt: Timestamp

    package init(
        key: ConversationKey, tenantID: String, channel: ChannelType, status: Status, agent: String?, userID: String,
        lastMessageAt: Timestamp, lastPosition: Int64, unread: Int64, createdAt: Timestamp
    ) {
        self.key = key
        self.tenantID = tenantID
        self.channel = channel
        self.status = status
        self.agent = agent
        self.userID = userID
        self.lastMessageAt = lastMessageAt
        self.lastPosition = lastPosition
        self.unread = unread
        self.createdAt = createdAt
    }

    package var json: JSONValue {
        var object: JSONObject = [
            "conversationId": .string(key.conversationID), "channelId": .string(key.channelID),
            "tenantId": .string(tenantID), "channel": .string(channel.rawValue), "status": .string(status.rawValue),
        ]
        object.append("agent", agent.map(JSONValue.string))
        object.append("userId", .string(userID))
        object.append("lastMessageAt", .string(lastMessageAt.description))
        object.append("lastPosition", .integer(lastPosition))
        object.append("unread", .integer(unread))
        object.append("createdAt", .string(createdAt.description))
        return .object(object)
    }
}

/// A message as it is kept: with what became of it.
package struct StoredMessage: Sendable, Hashable {
    package var message: NormalizedMessage
    /// Of an outbound message.
    package var delivery: DeliveryStatus?
    /// Of an inbound message.
    package var outcome: InboundOutcome?
    /// Of a failure.
    package var reason: String?
    package var code: Int64?
    package var failureText: String?
    /// Of an answer: the inbound message it answers.
    package var answers: MessageID?

    package init(
        message: NormalizedMessage, delivery: DeliveryStatus? = nil, outcome: InboundOutcome? = nil,
        reason: String? = nil, code: Int64? = nil, failureText: String? = nil, answers: MessageID? = nil
    ) {
        self.message = message
        self.delivery = delivery
        self.outcome = outcome
        self.reason = reason
        self.code = code
        self.failureText = failureText
        self.answers = answers
    }

    /// The message's JSON form with `status` (delivery or outcome), `reason`, `code`, `text`, `answers` added.
    package var json: JSONValue {
        var object = message.json.object ?? [:]
        object["status"] = .string(delivery?.rawValue ?? outcome?.rawValue ?? "received")
        object.append("reason", reason.map(JSONValue.string))
        object.append("code", code.map(JSONValue.integer))
        object.append("text", failureText.map(JSONValue.string))
        object.append("answers", answers.map { .string($0.description) })
        return .object(object)
    }
}
