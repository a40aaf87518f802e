package import Domain
package import JSONCoding
import JSONRPC

package enum DocumentPut {
    package enum MimeType: String, Sendable, CaseIterable {
        case plain = "text/plain"
        case markdown = "text/markdown"
        case html = "text/html"
        case pdf = "application/pdf"
    }

    package struct Params: WriteParams {
        package var tenantID: String
        /// Generated if absent.
        package var id: String?
        package var title: String
        package var content: String
        /// Whether the content came in `contentBase64`.
        package var isBase64: Bool
        package var mimeType: MimeType
        package var metadata: JSONObject
        package var idempotencyKey: String?
    }

    /// What a document holds at most, in bytes of UTF-8. A request's limit is as large.
    package static let maxContent = 1 << 20

    package static let method = ControlMethod<Params, Document>(
        "document.put", .write, "Stores a document that the bot may answer from, or a new version of it.",
        details: """
            Markup is stripped and the text cut into passages, which are searchable when this returns. Text is UTF-8. \
            application/pdf is not read yet and refused.
            """,
        params: [
            CommonParams.tenantID, .required("title", .string(1...500)),
            .required("mimeType", .oneOf(MimeType.self)),
            .optional("id", .identifier(), "Generated if absent; an existing one gets a new version."),
            .optional("content", .string(1...maxContent), "Either this or `contentBase64`."),
            .optional("contentBase64", JSONSchema(["type": "string", "contentEncoding": "base64"])),
            .optional("metadata", .anyObject), CommonParams.idempotencyKey,
        ],
        result: .object(
            [
                .required("id", .identifier()), .required("version", .integer(1 ... .max)),
                .required("chunks", .integer(0 ... .max)), .required("status", .oneOf(["indexed"])),
            ], closed: false),
        errors: [.notFound, .conflict],
        example: .init(
            params: [
                "tenantId": "acme", "id": "opening-hours", "title": "Opening hours", "mimeType": "text/markdown",
                "content": "# Opening hours\n\nWe are open from 9 to 18 on weekdays.",
                "metadata": ["source": "handbook"],
            ], result: ["id": "opening-hours", "version": 1, "chunks": 1, "status": "indexed"])
    ) { object -> Params? in
        let tenantID = object.required("tenantId") { $0.identifier() }
        let id = object.optional("id") { $0.identifier() }
        let title = object.required("title") { $0.string(1...500) }
        let mimeType = object.required("mimeType") { reader -> MimeType? in
            guard let type = reader.oneOf(MimeType.self) else { return nil }
            return type == .pdf ? reader.fault("application/pdf cannot be read yet; send its text") : type
        }
        let metadata = object.optional("metadata") { $0.rawObject() }
        let key = object.idempotencyKey()
        let hasBase64 = object.has("contentBase64")
        let plain = object.optional("content") { $0.string(1...maxContent) }
        let decoded = object.optional("contentBase64", Self.text)
        if object.has("content") == hasBase64 {
            object.fault(
                hasBase64 ? "must not stand beside contentBase64" : "is missing (or contentBase64)", at: "content")
        }
        guard let tenantID, let title, let mimeType, let content = plain ?? decoded else { return nil }
        return Params(
            tenantID: tenantID, id: id, title: title, content: content, isBase64: hasBase64, mimeType: mimeType,
            metadata: metadata ?? [:], idempotencyKey: key)
    } write: { document in
        [
            "id": .string(document.id), "version": .integer(document.version),
            "chunks": JSONValue(document.chunkCount), "status": "indexed",
        ]
    }

    private static func text(_ reader: JSONReader) -> String? {
        guard let bytes = reader.bytes(1...maxContent) else { return nil }
        guard let text = String(validating: bytes, as: UTF8.self) else { return reader.fault("must hold UTF-8 text") }
        return text.utf8.contains(0) ? reader.fault("must not contain the character U+0000") : text
    }
}
