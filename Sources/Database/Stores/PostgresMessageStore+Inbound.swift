package import Domain

extension PostgresMessageStore {
    package func record(_ message: NormalizedMessage, now: Timestamp) async throws -> InboundRecord {
        try await storing {
            let row = try await pool.query(
                "SELECT * FROM record_inbound($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                [
                    message.id, message.tenantID.storable, message.channelID.storable, message.channel.rawValue,
                    message.conversationID.storable, message.from.storable, message.externalID?.storable,
                    MessageBody(message), now,
                ]
            ).single()
            let state: InboundRecord.State
            switch try row.decode("result", as: String.self) {
            case "open": state = .open
            case "duplicate": state = .duplicate(of: try row.decode("duplicate_of"))
            case "predecessor_open": state = .predecessorOpen
            default:
                state = .ended(
                    try row.word("outcome"), unpublishedAnswer: try row.message("answer", position: "answer_position"))
            }
            let conversation = Conversation(
                key: message.conversation, tenantID: message.tenantID, channel: message.channel,
                status: try row.word("status"), agent: try row.decode("agent"), userID: try row.decode("user_id"),
                lastMessageAt: try row.decode("last_message_at"), lastPosition: try row.decode("last_position"),
                unread: try row.decode("unread"), createdAt: try row.decode("created_at"))
            return InboundRecord(
                state: state, position: try row.decode("position"), conversation: conversation,
                createdConversation: try row.decode("created"), isNew: try row.decode("is_new"))
        }
    }

    package func history(
        _ key: ConversationKey, before position: Int64, limit: Int
    ) async throws -> [StoredMessage] {
        try await storing {
            try await pool.query(
                """
                SELECT \(StoredMessage.columns) FROM messages AS m
                WHERE m.conversation = (SELECT no FROM conversations WHERE channel_id = $1 AND conversation_id = $2)
                    AND m.position < $3
                ORDER BY m.position DESC LIMIT $4
                """, [key.channelID.storable, key.conversationID.storable, position, min(max(limit, 0), 1000)]
            ).reversed().map(StoredMessage.init)
        }
    }

    package func conclude(
        _ inbound: NormalizedMessage, with conclusion: Conclusion, now: Timestamp
    ) async throws -> Concluded {
        let (kind, outcome, reason, answer) = conclusion.parts
        return try await storing {
            let row = try await pool.query(
                "SELECT * FROM conclude_inbound($1, $2, $3, $4, $5, $6, $7)",
                [
                    inbound.id, kind, outcome.rawValue, reason?.storable, answer?.id, answer.map(MessageBody.init), now,
                ]
            ).single()
            switch try row.decode("result", as: String.self) {
            case "recorded":
                var answer = answer
                answer?.position = try row.decode("answer_position")
                return .recorded(answer)
            case "held": return .held
            case "already":
                return .already(
                    try row.word("outcome"), unpublishedAnswer: try row.message("answer", position: "answer_position"))
            default: throw DependencyError.rejected("the inbound message \(inbound.id) has not been recorded")
            }
        }
    }

    /// A server that crashes may forget the mark; then the answers are published once more, to those who know them.
    package func markPublished(_ ids: [MessageID]) async throws {
        guard !ids.isEmpty else { return }
        _ = try await storing {
            try await pool.batch(
                [.withoutWaitingForTheDisk]
                    + ids.sorted().map { id in
                        PostgresStatement(
                            "UPDATE messages SET published_at = now() WHERE id = $1 AND published_at IS NULL", [id])
                    })
        }
    }

    package func unpublished(before: Timestamp, limit: Int) async throws -> [NormalizedMessage] {
        try await storing {
            try await pool.query(
                """
                SELECT body, position FROM messages
                WHERE open AND NOT inbound AND state = 'queued' AND published_at IS NULL AND recorded_at < $1
                ORDER BY recorded_at, id LIMIT $2
                """, [before, max(0, limit)]
            ).compactMap { try $0.message("body", position: "position") }
        }
    }
}

extension Conclusion {
    fileprivate var parts: (kind: String, outcome: InboundOutcome, reason: String?, answer: NormalizedMessage?) {
        switch self {
        case .answer(let message): ("answer", .answered, nil, message)
        case .escalate(let message, let reason): ("escalate", .escalated, reason, message)
        case .end(let outcome, let reason): ("end", outcome, reason, nil)
        }
    }
}
