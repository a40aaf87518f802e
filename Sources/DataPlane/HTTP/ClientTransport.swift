package import AsyncHTTPClient
package import Channels
import NIOCore
import NIOHTTP1
import Synchronization

/// Adapters' calls over AsyncHTTPClient.
///
/// Whether a failed call reached the peer is told by the body: the client asks for it only once a connection stands
/// and the head is being written, and without its body no platform acts on a request.
package struct ClientTransport: HTTPTransport {
    /// Longest answer that is read, in bytes; platforms answer with a few hundred.
    package static let answerLimit = 1 << 20

    private let client: HTTPClient

    package init(_ client: HTTPClient) { self.client = client }

    /// The settings under which calls to platforms are made: no redirects, and connections are given up before the
    /// platform does, lest a request meets a connection that is just being closed.
    package static var configuration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(5)),
            connectionPool: .init(idleTimeout: .seconds(10), concurrentHTTP1ConnectionsPerHostSoftLimit: 64))
        configuration.httpVersion = .automatic
        return configuration
    }

    package func perform(_ call: HTTPCall) async -> HTTPOutcome {
        var request = HTTPClientRequest(url: call.url)
        request.method = HTTPMethod(rawValue: call.method)
        for (name, value) in call.headers { request.headers.add(name: name, value: value) }
        let body = WatchedBody(bytes: call.body, before: call.beforeBody)
        if !call.body.isEmpty { request.body = .stream(body, length: .known(Int64(call.body.count))) }
        do {
            let response = try await client.execute(
                request, timeout: .milliseconds(max(1, call.timeoutMilliseconds)))
            let bytes = try await response.body.collect(upTo: Self.answerLimit)
            let headers = response.headers.map { ($0.name.lowercased(), $0.value) }
            return .response(status: Int(response.status.code), headers: headers, body: Array(buffer: bytes))
        } catch {
            let reason = Self.describe(error)
            return body.wasGiven || call.body.isEmpty ? .noAnswer(reason) : .notSent(reason)
        }
    }

    /// Short and without the URL, which may hold a token.
    private static func describe(_ error: any Error) -> String {
        switch error {
        case let error as HTTPClientError: String(describing: error)
        case is CancellationError: "cancelled"
        case is NIOTooManyBytesError: "the answer is too large"
        case let error as IOError: "errno \(error.errnoCode)"
        default: String(describing: type(of: error))
        }
    }
}

/// A request body that remembers whether it was given away.
private struct WatchedBody: AsyncSequence, Sendable {
    let bytes: [UInt8]
    let before: (@Sendable () async throws -> Void)?
    private let flag = Flag()

    init(bytes: [UInt8], before: (@Sendable () async throws -> Void)?) {
        self.bytes = bytes
        self.before = before
    }

    var wasGiven: Bool { flag.raised.load(ordering: .acquiring) }

    final class Flag: Sendable {
        let raised = Atomic(false)
    }

    struct Iterator: AsyncIteratorProtocol {
        fileprivate var rest: ByteBuffer?
        fileprivate let before: (@Sendable () async throws -> Void)?
        fileprivate let flag: Flag

        mutating func next() async throws -> ByteBuffer? {
            guard let bytes = rest else { return nil }
            rest = nil
            try await before?()
            flag.raised.store(true, ordering: .releasing)
            return bytes
        }
    }

    func makeAsyncIterator() -> Iterator { Iterator(rest: ByteBuffer(bytes: bytes), before: before, flag: flag) }
}
