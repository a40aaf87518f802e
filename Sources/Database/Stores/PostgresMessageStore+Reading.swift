package import Domain

extension PostgresMessageStore {
    package func message(_ id: MessageID) async throws -> StoredMessage? {
        try await storing {
            try await pool.query("SELECT \(StoredMessage.columns) FROM messages AS m WHERE m.id = $1", [id]).first
                .map(StoredMessage.init)
        }
    }

    package func conversation(_ key: ConversationKey) async throws -> Conversation? {
        try await storing {
            try await pool.query(
                """
                SELECT \(Conversation.columns) FROM conversations AS c WHERE c.channel_id = $1 AND c.conversation_id = $2
                """, [key.channelID.storable, key.conversationID.storable]
            ).first.map(Conversation.init)
        }
    }

    package func conversations(
        tenantID: String, status: Conversation.Status?, channelID: String?, query: String?, _ page: PageRequest
    ) async throws -> Page<Conversation> {
        let after = try Cursor.readNumbers(page.cursor, "a", fields: 2)
        let pattern = query.map { "%\($0.storable.likeEscaped)%" }
        return try await storing {
            let rows = try await pool.query(
                """
                SELECT \(Conversation.columns) FROM conversations AS c
                WHERE c.tenant_id = $1 AND ($2::text IS NULL OR c.status = $2) AND ($3::text IS NULL OR c.channel_id = $3)
                    AND ($4::timestamptz IS NULL OR (c.last_message_at, c.no) < ($4, $5))
                    AND ($6::text IS NULL OR c.user_id ILIKE $6 OR c.conversation_id ILIKE $6 OR EXISTS (
                        SELECT FROM messages AS m
                        WHERE m.conversation = c.no AND m.body -> 'content' ->> 'text' ILIKE $6))
                ORDER BY c.last_message_at DESC, c.no DESC LIMIT $7
                """,
                [
                    tenantID.storable, status?.rawValue, channelID?.storable,
                    after.map { PostgresMicroseconds($0[0]) }, after?[1], pattern, page.boundedLimit + 1,
                ])
            let items = try rows.prefix(page.boundedLimit).map(Conversation.init)
            guard rows.count > page.boundedLimit, !items.isEmpty else { return Page(items: items, nextCursor: nil) }
            let last = rows[items.count - 1]
            // Microseconds, as the server sorts, not the milliseconds that a `Timestamp` has.
            let (time, number) = (
                try last.decode("last_message_at", as: PostgresMicroseconds.self), try last.decode("no", as: Int64.self)
            )
            return Page(items: items, nextCursor: Cursor.make("a", "\(time.value)", "\(number)"))
        }
    }

    package func messages(
        _ key: ConversationKey, after: Int64?, before: Int64?, _ page: PageRequest
    ) async throws -> Page<StoredMessage> {
        // Without `after` the newest come first page by page, though each page is in ascending order.
        let isBackward = after == nil && before != nil
        let place = try Cursor.readNumbers(page.cursor, isBackward ? "mb" : "mf", fields: 1)?[0]
        return try await storing {
            let rows = try await pool.query(
                """
                SELECT \(StoredMessage.columns) FROM messages AS m
                WHERE m.conversation = (SELECT no FROM conversations WHERE channel_id = $1 AND conversation_id = $2)
                    AND m.position > $3 AND m.position < $4
                ORDER BY m.position \(isBackward ? "DESC" : "ASC") LIMIT $5
                """,
                [
                    key.channelID.storable, key.conversationID.storable,
                    isBackward ? Int64.min : max(after ?? .min, place ?? .min),
                    isBackward ? min(before ?? .max, place ?? .max) : before ?? .max, page.boundedLimit + 1,
                ])
            let found = try Page(rows, limit: page.boundedLimit, StoredMessage.init) {
                Cursor.make(isBackward ? "mb" : "mf", "\($0.message.position ?? 0)")
            }
            return isBackward ? Page(items: found.items.reversed(), nextCursor: found.nextCursor) : found
        }
    }
}

/// A `timestamptz` to the microsecond, as PostgreSQL keeps it.
private struct PostgresMicroseconds: PostgresEncodable, PostgresDecodable {
    var value: Int64

    init(_ value: Int64) { self.value = value }

    static var postgresType: PostgresType { .timestamptz }
    var postgresValue: PostgresValue { PostgresValue(.timestamptz, value.networkBytes) }

    static func decode(_ cell: borrowing PostgresCell) throws(PostgresCell.Fault) -> PostgresMicroseconds {
        guard cell.type == .timestamptz else { throw cell.mismatch(PostgresMicroseconds.self) }
        return PostgresMicroseconds(try cell.integer(Int64.self))
    }
}

extension String {
    /// As LIKE takes it literally.
    fileprivate var likeEscaped: String {
        var result = ""
        for character in unicodeScalars {
            if character == "%" || character == "_" || character == "\\" { result.append("\\") }
            result.unicodeScalars.append(character)
        }
        return result
    }
}
