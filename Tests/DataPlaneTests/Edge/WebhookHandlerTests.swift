import Channels
import Domain
import JSONCoding
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Support
import Synchronization
import Testing

@testable import DataPlane

/// The channel handler of webhooks in a pipeline of its own; time is the embedded loop's.
@Suite struct WebhookHandlerTests {
    /// Answers when the test says.
    private final class SlowBroker: MessageBroker, CallbackPublisher {
        private let waiting = Mutex<[@Sendable (PublishError?) -> Void]>([])

        var isUp: Bool { true }
        var count: Int { waiting.withLock { $0.count } }

        func publish(
            _ messages: [BrokerMessage], timeoutMilliseconds: Int64,
            whenDone: @escaping @Sendable (PublishError?) -> Void
        ) {
            waiting.withLock { $0.append(whenDone) }
        }

        func confirm(_ error: PublishError? = nil) { waiting.withLock { $0.removeFirst() }(error) }

        private static let noUse = DependencyError.rejected("not asked for here")
        func publish(_ message: BrokerMessage, timeoutMilliseconds: Int64) async throws(PublishError) {
            throw .unavailable("not asked for here")
        }
        func publish(_ messages: [BrokerMessage], timeoutMilliseconds: Int64) async throws(PublishError) {
            throw .unavailable("not asked for here")
        }
        func ensureQueue(_ name: String, singleActiveConsumer: Bool) async throws { throw Self.noUse }
        func ensureFanout(_ exchange: String) async throws { throw Self.noUse }
        func bind(queue: String, to exchange: String) async throws { throw Self.noUse }
        func depth(of queue: String) async throws -> (messages: Int, consumers: Int)? { throw Self.noUse }
        func deleteQueue(_ name: String) async throws -> Int { throw Self.noUse }
        func consume(
            _ queue: ConsumerQueue, prefetch: Int, handler: @escaping @Sendable (any Delivery) -> Void
        ) async throws -> any ConsumerHandle { throw Self.noUse }
    }

    private struct OpenQueues: QueueOpening {
        func prepare() {}
        func isOpen(_ queue: QueueName) -> Bool { true }
        func open(_ queue: QueueName) {}
        func forget(_ queue: QueueName) {}
    }

    private struct AnySignature: WebhookVerifier {
        func accepts(verifyToken: String, now: Timestamp) -> Bool { true }
        func accepts(signature: String, of body: UnsafeRawBufferPointer, now: Timestamp) -> Bool { true }
    }

