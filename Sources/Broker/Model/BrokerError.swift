/// Why a publish did not end with the broker's confirm. Texts never hold credentials.
package enum PublishFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// No connection, or it was lost before the confirm: the message may or may not be in its queue.
    case unavailable(String)
    /// The confirm did not come in the time given: the message may or may not be in its queue.
    case timedOut
    /// No queue wanted it; nothing was stored.
    case returned(code: Int, reason: String)
    /// The broker answered with a nack; nothing is promised to be stored.
    case refused
    /// Too much waits already; nothing was sent.
    case overloaded
    /// The body is larger than this many bytes; nothing was sent.
    case tooLarge(limit: Int)
    /// The message breaks another limit of AMQP or of this client; nothing was sent.
    case invalid(String)

    package var description: String {
        switch self {
        case .unavailable(let reason): "the broker is unavailable: \(reason)"
        case .timedOut: "the broker did not confirm in time"
        case .returned(let code, let reason): "no queue took the message (\(code) \(reason))"
        case .refused: "the broker refused the message"
        case .overloaded: "too many messages wait to be published"
        case .tooLarge(let limit): "the message is larger than \(limit) bytes"
        case .invalid(let reason): "the message cannot be published: \(reason)"
        }
    }
}

/// Why a connection, a channel or a topology request failed. Texts never hold credentials.
package enum BrokerError: Error, Hashable, Sendable, CustomStringConvertible {
    /// No connection, or it was lost before the answer.
    case unavailable(String)
    /// The broker did not answer in time.
    case timedOut(String)
    /// The broker said no: an AMQP reply code (403, 404, 405, 406, 530 …) and its text.
    case refused(code: Int, text: String)
    /// The request breaks a limit of AMQP or of this client.
    case invalid(String)
    /// This broker cannot do what the settings ask for.
    case unsupported(String)

    package var description: String {
        switch self {
        case .unavailable(let reason): "the broker is unavailable: \(reason)"
        case .timedOut(let what): "the broker did not answer in time: \(what)"
        case .refused(let code, let text): "the broker refused: \(code) \(text)"
        case .invalid(let reason): "invalid broker request: \(reason)"
        case .unsupported(let reason): reason
        }
    }
}
