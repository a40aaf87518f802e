package import Domain
import JSONCoding
import Synchronization

/// Sends through the WhatsApp Business Platform's Cloud API.
package final class WhatsAppAdapter: ChannelAdapter {
    private let url: String
    private let accessToken: String?
    private let timeoutMilliseconds: Int64
    private let backoff = Mutex(PairBackoff())

    package let pairPace: PairPace? = .whatsapp
    package let pacing: (key: String, ratePerSecond: Double)?

    package init(config: WhatsAppConfig, credentials: WhatsAppCredentials, defaults: ChannelDefaults) {
        let version = config.graphVersion ?? defaults.graphVersion
        url = "\(defaults.graphURL)/\(version)/\(config.phoneNumberID)/messages"
        accessToken = credentials.accessToken
        timeoutMilliseconds = defaults.sendTimeoutMilliseconds
        pacing = (key: "whatsapp:" + config.phoneNumberID, ratePerSecond: config.messagesPerSecond)
    }

    package func send(
        _ message: NormalizedMessage, partsSent: Int, through transport: any HTTPTransport
    ) async -> SendResult {
        guard let accessToken else {
            return .pause(reason: "access_token_missing", code: nil, text: nil, partsSent: partsSent)
        }
        let bodies: [JSONObject]
        let recipient: String
        do {
            bodies = try WhatsAppRenderer.render(message)
            recipient = try WhatsAppRecipient(of: message).id
        } catch {
            return .failed(reason: error.rawValue, code: nil, text: nil)
        }
        // All parts were taken once, yet nobody noted the end: its statuses will tell.
        var result = SendResult.unknown
        for (index, body) in bodies.enumerated().dropFirst(partsSent) {
            if Task.isCancelled {
                return .retry(
                    .init(reason: "cancelled", code: nil, afterMilliseconds: nil, countsAsAttempt: false),
                    partsSent: index)
            }
            let outcome = await transport.perform(call(body, accessToken, timeoutMilliseconds))
            result = settle(outcome, recipient, partsSent: index)
            guard case .accepted = result else { return result }
        }
        return result
    }

    package func showTyping(
        answering inbound: NormalizedMessage, through transport: any HTTPTransport
    ) async -> String? {
        guard let accessToken, let id = inbound.externalID else { return nil }
        let body: JSONObject = [
            "messaging_product": "whatsapp", "status": "read", "message_id": .string(id),
            "typing_indicator": ["type": "text"],
        ]
        switch await transport.perform(call(body, accessToken, min(timeoutMilliseconds, 10_000))) {
        case .notSent(let why), .noAnswer(let why): return why
        case .response(let status, let headers, let body):
            if case .refused(_, let code, let text, _) = GraphAnswer(status: status, headers: headers, body: body) {
                return "\(code.map { "\($0) " } ?? "")\(text ?? "")"
            }
            return nil
        }
    }

    private func call(_ body: JSONObject, _ accessToken: String, _ timeout: Int64) -> HTTPCall {
        HTTPCall(
            method: "POST", url: url,
            headers: [("authorization", "Bearer " + accessToken), ("content-type", "application/json")],
            body: JSONValue.object(body).serialized(), timeoutMilliseconds: timeout)
    }

    /// The outcome of one part, by the table in CONTRACT.md §8.
    private func settle(_ outcome: HTTPOutcome, _ recipient: String, partsSent: Int) -> SendResult {
        switch outcome {
        case .notSent(let why):
            return .retry(
                .init(reason: why, code: nil, afterMilliseconds: nil, countsAsAttempt: false), partsSent: partsSent)
        case .noAnswer: return .unknown
        case .response(let status, let headers, let body):
            switch GraphAnswer(status: status, headers: headers, body: body) {
            case .accepted(let id):
                backoff.withLock { $0.accepted(recipient) }
                return .accepted(externalID: id)
            case .acceptedWithoutID: return .unknown
            case .refused(let verdict, let code, let text, let retryAfter):
                return refused(verdict, code, text, retryAfter, recipient, partsSent)
            }
        }
    }

    private func refused(
        _ verdict: GraphVerdict, _ code: Int64?, _ text: String?, _ retryAfter: Int64?, _ recipient: String,
        _ partsSent: Int
    ) -> SendResult {
        switch verdict {
        case .slowDown:
            let pair =
                code == GraphVerdict.pairRateLimit ? backoff.withLock { $0.refused(recipient) } : nil
            let wait = [retryAfter, pair].compactMap { $0 }.max()
            return .retry(
                .init(
                    reason: text ?? "asked to slow down", code: code, afterMilliseconds: wait, countsAsAttempt: false),
                partsSent: partsSent)
        case .tryAgain:
            return .retry(
                .init(
                    reason: text ?? "the platform failed", code: code, afterMilliseconds: retryAfter,
                    countsAsAttempt: true), partsSent: partsSent)
        case .pause(let reason): return .pause(reason: reason, code: code, text: text, partsSent: partsSent)
        case .fail(let reason): return .failed(reason: reason, code: code, text: text)
        }
    }
}
