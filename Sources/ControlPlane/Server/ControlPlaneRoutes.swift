import ControlAPI
import HTTPTypes
import Hummingbird
import JSONCoding
import NIOCore
import Observability
import Synchronization

/// Which path does what.
final class ControlPlaneRoutes: Sendable {
    private let authenticator: Authenticator
    private let rpc: RPCEndpoint
    private let rest: RESTFacade
    private let health: HealthCheck
    private let metrics: MetricRegistry
    private let isSecure: Bool
    private let openRPC: [UInt8]
    private let isServing = Atomic(false)

    init(
        authenticator: Authenticator, rpc: RPCEndpoint, health: HealthCheck, metrics: MetricRegistry,
        isSecure: Bool = false
    ) {
        self.authenticator = authenticator
        self.rpc = rpc
        rest = RESTFacade(authenticator: authenticator, dispatcher: rpc.dispatcher)
        self.health = health
        self.metrics = metrics
        self.isSecure = isSecure
        openRPC = Array(ControlAPI.openRPC.prettyText.utf8)
    }

    func setServing(_ flag: Bool) {
        isServing.store(flag, ordering: .relaxed)
        metrics.gauge(.ready).set(flag)
    }

    func makeRouter() -> Router<ControlRequestContext> {
        let router = Router(context: ControlRequestContext.self)
        router.add(middleware: RequestMetrics(metrics: metrics))
        router.add(middleware: SecurityHeaders(isSecure: isSecure))
        add(.post, "rpc", to: router) { await self.rpc.respond($0, $1) }
        rest.add(to: router)
        add(.get, "openrpc.json", to: router) { request, context in
            await self.authenticated(request, context) { Responses.json(self.openRPC) }
        }
        add(.get, "health", to: router) { _, _ in await self.showHealth() }
        add(.get, "ready", to: router) { _, _ in await self.showReadiness() }
        add(.get, "metrics", to: router) { request, context in
            if context.isLoopback { return self.showMetrics() }
            return await self.authenticated(request, context) { self.showMetrics() }
        }
        return router
    }

    /// A path with one method; the others are refused by name.
    private func add(
        _ method: HTTPRequest.Method, _ path: RouterPath, to router: Router<ControlRequestContext>,
        _ respond: @escaping @Sendable (Request, ControlRequestContext) async throws -> Response
    ) {
        let served: [HTTPRequest.Method] = method == .get ? [.get, .head] : [method]
        let allowed = served.map(\.rawValue).joined(separator: ", ")
        for each in [HTTPRequest.Method.get, .head, .post, .put, .patch, .delete, .options] {
            router.on(path, method: each) { request, context -> Response in
                guard served.contains(each) else { return Responses.methodNotAllowed(allowed) }
                let response = try await respond(request, context)
                return each == .head ? response.createHeadResponse() : response
            }
        }
    }

    private func authenticated(
        _ request: Request, _ context: ControlRequestContext, _ respond: () -> Response
    ) async -> Response {
        do throws(Refusal) {
            _ = try await authenticator.admit(request, from: context.remoteAddress)
            return respond()
        } catch {
            return Responses.refusal(error)
        }
    }

    private func showHealth() async -> Response {
        let health = await health.health()
        func word(_ up: Bool) -> JSONValue { up ? "up" : "down" }
        return Responses.json([
            "status": health.database && health.broker ? "ok" : "degraded",
            "version": .string(ControlAPI.version),
            "dependencies": [
                "database": ["status": word(health.database)], "broker": ["status": word(health.broker)],
            ],
        ])
    }

    /// Without the broker the control plane serves on: changes are kept and published later.
    private func showReadiness() async -> Response {
        let serving = isServing.load(ordering: .relaxed)
        let database = serving ? await health.health().database : false
        if serving && database { return Responses.json(["status": "ready"]) }
        return Responses.json(
            ["status": "unready", "reason": serving ? "the database does not answer" : "starting or stopping"],
            status: .serviceUnavailable, headers: [.retryAfter: "1"])
    }

    private func showMetrics() -> Response {
        Response(
            status: .ok, headers: [.contentType: MetricRegistry.contentType],
            body: .init(byteBuffer: ByteBuffer(string: metrics.render())))
    }
}

/// Counts requests by route and status.
struct RequestMetrics: RouterMiddleware {
    typealias Context = ControlRequestContext

    let metrics: MetricRegistry

    func handle(
        _ request: Request, context: ControlRequestContext,
        next: (Request, ControlRequestContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        let response = try await next(request, context)
        let route = context.endpointPath ?? "none"
        metrics.counter(.httpRequests, ["route": route, "status": String(response.status.code)]).increment()
        metrics.histogram(.httpDuration, ["route": route]).observe(ContinuousClock.now - start)
        return response
    }
}
