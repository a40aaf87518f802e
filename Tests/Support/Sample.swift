package import Domain

/// Messages for tests: one tenant, one WhatsApp channel, any number of customers.
package enum Sample {
    package static let tenantID = "t1"
    package static let channelID = "c1"
    package static let inbound = QueueName(tenantID: tenantID, channel: .whatsapp, direction: .inbound)
    package static let outbound = QueueName(tenantID: tenantID, channel: .whatsapp, direction: .outbound)
    package static let start = Timestamp(milliseconds: 1_800_000_000_000)

    /// The `number`-th message of a customer.
    package static func inbound(
        _ text: String? = "What are your opening hours?", customer: String = "385911111111", number: UInt64 = 1,
        type: MessageType = .text, content: MessageContent? = nil, at timestamp: Timestamp = start,
        tenantID: String = tenantID, channelID: String = channelID
    ) -> NormalizedMessage {
        NormalizedMessage(
            id: id(customer, number, 1), tenantID: tenantID, channelID: channelID, channel: .whatsapp,
            conversationID: "\(channelID):\(customer)", externalID: "wamid.\(customer).\(number)",
            direction: .inbound, from: customer, timestamp: timestamp, type: type,
            content: content ?? MessageContent(text: text))
    }

    package static func outbound(
        _ text: String = "We are open.", customer: String = "385911111111", number: UInt64 = 1,
        at timestamp: Timestamp = start, tenantID: String = tenantID, channelID: String = channelID
    ) -> NormalizedMessage {
        NormalizedMessage(
            id: id(customer, number, 2), tenantID: tenantID, channelID: channelID, channel: .whatsapp,
            conversationID: "\(channelID):\(customer)", direction: .outbound, from: "bot", to: customer,
            timestamp: timestamp, type: .text, content: MessageContent(text: text))
    }

    private static func id(_ customer: String, _ number: UInt64, _ kind: UInt64) -> MessageID {
        MessageID(high: number << 8 | 0x7000 | kind, low: StableHash.fnv1a(customer))
    }

    package static func delivery(of message: NormalizedMessage) -> BrokerMessage {
        let queue = QueueName(
            tenantID: message.tenantID, channel: message.channel, direction: message.direction)
        return BrokerMessage(
            routingKey: queue.name, body: message.serialized(), messageID: message.id.description)
    }
}
