import HTTPServing
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Synchronization

/// A business's webhook endpoint: keeps what it gets, answers as told.
final class WebhookReceiver: Sendable {
    struct Received: Sendable {
        var body: [UInt8]
        var signature: String?
        var contentType: String?
    }

    private struct State {
        var received: [Received] = []
        var answers: [HTTPResponse.Status] = []
    }

    private let state = Mutex(State())

    var received: [Received] { state.withLock { $0.received } }

    /// The statuses of the next answers; 200 once they are used up.
    func answerNext(_ statuses: HTTPResponse.Status...) { state.withLock { $0.answers += statuses } }

    /// - Parameter verifyToken: what `hub.verify_token` must be.
    func application(verifyToken: String, onPort: @escaping @Sendable (Int) -> Void) -> some ApplicationProtocol {
        let router = Router()
        router.get("hook") { request, _ -> Response in
            let query = request.uri.queryParameters
            guard query["hub.mode"] == "subscribe", query["hub.verify_token"].map(String.init) == verifyToken else {
                return Response(status: .forbidden)
            }
            let challenge = query["hub.challenge"].map(String.init) ?? ""
            return Response(status: .ok, body: .init(byteBuffer: ByteBuffer(string: challenge)))
        }
        router.post("hook") { [self] request, _ -> Response in
            let buffer = try await request.body.collect(upTo: 4 << 20)
            let received = Received(
                body: Array(buffer: buffer), signature: request.headers[.init("x-hub-signature-256")!],
                contentType: request.headers[.contentType])
            let status = state.withLock { state -> HTTPResponse.Status in
                state.received.append(received)
                return state.answers.isEmpty ? .ok : state.answers.removeFirst()
            }
            return Response(status: status)
        }
        var logger = Logger(label: "receiver")
        logger.logLevel = .critical
        return Application(
            router: router, server: .keptHTTP1(), configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { onPort($0.localAddress?.port ?? 0) }, logger: logger)
    }
}
