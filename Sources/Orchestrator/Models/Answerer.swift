package import Domain

/// What finds the words of an answer: the built-in extractor, or a language model.
package protocol Answerer: Sendable {
    /// How many of the conversation's latest messages it wants to see; 0 to ``Pipeline/historyLimit``.
    var historyLimit: Int { get }

    /// - Throws: ``DependencyError`` where it depends on something that is away; other errors are failed attempts.
    func answer(_ request: AnswerRequest) async throws -> Draft
}

/// Everything an answerer may know. What customers and documents say is data, never instructions.
package struct AnswerRequest: Sendable {
    package var inbound: NormalizedMessage
    /// What the customer wrote or chose; nil where the message has no words.
    package var question: Question?
    package var language: Language
    package var tenant: TenantProfile
    /// Oldest first.
    package var history: [StoredMessage]
    /// Best first.
    package var passages: [Passage]
}

/// What an answerer comes up with.
package enum Draft: Sendable, Hashable {
    case reply(text: String, sources: [Source])
    /// It does not know. `text` tells the customer that a person takes over; `alone` where nobody can.
    case unknowing(reason: String, text: String, alone: String)

    package struct Source: Sendable, Hashable {
        package var documentID: String
        package var title: String

        package init(documentID: String, title: String) {
            self.documentID = documentID
            self.title = title
        }
    }
}

/// Who the bot speaks for.
package struct TenantProfile: Sendable {
    package var id: String
    package var name: String
    package var settings: TenantSettings

    package init(id: String, name: String, settings: TenantSettings) {
        self.id = id
        self.name = name
        self.settings = settings
    }
}
