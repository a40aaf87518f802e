import Domain
import HTTPTypes
import Hummingbird
import NIOCore
import Observability
import Synchronization

/// Lets in who has a valid token and counts who has not.
final class Authenticator: Sendable {
    enum Verdict: Sendable {
        case caller(Caller)
        case unauthenticated
        case limited(retryAfterMilliseconds: Int64)
        /// Cannot be told now.
        case unavailable
    }

    private let verifier: any TokenVerifier
    private let failures = Mutex(FailedAuthentications())
    private let failed: CounterSeries
    private let origin = ContinuousClock.now

    init(verifier: any TokenVerifier, metrics: MetricRegistry) {
        self.verifier = verifier
        failed = metrics.counter(.authenticationFailures)
    }

    func judge(_ request: Request, from address: String) async -> Verdict {
        if let token = BearerHeader.token(request.headers[.authorization]) {
            do {
                if let caller = try await verifier.caller(token: token) { return .caller(caller) }
            } catch {
                return .unavailable
            }
        }
        failed.increment()
        let now = Int64((ContinuousClock.now - origin) / .milliseconds(1))
        return failures.withLock { $0.note(address, now: now) }.map { .limited(retryAfterMilliseconds: $0) }
            ?? .unauthenticated
    }
}
