import Channels
import Dispatch
import Domain
import JSONCoding
import Logging
import Support
import Synchronization

@testable import DataPlane

let silent: Logger = {
    var logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    logger.logLevel = .critical
    return logger
}()

/// An adapter that notes what it is asked to send and answers what the test says.
final class FakeAdapter: ChannelAdapter {
    struct Sent: Sendable {
        var message: NormalizedMessage
        var partsSent: Int
    }

    private let state = Mutex<[Sent]>([])
    private let typed = Mutex<[MessageID]>([])
    private let answer: @Sendable (NormalizedMessage, Int) async -> SendResult
    let pairPace: PairPace?
    let pacing: (key: String, ratePerSecond: Double)?

    /// - Parameter answer: given the message and how many sends came before.
    init(
        pairPace: PairPace? = nil, pacing: (key: String, ratePerSecond: Double)? = nil,
        answer: @escaping @Sendable (NormalizedMessage, Int) async -> SendResult = { message, _ in
            .accepted(externalID: "wamid.\(message.id)")
        }
    ) {
        self.pairPace = pairPace
        self.pacing = pacing
        self.answer = answer
    }

    var sent: [Sent] { state.withLock { $0 } }
    var shownTyping: [MessageID] { typed.withLock { $0 } }

    func send(
        _ message: NormalizedMessage, partsSent: Int, through transport: any HTTPTransport
    ) async -> SendResult {
        let call = HTTPCall(method: "POST", url: "https://platform.test", headers: [], body: [0])
        if case .notSent(let why) = await transport.perform(call) {
            return .retry(
                .init(reason: why, code: nil, afterMilliseconds: nil, countsAsAttempt: false), partsSent: partsSent)
        }
        let before = state.withLock { sent in
            sent.append(Sent(message: message, partsSent: partsSent))
            return sent.count - 1
        }
        return await answer(message, before)
    }

    func showTyping(answering inbound: NormalizedMessage, through transport: any HTTPTransport) async -> String? {
        typed.withLock { $0.append(inbound.id) }
        return nil
    }
}

/// A platform that takes everything for which the body is given.
struct OpenTransport: HTTPTransport {
    func perform(_ call: HTTPCall) async -> HTTPOutcome {
        do {
            try await call.beforeBody?()
            return .response(status: 200, headers: [], body: [])
        } catch {
            return .notSent("not given")
        }
    }
}

/// Routing tables of one tenant with some channels.
enum Table {
    static func make(
        revision: Int64 = 1, channels: [(id: String, adapter: any ChannelAdapter)],
        settings: TenantSettings = TenantSettings(), enabled: Bool = true, webhook: (any WebhookVerifier)? = nil,
        generation: Int64 = 1
    ) -> RoutingTable {
        let at = Sample.start
        let tenant = TenantRuntime(
            tenant: Tenant(
                id: Sample.tenantID, name: "Acme", settings: [:], enabled: true, revision: 1, createdAt: at,
                updatedAt: at), settings: settings)
        let runtimes = channels.map { id, adapter in
            ChannelRuntime(
                channel: Channel(
                    id: id, tenantID: Sample.tenantID, type: .whatsapp, name: nil, config: [:], enabled: enabled,
                    revision: 1, createdAt: at, updatedAt: at),
                config: .whatsapp(WhatsAppConfig(phoneNumberID: "1", businessAccountID: "2")), tenant: tenant,
                adapter: adapter, webhook: webhook, generation: generation)
        }
        return RoutingTable(
            revision: revision, tenants: [Sample.tenantID: tenant],
            channels: Dictionary(uniqueKeysWithValues: runtimes.map { ($0.channel.id, $0) }))
    }
}

/// A membership that a test decides.
final class FakeMembership: WorkerMembership {
    private struct State {
        var workers: Set<String>
        var observer: (@Sendable () -> Void)?
    }

    private let state: Mutex<State>

    init(_ workers: Set<String>) { state = Mutex(State(workers: workers)) }

    var readyWorkers: Set<String> { state.withLock { $0.workers } }

    func observe(_ changed: @escaping @Sendable () -> Void) { state.withLock { $0.observer = changed } }

    func haveApplied(_ revision: Int64) -> Bool { applied.withLock { $0 } >= revision }

    /// What the slowest node has applied.
    let applied = Mutex(Int64.max)

    func set(_ workers: Set<String>) {
        let observer = state.withLock { state in
            state.workers = workers
            return state.observer
        }
        observer?()
    }
}

/// A list that tasks append to.
final class Notes<Item: Sendable>: Sendable {
    private let items = Mutex<[Item]>([])

    func add(_ item: Item) { items.withLock { $0.append(item) } }

    var all: [Item] { items.withLock { $0 } }
    var count: Int { items.withLock { $0.count } }
}

/// A value that tasks of a test share.
final class Shared<Value: Sendable>: Sendable {
    private let value: Mutex<Value>

    init(_ value: Value) { self.value = Mutex(value) }

    func withLock<Result: Sendable>(_ body: (inout Value) -> Result) -> Result {
        value.withLock { value in
            var copy = value
            defer { value = copy }
            return body(&copy)
        }
    }
}

/// Between two looks at something that another task brings about, in work that a test holds up.
func breathe() async {
    await withCheckedContinuation { continuation in
        DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(1)) { continuation.resume() }
    }
}
