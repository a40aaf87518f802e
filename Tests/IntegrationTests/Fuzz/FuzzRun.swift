import JSONCoding
import Support
import Synchronization

/// Sends odd requests from several hands and keeps what is wrong with the answers.
final class FuzzRun: Sendable {
    struct Outcome: Sendable {
        var done = 0
        /// Answers by HTTP status and JSON-RPC code.
        var kinds: [String: Int] = [:]
        var complaints: [String] = []
        /// The control plane's resident memory in MiB, from when it is warm.
        var memory: [Double] = []
    }

    let seed: UInt64
    private let count: Int
    private let atLeast: Int
    private let deadline: ContinuousClock.Instant?
    private let site: Site
    private let tokens: [FuzzRequest.Caller: String]
    private let corpora: (all: FuzzCorpus, own: FuzzCorpus, foreign: FuzzCorpus)
    private let hidden: String
    private let state = Mutex((next: 0, outcome: Outcome()))
    private static let hands = 8
    /// Complaints kept; then there is no use in going on.
    private static let patience = 12

    /// - Parameters:
    ///   - bound: after this no further request is begun, `atLeast` excepted; nil: all are sent.
    ///   - hidden: what the tenant's token must not see.
    init(
        _ site: Site, seed: UInt64, count: Int, atLeast: Int, within bound: Duration?,
        tokens: [FuzzRequest.Caller: String], corpora: (all: FuzzCorpus, own: FuzzCorpus, foreign: FuzzCorpus),
        hidden: String
    ) {
        self.site = site
        self.seed = seed
        self.count = count
        self.atLeast = atLeast
        deadline = bound.map { .now + $0 }
        self.tokens = tokens
        self.corpora = corpora
        self.hidden = hidden
    }

    func run() async throws -> Outcome {
        try await withThrowingTaskGroup { group in
            for _ in 0..<Self.hands { group.addTask { try await self.work() } }
            try await group.waitForAll()
        }
        return state.withLock { $0.outcome }
    }

    private func work() async throws {
        while let number = take() {
            let request = FuzzRequest(
                seed: seed, number: number, corpus: corpora.all, own: corpora.own, foreign: corpora.foreign)
            try await send(request, number: number)
            if number % max(count / 100, 20) == 0 && number > min(count, 8000) / 4 { noteMemory() }
        }
    }

    private func take() -> Int? {
        state.withLock { state in
            guard state.next < count, state.outcome.complaints.count < Self.patience else { return nil }
            if let deadline, ContinuousClock.now > deadline, state.next >= atLeast { return nil }
            defer { state.next += 1 }
            return state.next
        }
    }

    private func send(_ request: FuzzRequest, number: Int) async throws {
        var headers = request.headers
        if let type = request.contentType { headers.append(("content-type", type)) }
        headers.append(("authorization", "Bearer \(tokens[request.caller] ?? "wrong-\(number)")"))
        let url = site.controlURL + request.path
        func once() async throws -> HTTPReply {
            try await HTTP.send(request.verb, url, headers: headers, body: request.body, within: .seconds(90))
        }
        let reply: HTTPReply
        do {
            // A kept connection may close in the moment in which it is taken: once more, over a new one.
            do { reply = try await once() } catch { reply = try await once() }
        } catch {
            note(
                "no answer (\(error)); the control plane \(site.control.exit.map { "\($0)" } ?? "runs")", number,
                request)
            return
        }
        let error = (try? reply.json()["error"]?["code"]?.integer) ?? nil
        let kind = error.map { "\(reply.status)/\($0)" } ?? "\(reply.status)"
        let complaint = FuzzOracle.complaint(reply, to: request, hidden: hidden)
        state.withLock { state in
            state.outcome.done += 1
            state.outcome.kinds[kind, default: 0] += 1
        }
        if let complaint { note("\(complaint): \(reply.status) \(reply.text.prefix(1500))", number, request) }
    }

    private func note(_ complaint: String, _ number: Int, _ request: FuzzRequest) {
        let text = "seed \(seed), request \(number): \(complaint)\n  to \(request.description)"
        state.withLock { $0.outcome.complaints.append(text) }
    }

    private func noteMemory() {
        let size = Self.residentMegabytes(site.control.pid)
        state.withLock { $0.outcome.memory.append(size) }
    }

    static func residentMegabytes(_ pid: Int32) -> Double {
        let line = ProcessFixture.text(ofFile: "/proc/\(pid)/status").split(separator: "\n")
            .first { $0.hasPrefix("VmRSS:") }
        return (line?.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0) / 1024
    }
}
