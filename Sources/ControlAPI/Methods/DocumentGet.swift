package import Domain
package import JSONCoding
import JSONRPC

package enum DocumentGet {
    package static let method = ControlMethod<EntityParams, Document>(
        "document.get", .read, "Gives a document with its text.", params: [CommonParams.id],
        result: .shared("Document"), errors: [.notFound],
        example: .init(
            params: ["id": "opening-hours"],
            result: .object(
                Examples.documentSummary.merging(patch: ["content": "We are open from 9 to 18 on weekdays."]))),
        read: EntityParams.init,
        write: { document in
            var object = document.summary.object ?? [:]
            object["content"] = .string(document.content)
            return .object(object)
        })
}

extension Document {
    /// Without its content.
    package var summary: JSONValue {
        [
            "id": .string(id), "tenantId": .string(tenantID), "title": .string(title), "mimeType": .string(mimeType),
            "metadata": .object(metadata), "version": .integer(version), "chunks": JSONValue(chunkCount),
            "status": "indexed", "createdAt": .string(createdAt.description),
            "updatedAt": .string(updatedAt.description),
        ]
    }
}
