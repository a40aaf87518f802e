import ControlAPI
import Domain
import HTTPTypes
import Hummingbird
import JSONRPC
import Logging
import NIOCore
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

    func respond(_ request: Request, _ context: ControlRequestContext) async throws -> Response {
        let verdict = await authenticator.judge(request, from: context.remoteAddress)
        if let refusal = Responses.refusal(of: verdict) { return refusal }
        guard case .caller(let caller) = verdict else { return Response(status: .unauthorized) }
        guard Self.isJSON(request.headers[.contentType]) else {
            return Responses.refusal(
                .invalidRequest("the content type must be application/json"), status: .unsupportedMediaType)
        }
        let limit = ControlPlaneConfiguration.maxBody
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit { return Self.tooLarge }
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: limit)
        } catch is NIOTooManyBytesError {
            return Self.tooLarge
        }
        let answer = await dispatcher.respond(
            to: Array(body.readableBytesView),
            context: CallContext(caller: caller, remoteAddress: context.remoteAddress))
        return answer.map { Responses.json($0) } ?? Response(status: .noContent)
    }

    private static var tooLarge: Response {
        Responses.refusal(
            .invalidRequest("the body is larger than \(ControlPlaneConfiguration.maxBody) bytes"),
            status: .contentTooLarge)
    }

    static func isJSON(_ contentType: String?) -> Bool {
        guard let contentType else { return false }
        let type = contentType.prefix { $0 != ";" }.filter { !$0.isWhitespace }.lowercased()
        return type == "application/json" || type == "application/json-rpc" || type == "application/jsonrequest"
    }
}
