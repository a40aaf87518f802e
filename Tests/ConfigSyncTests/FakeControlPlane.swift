import Domain
import HTTPServing
import HTTPTypes
import Hummingbird
import JSONCoding
import Logging
import NIOCore
import Synchronization

/// A control plane of one method, on a port of its own.
final class FakeControlPlane: Sendable {
    struct State {
        var world = World()
        var asked: [Int64?] = []
        /// Answers with this instead, while it is there.
        var fault: (status: HTTPResponse.Status, body: String)?
        /// Published to nobody, or by the test to a fanout.
        var isSlow = false
    }

    static let token = "node-token"
    let state = Mutex(State())

    init(_ world: World) { state.withLock { $0.world = world } }

    var asked: [Int64?] { state.withLock { $0.asked } }

    private func answer(to call: JSONValue) -> (HTTPResponse.Status, String) {
        state.withLock { state in
            let since = call["params"]?["sinceRevision"]?.integer
            state.asked.append(since)
            if let fault = state.fault { return (fault.status, fault.body) }
            guard call["method"] == "config.snapshot", call["jsonrpc"] == "2.0" else { return (.badRequest, "") }
            var result = state.world.snapshot.json
            if since == state.world.revision {
                result = [
                    "revision": .integer(state.world.revision), "unchanged": true, "tenants": [], "channels": [],
                    "secrets": [],
                ]
            }
            let answer: JSONValue = ["jsonrpc": "2.0", "id": call["id"] ?? .null, "result": result]
            return (.ok, answer.text)
        }
    }

    /// Serves until the task is cancelled; tells its URL as soon as it listens.
    func run(port: Int = 0, _ listening: @escaping @Sendable (String) -> Void) async throws {
        let router = Router()
        router.post("/rpc") { request, _ -> Response in
            guard request.headers[.authorization] == "Bearer " + Self.token else {
                return Response(status: .unauthorized)
            }
            let body = try await request.body.collect(upTo: 1 << 20)
            let call = try JSONValue.parse(Array(body.readableBytesView))
            let (status, text) = self.answer(to: call)
            return Response(status: status, body: .init(byteBuffer: ByteBuffer(string: text)))
        }
        let application = Application(
            router: router, server: .keptHTTP1(), configuration: .init(address: .hostname("127.0.0.1", port: port)),
            onServerRunning: { channel in listening("http://127.0.0.1:\(channel.localAddress?.port ?? 0)") },
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        try await application.run()
    }
}
