import JSONCoding

/// An answer of the Graph API to a send, read.
enum GraphAnswer: Equatable {
    /// The id of the message it took.
    case accepted(id: String)
    /// 2xx, and yet no id: it may have taken the message, so it must not be repeated.
    case acceptedWithoutID
    case refused(verdict: GraphVerdict, code: Int64?, text: String?, retryAfterMilliseconds: Int64?)

    init(status: Int, headers: [(String, String)], body: [UInt8]) {
        let root = Self.root(body)
        if let error = root?["error"], error.isObject {
            let code = error["code"]?.wholeNumber
            self = .refused(
                verdict: GraphVerdict.of(status: status, code: code), code: code, text: Self.text(of: error),
                retryAfterMilliseconds: Self.retryAfter(headers))
        } else if (200..<300).contains(status) {
            if let id = root?["messages"]?[0]?["id"]?.name(512) ?? root?["message_id"]?.name(512) {
                self = .accepted(id: id)
            } else {
                self = .acceptedWithoutID
            }
        } else {
            self = .refused(
                verdict: GraphVerdict.of(status: status, code: nil), code: nil, text: "HTTP status \(status)",
                retryAfterMilliseconds: Self.retryAfter(headers))
        }
    }

    /// nil for what is not JSON, such as the page of a proxy: then the status alone counts.
    private static func root(_ body: [UInt8]) -> JSONView? {
        do { return try JSONDocument(parsing: body).root } catch { return nil }
    }

    private static func text(of error: JSONView) -> String? {
        let message = error["message"]?.text(1000) ?? error["error_user_msg"]?.text(1000)
        let details = error["error_data"]?["details"]?.text(2000)
        guard let message, let details, details != message else { return details ?? message }
        return message + ": " + details
    }

    /// Delay-seconds (RFC 9110 §10.2.3), at most an hour; the form with a date is not taken.
    private static func retryAfter(_ headers: [(String, String)]) -> Int64? {
        guard let text = headers.first(where: { $0.0 == "retry-after" })?.1, let seconds = Int64(text), seconds >= 0
        else { return nil }
        return min(seconds, 3600) * 1000
    }
}
