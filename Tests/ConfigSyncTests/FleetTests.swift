import Domain
import JSONCoding
import Logging
import Support
import Synchronization
import Testing

@testable import ConfigSync

private func report(
    _ id: String, _ status: NodeReport.Status = .ready, instance: String = "i1",
    roles: [NodeReport.Role] = [.edge, .worker],
    startedAt: Int64 = 0, sentAt: Int64 = 0
) -> NodeReport {
    NodeReport(
        id: id, instance: instance, roles: roles, advertiseURL: "http://x", version: "1", revision: 1, configHash: "",
        status: status, error: nil, startedAt: Timestamp(milliseconds: startedAt),
        sentAt: Timestamp(milliseconds: sentAt), sockets: 0, inFlight: 0)
}

@Suite struct MembershipMachineTests {
    @Test func theReadyWork() {
        var machine = MembershipMachine()
        machine.received(report("a"), now: 0)
        machine.received(report("b", .starting), now: 0)
        machine.received(report("c", .draining), now: 0)
        machine.received(report("d", roles: [.edge]), now: 0)
        machine.received(report("e", .failed), now: 0)
        #expect(machine.readyWorkers == ["a"] && machine.reports.map(\.id) == ["a", "b", "c", "d", "e"])
        machine.received(report("b", sentAt: 1), now: 1)
        machine.received(report("a", .draining, sentAt: 1), now: 1)
        #expect(machine.readyWorkers == ["b"])
    }

    @Test func whereNobodyIsReadyTheRefusingServe() {
        var machine = MembershipMachine()
        machine.received(report("a", .failed), now: 0)
        machine.received(report("b", .starting), now: 0)
        #expect(machine.readyWorkers == ["a"])
    }

    @Test func theSilentAreForgottenAfterSixSeconds() {
        var machine = MembershipMachine()
        machine.received(report("a"), now: 0)
        machine.received(report("b"), now: 3000)
        machine.tick(now: 5999, isConnected: true)
        #expect(machine.readyWorkers == ["a", "b"])
        machine.tick(now: 6000, isConnected: true)
        #expect(machine.readyWorkers == ["b"])
    }

    /// Without the broker everybody is silent, ourselves included.
    @Test func silenceSaysNothingWithoutTheBroker() {
        var machine = MembershipMachine()
        machine.received(report("a"), now: 0)
        machine.tick(now: 5000, isConnected: true)
        for now: Int64 in [5500, 20_000, 90_000] { machine.tick(now: now, isConnected: false) }
        machine.tick(now: 95_999, isConnected: true)
        #expect(machine.readyWorkers == ["a"])
        machine.tick(now: 96_000, isConnected: true)
        #expect(machine.readyWorkers.isEmpty)
    }

    @Test func aNewLifeUnderAnOldName() {
        var machine = MembershipMachine()
        machine.received(report("a", startedAt: 100, sentAt: 150), now: 0)
        machine.received(report("a", .starting, instance: "i2", startedAt: 200, sentAt: 200), now: 1)
        #expect(machine.readyWorkers.isEmpty)
        // What the old life said last arrives late.
        machine.received(report("a", .ready, instance: "i1", startedAt: 100, sentAt: 199), now: 2)
        #expect(machine.readyWorkers.isEmpty)
        machine.received(report("a", .ready, instance: "i2", startedAt: 200, sentAt: 210), now: 3)
        #expect(machine.readyWorkers == ["a"])
        // A clock that is set back makes nobody silent.
        machine.received(report("a", .draining, instance: "i2", startedAt: 200, sentAt: 5), now: 4)
        #expect(machine.readyWorkers.isEmpty)
    }
}

@Suite struct FleetTests {
    private let quiet = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    private func reporter(_ id: String, _ broker: any MessageBroker, _ status: ConfigSyncStatus) -> NodeReporter {
        NodeReporter(
            identity: .init(
                id: id, instance: "i1", roles: [.worker], advertiseURL: "http://127.0.0.1:1", version: "9",
                startedAt: World.time),
            broker: broker, status: status, logger: quiet, load: { .init(sockets: 3, inFlight: 2) })
    }

