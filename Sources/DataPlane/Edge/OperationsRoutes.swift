package import Domain
import HTTPTypes
package import Hummingbird
import JSONCoding
import NIOCore

/// What operators and load balancers ask of a node.
package struct NodeHealth: Sendable {
    package var nodeID: String
    package var revision: Int64
    package var status: NodeReport.Status
    package var broker: Bool
    package var database: Bool?
    package var controlPlane: Bool

    package init(
        nodeID: String, revision: Int64, status: NodeReport.Status, broker: Bool, database: Bool?, controlPlane: Bool
    ) {
        self.nodeID = nodeID
        self.revision = revision
        self.status = status
        self.broker = broker
        self.database = database
        self.controlPlane = controlPlane
    }

    var json: JSONValue {
        var dependencies: JSONObject = ["broker": .string(broker ? "up" : "down")]
        dependencies.append("database", database.map { .string($0 ? "up" : "down") })
        dependencies.append("controlPlane", .string(controlPlane ? "up" : "down"))
        return [
            "status": .string(status.rawValue), "nodeId": .string(nodeID), "revision": .integer(revision),
            "dependencies": .object(dependencies),
        ]
    }
}

/// `/health`: the process is alive, and how its dependencies do. `/ready`: whether it wants requests. `/metrics`.
package struct OperationsRoutes: Sendable {
    private let health: @Sendable () -> NodeHealth
    private let metrics: @Sendable () -> String
    private let mayReadMetrics: @Sendable (_ remoteIsLoopback: Bool, _ authorization: String?) -> Bool

    package init(
        health: @escaping @Sendable () -> NodeHealth, metrics: @escaping @Sendable () -> String,
        mayReadMetrics: @escaping @Sendable (Bool, String?) -> Bool
    ) {
        self.health = health
        self.metrics = metrics
        self.mayReadMetrics = mayReadMetrics
    }

    package func add(to router: Router<NodeRequestContext>) {
        router.get("/health") { _, _ in Self.json(health().json, .ok) }
        router.get("/ready") { _, _ in
            let health = health()
            var response = Self.json(health.json, health.status == .ready ? .ok : .serviceUnavailable)
            if health.status != .ready { response.headers[.retryAfter] = "1" }
            return response
        }
        router.get("/metrics") { request, context in
            guard mayReadMetrics(context.remoteIsLoopback, request.headers[.authorization]) else {
                return Self.json(["error": "A valid token is needed."], .unauthorized)
            }
            return Response(
                status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: .init(byteBuffer: ByteBuffer(string: metrics())))
        }
    }

    private static func json(_ value: JSONValue, _ status: HTTPResponse.Status) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(bytes: value.serialized())))
    }
}
