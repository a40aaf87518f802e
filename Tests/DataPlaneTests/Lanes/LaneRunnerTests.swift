import Domain
import Support
import Synchronization
import Testing

@testable import DataPlane

/// The shell with a broker in memory and a clock that stands still.
@Suite struct LaneRunnerTests {
    /// Handles messages whose text says what is to happen, as decided by the test.
    struct Handler: LaneHandler {
        typealias Job = NormalizedMessage

        let started = Notes<String>()
        let finished = Notes<String>()
        let graves = Notes<Burial>()
        let handedOver = Notes<[String]>()
        let act: @Sendable (NormalizedMessage, Int) async -> AttemptEnd
        var bury: @Sendable () throws -> Void = {}

        func admit(_ delivery: any Delivery) -> Admission<NormalizedMessage> {
            switch MessageReading.read(delivery.body, from: Sample.inbound) {
            case .message(let message): .job(message, id: message.id, lane: message.conversation)
            case .malformed(let why): .malformed(why)
            }
        }

        func attempt(_ job: inout NormalizedMessage, number: Int) async -> AttemptEnd {
            started.add(job.content.text ?? "")
            let end = await act(job, number)
            finished.add(job.content.text ?? "")
            return end
        }

        func buried(_ job: NormalizedMessage, burial: Burial) async throws {
            try bury()
            graves.add(burial)
        }

        func handOver(_ jobs: [NormalizedMessage]) async { handedOver.add(jobs.map { $0.content.text ?? "" }) }
    }

    let broker = FakeBroker()
    let time = ManualTimekeeper()

