import JSONCoding
import JSONRPC
import Synchronization

/// The methods of the specification's examples, and some that fail.
final class Calculator: Sendable {
    struct Secret: Error { let text = "the password is hunter2" }

    /// Names of the calls that ran, in order.
    let log = Mutex<[String]>([])
    let faults = Mutex<[String]>([])
    let limits: RPCDispatcher<String>.Limits

    init(limits: RPCDispatcher<String>.Limits = .init()) { self.limits = limits }

    struct Pair: Sendable {
        var minuend: Int64
        var subtrahend: Int64
    }

    static func info(_ name: String) -> MethodInfo {
        MethodInfo(
            name: name, summary: "An example.", params: [], result: .any,
            example: MethodInfo.Example(params: [:], result: .null))
    }

    func makeDispatcher() -> RPCDispatcher<String> {
        var registry = MethodRegistry<String>()
        let subtract = Method<Pair, Int64>(Self.info("subtract")) { reader in
            reader.object { object -> Pair? in
                let minuend = object.required("minuend") { $0.integer() }
                let subtrahend = object.required("subtrahend") { $0.integer() }
                guard let minuend, let subtrahend else { return nil }
                return Pair(minuend: minuend, subtrahend: subtrahend)
            }
        } write: {
            .integer($0)
        }
        registry.register(subtract) { pair, call in
            self.note(call)
            return pair.minuend - pair.subtrahend
        }
        for name in ["update", "foobar.ok", "notify_hello", "get_data"] {
            let method = Method<JSONObject, JSONValue>(Self.info(name)) {
                $0.rawObject()
            } write: {
                $0
            }
            registry.register(method) { _, call in
                self.note(call)
                return ["hello", 5]
            }
        }
        let fails = Method<JSONObject, JSONValue>(Self.info("fails")) {
            $0.rawObject()
        } write: {
            $0
        }
        registry.register(fails) { _, _ in throw Secret() }
        let guarded = Method<Pair, JSONValue>(Self.info("guarded")) { _ in
            nil
        } write: {
            $0
        }
        registry.register(
            guarded,
            authorize: { caller in
                guard caller == "root" else { throw RPCError(RPCErrorCode(rawValue: -32003), "Forbidden") }
            }, { _, _ in .null })
        let text = Method<JSONObject, JSONValue>(Self.info("text")) {
            $0.rawObject()
        } write: {
            $0
        }
        registry.registerEncoded(text) { _, call in
            self.note(call)
            return .text(Array("{\"big\":[1,2]}".utf8))
        }
        return RPCDispatcher(registry: registry, limits: limits) { error in
            error is CancellationError ? RPCError(RPCErrorCode(rawValue: -32050), "Going away") : nil
        } report: { fault, caller in
            self.faults.withLock { $0.append("\(fault.reference) \(fault.method) \(caller) \(fault.error)") }
        }
    }

    private func note(_ call: Invocation<String>) { log.withLock { $0.append(call.method) } }

    /// The answer, as JSON; nil for no answer.
    func answer(_ text: String, as caller: String = "someone") async throws -> JSONValue? {
        guard let bytes = await makeDispatcher().respond(to: Array(text.utf8), context: caller) else { return nil }
        return try JSONValue.parse(bytes)
    }
}

extension JSONValue {
    /// The value without `error.data`, which the specification leaves to the server.
    var withoutDetails: JSONValue {
        switch self {
        case .array(let elements): return .array(elements.map(\.withoutDetails))
        case .object(var object):
            if var error = object["error"]?.object {
                error["data"] = nil
                object["error"] = .object(error)
            }
            return .object(object)
        default: return self
        }
    }
}
