package import Domain
import JSONCoding
import JSONRPC

package enum TokenCreate {
    package struct Params: WriteParams {
        package var name: String
        package var role: Role
        /// Of role tenant, and of no other.
        package var tenantID: String?
        package var expiresAt: Timestamp?
        package var idempotencyKey: String?
    }

    /// A token with what is shown once.
    package struct Created: Sendable {
        package var token: AccessToken
        package var secret: String

        package init(token: AccessToken, secret: String) {
            self.token = token
            self.secret = secret
        }
    }

    package static let method = ControlMethod<Params, Created>(
        "token.create", .administration, "Creates a bearer token.",
        details: """
            The token itself is in this answer and nowhere else: only a digest is kept. A repetition under the same \
            `idempotencyKey` leaves it out.
            """,
        params: [
            .required("name", .string(1...200)), .required("role", .oneOf(Role.self)),
            .optional("tenantId", .identifier(), "Needed for the role tenant, and refused for the others."),
            .optional("expiresAt", .timestamp, "Absent: valid until it is revoked."), CommonParams.idempotencyKey,
        ],
        result: .shared("CreatedToken"), errors: [.notFound, .conflict],
        example: .init(
            params: ["name": "Acme's web shop", "role": "tenant", "tenantId": "acme"],
            result: .object(Examples.token.merging(patch: ["token": "mct_oW3kXxVJ9dD0iFzq1T5m7c2Rb8pLsYgNeKuHaQvB4ZE"]))
        )
    ) { object -> Params? in
        let name = object.required("name") { $0.string(1...200) }
        let role = object.required("role") { $0.oneOf(Role.self) }
        let tenantID: String?
        switch role {
        case .tenant: tenantID = object.required("tenantId") { $0.identifier() }
        case nil: tenantID = object.optional("tenantId") { $0.identifier() }
        case let role?:
            tenantID = object.optional("tenantId") { $0.fault("has no meaning for the role \(role.rawValue)") }
        }
        let expiresAt = object.optional("expiresAt", Timestamp.read)
        let key = object.idempotencyKey()
        guard let name, let role, role != .tenant || tenantID != nil else { return nil }
        return Params(name: name, role: role, tenantID: tenantID, expiresAt: expiresAt, idempotencyKey: key)
    } write: { created in
        var object = created.token.json.object ?? [:]
        object["token"] = .string(created.secret)
        return .object(object)
    }
}
