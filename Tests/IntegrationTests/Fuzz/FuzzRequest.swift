import JSONCoding
import Support

/// One odd request, all of it told by a seed and a number.
struct FuzzRequest: Sendable {
    enum Caller: String, Sendable, CaseIterable { case admin, `operator`, viewer, tenant, node, nobody }

    var caller: Caller
    var verb = "POST"
    var path = "/rpc"
    /// nil: none is sent.
    var contentType: String? = "application/json"
    var body: [UInt8]?
    var headers: [(String, String)] = []

    /// - Parameters:
    ///   - corpus: of the callers that see every tenant.
    ///   - own: of the tenant's own token.
    ///   - foreign: the same about a tenant that this token does not see.
    init(seed: UInt64, number: Int, corpus: FuzzCorpus, own: FuzzCorpus, foreign: FuzzCorpus) {
        var random = SeededGenerator(seed: seed &+ UInt64(number) &* 0x2545_F491_4F6C_DD1D)
        let share = Double.random(in: 0..<1, using: &random)
        caller =
            switch share {
            case ..<0.5: .admin
            case ..<0.62: .operator
            case ..<0.7: .viewer
            case ..<0.92: .tenant
            case ..<0.97: .node
            default: .nobody
            }
        let isForeign = caller == .tenant && Bool.random(using: &random)
        var mutator = Mutator(
            random: random, corpus: isForeign ? foreign : caller == .tenant || caller == .node ? own : corpus)
        if mutator.chance(0.06) {
            fillREST(&mutator)
        } else {
            fillRPC(&mutator)
        }
        if mutator.chance(0.03) {
            contentType = mutator.one(of: [
                nil, "text/plain", "", "application/xml", "application/jsonx", "multipart/form-data; boundary=x",
                "application/json; charset=utf-16", "APPLICATION/JSON ;x", "application/json, text/plain", ";", "*/*",
            ])
        }
        if mutator.chance(0.01) { verb = mutator.one(of: ["GET", "PUT", "DELETE", "OPTIONS", "PATCH", "HEAD"]) }
        if mutator.chance(0.02) {
            headers.append(
                mutator.one(of: [
                    ("if-match", "\"x\""), ("if-match", "-1"), ("idempotency-key", String(repeating: "k", count: 300)),
                    ("content-encoding", "gzip"), ("expect", "100-continue"), ("accept", "text/html"),
                    ("x-forwarded-for", "::1"), ("origin", "https://evil.example"),
                    ("cookie", String(repeating: "c=1;", count: 500)), ("connection", "close"),
                ]))
        }
    }

    // MARK: JSON-RPC

    private mutating func fillRPC(_ mutator: inout Mutator) {
        let isBatch = mutator.chance(0.04)
        var text: [UInt8]
        if isBatch {
            let count = mutator.one(of: [0, 1, 2, 3, 8, 20, 101])
            let calls = (0..<count).map { _ in Self.call(&mutator) }
            text = Mutator.text(.array(calls))
        } else {
            text = Mutator.text(Self.call(&mutator))
        }
        if mutator.chance(0.18) { text = mutator.mutated(text) }
        if mutator.chance(0.001) { text += [UInt8](repeating: 0x20, count: 1 << 20) }
        body = text
    }

    /// A call: as it should be one time in five, else with one to four odd places.
    private static func call(_ mutator: inout Mutator) -> JSONValue {
        var method = mutator.one(of: mutator.corpus.methods)
        // What takes everything away is rarer, so that there is something to take away.
        if method.name == "tenant.delete" && mutator.chance(0.8) { method = mutator.one(of: mutator.corpus.methods) }
        let id: JSONValue = .integer(Int64(mutator.upTo(1000)))
        if mutator.chance(0.2) { return FuzzCorpus.envelope(method.name, method.params, id: id) }
        var params = method.params
        if mutator.chance(0.25), !method.declared.isEmpty {
            params[mutator.one(of: method.declared)] = mutator.oddValue()
        }
        var call = FuzzCorpus.envelope(method.name, params, id: id)
        for _ in 0..<mutator.one(of: [1, 1, 1, 2, 4]) {
            // Mostly the params; at times the envelope.
            if mutator.chance(0.85) {
                guard var object = call.object, let params = object["params"] else { continue }
                object["params"] = mutator.mutated(params)
                call = .object(object)
            } else {
                call = mutator.mutated(call)
            }
        }
        return call
    }

    // MARK: REST

    private mutating func fillREST(_ mutator: inout Mutator) {
        let kind = mutator.one(of: ["tenant", "channel"])
        path = "/api/admin/\(kind)s"
        let action = mutator.one(of: ["create", "update", "delete", "get", "list"])
        let method = mutator.corpus.methods.first { $0.name == "\(kind).\(action)" }
        var params = JSONValue.object(method?.params ?? [:])
        let id = params["id"]?.string ?? ""
        if mutator.chance(0.8) { params = mutator.mutated(params) }
        if action != "create" && action != "list" {
            path +=
                "/" + (mutator.chance(0.7) ? id : mutator.one(of: ["%00", "..%2f", "%ff", "%F0%9F%98%80", "a%20b"]))
        }
        switch action {
        case "create", "update":
            verb = action == "create" ? "POST" : "PATCH"
            body = Mutator.text(params)
            if mutator.chance(0.2) { body = mutator.mutated(body ?? []) }
        case "delete": verb = "DELETE"
        case "get": verb = "GET"
        default:
            verb = "GET"
            path += mutator.one(of: [
                "", "?limit=1", "?limit=x", "?limit=99999999999999999999", "?cursor=%00", "?cursor=AAAA", "?tenantId=",
                "?tenantId=%ff", "?surprise=1", "?limit=1&limit=2", "?=&&=", "?enabled=maybe", "?type=%22",
            ])
        }
    }

    /// For a failure's text.
    var description: String {
        let text = String(decoding: body ?? [], as: UTF8.self)
        let cut = text.count > 3000 ? text.prefix(3000) + "… (\(body?.count ?? 0) bytes)" : text[...]
        return "\(caller) \(verb) \(path) \(contentType ?? "-") \(headers.map(\.0)) \(cut)"
    }
}
