package import Domain

/// What the application asks of a channel when it sends. A new channel is one folder and one line in the registry.
package protocol ChannelAdapter: Sendable {
    /// Sends one outbound message, from part `partsSent` on where its renderer splits it.
    ///
    /// Never throws: whatever happens is one of the results. Cancelling the task after the request was written gives
    /// ``SendResult/unknown``.
    func send(_ message: NormalizedMessage, partsSent: Int, through transport: any HTTPTransport) async -> SendResult

    /// Shows the customer that an answer is being made, where the channel can (WhatsApp: rides on the read receipt of
    /// that inbound message). Failures are of no consequence and are reported as text, for the log.
    func showTyping(answering inbound: NormalizedMessage, through transport: any HTTPTransport) async -> String?

    /// The pace per pair of business and customer, where the platform has one.
    var pairPace: PairPace? { get }

    /// The bucket shared by the fleet for this sender, and how many messages a second it lets through.
    var pacing: (key: String, ratePerSecond: Double)? { get }
}

/// How an attempt to send ended (CONTRACT.md §8).
package enum SendResult: Sendable, Hashable {
    /// The platform took all of it.
    case accepted(externalID: String)
    /// The platform certainly did not take part `partsSent`; try again later, in order.
    case retry(Retry, partsSent: Int)
    /// Final.
    case failed(reason: String, code: Int64?, text: String?)
    /// The credentials or the account are at fault: nothing more may be sent through this channel for now.
    case pause(reason: String, code: Int64?, text: String?, partsSent: Int)
    /// Written, and the answer never came.
    case unknown

    package struct Retry: Sendable, Hashable {
        /// For logs and dead-letter headers; holds no secret.
        package var reason: String
        package var code: Int64?
        /// What the platform asked for (`Retry-After`, or the rule of its code); nil = the usual back-off.
        package var afterMilliseconds: Int64?
        /// Whether it counts towards the limit of attempts: not when we could not reach the platform at all, and not
        /// when it only asked us to slow down.
        package var countsAsAttempt: Bool

        package init(reason: String, code: Int64?, afterMilliseconds: Int64?, countsAsAttempt: Bool) {
            self.reason = reason
            self.code = code
            self.afterMilliseconds = afterMilliseconds
            self.countsAsAttempt = countsAsAttempt
        }
    }
}

/// The HTTP client, as adapters need it.
package protocol HTTPTransport: Sendable {
    func perform(_ call: HTTPCall) async -> HTTPOutcome
}

package struct HTTPCall: Sendable {
    package var method: String
    package var url: String
    package var headers: [(String, String)]
    package var body: [UInt8]
    package var timeoutMilliseconds: Int64
    /// Run when a connection stands, right before the body is written; where it throws, the body is not written, and
    /// the call ends as ``HTTPOutcome/notSent(_:)``.
    package var beforeBody: (@Sendable () async throws -> Void)?

    package init(
        method: String, url: String, headers: [(String, String)], body: [UInt8], timeoutMilliseconds: Int64 = 30_000
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeoutMilliseconds = timeoutMilliseconds
    }
}

/// How a call ended; the difference between the last two decides whether it may be repeated.
package enum HTTPOutcome: Sendable {
    /// Header names in lower case; the body is cut off at 1 MiB.
    case response(status: Int, headers: [(String, String)], body: [UInt8])
    /// Nothing that the peer could act upon reached it: no connection, refused, no TLS, or not a byte of the body.
    case notSent(String)
    /// The request was written, in part at least, and no whole answer came.
    case noAnswer(String)
}
