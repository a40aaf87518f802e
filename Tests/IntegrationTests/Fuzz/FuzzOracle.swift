import JSONCoding

/// Tells what is wrong with an answer, from the request alone: JSON-RPC 2.0 and the contract's list of refusals.
enum FuzzOracle {
    /// Internal errors (-32603) and unavailable dependencies (-32050) are none of these.
    private static let codes: Set<Int64> = [
        -32700, -32600, -32601, -32602, -32003, -32004, -32009, -32010,
    ]

    /// - Parameter secret: what this caller must never read.
    /// - Returns: nil for a proper answer.
    static func complaint(_ reply: HTTPReply, to request: FuzzRequest, hidden secret: String) -> String? {
        if request.caller == .tenant, reply.text.contains(secret) { return "shows another tenant's data" }
        if request.verb == "HEAD" { return reply.body.isEmpty && reply.status < 500 ? nil : "HEAD with a body" }
        if request.path.hasPrefix("/api/") { return restComplaint(reply, to: request) }
        if request.verb != "POST" {
            return reply.status == 405 && reply.headers["allow"] == "POST" ? nil : "not refused with 405"
        }
        if request.caller == .nobody {
            guard reply.status == 401 || reply.status == 429 else { return "not refused with 401 or 429" }
            return refusalComplaint(reply, codes: [-32001, -32029])
        }
        guard isJSON(request.contentType) else {
            return reply.status == 415 ? refusalComplaint(reply, codes: [-32600]) : "not refused with 415"
        }
        let body = request.body ?? []
        if body.count > 1 << 20 {
            return reply.status == 413 ? refusalComplaint(reply, codes: [-32600]) : "not refused with 413"
        }
        return rpcComplaint(reply, to: body)
    }

    private static func isJSON(_ type: String?) -> Bool {
        let plain = type?.split(separator: ";", omittingEmptySubsequences: false).first?.lowercased() ?? ""
        return plain.filter { $0 != " " } == "application/json"
    }

    private static func refusalComplaint(_ reply: HTTPReply, codes: Set<Int64>) -> String? {
        guard let answer = try? reply.json() else { return "a refusal that is no JSON" }
        return envelopeComplaint(answer, id: .null, codes: codes)
    }

    // MARK: JSON-RPC

    private static func rpcComplaint(_ reply: HTTPReply, to body: [UInt8]) -> String? {
        guard let value = try? JSONValue.parse(body) else {
            guard reply.status == 200, let answer = try? reply.json() else { return "no answer to what is no JSON" }
            return envelopeComplaint(answer, id: .null, codes: [-32700])
        }
        let calls: [JSONValue]
        if case .array(let elements) = value { calls = elements } else { calls = [value] }
        let expected = calls.compactMap(expectation)
        guard !expected.isEmpty || calls.isEmpty else {
            return reply.status == 204 && reply.body.isEmpty ? nil : "a notification was answered"
        }
        guard reply.status == 200 else { return "status \(reply.status), not 200" }
        guard reply.headers["content-type"]?.hasPrefix("application/json") == true else { return "is not called JSON" }
        guard let answer = try? reply.json() else { return "is no JSON" }
        guard case .array = value else { return complaint(answer, expected[0], sent: body.count) }
        guard (1...100).contains(calls.count) else { return envelopeComplaint(answer, id: .null, codes: [-32600]) }
        guard let answers = answer.array, answers.count == expected.count else {
            return "not one answer for each call of a batch"
        }
        for (answer, expected) in zip(answers, expected) {
            if let complaint = complaint(answer, expected, sent: body.count) { return complaint }
        }
        return nil
    }

    private struct Expectation {
        var id: JSONValue
        var isInvalid: Bool
    }

    /// nil for a notification.
    private static func expectation(_ call: JSONValue) -> Expectation? {
        guard let object = call.object else { return Expectation(id: .null, isInvalid: true) }
        let id = object["id"]
        switch id {
        case nil, .null, .string, .integer, .number: break
        default: return Expectation(id: .null, isInvalid: true)
        }
        var isInvalid = object["jsonrpc"] != "2.0" || object["method"]?.string == nil
        switch object["params"] {
        case nil, .object, .array: break
        default: isInvalid = true
        }
        if id == nil && !isInvalid { return nil }
        return Expectation(id: id ?? .null, isInvalid: isInvalid)
    }

    private static func complaint(_ answer: JSONValue, _ expected: Expectation, sent: Int) -> String? {
        if let complaint = envelopeComplaint(answer, id: expected.id, codes: expected.isInvalid ? [-32600] : codes) {
            return complaint
        }
        // An error says what is wrong; it does not send everything back many times.
        if answer["error"] != nil, answer.serialized().count > 2 * sent + (64 << 10) {
            return "an error of \(answer.serialized().count) bytes for \(sent)"
        }
        return expected.isInvalid && answer["result"] != nil ? "an invalid request succeeded" : nil
    }

    private static func envelopeComplaint(_ answer: JSONValue, id: JSONValue, codes: Set<Int64>) -> String? {
        guard let object = answer.object, object["jsonrpc"] == "2.0" else { return "is no JSON-RPC 2.0 answer" }
        guard object["id"] == id else { return "the id is not \(id.text)" }
        guard object.count == 3 else { return "has members \(object.keys)" }
        if object["result"] != nil { return nil }
        guard let error = object["error"]?.object, let code = error["code"]?.integer else { return "has no error code" }
        guard codes.contains(code) else { return "code \(code)" }
        guard error["message"]?.string?.isEmpty == false, error.count == 2 || error.count == 3 && error["data"] != nil
        else { return "the error is not code, message, data" }
        if code == -32602 {
            let errors = error["data"]?["errors"]?.array ?? []
            guard !errors.isEmpty, errors.allSatisfy({ $0["path"]?.string != nil && $0["message"]?.string != nil })
            else { return "invalid params without errors" }
        }
        return nil
    }

    // MARK: REST

    private static let statuses: Set<Int> = [200, 201, 400, 401, 403, 404, 405, 409, 413, 415, 429]

    private static func restComplaint(_ reply: HTTPReply, to request: FuzzRequest) -> String? {
        guard statuses.contains(reply.status) else { return "status \(reply.status)" }
        // What is no path at all is refused before it comes to the API.
        guard let answer = try? reply.json() else { return reply.status == 404 ? nil : "is no JSON" }
        guard let success = answer["success"]?.bool else {
            return reply.status == 404 ? nil : "says nothing of success"
        }
        guard success == (reply.status < 300) else { return "success \(success) with \(reply.status)" }
        if success { return answer["data"] == nil ? "has no data" : nil }
        let isComplete = answer["error"]?["code"]?.integer != nil && answer["error"]?["message"]?.string != nil
        return isComplete ? nil : "the error is not complete"
    }
}
