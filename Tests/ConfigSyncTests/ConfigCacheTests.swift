import Domain
import Glibc
import JSONCoding
import Sealing
import Testing

@testable import ConfigSync

@Suite struct ConfigCacheTests {
    static func remove(_ path: String) throws { #expect(unlink(path) == 0) }

    private func world(_ keyring: Keyring) throws -> World {
        var world = World.acme
        try world.putSecret(
            SecretKey(tenantID: "acme", channelID: "wa1", name: "appSecret"), "hush", keyring: keyring)
        return world
    }

    private func withCache(_ body: (ConfigCache, String) throws -> Void) throws {
        let path = "/tmp/metachat-cache-\(UInt64.random(in: 0 ... .max)).json"
        defer { unlink(path) }
        try body(ConfigCache(path: path, keyring: .forTests()), path)
    }

    @Test func whatIsSavedComesBack() throws {
        try withCache { cache, path in
            #expect(try cache.load() == nil)
            for count in 0..<3 {
                var world = try world(.forTests())
                for index in 0..<count { world.putTenant("t\(index)") }
                try cache.save(world.state)
                let loaded = try #require(try cache.load())
                #expect(loaded.state.contentHash == world.state.contentHash && loaded.unreadable.isEmpty)
                #expect(loaded.state.revision == world.revision)
            }
            try cache.save(ConfigState())
            #expect(try cache.load()?.state.tenants.isEmpty == true)
        }
    }

    @Test func itIsReadableByItsOwnerAloneAndShowsNothing() throws {
        try withCache { cache, path in
            try SmallFile.replace(path, with: [])
            chmod(path, 0o666)
            try cache.save(try world(.forTests()).state)
            var status = stat()
            #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
            let text = String(decoding: try #require(try SmallFile.read(path, limit: 1 << 20)), as: UTF8.self)
            // With a quotation mark, which base64 has not: a ciphertext may say "wa1" by chance.
            for word in ["hush", "acme", "wa1", "appSecret"] { #expect(!text.contains(word + "\"")) }
            #expect(try JSONValue.parse(text)["revision"] == 4)
        }
    }

    @Test func otherKeysDoNotOpenIt() throws {
        try withCache { cache, path in
            try cache.save(try world(.forTests()).state)
            let other = ConfigCache(path: path, keyring: try .forTests("k2", byte: 9))
            #expect(throws: ConfigCache.Damage.sealing(.unknownKey(id: "k1"))) { try other.load() }
            let sameName = ConfigCache(path: path, keyring: try .forTests("k1", byte: 9))
            #expect(throws: ConfigCache.Damage.sealing(.authenticationFailed)) { try sameName.load() }
        }
    }

    @Test func everyDamageIsFound() throws {
        try withCache { cache, path in
            try cache.save(try world(.forTests()).state)
            let bytes = try #require(try SmallFile.read(path, limit: 1 << 20))
            for cut in [0, 1, bytes.count / 2, bytes.count - 1] {
                try SmallFile.replace(path, with: Array(bytes[..<cut]))
                #expect(throws: ConfigCache.Damage.self) { try cache.load() }
            }
            for place in stride(from: 0, to: bytes.count, by: 7) {
                var changed = bytes
                changed[place] ^= 1
                try SmallFile.replace(path, with: changed)
                // What lies outside of the sealed part may change without harm: the revision is for people.
                if let loaded = try? cache.load() { #expect(loaded.state.revision == 4) }
            }
        }
    }

    @Test func whatCannotBeWrittenOrReadIsTold() throws {
        let cache = ConfigCache(path: "/nonexistent/cache.json", keyring: try .forTests())
        #expect(throws: ConfigCache.Damage.file(.init(operation: "create", code: ENOENT))) {
            try cache.save(ConfigState())
        }
        #expect(throws: ConfigCache.Damage.file(.init(operation: "read", code: EISDIR))) {
            try ConfigCache(path: "/tmp", keyring: try .forTests()).load()
        }
    }
}
