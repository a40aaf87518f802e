import AsyncHTTPClient
import ControlAPI
import Glibc
import JSONCoding
import JSONRPC
import NIOCore
import NIOHTTP1
import NIOPosix

/// Calls the control plane.
struct ControlClient: Sendable {
    var connection: Connection
    var http: HTTPClient
    /// How long a call that may be repeated waits for a control plane that is away, as one is that starts again.
    var patience = Duration.zero
    /// Told why while it waits.
    var onWait: @Sendable (String) -> Void = { _ in }

    /// Calls a method by name.
    ///
    /// What only reads, or carries an idempotency key, is called again when the connection breaks on the way, and waits
    /// for a control plane that is away as long as ``patience`` says.
    /// - Throws: ``RPCError`` for what the control plane refused, ``CtlFailure`` for everything else.
    func call(_ method: String, _ params: JSONObject) async throws -> JSONValue {
        let mayRepeat =
            params["idempotencyKey"] != nil || Catalog.control.command(method: method).map { !$0.isWrite } ?? false
        let deadline = ContinuousClock.now + (mayRepeat ? patience : .zero)
        var pause = Duration.milliseconds(100)
        while true {
            do {
                return try await tryAll(method, params, mayRepeat: mayRepeat)
            } catch let failure as CtlFailure where failure.status == .unavailable && ContinuousClock.now < deadline {
                onWait(failure.message)
            } catch let error as RPCError where error.code == .unavailable && ContinuousClock.now < deadline {
                onWait(error.message)
            }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .seconds(1))
        }
    }

    /// Asks each control plane in turn.
    private func tryAll(_ method: String, _ params: JSONObject, mayRepeat: Bool) async throws -> JSONValue {
        let body: JSONValue = ["jsonrpc": "2.0", "id": 1, "method": .string(method), "params": .object(params)]
        var unreachable: [String] = []
        for url in connection.urls {
            var broken = 0
            while true {
                do {
                    return try await post(body.serialized(), to: url)
                } catch let failure as Unreachable where !failure.mayHaveArrived {
                    unreachable.append("\(url): \(failure.reason)")
                    break
                } catch let failure as Unreachable {
                    broken += 1
                    guard mayRepeat, broken < 3 else { throw interrupted(url, failure.reason, mayRepeat) }
                    try await Task.sleep(for: .milliseconds(200 * broken))
                }
            }
        }
        throw CtlFailure(
            status: .unavailable, message: "no control plane answers", details: unreachable,
            hint: "Is it running (metachat control, metachat dev)? The address comes from \(connection.urlOrigin).")
    }

    private func interrupted(_ url: String, _ reason: String, _ mayRepeat: Bool) -> CtlFailure {
        CtlFailure(
            status: .unavailable, message: "the connection to \(url) broke: \(reason)",
            hint: mayRepeat ? nil : "Whether the call was carried out is not known; look before you repeat it.")
    }

    private struct Unreachable: Error {
        var reason: String
        var mayHaveArrived: Bool
    }

    private func post(_ body: [UInt8], to url: String) async throws -> JSONValue {
        var request = HTTPClientRequest(url: url + "/rpc")
        request.method = .POST
        request.headers.add(name: "authorization", value: "Bearer " + connection.token)
        request.headers.add(name: "content-type", value: "application/json")
        request.headers.add(name: "user-agent", value: "metachatctl/" + CtlVersion.current)
        request.body = .bytes(ByteBuffer(bytes: body))
        do {
            // fleet.wait takes up to a minute.
            let response = try await http.execute(request, timeout: .seconds(90))
            let bytes = Array(buffer: try await response.body.collect(upTo: RPCReply.limits.maxBytes))
            return try RPCReply.result(status: response.status.code, body: bytes, url: url)
        } catch let error as RPCError {
            throw error
        } catch let error as CtlFailure {
            throw error
        } catch let error as NIOConnectionError {
            throw Unreachable(reason: Self.reason(error), mayHaveArrived: false)
        } catch let error as HTTPClientError where error == .connectTimeout {
            throw Unreachable(reason: "no connection within ten seconds", mayHaveArrived: false)
        } catch let error as IOError where Self.refusals.contains(error.errnoCode) {
            throw Unreachable(reason: Self.words(error), mayHaveArrived: false)
        } catch let error as HTTPClientError where error == .deadlineExceeded || error == .readTimeout {
            throw CtlFailure(
                status: .unavailable, message: "\(url) did not answer within 90 seconds",
                hint: "Whether the call was carried out is not known; look before you repeat it.")
        } catch let error as HTTPClientError where error == .invalidURL || error == .emptyHost {
            throw CtlFailure.config("\(url) is no URL of a server", hint: "It comes from \(connection.urlOrigin).")
        } catch {
            if let words = ControlHTTP.words(error) { throw Unreachable(reason: words, mayHaveArrived: false) }
            throw Unreachable(reason: Self.words(error), mayHaveArrived: true)
        }
    }

    /// No connection came about, so nothing was sent.
    private static let refusals = [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, EADDRNOTAVAIL]

    private static func reason(_ error: NIOConnectionError) -> String {
        if error.dnsAError != nil || error.dnsAAAAError != nil, error.connectionErrors.isEmpty {
            return "there is no host \(error.host)"
        }
        let first = error.connectionErrors.first?.error
        return first.map { ControlHTTP.words($0) ?? words($0) } ?? "no connection"
    }

    private static func words(_ error: any Error) -> String {
        guard let error = error as? IOError else { return "\(error)" }
        return switch error.errnoCode {
        case ECONNREFUSED: "connection refused"
        case EHOSTUNREACH, ENETUNREACH: "the host cannot be reached"
        case ETIMEDOUT: "no answer from the host"
        case ECONNRESET, EPIPE: "closed by the other side"
        default: String(cString: strerror(error.errnoCode))
        }
    }
}

extension ControlClient {
    /// The result, or nil where there is no such thing.
    func find(_ method: String, _ params: JSONObject) async throws -> JSONValue? {
        do {
            return try await call(method, params)
        } catch let error as RPCError where error.code == .notFound {
            return nil
        }
    }

    /// Every item of a list, over all pages.
    func all(_ method: String, _ params: JSONObject) async throws -> [JSONValue] {
        var params = params
        if params["limit"] == nil { params["limit"] = 200 }
        var items: [JSONValue] = []
        while true {
            let page = try await call(method, params)
            items += page["items"]?.array ?? []
            guard let cursor = page["nextCursor"]?.string, params["cursor"]?.string != cursor else { return items }
            params["cursor"] = .string(cursor)
        }
    }
}
