import Glibc
import JSONCoding
import Support

/// A running `webhook-load`: signed webhooks in bulk, see Tests/Benchmarks/WebhookLoad.
struct Load: Sendable {
    struct Order: Sendable {
        var ports: [Int]
        var secret: String
        var count: Int
        var connections = 16
        var rate: Double?
        var path = "/api/integrations/whatsapp/bench-{t}"
        var number = "10654035224{t}"
        var text: String?
        var tenants = 1
        var phones: Int?
        var retry = false

        /// Everything for one shop.
        init(_ shop: Shop, to nodes: [String], count: Int) {
            ports = nodes.map(Site.port)
            secret = shop.appSecret
            path = "/api/integrations/whatsapp/\(shop.id)"
            number = shop.number
            self.count = count
        }
    }

    struct Report: Sendable {
        let answered: Int
        let statuses: [Int: Int]
        let connectionErrors: Int
        let lost: Int
        let retried: Int
        let without503RetryAfter: Int
        let slowest503: Double
        let perSecond: Double
        let p50: Double
        let p99: Double
        /// The messages that were answered 200, as often as they were.
        let accepted: [(wamid: String, phone: String)]
        let text: String
    }

    private let process: ChildProcess
    private let acceptedFile: String

    init(_ order: Order, in folder: String) throws {
        let tag = UInt32.random(in: .min ... .max)
        acceptedFile = "\(folder)/accepted-\(tag)"
        var arguments = [
            "--port", order.ports.map(String.init).joined(separator: ","), "--secret", order.secret, "--count",
            "\(order.count)", "--connections", "\(order.connections)", "--path", order.path, "--number", order.number,
            "--tenants", "\(order.tenants)", "--accepted", acceptedFile, "--progress", "10", "--timeout", "60000",
            "--give-up", "300", "--wamid",
            String(tag, radix: 36), "--phone-base", "\(491_600_000_000 + Int(tag % 1000) * 1_000_000)",
        ]
        if let rate = order.rate { arguments += ["--rate", "\(rate)"] }
        if let text = order.text { arguments += ["--text", text] }
        if let phones = order.phones { arguments += ["--phones", "\(phones)"] }
        if order.retry { arguments.append("--retry") }
        process = try ChildProcess(
            name: "webhook-load", executable: ProcessFixture.products + "/webhook-load", arguments: arguments,
            log: "\(folder)/load-\(tag).log")
    }

    /// How many were answered 200 so far, to the last ten.
    var progress: Int {
        let line = process.output.split(separator: "\n").last { $0.hasPrefix("progress ") }
        return line.flatMap { Int($0.dropFirst(9)) } ?? 0
    }

    /// Waits until so many were answered 200.
    func reached(_ count: Int, within bound: Duration = .seconds(180)) async throws {
        try await eventually("\(count) webhooks answered 200", within: bound, state: process.output) {
            guard process.isRunning else { return progress >= count }
            return progress >= count
        }
    }

    /// Leaves the first port, as a balancer does when it is not ready any more.
    func leaveFirstPort() { process.signal(SIGUSR1) }

    /// Sends nothing new.
    func stop() { process.signal(SIGTERM) }

    func finished(within bound: Duration = .seconds(300)) async throws -> Report {
        let exit = try await process.ended(within: bound)
        guard exit == .code(0), let line = process.output.split(separator: "\n").last else {
            throw InVain(description: "webhook-load: \(exit): \(process.output)")
        }
        let json = try JSONValue.parse(String(line))
        func count(_ name: String) throws -> Int { Int(try json.member(name).integer ?? -1) }
        func number(_ name: String) throws -> Double { try json.member(name).number ?? .nan }
        var statuses: [Int: Int] = [:]
        for (status, times) in try json.member("statuses").object ?? [:] {
            statuses[Int(status) ?? 0] = Int(times.integer ?? 0)
        }
        let accepted = try ProcessFixture.text(ofFile: acceptedFile).split(separator: "\n").map { line in
            let parts = line.split(separator: " ")
            guard parts.count >= 2 else { throw InVain(description: "webhook-load wrote: \(line)") }
            return (wamid: String(parts[0]), phone: String(parts[1]))
        }
        return Report(
            answered: try count("answered"), statuses: statuses, connectionErrors: try count("connectionErrors"),
            lost: try count("lost"), retried: try count("retried"),
            without503RetryAfter: try count("without503RetryAfter"), slowest503: try number("slowest503Ms"),
            perSecond: try number("perSecond"), p50: try number("p50Ms"), p99: try number("p99Ms"),
            accepted: accepted, text: String(line))
    }
}

extension Load.Report {
    /// Whether the nodes refused nothing but what a slow broker did not confirm in time: that is answered 503 and posted
    /// again.
    ///
    /// - Parameter share: of all answers, what such refusals may make up at most; what refuses for a reason of its own
    ///   refuses more.
    func isTaken(butForSlowConfirms share: Double) -> Bool {
        let (taken, late) = (statuses[200] ?? 0, statuses[503] ?? 0)
        return Set(statuses.keys).isSubset(of: [200, 503]) && without503RetryAfter == 0
            && Double(late) <= Double(taken + late) * share
    }
}
