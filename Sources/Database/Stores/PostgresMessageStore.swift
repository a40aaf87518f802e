import Domain

/// Messages and conversations in PostgreSQL.
///
/// Whatever changes a conversation locks its row first, so that positions rise without gaps and of two who want to
/// record, answer or claim the same message one wins. Each operation is one round trip; where it decides something,
/// a function of the schema does (`Schemas/sql`).
package struct PostgresMessageStore: MessageStore {
    let pool: PostgresPool

    package init(_ pool: PostgresPool) { self.pool = pool }
}

extension StoredMessage {
    /// Of `messages AS m`.
    static let columns = """
        m.body, m.position, m.inbound, m.state, m.reason, m.code, m.failure_text, m.answers, \
        m.external_id
        """

    init(_ row: PostgresRow) throws {
        var message = try row.decode("body", as: MessageBody.self).message
        message.position = try row.decode("position", as: Int64.self)
        // Of what we sent it is known only after the message was written.
        if message.externalID == nil { message.externalID = try row.decode("external_id") }
        self.init(
            message: message, reason: try row.decode("reason"), code: try row.decode("code"),
            failureText: try row.decode("failure_text"), answers: try row.decode("answers"))
        if try row.decode("inbound", as: Bool.self) {
            outcome = try row.word("state")
        } else {
            delivery = try row.word("state")
        }
    }
}

extension Conversation {
    /// Of `conversations AS c`.
    static let columns = """
        c.no, c.channel_id, c.conversation_id, c.tenant_id, c.channel, c.status, c.agent, c.user_id, \
        c.last_message_at, c.last_position, c.unread, c.created_at
        """

    init(_ row: PostgresRow) throws {
        self.init(
            key: ConversationKey(
                channelID: try row.decode("channel_id"), conversationID: try row.decode("conversation_id")),
            tenantID: try row.decode("tenant_id"), channel: try row.word("channel"), status: try row.word("status"),
            agent: try row.decode("agent"), userID: try row.decode("user_id"),
            lastMessageAt: try row.decode("last_message_at"), lastPosition: try row.decode("last_position"),
            unread: try row.decode("unread"), createdAt: try row.decode("created_at"))
    }
}

extension PostgresRow {
    /// The message in column `body`, its position in another.
    func message(_ body: String, position: String) throws -> NormalizedMessage? {
        guard var message = try decode(body, as: MessageBody?.self)?.message else { return nil }
        message.position = try decode(position, as: Int64.self)
        return message
    }
}
