import JSONCoding
import JSONRPC

package enum TokenRevoke {
    package struct Params: WriteParams {
        package var id: String
        package var idempotencyKey: String?
    }

    package static let method = ControlMethod<Params, Deleted>(
        "token.revoke", .administration, "Revokes a token, at once and for good.",
        params: [CommonParams.id, CommonParams.idempotencyKey], result: Deleted.schema,
        errors: [.notFound, .conflict],
        example: .init(params: ["id": "tk_7hq2m4x9"], result: ["id": "tk_7hq2m4x9", "revision": 46])
    ) { object -> Params? in
        let id = object.required("id") { $0.identifier() }
        let key = object.idempotencyKey()
        return id.map { Params(id: $0, idempotencyKey: key) }
    } write: {
        $0.json
    }
}
