import ControlAPI
import Domain
import Encodings
import JSONCoding
import JSONRPC
import Sealing

extension ControlHandlers {
    func addDocuments(to registry: inout MethodRegistry<CallContext>) {
        addDetachedWrite(DocumentPut.method, to: &registry) { params, context in
            let tenant = try await tenant(params.tenantID, context)
            let id = params.id ?? generatedDocumentID(params, context)
            if let existing = try await documents.document(id), existing.tenantID != tenant.id {
                throw RPCError.conflict("there is a document of this id")
            }
            let text = DocumentText(params.content, mimeType: params.mimeType)
            let chunks = Chunker.chunks(of: text.blocks)
            guard !chunks.isEmpty else {
                throw RPCError.invalidParams(params.isBase64 ? "/contentBase64" : "/content", "holds no text")
            }
            let locale = tenant.settings["locale"]?.array?.first?.string
            let draft = DocumentDraft(
                id: id, tenantID: tenant.id, title: params.title, content: text.plain,
                mimeType: params.mimeType.rawValue, metadata: params.metadata,
                language: SearchLanguage.name(forLocale: locale), chunks: chunks)
            let document: Document
            do {
                document = try await documents.put(draft, now: clock.now())
            } catch let refusal as DependencyError where !refusal.isUnavailable {
                // What held when we looked may not hold any more: the tenant is gone, or the id another's.
                _ = try await self.tenant(params.tenantID, context)
                if let existing = try await documents.document(id), existing.tenantID != tenant.id {
                    throw RPCError.conflict("there is a document of this id")
                }
                throw refusal
            }
            let changed = params.metadata.isEmpty ? ["content", "title"] : ["content", "metadata", "title"]
            return (document, Audited(entity: "document", id: id, tenantID: tenant.id, changed: changed))
        }

        registry.add(DocumentGet.method) { params, context in try await document(params.id, context) }

        registry.add(DocumentList.method) { params, context in
            _ = try await tenant(params.tenantID, context)
            return try await documents.documents(tenantID: params.tenantID, params.page)
        }

        addDetachedWrite(DocumentDelete.method, to: &registry) { params, context in
            let document = try await document(params.id, context)
            guard try await documents.delete(document.id) else { throw RPCError.notFound("document") }
            return (
                Deleted(id: document.id, revision: try await store.revision()),
                Audited(entity: "document", id: document.id, tenantID: document.tenantID)
            )
        }

        registry.add(DocumentSearch.method) { params, context in
            _ = try await tenant(params.tenantID, context)
            return try await documents.search(tenantID: params.tenantID, query: params.query, topK: params.topK)
        }
    }

    private func document(_ id: String, _ context: CallContext) async throws -> Document {
        guard let document = try await documents.document(id), context.caller.sees(tenant: document.tenantID) else {
            throw RPCError.notFound("document")
        }
        return document
    }

    /// Under an idempotency key the same id each time, so that doing it twice makes one document.
    private func generatedDocumentID(_ params: DocumentPut.Params, _ context: CallContext) -> String {
        guard let key = params.idempotencyKey else { return EntityID.make("doc") }
        let digest = SHA256.digest("\(context.caller.id)\n\(params.tenantID)\n\(key)")
        return "doc_" + Hex.encode(digest.prefix(10))
    }
}
