// What our publisher and consumer reach; the same work as `../broker-peer/publisher.c`, with the same output.
//
//   broker-bench publish URL QUEUE COUNT WINDOW BODY_BYTES
//   broker-bench consume URL QUEUE COUNT PREFETCH

import Broker
import Glibc
import Logging
import Synchronization

struct Usage: Error, CustomStringConvertible {
    let description: String
}

/// A number that tasks count up together.
final class Counter: Sendable {
    private let number = Atomic<Int>(0)

    func next() -> Int { number.wrappingAdd(1, ordering: .relaxed).newValue }
}

func seconds(_ clock: clockid_t) -> Double {
    var now = timespec()
    clock_gettime(clock, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
}

func messageID(_ number: Int) -> String {
    let digits = String(number, radix: 16)
    return "01890a5d-ac96-774b-bcce-" + String(repeating: "0", count: 12 - digits.count) + digits
}

func publish(_ broker: BrokerClient, queue: String, count: Int, window: Int, size: Int) async throws {
    let body = [UInt8](repeating: 120, count: size)
    let next = Counter()
    try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<window {
            group.addTask {
                while true {
                    let number = next.next() - 1
                    if number >= count { return }
                    try await broker.publish(
                        OutgoingMessage(routingKey: queue, body: body, messageID: messageID(number)),
                        timeout: .seconds(30))
                }
            }
        }
        try await group.waitForAll()
    }
}

func consume(_ broker: BrokerClient, queue: String, count: Int, prefetch: Int) async throws {
    let taken = Counter()
    let (done, finish) = AsyncStream<Void>.makeStream()
    _ = try broker.consume(ConsumerSpecification(queue: queue, prefetch: prefetch)) { delivery in
        delivery.ack()
        if taken.next() == count { finish.finish() }
    }
    for await _ in done {}
}

let arguments = CommandLine.arguments
guard arguments.count >= 6, let count = Int(arguments[4]), let window = Int(arguments[5]) else {
    throw Usage(description: "broker-bench publish|consume URL QUEUE COUNT WINDOW|PREFETCH [BODY_BYTES]")
}
let queue = arguments[3]
var configuration = BrokerConfiguration(url: try BrokerURL(parsing: arguments[2]))
configuration.window.messages = window
let broker = try BrokerClient(configuration: configuration, logger: Logger(label: "bench"))
try broker.start()
guard await broker.waitUntilUp(within: .seconds(10)) else { throw Usage(description: broker.fault ?? "not up") }
try await broker.ensureQueue(QueueDeclaration(name: queue, type: .quorum))

let start = seconds(CLOCK_MONOTONIC)
let cpu = seconds(CLOCK_PROCESS_CPUTIME_ID)
if arguments[1] == "publish" {
    let size = arguments.count > 6 ? Int(arguments[6]) ?? 600 : 600
    try await publish(broker, queue: queue, count: count, window: window, size: size)
} else {
    try await consume(broker, queue: queue, count: count, prefetch: window)
}
let elapsed = seconds(CLOCK_MONOTONIC) - start
let used = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu
print("\(Int(Double(count) / elapsed)) \(String(Double(Int(used / Double(count) * 1e8)) / 1e4))")
await broker.close(within: .seconds(2))
