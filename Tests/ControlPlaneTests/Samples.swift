import Domain
import Logging

enum Samples {
    static func message(
        channel: String = "wa", tenant: String = "acme", position: Int64 = 1, text: String = "Hello"
    ) -> NormalizedMessage {
        let now = SystemClock().now()
        return NormalizedMessage(
            id: MessageID(at: now), tenantID: tenant, channelID: channel, channel: .whatsapp,
            conversationID: "\(channel):4915112345678", externalID: "wamid.\(position)", direction: .inbound,
            from: "4915112345678", timestamp: now, type: .text, content: MessageContent(text: text),
            position: position)
    }

    static func conversation(of message: NormalizedMessage) -> Conversation {
        Conversation(
            key: message.conversation, tenantID: message.tenantID, channel: message.channel, status: .active,
            agent: nil, userID: message.from, lastMessageAt: message.timestamp, lastPosition: message.position ?? 0,
            unread: 1, createdAt: message.timestamp)
    }

    static func report(
        _ id: String, revision: Int64, status: NodeReport.Status = .ready, instance: String = "i1",
        startedAt: Int64 = 0
    ) -> NodeReport {
        NodeReport(
            id: id, instance: instance, roles: [.edge, .worker], advertiseURL: "http://127.0.0.1:1", version: "1.0.0",
            revision: revision, configHash: "h\(revision)", status: status,
            error: status == .failed ? "refused" : nil, startedAt: Timestamp(milliseconds: startedAt),
            sentAt: Timestamp(milliseconds: 0), sockets: 0, inFlight: 0)
    }
}

extension Logger {
    /// Says nothing.
    static var quiet: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}
