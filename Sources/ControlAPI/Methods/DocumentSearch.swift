package import Domain
import JSONCoding
import JSONRPC

package enum DocumentSearch {
    package struct Params: Sendable {
        package var tenantID: String
        package var query: String
        package var topK: Int
    }

    package static let method = ControlMethod<Params, [Passage]>(
        "document.search", .read, "Finds the passages that the bot would answer from.",
        params: [
            CommonParams.tenantID, .required("query", .string(1...2000), "In people's words."),
            .optional("topK", .integer(1...50).withDefault(5)),
        ],
        result: .object([.required("items", .array(of: .shared("Passage")))], closed: false), errors: [.notFound],
        example: .init(
            params: ["tenantId": "acme", "query": "When are you open?"],
            result: [
                "items": [
                    [
                        "documentId": "opening-hours", "title": "Opening hours",
                        "snippet": "We are open from 9 to 18 on weekdays.", "score": 0.61, "kind": "keyword",
                    ]
                ]
            ])
    ) { object -> Params? in
        let tenantID = object.required("tenantId") { $0.identifier() }
        let query = object.required("query") { $0.string(1...2000) }
        let topK = object.optional("topK") { $0.integer(in: 1...50) }
        guard let tenantID, let query else { return nil }
        return Params(tenantID: tenantID, query: query, topK: Int(topK ?? 5))
    } write: { passages in
        [
            "items": .array(
                passages.map { passage in
                    [
                        "documentId": .string(passage.documentID), "title": .string(passage.title),
                        "snippet": .string(passage.text), "score": .number(passage.score),
                        "kind": .string(passage.kind.rawValue),
                    ]
                })
        ]
    }
}
