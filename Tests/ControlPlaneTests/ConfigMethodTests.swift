import ControlAPI
import ControlPlane
import Domain
import JSONCoding
import Support
import Testing

struct ConfigMethodTests {
    @Test func theSnapshotIsTheWholeConfiguration() async throws {
        let bench = try ControlBench()
        try await bench.makeTenant()
        try await bench.makeChannel("wa", secrets: ["appSecret": "s"])
        let answer = try await bench.call("config.snapshot", as: .node)
        let snapshot = try JSONReader.read(answer, ConfigSnapshot.init(reading:))
        #expect(snapshot == (try bench.store.snapshot()))
        #expect(snapshot.revision == 3)
        #expect(try await bench.call("config.snapshot", ["sinceRevision": 2]) == answer)
        let unchanged = try await bench.call("config.snapshot", ["sinceRevision": 3])
        #expect(
            unchanged == [
                "revision": 3, "unchanged": true, "tenants": [], "channels": [], "secrets": [], "functions": [],
                "webhooks": [],
            ])
    }

    @Test func itsTextIsWhatItsValueWouldBe() throws {
        let empty = ConfigSnapshot(revision: 0, tenants: [], channels: [], secrets: [])
        #expect(SnapshotText.write(empty) == empty.json.serialized())
        let large = Self.snapshot(tenants: 50, channels: 100)
        #expect(SnapshotText.write(large) == large.json.serialized())
    }

    @Test func twentyThousandChannelsAreWrittenInTime() async throws {
        // The threads of the other tests are not for this.
        let (size, elapsed) = try await PostgresFixture.offPool {
            let large = Self.snapshot(tenants: 10_000, channels: 20_000)
            var text: [UInt8] = []
            let elapsed = processorTime { text = SnapshotText.write(large) }
            return (text.count, elapsed)
        }
        #expect(size > 10_000_000)
        // Many times what an optimized build takes.
        #expect(elapsed < .seconds(120), "\(elapsed) for \(size) bytes")
    }

    private static func snapshot(tenants: Int, channels: Int) -> ConfigSnapshot {
        let time = Timestamp(milliseconds: 1_800_000_000_000)
        let sealed = SealedBytes(
            keyID: "k1", nonce: Array(repeating: 7, count: 12), ciphertext: Array(repeating: 9, count: 200))
        return ConfigSnapshot(
            revision: 7,
            tenants: (0..<tenants).map { index in
                Tenant(
                    id: "tenant-\(index)", name: "Tenant \(index)",
                    settings: ["brandName": "Ünïcode \"quoted\"", "locale": ["de", "en"]], enabled: true,
                    revision: 1, createdAt: time, updatedAt: time)
            },
            channels: (0..<channels).map { index in
                Channel(
                    id: "channel-\(index)", tenantID: "tenant-\(index / 2)", type: .whatsapp, name: nil,
                    config: ["phoneNumberId": .string("\(index)"), "businessAccountId": "1", "messagesPerSecond": 0.5],
                    enabled: true, revision: 2, createdAt: time, updatedAt: time)
            },
            secrets: (0..<channels).flatMap { index in
                ["accessToken", "appSecret"].map { name in
                    StoredSecret(
                        key: SecretKey(tenantID: "tenant-\(index / 2)", channelID: "channel-\(index)", name: name),
                        sealed: sealed, fingerprint: "0123456789abcdef", revision: 3, updatedAt: time)
                }
            })
    }
}
