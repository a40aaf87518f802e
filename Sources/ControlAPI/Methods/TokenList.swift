package import Domain
import JSONCoding
import JSONRPC

package enum TokenList {
    package struct Params: Sendable {
        package var page: PageRequest
    }

    package static let method = ControlMethod<Params, Page<AccessToken>>(
        "token.list", .administration, "Lists the tokens by id, without the tokens themselves.",
        params: CommonParams.page, result: CommonParams.pageSchema(of: .shared("Token")),
        example: .init(params: ["limit": 20], result: Examples.page(.object(Examples.token)))
    ) { object -> Params? in
        Params(page: object.page())
    } write: { page in
        CommonParams.json(page) { $0.json }
    }
}
