import AsyncHTTPClient
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import Sealing

/// Posts webhooks as they fall due.
struct WebhookCourier: Sendable {
    let core: SimulatorCore
    let client: HTTPClient
    /// Signs for numbers without a secret of their own.
    let key: HMACKey?
    let logger: Logger

    /// Runs until cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            var alarm = Alarm(core: core)
            for await _ in core.work.listen() {
                let now = Moment.now
                while let post = core.take({ $0.nextPost(at: now) }) {
                    group.addTask { await self.post(post) }
                }
                alarm.set(due: core.read { $0.schedule.nextDue }, now: Moment.now.uptime)
            }
            group.cancelAll()
        }
    }

    private func post(_ post: WebhookPost) async {
        let start = Moment.now
        var answer: WebhookAttempt.Answer
        do {
            var request = HTTPClientRequest(url: post.url)
            request.method = .POST
            request.headers.add(name: "content-type", value: "application/json")
            request.headers.add(name: "user-agent", value: "facebookexternalua")
            if let key = post.appSecret.map(HMACKey.init) ?? key {
                request.headers.add(
                    name: "x-hub-signature-256", value: WebhookSignature.header(for: post.body, key: key))
            }
            request.body = .bytes(ByteBuffer(bytes: post.body))
            let response = try await client.execute(request, timeout: .milliseconds(post.timeout))
            answer = .status(Int(response.status.code))
            // What the body says is of no interest, but the connection is only free again once it was read.
            do { _ = try await response.body.collect(upTo: 64 << 10) } catch {}
        } catch {
            answer = .failed(String(describing: error))
        }
        let end = Moment.now
        core.change { $0.finished(post, answer: answer, elapsed: end.uptime - start.uptime, at: end) }
        if case .status(200..<300) = answer { return }
        logger.debug(
            "webhook was not taken",
            metadata: [
                "url": "\(post.url)", "answer": "\(answer)", "attempt": "\(post.delivery.attempt)",
            ])
    }

    /// Rings the bell when the next webhook falls due.
    private struct Alarm {
        let core: SimulatorCore
        private let loop = MultiThreadedEventLoopGroup.singleton.any()
        private var due: Int64?
        private var scheduled: Scheduled<Void>?

        init(core: SimulatorCore) { self.core = core }

        mutating func set(due: Int64?, now: Int64) {
            guard due != self.due || due.map({ $0 <= now }) ?? false else { return }
            scheduled?.cancel()
            self.due = due
            scheduled = due.map { [core, loop] due in
                loop.scheduleTask(in: .milliseconds(max(1, due - now))) { core.work.ring() }
            }
        }
    }
}
