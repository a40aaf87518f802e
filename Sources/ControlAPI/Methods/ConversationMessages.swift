package import Domain
import JSONCoding
import JSONRPC

package enum ConversationMessages {
    package struct Params: Sendable {
        package var key: ConversationKey
        package var after: Int64?
        package var before: Int64?
        package var page: PageRequest
    }

    package static let method = ControlMethod<Params, Page<StoredMessage>>(
        "conversation.messages", .read, "Lists a conversation's messages by position, ascending.",
        details: "`after` and `before` are positions, exclusive. With only `before` the newest ones before it.",
        params: ConversationGet.Params.members + [
            .optional("after", .integer(0 ... .max)), .optional("before", .integer(0 ... .max)),
        ] + CommonParams.page,
        result: CommonParams.pageSchema(of: .shared("Message")), errors: [.notFound],
        example: .init(
            params: [
                "conversationId": "acme-whatsapp:4915112345678", "channelId": "acme-whatsapp", "after": 1,
            ], result: Examples.page(Examples.message))
    ) { object -> Params? in
        let key = ConversationKey(params: object)
        let after = object.optional("after") { $0.integer(in: 0 ... .max) }
        let before = object.optional("before") { $0.integer(in: 0 ... .max) }
        let page = object.page()
        guard let key else { return nil }
        return Params(key: key, after: after, before: before, page: page)
    } write: {
        CommonParams.json($0, \.json)
    }
}
