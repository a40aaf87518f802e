import Domain
import HTTPTypes
import JSONCoding
import Logging
import Sealing
import Support
import Synchronization
import Testing

@testable import ConfigSync

/// Keeps what it was given, and refuses what a test tells it to.
final class RecordingApplier: ConfigApplier {
    struct State {
        var revisions: [Int64] = []
        var changes: [ConfigChanges] = []
        var hash = ""
        var refusals: [ConfigRefusal] = []
    }

    let state = Mutex(State())

    var hash: String { state.withLock { $0.hash } }
    var revision: Int64 { state.withLock { $0.revisions.last ?? 0 } }

    func apply(_ config: borrowing ConfigState, _ changes: ConfigChanges) -> [ConfigRefusal] {
        let (revision, hash) = (config.revision, config.contentHash)
        return state.withLock { state in
            state.revisions.append(revision)
            state.changes.append(changes)
            state.hash = hash
            return state.refusals
        }
    }
}

@Suite(.serialized) struct ConfigSyncServiceTests {
    private let quiet = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    private let fanout = "metachat.config"

    /// A node with its broker connection, its applier and its status.
    private struct Node {
        let applier = RecordingApplier()
        let status = ConfigSyncStatus()
        let connection: FakeConnection
        let service: ConfigSyncService

        init(
            _ urls: [String], _ connection: FakeConnection, cache: String? = nil,
            token: String = FakeControlPlane.token,
            check: Duration = .seconds(60), logger: Logger
        ) throws {
            self.connection = connection
            service = ConfigSyncService(
                settings: .init(
                    controlURLs: urls, nodeToken: token, cachePath: cache, checkInterval: check,
                    cacheDelay: .milliseconds(10)),
                broker: connection, keyring: try .forTests(), applier: applier, status: status, logger: logger)
        }
    }