    @Test func theStatusOfANode() {
        let status = ConfigSyncStatus()
        let reporter = reporter("a", FakeBroker().connect(), status)
        #expect(reporter.report.status == .starting && reporter.report.error == nil)
        status.update { $0.trouble = "no control plane" }
        #expect(reporter.report.error == "no control plane")
        status.update {
            $0.isReady = true
            $0.revision = 41
        }
        #expect(reporter.report.status == .ready && reporter.report.error == nil && reporter.report.revision == 41)
        #expect(reporter.report.sockets == 3 && reporter.report.inFlight == 2)
        let refusal = ConfigRefusal(entity: .channel("wa1"), revision: 42, reason: "config: bad")
        status.update { $0.refusals = [refusal, .init(entity: .tenant("t"), revision: 50, reason: "x")] }
        #expect(reporter.report.status == .failed)
        #expect(reporter.report.error == "refused channel wa1 at revision 42: config: bad (and 1 more)")
        reporter.drain()
        #expect(reporter.report.status == .draining)
    }

    @Test func longReasonsStayReadable() throws {
        let status = ConfigSyncStatus()
        let reason = String(repeating: "ä", count: 5000)
        status.update { $0.refusals = [.init(entity: .channel("wa1"), revision: 42, reason: reason)] }
        let report = reporter("a", FakeBroker().connect(), status).report
        #expect(try JSONReader.read(report.json, NodeReport.init(reading:)) == report)
    }

    @Test func theUsableRevisionStopsBeforeTheFirstRefusal() {
        typealias Value = ConfigSyncStatus.Value
        #expect(Value.usableRevision(50, []) == 50)
        #expect(
            Value.usableRevision(
                50,
                [
                    .init(entity: .tenant("a"), revision: 44, reason: ""),
                    .init(entity: .tenant("b"), revision: 42, reason: ""),
                ])
                == 41)
        #expect(Value.usableRevision(50, [.init(entity: .tenant("a"), revision: 0, reason: "")]) == 0)
        #expect(Value.usableRevision(50, [.init(entity: .tenant("a"), revision: 99, reason: "")]) == 50)
    }

    /// Changes are reported at once, not with the next heartbeat; a node that drains leaves at once.
    @Test func reportsReachTheFleet() async {
        let broker = FakeBroker()
        let status = ConfigSyncStatus()
        let reporter = reporter("a", broker.connect(), status)
        // Time stands still: nobody falls silent, however slow the machine.
        let membership = Membership(broker: broker.connect(), logger: quiet, uptime: { 0 })
        let changes = Mutex(0)
        membership.observe { changes.withLock { $0 += 1 } }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await membership.run() }
            #expect(await eventually { !broker.queueNames.isEmpty })
            group.addTask { try? await reporter.run() }
            #expect(await eventually { membership.reports.map(\.status) == [.starting] })
            let before = ContinuousClock.now
            for revision: Int64 in 1...50 {
                status.update {
                    $0.isReady = true
                    $0.revision = revision
                }
                #expect(await eventually { membership.reports.first?.revision == revision })
            }
            #expect(before.duration(to: .now) < .seconds(90), "the regular reports alone would take 100 s")
            #expect(membership.readyWorkers == ["a"] && changes.withLock { $0 } == 1)
            reporter.drain()
            #expect(await eventually { membership.readyWorkers.isEmpty })
            #expect(broker.published.allSatisfy { !$0.persistent && !$0.mandatory })
            group.cancelAll()
        }
    }

    @Test func aBrokerThatComesLaterIsUsedAtOnce() async {
        let broker = FakeBroker()
        let connection = broker.connect()
        connection.goAway()
        let status = ConfigSyncStatus()
        let reporter = reporter("a", connection, status)
        let membership = Membership(broker: connection, logger: quiet, uptime: { 0 })
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await membership.run() }
            group.addTask { try? await reporter.run() }
            status.update { $0.isReady = true }
            connection.comeBack()
            #expect(await eventually { membership.readyWorkers == ["a"] })
            group.cancelAll()
        }
    }

    @Test func illegibleHeartbeatsAreIgnored() {
        let membership = Membership(broker: FakeBroker().connect(), logger: quiet)
        for text in ["", "{}", "null", #"{"id":"a"}"#] { membership.received(Array(text.utf8)) }
        #expect(membership.reports.isEmpty)
    }
}
