import JSONCoding

/// What `POST /simulator/faults` asks for.
struct FaultRequest: Sendable {
    var match: Fault.Match
    var response: Fault.Response
    var times: Int?

    init?(reading reader: JSONReader) {
        let read = reader.object { object -> (Fault.Match, Int?, Fault.Response)? in
            let match = object.optional("match", default: (Fault.Match(), nil)) { $0.object(Self.match) }
            let response = object.required("respond") { $0.object(Self.response) }
            guard let match, let response else { return nil }
            return (match.0, match.1, response)
        }
        guard let read else { return nil }
        (match, times, response) = read
    }

    private static func match(_ object: JSONObjectReader) -> (Fault.Match, Int?)? {
        var match = Fault.Match()
        match.kind = object.optional("kind", default: .message) { $0.oneOf(Fault.Kind.self) } ?? .message
        match.to = object.optional("to") { reader in
            reader.string(1...150).map { SendReader.digits(of: $0) ?? $0 }
        }
        match.numberID = object.optional("phoneNumberId") { $0.identifier() }
        match.text = object.optional("text") { $0.string(1...4096) }
        let times = object.optional("times") { $0.integer(in: 1...1_000_000_000) }
        return (match, times.map(Int.init))
    }

    private static func response(_ object: JSONObjectReader) -> Fault.Response? {
        var response = Fault.Response()
        let status = object.optional("status") { $0.integer(in: 400...599) }
        let code = object.optional("code") { $0.integer(in: 0...9_999_999) }
        let message = object.optional("message") { $0.string(0...1000) }
        let details = object.optional("details") { $0.string(0...1000) }
        let subcode = object.optional("subcode") { $0.integer(in: 0...9_999_999) }
        let retryAfter = object.optional("retryAfter") { $0.integer(in: 0...86_400) }
        response.raw = object.optional("raw") { $0.string(0...65_536) }
        if status != nil || code != nil {
            var error = GraphError.told(status: status.map(Int.init), code: code, message: message, details: details)
            error.subcode = subcode
            error.retryAfter = retryAfter
            response.error = error
        } else {
            for (name, given) in [
                ("message", message != nil), ("details", details != nil), ("subcode", subcode != nil),
                ("retryAfter", retryAfter != nil), ("raw", response.raw != nil),
            ] where given { object.fault("needs a status or a code beside it", at: name) }
        }
        response.dropResponse = object.optional("dropResponse", default: false) { $0.bool() } ?? false
        response.dropRequest = object.optional("dropRequest", default: false) { $0.bool() } ?? false
        response.muteStatuses = object.optional("muteStatuses", default: false) { $0.bool() } ?? false
        response.delay = object.optional("delayMs", default: 0) { $0.integer(in: 0...600_000) } ?? 0
        response.failure = object.optional("failedStatus") { $0.object(Self.failure) }
        let empty =
            response.error == nil && !response.dropResponse && !response.dropRequest && response.delay == 0
            && response.failure == nil && !response.muteStatuses
        if empty {
            object.fault(
                "needs one of status, code, dropResponse, dropRequest, delayMs, failedStatus, muteStatuses")
        }
        return response
    }

    static func failure(_ object: JSONObjectReader) -> StatusEvent.Failure? {
        let code = object.required("code") { $0.integer(in: 0...9_999_999) }
        let title = object.optional("title") { $0.string(1...1000) }
        let details = object.optional("details") { $0.string(0...1000) }
        guard let code else { return nil }
        return StatusEvent.Failure(code: code, title: title ?? GraphError.title(of: code), details: details)
    }
}

extension Fault {
    var json: JSONValue {
        var match: JSONObject = ["kind": .string(self.match.kind.rawValue)]
        match.append("to", self.match.to.map(JSONValue.string))
        match.append("phoneNumberId", self.match.numberID.map(JSONValue.string))
        match.append("text", self.match.text.map(JSONValue.string))
        match.append("times", remaining.map(JSONValue.init))
        var respond: JSONObject = [:]
        respond.append("status", response.error.map { JSONValue($0.status) })
        respond.append("code", response.error.map { .integer($0.code) })
        respond.append("message", response.error.map { .string($0.message) })
        respond.append("retryAfter", response.error?.retryAfter.map(JSONValue.integer))
        if response.dropResponse { respond.append("dropResponse", true) }
        if response.dropRequest { respond.append("dropRequest", true) }
        if response.muteStatuses { respond.append("muteStatuses", true) }
        if response.delay > 0 { respond.append("delayMs", .integer(response.delay)) }
        respond.append(
            "failedStatus", response.failure.map { ["code": .integer($0.code), "title": .string($0.title)] })
        return ["id": JSONValue(id), "match": .object(match), "respond": .object(respond), "hits": JSONValue(hits)]
    }
}