    /// Runs a control plane, hands its URL to the body, and ends everything that the body started.
    private func withControlPlane(
        _ world: World,
        _ body:
            @escaping @Sendable (FakeControlPlane, String, inout ThrowingTaskGroup<Void, any Error>) async throws ->
            Void
    ) async throws {
        let control = FakeControlPlane(world)
        let (urls, url) = AsyncStream<String>.makeStream()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await control.run { url.yield($0) } }
            var iterator = urls.makeAsyncIterator()
            let address = try #require(await iterator.next())
            try await body(control, address, &group)
            group.cancelAll()
        }
    }

    private func publish(_ change: ConfigEvent, _ broker: FakeConnection) async throws {
        try await broker.publish(
            BrokerMessage(exchange: fanout, routingKey: "", body: change.json.serialized(), mandatory: false),
            timeoutMilliseconds: 1000)
    }

    private func temporaryPath() -> String { "/tmp/metachat-cache-\(UInt64.random(in: 0 ... .max)).json" }

    @Test func bindsReadsAndFollows() async throws {
        try await withControlPlane(.acme) { control, url, group in
            let broker = FakeBroker()
            let publisher = broker.connect()
            let node = try Node([url + "/"], broker.connect(), logger: self.quiet)
            group.addTask { try await node.service.run() }
            #expect(await eventually { node.status.current.isReady })
            #expect(node.status.current.revision == 3 && node.applier.state.withLock { $0.changes } == [.whole])
            for _ in 0..<20 {
                let event = try control.state.withLock { state in
                    state.world.putChannel("wa1")
                    return try #require(state.world.events.last)
                }
                try await self.publish(event, publisher)
                #expect(await eventually { node.applier.revision == event.revision })
            }
            #expect(node.applier.hash == control.state.withLock { $0.world.state.contentHash })
            #expect(control.asked.count { $0 == nil } == 1)
        }
    }

    @Test func whatWasMissedIsRead() async throws {
        try await withControlPlane(.acme) { control, url, group in
            let broker = FakeBroker()
            let publisher = broker.connect()
            let node = try Node([url], broker.connect(), logger: self.quiet)
            group.addTask { try await node.service.run() }
            #expect(await eventually { node.applier.revision == 3 })
            // A change that the fanout never told, and one after it.
            let event = try control.state.withLock { state in
                state.world.putTenant("missed")
                state.world.putTenant("told")
                return try #require(state.world.events.last)
            }
            try await self.publish(event, publisher)
            #expect(await eventually { node.applier.revision == 5 })
            // The connection breaks; what was published meanwhile is gone.
            control.state.withLock { $0.world.remove(.tenant("told")) }
            node.connection.reconnect()
            #expect(await eventually { node.applier.revision == 6 })
            #expect(node.applier.hash == control.state.withLock { $0.world.state.contentHash })
            // A message that is none.
            control.state.withLock { $0.world.putTenant("later") }
            try await publisher.publish(
                BrokerMessage(exchange: self.fanout, routingKey: "", body: Array("nonsense".utf8), mandatory: false),
                timeoutMilliseconds: 1000)
            #expect(await eventually { node.applier.revision == 7 })
        }
    }

    /// Nothing is published at all: the regular look finds the change.
    @Test func theRegularLookFindsWhatNobodyTold() async throws {
        try await withControlPlane(.acme) { control, url, group in
            let node = try Node([url], FakeBroker().connect(), check: .milliseconds(20), logger: self.quiet)
            group.addTask { try await node.service.run() }
            #expect(await eventually { node.applier.revision == 3 })
            #expect(await eventually { control.asked.contains(3) })
            control.state.withLock { $0.world.putTenant("untold") }
            #expect(await eventually { node.applier.revision == 4 })
        }
    }

    @Test func withoutABrokerTheSnapshotServes() async throws {
        try await withControlPlane(.acme) { _, url, group in
            let connection = FakeBroker().connect()
            connection.goAway()
            let node = try Node([url], connection, logger: self.quiet)
            group.addTask { try await node.service.run() }
            #expect(await eventually { node.status.current.isReady })
        }
    }

    @Test func theNextControlPlaneInTheListIsTried() async throws {
        try await withControlPlane(.acme) { _, url, group in
            let node = try Node(["http://127.0.0.1:1", url], FakeBroker().connect(), logger: self.quiet)
            group.addTask { try await node.service.run() }
            #expect(await eventually { node.status.current.isReady })
            #expect(node.status.current.trouble == nil)
        }
    }

    @Test func troubleIsToldAndWaitedOut() async throws {
        try await withControlPlane(.acme) { control, url, group in
            let faults: [(HTTPResponse.Status, String, String)] = [
                (.internalServerError, "", "HTTP status 500"), (.ok, "<html>", "no readable snapshot"),
                (.ok, #"{"jsonrpc":"2.0","id":1,"error":{"code":-32003,"message":"x"}}"#, "role node"),
                (.ok, #"{"jsonrpc":"2.0","id":1,"error":{"code":-32050,"message":"x"}}"#, "code -32050"),
            ]
            control.state.withLock { $0.fault = (faults[0].0, faults[0].1) }
            let node = try Node([url], FakeBroker().connect(), logger: self.quiet)
            group.addTask { try await node.service.run() }
            for (status, body, words) in faults {
                control.state.withLock { $0.fault = (status, body) }
                #expect(await eventually { node.status.current.trouble?.contains(words) ?? false }, "\(words)")
            }
            #expect(!node.status.current.isReady)
            control.state.withLock { $0.fault = nil }
            #expect(await eventually { node.status.current.isReady && node.status.current.trouble == nil })
        }
    }

    @Test func aWrongTokenIsToldWithoutTellingIt() async throws {
        try await withControlPlane(.acme) { _, url, group in
            let node = try Node([url], FakeBroker().connect(), token: "hush", logger: self.quiet)
            group.addTask { try await node.service.run() }
            #expect(await eventually { node.status.current.trouble?.contains("METACHAT_NODE_TOKEN") ?? false })
            #expect(node.status.current.trouble?.contains("hush") == false)
        }
    }

    @Test func refusalsMakeTheNodeFailUntilTheyHeal() async throws {
        try await withControlPlane(.acme) { control, url, group in
            let broker = FakeBroker()
            let publisher = broker.connect()
            let node = try Node([url], broker.connect(), logger: self.quiet)
            group.addTask { try await node.service.run() }
            #expect(await eventually { node.applier.revision == 3 })
            let refusal = ConfigRefusal(entity: .channel("wa1"), revision: 4, reason: "no")
            node.applier.state.withLock { $0.refusals = [refusal] }
            func change() async throws {
                let event = try control.state.withLock { state in
                    state.world.putChannel("wa1")
                    return try #require(state.world.events.last)
                }
                try await self.publish(event, publisher)
            }
            try await change()
            #expect(await eventually { node.status.current.refusals == [refusal] })
            #expect(node.status.current.revision == 3)
            try await change()
            #expect(await eventually { node.applier.revision == 5 })
            #expect(node.status.current.revision == 3)
            node.applier.state.withLock { $0.refusals = [] }
            try await change()
            #expect(await eventually { node.status.current.revision == 6 && node.status.current.refusals.isEmpty })
        }
    }

    @Test func theCacheStartsANodeWithoutControlPlane() async throws {
        let path = temporaryPath()
        try await withControlPlane(.acme) { control, url, group in
            let node = try Node([url], FakeBroker().connect(), cache: path, logger: self.quiet)
            group.addTask { try await node.service.run() }
            #expect(
                await eventually { (try? ConfigCache(path: path, keyring: .forTests()).load())?.state.revision == 3 })
        }
        let node = try Node(["http://127.0.0.1:1"], FakeBroker().connect(), cache: path, logger: quiet)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await node.service.run() }
            #expect(
                await eventually { node.status.current.isReady && node.applier.hash == World.acme.state.contentHash })
            group.cancelAll()
        }
        try ConfigCacheTests.remove(path)
    }

    @Test func aDamagedCacheIsIgnored() async throws {
        let path = temporaryPath()
        try SmallFile.replace(path, with: Array("{ damaged".utf8))
        try await withControlPlane(.acme) { _, url, group in
            let node = try Node([url], FakeBroker().connect(), cache: path, logger: self.quiet)
            group.addTask { try await node.service.run() }
            #expect(await eventually { node.status.current.isReady })
            #expect(
                await eventually { (try? ConfigCache(path: path, keyring: .forTests()).load())?.state.revision == 3 })
        }
        try ConfigCacheTests.remove(path)
    }
}