    private func with(
        _ handler: Handler, running: Int = 5, allowance: Int = 64, hook: PortHook? = nil,
        _ test: (LaneRunner<Handler>, FakeConnection) async throws -> Void
    ) async throws {
        let connection = broker.connect(hook: hook)
        let runner = LaneRunner(
            settings: .init(
                queue: Sample.inbound.name, deadQueue: Sample.inbound.dead, running: running, allowance: allowance,
                attemptMilliseconds: 300_000, drainMilliseconds: 25_000, retries: RetryPolicy()),
            handler: handler, broker: connection, timekeeper: time,
            graveyard: Graveyard(broker: connection, clock: time, nodeID: "n1"), metrics: WorkerMetrics(),
            inFlight: InFlight(), logger: silent)
        try await connection.ensureQueue(Sample.inbound.name, singleActiveConsumer: true)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await runner.run() }
            do {
                try await test(runner, connection)
            } catch {
                group.cancelAll()
                throw error
            }
            runner.stop()
            let ended = await eventually(between: { time.advance(milliseconds: 1000) }) {
                broker.consumers(of: Sample.inbound.name) == 0 && runner.inFlight.count == 0
            }
            #expect(ended)
            group.cancelAll()
        }
    }

    private func publish(_ text: String, customer: String, number: UInt64) async throws {
        let message = Sample.inbound(text, customer: customer, number: number)
        try await broker.connect().publish(Sample.delivery(of: message), timeoutMilliseconds: 1000)
    }

    private func isEmpty() -> Bool { broker.depth(Sample.inbound.name) == (0, 0) }

    @Test func conversationsRunSideBySideEachInItsOrder() async throws {
        let most = Shared((now: 0, most: 0))
        let handler = Handler { _, _ in
            most.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
            for _ in 0..<3 { await Task.yield() }
            most.withLock { $0.now -= 1 }
            return .done
        }
        try await with(handler) { _, _ in
            for number in 1...50 {
                for customer in 0..<20 where customer == 0 || number <= 5 {
                    try await publish("\(customer):\(number)", customer: "\(customer)", number: UInt64(number))
                }
            }
            #expect(await eventually { isEmpty() })
            for customer in 0..<20 {
                let seen = handler.finished.all.filter { $0.hasPrefix("\(customer):") }
                #expect(seen == (1...(customer == 0 ? 50 : 5)).map { "\(customer):\($0)" })
            }
            #expect(most.withLock { $0.most } <= 5)
        }
    }

    @Test func aFailingConversationHoldsUpNoOther() async throws {
        let handler = Handler { message, _ in
            message.from == "bad" ? .failed("boom") : .done
        }
        try await with(handler, running: 2) { _, _ in
            for number in 1...20 { try await publish("bad:\(number)", customer: "bad", number: UInt64(number)) }
            for number in 1...30 { try await publish("good:\(number)", customer: "good", number: UInt64(number)) }
            // Not a millisecond passes: the failing lane is in its back-off all the while.
            #expect(await eventually { handler.finished.all.filter { $0.hasPrefix("good") }.count == 30 })
            #expect(handler.started.all.filter { $0.hasPrefix("bad") } == ["bad:1"])
            // The first is buried after four attempts; only then the second is tried.
            #expect(
                await eventually(between: { time.advance(milliseconds: 250) }) {
                    broker.depth(Sample.inbound.dead).ready == 20
                })
            let order = handler.started.all.filter { $0.hasPrefix("bad") }
            #expect(order == (1...20).flatMap { number in (1...4).map { _ in "bad:\(number)" } })
            #expect(await eventually { isEmpty() })
        }
        let dead = try #require(broker.ready(in: Sample.inbound.dead).first)
        let headers = Dictionary(uniqueKeysWithValues: dead.headers)
        #expect(headers["x-error"] == "boom" && headers["x-attempts"] == "4" && headers["x-node"] == "n1")
        #expect(headers["x-failed-at"].flatMap(Timestamp.init) != nil)
        #expect(dead.body == Sample.inbound("bad:1", customer: "bad", number: 1).serialized())
        #expect(dead.messageID == Sample.inbound("bad:1", customer: "bad", number: 1).id.description)
        #expect(handler.graves.count == 20)
    }

    @Test func malformedBodiesGoToTheDeadQueueAtOnce() async throws {
        let handler = Handler { _, _ in .done }
        try await with(handler) { _, connection in
            var foreign = Sample.inbound("x")
            foreign.tenantID = "other"
            var outbound = Sample.outbound("x")
            outbound.direction = .outbound
            for body in [Array("{".utf8), Array("{}".utf8), foreign.serialized(), outbound.serialized(), []] {
                try await connection.publish(
                    BrokerMessage(routingKey: Sample.inbound.name, body: body), timeoutMilliseconds: 1)
            }
            try await publish("fine", customer: "a", number: 1)
            #expect(await eventually { isEmpty() && broker.depth(Sample.inbound.dead).ready == 5 })
            #expect(handler.finished.all == ["fine"] && handler.graves.count == 0)
            for dead in broker.ready(in: Sample.inbound.dead) {
                #expect(dead.headers.contains { $0 == ("x-attempts", "0") })
            }
        }
    }

    @Test func whatCannotBeBuriedYetIsNotAcknowledged() async throws {
        let isAway = Shared(true)
        let storeIsAway = Shared(true)
        let handler = Handler(
            act: { _, _ in .poison("broken") },
            bury: { if storeIsAway.withLock({ $0 }) { throw DependencyError.unavailable("down") } })
        let hook: PortHook = { call, _ in
            if call.hasSuffix(":dead"), isAway.withLock({ $0 }) { throw PublishError.unavailable("down") }
        }
        try await with(handler, hook: hook) { _, _ in
            try await publish("a", customer: "a", number: 1)
            let waited = await eventually(between: { time.advance(milliseconds: 100) }) { time.uptime() > 20_000 }
            #expect(waited && broker.depth(Sample.inbound.name).unacknowledged == 1)
            #expect(broker.depth(Sample.inbound.dead).ready == 0)
            isAway.withLock { $0 = false }
            #expect(
                await eventually(between: { time.advance(milliseconds: 100) }) {
                    broker.depth(Sample.inbound.dead).ready == 1
                })
            // In the dead queue, but not in the store yet: held, and not published twice.
            for _ in 0..<100 { time.advance(milliseconds: 100) }
            #expect(broker.depth(Sample.inbound.name).unacknowledged == 1)
            storeIsAway.withLock { $0 = false }
            #expect(await eventually(between: { time.advance(milliseconds: 100) }) { isEmpty() })
            #expect(broker.depth(Sample.inbound.dead).ready == 1)
            #expect(handler.graves.all.map(\.attempts) == [1])
        }
    }

    @Test func anAttemptThatTakesTooLongEndsBeforeTheNextBegins() async throws {
        let running = Shared((now: 0, overlapped: false, cancelled: 0))
        let mayEnd = Shared(false)
        let handler = Handler { _, number in
            running.withLock { $0 = ($0.now + 1, $0.overlapped || $0.now > 0, $0.cancelled) }
            defer { running.withLock { $0.now -= 1 } }
            guard number == 1 else { return .done }
            // Deaf to cancellation for a while, as real work can be.
            while !Task.isCancelled { await breathe() }
            running.withLock { $0.cancelled += 1 }
            while !mayEnd.withLock({ $0 }) { await breathe() }
            return .unavailable("cancelled")
        }
        try await with(handler) { runner, _ in
            try await publish("slow", customer: "a", number: 1)
            #expect(await eventually { handler.started.count == 1 && time.pending > 0 })
            time.advance(milliseconds: 299_999)
            #expect(running.withLock { $0.cancelled } == 0)
            time.advance(milliseconds: 1)
            #expect(await eventually { running.withLock { $0.cancelled } == 1 })
            time.advance(milliseconds: 600_000)
            #expect(handler.started.count == 1 && runner.inFlight.count == 1)
            mayEnd.withLock { $0 = true }
            // It counts as failed: the next attempt is the second.
            #expect(await eventually(between: { time.advance(milliseconds: 100) }) { isEmpty() })
            #expect(handler.started.count == 2 && !running.withLock { $0.overlapped })
        }
    }

    @Test func stoppingGivesBackInOrderAndLetsTheRestEnd() async throws {
        let mayEnd = Shared(false)
        let handler = Handler { _, _ in
            while !mayEnd.withLock({ $0 }), !Task.isCancelled { await breathe() }
            return .done
        }
        try await with(handler, running: 2) { runner, _ in
            for (number, customer) in ["a", "b", "a", "c", "d"].enumerated() {
                try await publish("\(customer)\(number)", customer: customer, number: UInt64(number + 1))
            }
            #expect(await eventually { handler.started.count == 2 })
            runner.stop()
            #expect(await eventually { broker.depth(Sample.inbound.name) == (3, 2) })
            #expect(handler.handedOver.all == [["a2", "c3", "d4"]])
            #expect(broker.consumers(of: Sample.inbound.name) == 0)
            mayEnd.withLock { $0 = true }
            #expect(await eventually { broker.depth(Sample.inbound.name) == (3, 0) })
            let left = broker.ready(in: Sample.inbound.name).compactMap(\.messageID)
            #expect(
                left
                    == [("a", 3), ("c", 4), ("d", 5)].map {
                        Sample.inbound(customer: $0.0, number: UInt64($0.1)).id.description
                    })
        }
    }

    @Test func whatDoesNotEndWithinTheBoundIsCancelledAndGivenBack() async throws {
        let handler = Handler { _, _ in
            while !Task.isCancelled { await breathe() }
            return .unavailable("cancelled")
        }
        try await with(handler) { runner, _ in
            try await publish("a", customer: "a", number: 1)
            #expect(await eventually { handler.started.count == 1 })
            runner.stop()
            #expect(await eventually { broker.consumers(of: Sample.inbound.name) == 0 })
            time.advance(milliseconds: 24_000)
            #expect(broker.depth(Sample.inbound.name) == (0, 1))
            time.advance(milliseconds: 1000)
            #expect(await eventually { broker.depth(Sample.inbound.name) == (1, 0) })
        }
    }

    @Test func aLostConnectionCausesNoSecondAttemptOfWhatRuns() async throws {
        let mayEnd = Shared(false)
        let handler = Handler { _, _ in
            while !mayEnd.withLock({ $0 }) { await breathe() }
            return .done
        }
        try await with(handler) { _, connection in
            for number in 1...10 { try await publish("\(number)", customer: "a", number: UInt64(number)) }
            #expect(await eventually { handler.started.count == 1 })
            for _ in 0..<5 { connection.reconnect() }
            mayEnd.withLock { $0 = true }
            #expect(await eventually { isEmpty() })
            #expect(handler.finished.all == (1...10).map(String.init))
        }
    }
}
