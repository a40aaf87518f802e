package import Domain
import JSONCoding
import JSONRPC

package enum ConversationList {
    package struct Params: Sendable {
        package var tenantID: String
        package var status: Conversation.Status?
        package var channelID: String?
        package var query: String?
        package var page: PageRequest
    }

    package static let method = ControlMethod<Params, Page<Conversation>>(
        "conversation.list", .read, "Lists a tenant's conversations, the latest activity first.",
        params: [
            CommonParams.tenantID, .optional("status", .oneOf(Conversation.Status.self)),
            .optional("channelId", .identifier()),
            .optional("query", .string(1...500), "In user ids, conversation ids and message texts."),
        ] + CommonParams.page,
        result: CommonParams.pageSchema(of: .shared("Conversation")), errors: [.notFound],
        example: .init(
            params: ["tenantId": "acme", "status": "active"], result: Examples.page(Examples.conversation))
    ) { object -> Params? in
        let tenantID = object.required("tenantId") { $0.identifier() }
        let status = object.optional("status") { $0.oneOf(Conversation.Status.self) }
        let channelID = object.optional("channelId") { $0.identifier() }
        let query = object.optional("query") { $0.string(1...500) }
        let page = object.page()
        guard let tenantID else { return nil }
        return Params(tenantID: tenantID, status: status, channelID: channelID, query: query, page: page)
    } write: {
        CommonParams.json($0, \.json)
    }
}
