/// What one of the Graph API's error codes means for sending (CONTRACT.md §8). The same codes mean the same when they
/// arrive later, in a `failed` status.
package enum GraphVerdict: Sendable, Hashable {
    /// We are to slow down: try again later, as often as it takes.
    case slowDown
    /// Something broke on their side: try again, a limited number of times.
    case tryAgain
    /// Credentials or account are at fault; the word says how.
    case pause(reason: String)
    /// Final; the word says how.
    case fail(reason: String)

    /// nil for codes that mean nothing in particular: there the HTTP status decides.
    package static func of(code: Int64) -> GraphVerdict? {
        switch code {
        case 4, 613, 1200, 80006, 80007, 130429, pairRateLimit, 131057: .slowDown
        case 1, 2: .tryAgain
        case 190: .pause(reason: "access_token_invalid")
        case 368: .pause(reason: "temporarily_blocked")
        case 131031: .pause(reason: "account_locked")
        case 131042: .pause(reason: "payment_issue")
        case 131048: .pause(reason: "spam_rate_limit")
        case 3, 10, 200...299, 131005: .pause(reason: "permission_missing")
        case 131047: .fail(reason: "window_closed")
        case 131026, 131049: .fail(reason: "undeliverable")
        default: nil
        }
    }

    /// Too many messages between one number and one customer: wait 4^n seconds.
    package static let pairRateLimit: Int64 = 131056

    /// The verdict on a whole answer that is no success. Meta's code outranks the HTTP status.
    static func of(status: Int, code: Int64?) -> GraphVerdict {
        if let verdict = code.flatMap(of(code:)) { return verdict }
        return switch status {
        // The app itself could not be authenticated.
        case 401 where code == 0: .pause(reason: "access_token_invalid")
        case 429: .slowDown
        case 500...599: .tryAgain
        default: .fail(reason: "rejected")
        }
    }
}
