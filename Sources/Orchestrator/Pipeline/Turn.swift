package import Domain
import JSONCoding

/// One inbound message on its way through the pipeline, with what the stages have found out so far.
package struct Turn: Sendable {
    package let inbound: NormalizedMessage
    package let record: InboundRecord
    package let tenant: TenantProfile
    package let startedAt: Timestamp
    package let question: Question?
    package let language: Language
    package var history: [StoredMessage] = []
    package var passages: [Passage] = []

    package init(inbound: NormalizedMessage, record: InboundRecord, tenant: TenantProfile, startedAt: Timestamp) {
        self.inbound = inbound
        self.record = record
        self.tenant = tenant
        self.startedAt = startedAt
        question = Question(inbound)
        language = Language.of(question?.words ?? [], among: Language.spoken(tenant.settings))
    }

    package var phrases: Phrases { Phrases(language: language, settings: tenant.settings) }

    /// A message to the customer, in answer to this one. Its position is given when it is recorded.
    package func answer(_ text: String, sources: [Draft.Source] = [], now: Timestamp) -> NormalizedMessage {
        var answer = NormalizedMessage(
            id: MessageID(at: now), tenantID: inbound.tenantID, channelID: inbound.channelID, channel: inbound.channel,
            conversationID: inbound.conversationID, direction: .outbound, from: "bot", to: inbound.from,
            timestamp: now, type: .text, content: MessageContent(text: text))
        if !sources.isEmpty {
            answer.metadata["sources"] = .array(
                sources.map { ["documentId": .string($0.documentID), "title": .string($0.title)] })
        }
        return answer
    }
}
