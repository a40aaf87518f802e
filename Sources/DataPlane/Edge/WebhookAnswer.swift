/// What a platform's webhook call is answered with.
package enum WebhookAnswer: Sendable, Hashable {
    /// The subscription's challenge, echoed.
    case challenge(String)
    /// Every message of the body is confirmed by the broker (or needs no keeping).
    case received
    case malformed(String)
    case unauthorized(String)
    case forbidden
    case notFound
    case tooLarge
    /// Not kept: the platform shall come again.
    case unavailable

    package var status: Int {
        switch self {
        case .challenge, .received: 200
        case .malformed: 400
        case .unauthorized: 401
        case .forbidden: 403
        case .notFound: 404
        case .tooLarge: 413
        case .unavailable: 503
        }
    }

    package var text: String {
        switch self {
        case .challenge(let challenge): challenge
        case .received: "EVENT_RECEIVED"
        case .malformed(let why): why
        case .unauthorized(let why): why
        case .forbidden: "The verify token is wrong."
        case .notFound: "There is no such enabled channel."
        case .tooLarge: "The body is larger than 3 MiB."
        case .unavailable: "The message could not be kept. Please send it again."
        }
    }
}