    /// Counts what is let through, and what is told to it.
    private final class Behind: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        var heads: [String] = []
        var quiesces = 0

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            if case .head(let head) = unwrapInboundIn(data) { heads.append(head.uri) }
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if event is ChannelShouldQuiesceEvent { quiesces += 1 }
        }
    }

    private final class Scene {
        let broker = SlowBroker()
        let behind = Behind()
        let channel = EmbeddedChannel()
        private let uri = "/api/integrations/whatsapp/\(Sample.tenantID)"

        init() throws {
            let routing = Routing()
            routing.swap(
                to: Table.make(channels: [("c1", FakeAdapter())], webhook: AnySignature()))
            let parser: WebhookParser = { _, _, _ in
                var body = WebhookBody()
                body.messages = [Sample.inbound()]
                return body
            }
            let receiver = WebhookReceiver(
                routing: routing, broker: broker, queues: OpenQueues(), parsers: [.whatsapp: parser],
                clock: ManualClock(Sample.start), logger: silent)
            let handler = WebhookHandler(
                receiver, date: HTTPDate(clock: ManualClock(Sample.start)), idleTimeout: .seconds(75))
            try channel.pipeline.syncOperations.addHandlers([handler, behind])
            try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        }

        func head(_ uri: String? = nil, keepAlive: Bool = true) throws {
            var head = HTTPRequestHead(version: .http1_1, method: .POST, uri: uri ?? self.uri)
            head.headers.add(name: "x-hub-signature-256", value: "sha256=00")
            if !keepAlive { head.headers.add(name: "connection", value: "close") }
            try channel.writeInbound(HTTPServerRequestPart.head(head))
        }

        func body(_ text: String) throws {
            try channel.writeInbound(HTTPServerRequestPart.body(ByteBuffer(string: text)))
        }

        func end() throws { try channel.writeInbound(HTTPServerRequestPart.end(nil)) }

        func delivery(keepAlive: Bool = true) throws {
            try head(keepAlive: keepAlive)
            try body("{}")
            try end()
        }

        func confirm(_ error: PublishError? = nil) {
            broker.confirm(error)
            channel.embeddedEventLoop.run()
        }

        func pass(_ time: Duration) { channel.embeddedEventLoop.advanceTime(by: TimeAmount(time)) }

        /// The heads of the answers since the last look.
        func answers() throws -> [HTTPResponseHead] {
            var heads: [HTTPResponseHead] = []
            while let part = try channel.readOutbound(as: HTTPServerResponsePart.self) {
                if case .head(let head) = part { heads.append(head) }
            }
            return heads
        }

        /// The answer of whoever is behind.
        func answerPassed() throws {
            try channel.writeOutbound(HTTPServerResponsePart.head(.init(version: .http1_1, status: .notFound)))
            try channel.writeOutbound(HTTPServerResponsePart.end(nil))
        }
    }

    @Test func anIdleConnectionIsClosedAndOneInUseIsNot() throws {
        let scene = try Scene()
        for _ in 0..<3 {
            scene.pass(.seconds(74))
            #expect(scene.channel.isActive)
            try scene.delivery()
            scene.confirm()
            #expect(try scene.answers().map(\.status.code) == [200])
        }
        scene.pass(.seconds(74))
        #expect(scene.channel.isActive)
        scene.pass(.seconds(2))
        #expect(!scene.channel.isActive)
    }

    @Test func aConnectionThatIsOwedAnAnswerIsNotIdle() throws {
        let scene = try Scene()
        try scene.delivery()
        scene.pass(.seconds(300))
        #expect(scene.channel.isActive)
        scene.confirm()
        #expect(try scene.answers().map(\.status.code) == [200])
        try scene.head("/somewhere/else")
        try scene.end()
        scene.pass(.seconds(300))
        #expect(scene.channel.isActive && scene.behind.heads == ["/somewhere/else"])
        try scene.answerPassed()
        scene.pass(.seconds(151))
        #expect(!scene.channel.isActive)
    }

    @Test func aBodyThatTricklesInDoesNotKeepTheConnection() throws {
        let scene = try Scene()
        try scene.head()
        for _ in 0..<7 {
            scene.pass(.seconds(10))
            try scene.body(" ")
        }
        #expect(scene.channel.isActive)
        scene.pass(.seconds(10))
        #expect(!scene.channel.isActive && scene.broker.count == 0)
    }

    @Test func whoQuiescesFirstAnswersWhatIsUnderWay() throws {
        let scene = try Scene()
        try scene.delivery()
        scene.channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        #expect(scene.channel.isActive && scene.behind.quiesces == 0)
        scene.confirm()
        let answers = try scene.answers()
        #expect(answers.map(\.status.code) == [200])
        #expect(answers.first?.headers["connection"] == ["close"])
        #expect(scene.behind.quiesces == 1)
    }

    @Test func whoQuiescesWithNothingUnderWayPassesItOnAtOnce() throws {
        let scene = try Scene()
        scene.channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        #expect(scene.behind.quiesces == 1)
    }

    @Test func whatComesBehindADeliveryWaitsForItsAnswerAndKeepsItsOrder() throws {
        let scene = try Scene()
        try scene.delivery()
        try scene.delivery()
        try scene.head("/behind")
        try scene.end()
        #expect(scene.broker.count == 1 && scene.behind.heads.isEmpty)
        scene.confirm(.unavailable("down"))
        #expect(scene.broker.count == 1 && scene.behind.heads.isEmpty)
        let first = try scene.answers()
        #expect(first.map(\.status.code) == [503] && first.first?.headers["retry-after"] == ["2"])
        scene.confirm()
        #expect(try scene.answers().map(\.status.code) == [200])
        #expect(scene.behind.heads == ["/behind"])
    }

    @Test func aPeerThatAsksForItIsTakenLeaveOf() throws {
        let scene = try Scene()
        try scene.delivery(keepAlive: false)
        scene.confirm()
        #expect(try scene.answers().first?.headers["connection"] == ["close"])
    }

    @Test func aConfirmAfterThePeerHasGoneHarmsNobody() throws {
        let scene = try Scene()
        try scene.delivery()
        try scene.channel.close().wait()
        scene.confirm()
        #expect(try scene.answers().isEmpty)
    }

    @Test func aBodyThatIsTooLargeIsReadToItsEndAndRefused() throws {
        let scene = try Scene()
        try scene.head()
        let large = String(repeating: " ", count: 1 << 20)
        for _ in 0..<4 { try scene.body(large) }
        #expect(try scene.answers().isEmpty)
        try scene.end()
        #expect(try scene.answers().map(\.status.code) == [413])
        #expect(scene.channel.isActive && scene.broker.count == 0)
        try scene.head()
        for _ in 0..<40 where scene.channel.isActive { try scene.body(large) }
        #expect(!scene.channel.isActive)
    }
}
