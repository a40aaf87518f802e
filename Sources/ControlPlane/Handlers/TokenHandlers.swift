import ControlAPI
import Domain
import JSONRPC
import Sealing

extension ControlHandlers {
    func addTokens(to registry: inout MethodRegistry<CallContext>) {
        addWrite(TokenCreate.method, to: &registry, shownOnce: ["token"]) { params, transaction, _ in
            let now = clock.now()
            if let end = params.expiresAt, end <= now {
                throw RPCError.invalidParams("/expiresAt", "must lie in the future")
            }
            if let id = params.tenantID, try await transaction.tenant(id) == nil { throw RPCError.notFound("tenant") }
            let secret = try BearerToken.generate()
            let token = AccessToken(
                id: EntityID.make("tk"), name: params.name, role: params.role, tenantID: params.tenantID,
                createdAt: now, expiresAt: params.expiresAt)
            try await transaction.insert(token, hash: BearerToken.hash(secret))
            return TokenCreate.Created(token: token, secret: secret)
        }

        registry.add(TokenList.method) { params, _ in try await access.tokens(params.page) }

        addWrite(TokenRevoke.method, to: &registry) { params, transaction, _ in
            guard try await transaction.token(params.id) != nil else { throw RPCError.notFound("token") }
            try await transaction.deleteToken(params.id)
            return Deleted(id: params.id, revision: try await transaction.revision())
        }

        registry.add(AuditList.method) { params, context in
            var filter = params.filter
            if context.caller.role == .tenant {
                if let id = filter.tenantID { try context.requireSight(of: id) }
                guard let own = context.caller.tenantID else { return Page(items: [], nextCursor: nil) }
                filter.tenantID = own
            }
            return try await access.audit(filter, params.page)
        }
    }
}
