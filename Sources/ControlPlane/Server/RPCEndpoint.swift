import ControlAPI
import Hummingbird
import JSONRPC
import Logging
import Observability

/// `POST /rpc`.
struct RPCEndpoint: Sendable {
    let authenticator: Authenticator
    let dispatcher: RPCDispatcher<CallContext>

    init(
        authenticator: Authenticator, registry: MethodRegistry<CallContext>, metrics: MetricRegistry, logger: Logger
    ) {
        self.authenticator = authenticator
        dispatcher = RPCDispatcher(
            registry: registry, translate: { RPCTranslation.translate($0, logger: logger) },
            observe: { record in
                metrics.counter(.rpcCalls, ["method": record.method, "code": String(record.code?.rawValue ?? 0)])
                    .increment()
                metrics.histogram(.rpcDuration, ["method": record.method]).observe(record.duration)
            },
            report: { fault, context in
                logger.error(
                    "a call failed inside",
                    metadata: [
                        "reference": "\(fault.reference)", "method": "\(fault.method)", "error": "\(fault.error)",
                        "caller": "\(context.caller.id)", "remoteAddress": "\(context.remoteAddress)",
                    ])
            })
    }

    func respond(_ request: Request, _ context: ControlRequestContext) async -> Response {
        do throws(Refusal) {
            let caller = try await authenticator.admit(request, from: context.remoteAddress)
            let answer = await dispatcher.respond(
                to: try await request.readJSON(),
                context: CallContext(caller: caller, remoteAddress: context.remoteAddress))
            return answer.map { Responses.json($0) } ?? Response(status: .noContent)
        } catch {
            return Responses.refusal(error)
        }
    }
}
