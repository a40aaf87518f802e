package import JSONCoding

/// A text the bot may answer from.
package struct Document: Sendable, Hashable {
    package var id: String
    package var tenantID: String
    package var title: String
    /// Plain text, extracted from what was given.
    package var content: String
    package var mimeType: String
    package var metadata: JSONObject
    /// Rises with each put.
    package var version: Int64
    package var chunkCount: Int
    package var createdAt: Timestamp
    package var updatedAt: Timestamp

    package init(
        id: String, tenantID: String, title: String, content: String, mimeType: String, metadata: JSONObject,
        version: Int64, chunkCount: Int, createdAt: Timestamp, updatedAt: Timestamp
    ) {
        self.id = id
        self.tenantID = tenantID
        self.title = title
        self.content = content
        self.mimeType = mimeType
        self.metadata = metadata
        self.version = version
        self.chunkCount = chunkCount
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// A passage found for a query.
package struct Passage: Sendable, Hashable {
    package enum Kind: String, Sendable { case keyword, vector, hybrid }

    package var documentID: String
    package var title: String
    /// The chunk's whole text.
    package var text: String
    /// 0 to 1, for ordering.
    package var score: Double
    /// 0 to 1: the share of the query's distinct words (stop words apart) that the passage or its title holds.
    package var coverage: Double
    package var kind: Kind

    package init(documentID: String, title: String, text: String, score: Double, coverage: Double, kind: Kind) {
        self.documentID = documentID
        self.title = title
        self.text = text
        self.score = score
        self.coverage = coverage
        self.kind = kind
    }
}
