package import Domain
import JSONCoding
import JSONRPC

package enum SecretList {
    package struct Params: Sendable {
        package var tenantID: String
        package var channelID: String?
        package var page: PageRequest
    }

    package static let method = ControlMethod<Params, Page<SecretSummary>>(
        "secret.list", .read, "Lists secrets by name and fingerprint, never their values.",
        details: "Without `channelId` the tenant's own and all of its channels'.",
        params: [CommonParams.tenantID, .optional("channelId", .identifier())] + CommonParams.page,
        result: CommonParams.pageSchema(of: .shared("Secret")), errors: [.notFound],
        example: .init(
            params: ["tenantId": "acme", "channelId": "acme-whatsapp"], result: Examples.page(Examples.secret))
    ) { object -> Params? in
        let tenantID = object.required("tenantId") { $0.identifier() }
        let channelID = object.optional("channelId") { $0.identifier() }
        let page = object.page()
        guard let tenantID else { return nil }
        return Params(tenantID: tenantID, channelID: channelID, page: page)
    } write: {
        CommonParams.json($0, \.json)
    }
}
