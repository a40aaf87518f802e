import Domain
import JSONCoding
import Support
import Testing

@testable import Database

@Suite struct FleetStoreTests {
    private func sighting(_ id: String, revision: Int64, at time: Timestamp) -> NodeSighting {
        let report = NodeReport(
            id: id, instance: "i", roles: [.edge], advertiseURL: "http://127.0.0.1:1", version: "1", revision: revision,
            configHash: "h", status: .ready, error: nil, startedAt: noon, sentAt: noon, sockets: 1, inFlight: 2)
        return NodeSighting(report: report, lastSeenAt: time)
    }

    @Test func sightingsAreKeptAndForgotten() async throws {
        try await withSchema { pool in
            let store = PostgresFleetStore(pool)
            try await store.save([])
            let first = [sighting("b", revision: 1, at: noon), sighting("a", revision: 2, at: noon.plus(seconds: 60))]
            try await store.save(first)
            #expect(try await store.sightings(since: noon) == [first[1], first[0]])
            #expect(try await store.sightings(since: noon.plus(seconds: 1)) == [first[1]])
            // A newer sighting replaces an older one, never the other way round.
            let newer = sighting("b", revision: 3, at: noon.plus(seconds: 2))
            try await store.save([newer, sighting("a", revision: 0, at: noon)])
            #expect(try await store.sightings(since: noon) == [first[1], newer])
            try await store.forget(before: noon.plus(seconds: 3))
            #expect(try await store.sightings(since: noon) == [first[1]])
        }
    }

    @Test func aReportThatIsNotUnderstoodIsPassedOver() async throws {
        try await withSchema { pool in
            try await pool.query("INSERT INTO nodes VALUES ('x', '{\"id\": \"x\"}', now())")
            #expect(try await PostgresFleetStore(pool).sightings(since: noon.plus(seconds: -1_000_000_000)).isEmpty)
        }
    }

    @Test func secretsOfSeveralChannelsAreReadAtOnce() async throws {
        try await withSchema { pool in
            let store = PostgresConfigStore(pool)
            let channels = try await store.write { transaction in
                _ = try await transaction.save(.sample("t"))
                var channels: [Channel] = []
                for id in ["a", "b", "c"] {
                    channels.append(try await transaction.save(.sample(id, tenant: "t")))
                    _ = try await transaction.save(StoredSecret.sample(tenant: "t", channel: id))
                }
                return channels
            }
            let secrets = try await store.secrets(of: [channels[0], channels[2]])
            #expect(secrets.compactMap(\.key.channelID).sorted() == ["a", "c"])
            let none = try await store.secrets(of: [])
            #expect(none.isEmpty)
        }
    }
}
