package import Domain
import JSONCoding

/// Sightings of nodes in PostgreSQL.
package struct PostgresFleetStore: FleetStore {
    private let pool: PostgresPool

    package init(_ pool: PostgresPool) { self.pool = pool }

    package func save(_ sightings: [NodeSighting]) async throws {
        guard !sightings.isEmpty else { return }
        // In the order of their ids, so that two control planes never wait for each other's rows.
        let sorted = sightings.sorted { $0.report.id < $1.report.id }
        _ = try await storing {
            try await pool.query(
                """
                INSERT INTO nodes AS n (id, report, last_seen_at)
                SELECT id, report::json, seen
                FROM unnest($1::text[], $2::text[], $3::timestamptz[]) AS given(id, report, seen) ORDER BY id
                ON CONFLICT (id) DO UPDATE SET report = excluded.report, last_seen_at = excluded.last_seen_at
                WHERE n.last_seen_at <= excluded.last_seen_at
                """,
                [
                    sorted.map(\.report.id.storable), sorted.map(\.report.json.text.storable),
                    sorted.map(\.lastSeenAt),
                ])
        }
    }

    /// Reports that this version does not understand are left out.
    package func sightings(since: Timestamp) async throws -> [NodeSighting] {
        try await storing {
            try await pool.query(
                "SELECT report, last_seen_at FROM nodes WHERE last_seen_at >= $1 ORDER BY id", [since]
            ).compactMap { row in
                let report = try row.decode("report", as: JSONValue.self)
                let lastSeenAt = try row.decode("last_seen_at", as: Timestamp.self)
                do throws(JSONFaults) {
                    return NodeSighting(
                        report: try JSONReader.read(report, NodeReport.init(reading:)), lastSeenAt: lastSeenAt)
                } catch {
                    return nil
                }
            }
        }
    }

    package func forget(before: Timestamp) async throws {
        _ = try await storing { try await pool.query("DELETE FROM nodes WHERE last_seen_at < $1", [before]) }
    }
}
