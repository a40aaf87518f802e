import Broker
import JSONCoding
import Logging
import Synchronization

/// What passes through one fanout exchange.
final class FanoutRecorder: Sendable {
    private let broker: BrokerClient
    private let bodies = Mutex<[[UInt8]]>([])

    /// Listens from when this returns.
    init(exchange: String, at url: String) async throws {
        broker = try BrokerClient(configuration: BrokerConfiguration(url: try BrokerURL(parsing: url)), logger: .quiet)
        try broker.start()
        guard await broker.waitUntilUp(within: .seconds(90)) else { throw InVain(description: "no broker") }
        let consumer = try broker.consume(
            .subscription(to: ExchangeDeclaration(name: exchange, kind: .fanout))
        ) { [self] delivery in
            bodies.withLock { $0.append(delivery.body) }
        }
        guard await consumer.waitUntilConsuming(within: .seconds(90)) else {
            throw InVain(description: "cannot listen to \(exchange)")
        }
    }

    var texts: [String] { bodies.withLock { $0 }.map { String(decoding: $0, as: UTF8.self) } }

    /// The revisions of config events as they came, repetitions included.
    func revisions() throws -> [Int64] {
        try bodies.withLock { $0 }.map { try JSONValue.parse($0).member("revision").integer ?? -1 }
    }

    func end() async { await broker.close(within: .seconds(1)) }
}

extension Logger {
    /// Says nothing.
    static var quiet: Logger { Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() } }
}
