package import JSONCoding

/// Answers JSON-RPC 2.0 texts: single calls, batches, notifications (https://www.jsonrpc.org/specification).
///
/// Knows no transport. The calls of a batch run one after the other, so that writes keep their order.
package struct RPCDispatcher<Context: Sendable>: Sendable {
    package struct Limits: Sendable {
        /// Bytes, nesting and values of the request.
        package var json = JSONLimits.standard
        /// Calls in a batch.
        package var batch = 100
        /// Bytes of a batch's answer after which its remaining calls are refused, not run.
        package var batchAnswer = 64 << 20

        package init() {}
    }

    /// A failure that the caller only learns the reference of.
    package struct InternalFault: Sendable {
        package let reference: String
        package let method: String
        package let error: any Error
    }

    /// How a call went, for counting.
    package struct Record: Sendable {
        /// `unknown` where there is no such method.
        package let method: String
        /// nil: it succeeded.
        package let code: RPCErrorCode?
        package let duration: Duration
    }

    private let registry: MethodRegistry<Context>
    private let limits: Limits
    private let translate: @Sendable (any Error) -> RPCError?
    private let observe: @Sendable (Record) -> Void
    private let report: @Sendable (InternalFault, Context) -> Void

    /// - Parameters:
    ///   - translate: the error a caller may see for one that a handler threw; nil makes it an internal error.
    ///     ``RPCError`` and `JSONFaults` need no translation.
    ///   - observe: sees how each call went.
    ///   - report: takes internal errors, for the log.
    package init(
        registry: MethodRegistry<Context>, limits: Limits = Limits(),
        translate: @escaping @Sendable (any Error) -> RPCError? = { _ in nil },
        observe: @escaping @Sendable (Record) -> Void = { _ in },
        report: @escaping @Sendable (InternalFault, Context) -> Void
    ) {
        self.registry = registry
        self.limits = limits
        self.translate = translate
        self.observe = observe
        self.report = report
    }

    /// The answer to a request's text; nil when there is nothing to be answered.
    package func respond(to text: [UInt8], context: Context) async -> [UInt8]? {
        let value: JSONValue
        do {
            value = try JSONValue.parse(text, limits: limits.json)
        } catch {
            return Self.answer(.null, .failure(.parse(error.description)))
        }
        guard case .array(let calls) = value else { return await respond(to: value, context: context) }
        guard !calls.isEmpty else { return Self.answer(.null, .failure(.invalidRequest("the batch is empty"))) }
        guard calls.count <= limits.batch else {
            return Self.answer(
                .null, .failure(.invalidRequest("a batch holds at most \(limits.batch) calls, this \(calls.count)")))
        }
        var answers: [UInt8] = []
        for call in calls {
            let answer =
                answers.count > limits.batchAnswer
                ? Self.refuse(call, "the batch's answers are larger than \(limits.batchAnswer) bytes, split it")
                : await respond(to: call, context: context)
            guard let answer else { continue }
            answers.append(answers.isEmpty ? UInt8(ascii: "[") : UInt8(ascii: ","))
            answers += answer
        }
        guard !answers.isEmpty else { return nil }
        answers.append(UInt8(ascii: "]"))
        return answers
    }

    /// Runs a method without an envelope, for other forms of the same API.
    package func call(_ method: String, _ params: JSONObject, context: Context) async -> Result<RPCResult, RPCError> {
        await observed(method, .byName(params), context: context)
    }

    private func respond(to value: JSONValue, context: Context) async -> [UInt8]? {
        let request: RPCRequest
        do {
            request = try RPCRequest(value)
        } catch {
            return Self.answer(error.id, .failure(error.error))
        }
        let result = await observed(request.method, request.params, context: context)
        return request.id.map { Self.answer($0, result) }
    }

    private func observed(
        _ method: String, _ params: RPCRequest.Params, context: Context
    ) async -> Result<RPCResult, RPCError> {
        let start = ContinuousClock.now
        let result = await run(method, params, context: context)
        var code: RPCErrorCode?
        if case .failure(let error) = result { code = error.code }
        let known = registry.entries[method] == nil ? "unknown" : method
        observe(Record(method: known, code: code, duration: ContinuousClock.now - start))
        return result
    }

    private func run(
        _ method: String, _ given: RPCRequest.Params, context: Context
    ) async -> Result<RPCResult, RPCError> {
        guard let entry = registry.entries[method] else { return .failure(.methodNotFound(method)) }
        do {
            try entry.authorize(context)
            let params: JSONObject
            switch given {
            case .absent: params = [:]
            case .byName(let members): params = members
            case .byPosition: throw RPCError.invalidParams("", "must be given by name, as an object")
            }
            return .success(try await entry.call(Invocation(method: method, params: params, context: context)))
        } catch let error as RPCError {
            return .failure(error)
        } catch let faults as JSONFaults {
            return .failure(.invalidParams(faults))
        } catch {
            if let known = translate(error) { return .failure(known) }
            let fault = InternalFault(reference: Self.makeReference(), method: method, error: error)
            report(fault, context)
            return .failure(.internalError(reference: fault.reference))
        }
    }

    /// An answer without running the call.
    private static func refuse(_ value: JSONValue, _ detail: String) -> [UInt8]? {
        do {
            let request = try RPCRequest(value)
            return request.id.map { answer($0, .failure(.invalidRequest(detail))) }
        } catch {
            return answer(error.id, .failure(error.error))
        }
    }

    private static func answer(_ id: JSONValue, _ result: Result<RPCResult, RPCError>) -> [UInt8] {
        var text = Array("{\"jsonrpc\":\"2.0\",".utf8)
        switch result {
        case .success(.value(let value)): text += Array("\"result\":".utf8) + value.serialized()
        case .success(.text(let written)):
            text.reserveCapacity(written.count + 128)
            text += Array("\"result\":".utf8)
            text += written
        case .failure(let error): text += Array("\"error\":".utf8) + error.json.serialized()
        }
        text += Array(",\"id\":".utf8) + id.serialized()
        text.append(UInt8(ascii: "}"))
        return text
    }

    private static func makeReference() -> String {
        let digits = String(UInt64.random(in: .min ... .max), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
