import HTTPTypes
import Hummingbird
import JSONCoding
import NIOCore

/// What a handler needs beside the request: the connection, for faults that cut it.
struct SimulatorContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }
}

/// A control request that cannot be done.
struct ControlError: Error {
    var status: HTTPResponse.Status
    var message: String
    var faults: JSONFaults?

    init(_ status: HTTPResponse.Status, _ message: String) {
        self.status = status
        self.message = message
    }

    init(_ faults: JSONFaults) {
        status = .badRequest
        message = faults.description
        self.faults = faults
    }

    var json: JSONValue {
        var error: JSONObject = ["message": .string(message)]
        error.append("errors", faults?.json)
        return ["error": .object(error)]
    }
}

extension Response {
    static func json(_ value: JSONValue, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]) -> Response {
        var headers = headers
        headers[.contentType] = "application/json; charset=UTF-8"
        headers[.cacheControl] = "no-store"
        return Response(
            status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: value.serialized())))
    }
}

extension Request {
    /// The body, at most as long as the simulator reads.
    func bytes() async throws -> [UInt8]? {
        if let length = headers[.contentLength].flatMap(Int.init), length > SimulatorLimits.requestBytes { return nil }
        do {
            return Array(buffer: try await body.collect(upTo: SimulatorLimits.requestBytes))
        } catch is NIOTooManyBytesError {
            return nil
        }
    }

    /// The body of a control request, read by `body`.
    ///
    /// Asking for JSON's media type keeps foreign web pages out: a browser asks before it sends that across origins,
    /// and the simulator never consents.
    func json<T>(_ read: (JSONReader) -> T?) async throws -> T {
        guard headers[.contentType]?.lowercased().hasPrefix("application/json") == true else {
            throw ControlError(.unsupportedMediaType, "Content-Type must be application/json")
        }
        guard let bytes = try await bytes() else { throw ControlError(.contentTooLarge, "at most 1 MiB is read") }
        let value: JSONValue
        do { value = try JSONValue.parse(bytes.isEmpty ? Array("{}".utf8) : bytes) } catch {
            throw ControlError(.badRequest, "the body is not JSON: \(error)")
        }
        do { return try JSONReader.read(value, read) } catch { throw ControlError(error) }
    }

    /// A number in the query.
    func integer(_ name: String, default fallback: Int, in range: ClosedRange<Int>) throws -> Int {
        guard let text = uri.queryParameters[Substring(name)] else { return fallback }
        guard let number = Int(text), range.contains(number) else {
            throw ControlError(
                .badRequest, "\(name) must be a whole number between \(range.lowerBound) and \(range.upperBound)")
        }
        return number
    }
}

/// Answers errors in JSON and keeps the pages of other origins out.
struct SimulatorMiddleware: RouterMiddleware {
    typealias Context = SimulatorContext

    func handle(
        _ request: Request, context: SimulatorContext,
        next: (Request, SimulatorContext) async throws -> Response
    ) async throws -> Response {
        if let origin = request.headers[.origin], let authority = request.head.authority,
            origin != "http://" + authority, origin != "https://" + authority
        {
            return .json(ControlError(.forbidden, "other origins may not use the simulator").json, status: .forbidden)
        }
        do {
            return try await next(request, context)
        } catch let error as ControlError {
            return .json(error.json, status: error.status)
        } catch let error as HTTPError where error.status == .notFound {
            let path = request.uri.path
            guard path.hasPrefix("/v"), path.dropFirst(2).first?.isNumber == true else {
                return .json(ControlError(.notFound, "there is nothing at \(path)").json, status: .notFound)
            }
            return GraphRoutes.response(to: .unknownPath(path))
        }
    }
}
