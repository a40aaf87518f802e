import Domain
import HTTPTypes
package import Hummingbird
import NIOCore

/// `/api/integrations/{whatsapp|messenger}/{tenantId}`: the subscription's GET; and those POSTs that ``WebhookHandler``
/// lets through because an earlier request of their connection is not answered yet.
package struct WebhookRoutes: Sendable {
    private let receiver: WebhookReceiver
    private static let signatureHeader = HTTPField.Name("x-hub-signature-256")

    package init(_ receiver: WebhookReceiver) { self.receiver = receiver }

    package func add(to router: Router<NodeRequestContext>) {
        for type in [ChannelType.whatsapp, .messenger] {
            let path = RouterPath("/api/integrations/\(type.rawValue)/{tenantId}")
            router.get(path) { request, context in
                let arrival = ContinuousClock.now
                let query = request.uri.queryParameters
                return answer(
                    receiver.subscribe(
                        type, tenantID: context.parameters.get("tenantId") ?? "",
                        mode: query["hub.mode"].map(String.init),
                        verifyToken: query["hub.verify_token"].map(String.init),
                        challenge: query["hub.challenge"].map(String.init)), type, since: arrival)
            }
            router.post(path) { request, context in
                let arrival = ContinuousClock.now
                let tenantID = context.parameters.get("tenantId") ?? ""
                return answer(await receive(type, request, tenantID: tenantID), type, since: arrival)
            }
        }
    }

    private func receive(_ type: ChannelType, _ request: Request, tenantID: String) async -> WebhookAnswer {
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > WebhookReceiver.bodyLimit {
            return .tooLarge
        }
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: WebhookReceiver.bodyLimit)
        } catch is NIOTooManyBytesError {
            return .tooLarge
        } catch {
            return .malformed("The body did not arrive whole.")
        }
        let signature = Self.signatureHeader.flatMap { request.headers[$0] }
        let received = body.withUnsafeReadableBytes {
            receiver.receive(type, tenantID: tenantID, signature: signature, body: $0)
        }
        switch received {
        case .answered(let answer): return answer
        case .accepted(let messages, let statuses): return await receiver.publish(messages, statuses)
        }
    }

    private func answer(
        _ answer: WebhookAnswer, _ type: ChannelType, since arrival: ContinuousClock.Instant
    ) -> Response {
        receiver.metrics.answered(answer, type, since: arrival)
        var headers: HTTPFields = [.contentType: "text/plain; charset=utf-8"]
        if case .unavailable = answer { headers[.retryAfter] = "2" }
        return Response(
            status: .init(code: answer.status), headers: headers,
            body: .init(byteBuffer: ByteBuffer(string: answer.text)))
    }
}
