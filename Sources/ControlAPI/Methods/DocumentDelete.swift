import JSONCoding
import JSONRPC

package enum DocumentDelete {
    package struct Params: WriteParams {
        package var id: String
        package var idempotencyKey: String?
    }

    package static let method = ControlMethod<Params, Deleted>(
        "document.delete", .write, "Deletes a document and its passages.",
        details: "Documents are no part of the configuration; the revision given is the current one.",
        params: [CommonParams.id, CommonParams.idempotencyKey], result: Deleted.schema, errors: [.notFound],
        example: .init(params: ["id": "opening-hours"], result: ["id": "opening-hours", "revision": 45])
    ) { object -> Params? in
        let id = object.required("id") { $0.identifier() }
        let key = object.idempotencyKey()
        guard let id else { return nil }
        return Params(id: id, idempotencyKey: key)
    } write: {
        $0.json
    }
}
