import HTTPTypes
import Hummingbird
import JSONCoding
import NIOCore

/// The part of the server that plays graph.facebook.com.
struct GraphRoutes: Sendable {
    let core: SimulatorCore

    func add(to router: Router<SimulatorContext>) {
        router.post(":version/:number/messages") { try await send($0, $1) }
        router.get(":version/:number") { try await number($0, $1) }
        router.get(":version/:number/phone_numbers") { try account($0, $1, numbers) }
        router.get(":version/:number/subscribed_apps") { try account($0, $1, subscriptions) }
    }

    private func send(_ request: Request, _ context: SimulatorContext) async throws -> Response {
        let numberID = try numberID(request, context)
        let number = core.read { $0.number(numberID) }
        let verdict: GraphVerdict
        if let refusal = core.read({ [token = token(request)] in $0.refusal(ofToken: token, for: number) }) {
            verdict = core.change { $0.reject(refusal, numberID: numberID, at: .now) }
        } else {
            do {
                guard let bytes = try await request.bytes() else { throw GraphError.tooLarge }
                // Anything but JSON is read as a form, where none of our members is found.
                let isJSON = request.headers[.contentType]?.lowercased().hasPrefix("application/json") ?? false
                let send = try SendReader.read(isJSON ? bytes : Array("{}".utf8))
                guard let number else { throw GraphError.unknownObject(numberID) }
                verdict = core.change { $0.handle(send, to: number, at: .now) }
            } catch let error as GraphError {
                verdict = core.change { $0.reject(error, numberID: numberID, at: .now) }
            }
        }
        if verdict.delay > 0 { try await Task.sleep(for: .milliseconds(verdict.delay)) }
        switch verdict.answer {
        case .success(let value): return .json(value, headers: Self.headers(trace: Self.trace()))
        case .error(let error): return Self.response(to: error)
        case .raw(let status, let body, let retryAfter):
            var headers: HTTPFields = [.contentType: "text/html; charset=utf-8"]
            headers[.retryAfter] = retryAfter.map(String.init)
            return Response(
                status: .init(code: status), headers: headers, body: .init(byteBuffer: ByteBuffer(string: body)))
        case .disconnect:
            try await context.channel.close(mode: .all)
            throw ChannelError.ioOnClosedChannel
        }
    }

    /// What a business may ask about its number: enough for checking credentials.
    private func number(_ request: Request, _ context: SimulatorContext) async throws -> Response {
        let numberID = try numberID(request, context)
        let number = core.read { $0.number(numberID) }
        if let refusal = core.read({ [token = token(request)] in $0.refusal(ofToken: token, for: number) }) {
            return Self.response(to: refusal)
        }
        guard let number else { return Self.response(to: .unknownObject(numberID)) }
        return .json(
            [
                "id": .string(number.id), "display_phone_number": .string(number.displayNumber),
                "verified_name": .string(number.name), "quality_rating": "GREEN",
                "code_verification_status": "VERIFIED", "platform_type": "CLOUD_API",
                "throughput": ["level": "STANDARD"], "account_mode": "SANDBOX",
            ], headers: Self.headers(trace: Self.trace()))
    }

    /// What a business may ask about its account; the simulator has one, under any id.
    private func account(
        _ request: Request, _ context: SimulatorContext, _ answer: () -> [JSONValue]
    ) throws -> Response {
        _ = try numberID(request, context)
        let token = token(request)
        let refusal = core.read { state in
            state.numbers.values.contains { $0.accessToken != nil && $0.accessToken == token }
                ? nil : state.refusal(ofToken: token, for: nil)
        }
        if let refusal { return Self.response(to: refusal) }
        return .json(["data": .array(answer())], headers: Self.headers(trace: Self.trace()))
    }

    private func numbers() -> [JSONValue] {
        core.read {
            $0.numbers.values.sorted { $0.id < $1.id }.map {
                ["id": .string($0.id), "verified_name": .string($0.name)]
            }
        }
    }

    private func subscriptions() -> [JSONValue] {
        [["whatsapp_business_api_data": ["id": "1", "name": "MetaChat", "link": "https://example.com"]]]
    }

    private func numberID(_ request: Request, _ context: SimulatorContext) throws -> String {
        guard let version = context.parameters.get("version"), Self.isVersion(version),
            let number = context.parameters.get("number")
        else { throw HTTPError(.notFound) }
        return number
    }

    private func token(_ request: Request) -> String? {
        guard let header = request.headers[.authorization], header.lowercased().hasPrefix("bearer ") else {
            return nil
        }
        let token = header.dropFirst(7).drop { $0 == " " }
        return token.isEmpty ? nil : String(token)
    }

    /// `vN.N`
    static func isVersion(_ text: String) -> Bool {
        let parts = text.dropFirst().split(separator: ".", omittingEmptySubsequences: false)
        return text.hasPrefix("v") && parts.count == 2
            && parts.allSatisfy { (1...3).contains($0.utf8.count) && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
    }

    static func response(to error: GraphError) -> Response {
        let trace = trace()
        var headers = headers(trace: trace)
        headers[.retryAfter] = error.retryAfter.map(String.init)
        if error.status == 401 || error.status == 400 {
            let words = error.message.filter { $0 != "\"" && $0 != "\\" && $0.isASCII }
            let kind = error.status == 401 ? "invalid_token" : "invalid_request"
            headers[.wwwAuthenticate] = "OAuth \"Facebook Platform\" \"\(kind)\" \"\(words)\""
        }
        return .json(error.body(trace: trace), status: .init(code: error.status), headers: headers)
    }

    private static func trace() -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        var bits = [UInt64.random(in: 0 ... .max), UInt64.random(in: 0 ... .max)]
        var text: [UInt8] = [UInt8(ascii: "A")]
        for index in 0..<20 {
            text.append(alphabet[Int(bits[index / 10] & 63)])
            bits[index / 10] >>= 6
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func headers(trace: String) -> HTTPFields {
        var headers = HTTPFields()
        headers[Self.traceHeader] = trace
        return headers
    }

    private static let traceHeader = HTTPField.Name("x-fb-trace-id")!
}
