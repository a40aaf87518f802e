// How many of the stores' hot operations a second a PostgreSQL takes.
//
//   store-bench URL COUNT TASKS CONNECTIONS
//
// Works in the database that URL names, which must be empty or have our schema; leaves its rows there.

import Database
import Domain
import Glibc
import Logging
import Synchronization

struct Usage: Error, CustomStringConvertible {
    let description: String
}

final class Counter: Sendable {
    private let number = Atomic<Int>(0)
    func next() -> Int { number.add(1, ordering: .relaxed).oldValue }
}

/// CPU seconds of this process.
func cpu() -> Double {
    var now = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
}

let now = Timestamp(milliseconds: 1_800_000_000_000)
let run = MessageID(at: now).low

func message(_ number: Int, _ direction: Direction) -> NormalizedMessage {
    let kind: UInt64 = direction == .inbound ? 1 : 2
    return NormalizedMessage(
        id: MessageID(high: UInt64(number) << 16 | 0x7000 | kind, low: run), tenantID: "t\(number % 20)",
        channelID: "c\(number % 20)", channel: .whatsapp, conversationID: "c\(number % 20):\(number % 5000)",
        externalID: direction == .inbound ? "wamid.\(run).\(number)" : nil, direction: direction,
        from: "385911\(number % 5000)", to: "385910000000", timestamp: now, type: .text,
        content: MessageContent(
            text: "Hello, how long does shipping to Croatia take, and what does it cost? (\(number))"))
}

/// Runs `work` for 0..<count on so many tasks, and prints how fast that was.
func measure(
    _ name: String, _ count: Int, _ tasks: Int, _ work: @escaping @Sendable (Int) async throws -> Void
) async throws {
    let (clock, counter, before) = (ContinuousClock(), Counter(), cpu())
    let elapsed = try await clock.measure {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<tasks {
                group.addTask {
                    while case let number = counter.next(), number < count { try await work(number) }
                }
            }
            try await group.waitForAll()
        }
    }
    let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
    let rate = Int(Double(count) / seconds)
    let cost = Int((cpu() - before) * 1e6 / Double(count))
    print("\(name): \(rate)/s, \(cost) µs of client CPU each")
}

guard CommandLine.arguments.count == 5, let count = Int(CommandLine.arguments[2]),
    let tasks = Int(CommandLine.arguments[3]), let connections = Int(CommandLine.arguments[4])
else { throw Usage(description: "store-bench URL COUNT TASKS CONNECTIONS") }
var quiet = Logger(label: "store-bench")
quiet.logLevel = .error
let logger = quiet
let configuration = PostgresConfiguration(url: CommandLine.arguments[1])
try await Migrator(configuration, logger: logger).apply()
let settings = PostgresPool.Configuration(connection: configuration, size: connections, acquireTimeout: .seconds(60))
try await PostgresPool.with(settings, logger: logger) { pool in
    let store = PostgresMessageStore(pool)
    try await measure("select 1", count, tasks) { _ in try await pool.query("SELECT 1") }
    try await measure("record", count, tasks) { _ = try await store.record(message($0, .inbound), now: now) }
    try await measure("history", count, tasks) { number in
        _ = try await store.history(message(number, .inbound).conversation, before: 1_000_000, limit: 20)
    }
    try await measure("conclude", count, tasks) { number in
        _ = try await store.conclude(message(number, .inbound), with: .answer(message(number, .outbound)), now: now)
    }
    try await measure("published", count, tasks) { try await store.markPublished([message($0, .outbound).id]) }
    let later = now.adding(milliseconds: 60_000)
    try await measure("claim", count, tasks) { number in
        _ = try await store.claim(message(number, .outbound), node: "n", pace: nil, now: later)
    }
    try await measure("begin sending", count, tasks) { number in
        _ = try await store.beginSending(message(number, .outbound).id, attempt: 1, now: later)
    }
    try await measure("sent", count, tasks) { number in
        try await store.settle(message(number, .outbound).id, .sent(externalID: "out.\(run).\(number)"), now: later)
    }
    try await measure("statuses, by 100", count / 100, tasks) { number in
        let updates = (number * 100..<number * 100 + 100).map { number in
            StatusUpdate(
                tenantID: "t\(number % 20)", channelID: "c\(number % 20)", messageID: message(number, .outbound).id,
                externalID: nil, status: .delivered, timestamp: later)
        }
        _ = try await store.apply(updates)
    }
}
