package import Domain

extension PostgresMessageStore {
    package func claim(
        _ message: NormalizedMessage, node: String, pace: PairPace?, now: Timestamp
    ) async throws -> Claim {
        try await storing {
            let row = try await pool.query(
                "SELECT * FROM claim_outbound($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
                [
                    message.id, message.tenantID.storable, message.channelID.storable, message.channel.rawValue,
                    message.conversationID.storable, (message.to ?? "").storable, MessageBody(message), node.storable,
                    pace?.intervalMilliseconds, pace.map { Int64($0.burst) }, now, now.milliseconds,
                ]
            ).single()
            switch try row.decode("result", as: String.self) {
            case "claimed":
                return .claimed(
                    attempt: try row.decode("attempt", as: Int.self),
                    partsSent: try row.decode("parts_sent", as: Int.self))
            case "uncertain": return .uncertain
            case "predecessor_open": return .predecessorOpen
            case "paced": return .paced(until: Timestamp(milliseconds: try row.decode("until_ms")))
            default: return .settled(try row.word("state"))
            }
        }
    }

    package func beginSending(_ id: MessageID, attempt: Int, now: Timestamp) async throws -> Bool {
        try await storing {
            try await !pool.query(
                """
                UPDATE messages SET state = 'sending', state_at = $3
                WHERE id = $1 AND attempt = $2 AND node IS NOT NULL AND state IN ('queued', 'sending') RETURNING 1
                """, [id, Int32(clamping: attempt), now]
            ).isEmpty
        }
    }

    package func release(_ id: MessageID, attempt: Int, partsSent: Int) async throws {
        _ = try await storing {
            try await pool.query(
                """
                UPDATE messages SET
                    state = 'queued', state_at = now(), parts_sent = $3, node = NULL,
                    published_at = CASE state WHEN 'unknown' THEN NULL ELSE published_at END
                WHERE id = $1 AND attempt = $2 AND node IS NOT NULL AND state IN ('queued', 'sending', 'unknown')
                """, [id, Int32(clamping: attempt), Int32(clamping: partsSent)])
        }
    }

    package func settle(_ id: MessageID, _ outcome: SendOutcome, now: Timestamp) async throws {
        let statement: PostgresStatement
        switch outcome {
        case .sent(let externalID):
            // A status may have come before this: then only the platform's id is learnt.
            statement = PostgresStatement(
                """
                UPDATE messages SET
                    external_id = COALESCE(external_id, $2),
                    state_at = CASE WHEN delivery_advances(state, 'sent') THEN $3 ELSE state_at END,
                    state = CASE WHEN delivery_advances(state, 'sent') THEN 'sent' ELSE state END,
                    open = false
                WHERE id = $1 AND NOT inbound
                """, [id, externalID.storable, now])
        case .failed(let reason, let code, let text):
            statement = PostgresStatement(
                """
                UPDATE messages SET state = 'failed', state_at = $2, reason = $3, code = $4, failure_text = $5, open = false
                WHERE id = $1 AND NOT inbound AND delivery_advances(state, 'failed')
                """, [id, now, reason.storable, code, text?.storable])
        case .unknown:
            statement = PostgresStatement(
                """
                UPDATE messages SET state = 'unknown', state_at = $2
                WHERE id = $1 AND NOT inbound AND state IN ('queued', 'sending')
                """, [id, now])
        }
        _ = try await storing { try await pool.batch([statement]) }
    }

    package func apply(_ updates: [StatusUpdate]) async throws -> [StatusUpdate] {
        guard !updates.isEmpty else { return [] }
        return try await storing {
            let rows = try await pool.query(
                "SELECT * FROM apply_statuses($1, $2, $3, $4, $5, $6, $7, $8)",
                [
                    updates.map(\.tenantID.storable), updates.map(\.channelID.storable), updates.map(\.messageID),
                    updates.map { $0.externalID?.storable }, updates.map(\.status.rawValue), updates.map(\.timestamp),
                    updates.map(\.code), updates.map { $0.text?.storable },
                ])
            let indexes = try rows.map { try $0.decode(0, as: Int.self) }.sorted()
            return indexes.compactMap { updates.indices.contains($0 - 1) ? updates[$0 - 1] : nil }
        }
    }

    package func expireUnknown(before: Timestamp, now: Timestamp, limit: Int) async throws -> [StoredMessage] {
        try await storing {
            try await pool.query(
                """
                UPDATE messages AS m SET state = 'failed', reason = 'outcome_unknown', state_at = $2, open = false
                WHERE m.id IN (
                    SELECT id FROM messages
                    WHERE open AND NOT inbound AND state IN ('unknown', 'sending') AND state_at < $1
                    ORDER BY id LIMIT $3 FOR UPDATE SKIP LOCKED)
                RETURNING \(StoredMessage.columns)
                """, [before, now, max(0, limit)]
            ).map(StoredMessage.init)
        }
    }

    /// At most about a second's places at once, so that a node that dies wastes no more.
    package func reserve(
        pacingKey: String, ratePerSecond: Double, count: Int, now: Timestamp
    ) async throws -> PaceGrant {
        guard ratePerSecond > 0, ratePerSecond.isFinite else {
            throw DependencyError.rejected("a sending rate must be above 0")
        }
        let step = 1000 / ratePerSecond
        let given = min(max(count, 1), max(1, Int(min(ratePerSecond, 1_000_000).rounded(.up))))
        return try await storing {
            // Every node waits for this row, so nobody holds it for as long as the disk takes.
            let first = try await pool.batch([
                .withoutWaitingForTheDisk,
                PostgresStatement(
                    """
                    INSERT INTO pacing AS p (key, next_at) VALUES ($1, $2::float8 + $3)
                    ON CONFLICT (key) DO UPDATE SET next_at = GREATEST(p.next_at, $2) + $3
                    RETURNING next_at - $3
                    """, [pacingKey.storable, Double(now.milliseconds), Double(given) * step]),
            ])[1].single().decode(0, as: Double.self)
            return PaceGrant(first: Timestamp(milliseconds: Int64(first.rounded(.up))), count: given)
        }
    }
}
