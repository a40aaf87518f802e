import Domain
import JSONCoding
import JSONRPC

extension ControlAPI {
    static let tenantSettings = JSONSchema.object(
        [
            .optional("brandName", .string(1...200)), .optional("tone", .oneOf(TenantSettings.Tone.self)),
            .optional("locale", .array(of: .string(2...35), max: 20), "BCP 47 tags, the first preferred."),
            .optional("enableRag", JSONSchema.boolean.withDefault(true)),
            .optional("enableFunctionCalling", JSONSchema.boolean.withDefault(true)),
            .optional("enableHumanHandoff", JSONSchema.boolean.withDefault(true)),
            .optional("humanHandoffKeywords", .array(of: .string(1...100), max: 200)),
            .optional("enabledChannels", .array(of: .oneOf(ChannelType.self), max: 3), "Absent: all."),
            .optional("ragConfig", retrieval), .optional("rateLimits", rateLimits),
            .optional(
                "retention",
                .object(
                    [
                        .optional(
                            "messages", .object([.optional("retentionDays", .integer(1...36_500))], closed: true))
                    ], closed: true)),
            .optional(
                "burst",
                .object(
                    [.optional("quietMs", .integer(0...60_000)), .optional("maxWaitMs", .integer(0...300_000))],
                    closed: true), "Fragments sent in quick succession get one answer; absent: every message its own."),
            .optional(
                "staleAfterSeconds", .integer(1...31_536_000).withDefault(3600),
                "Older inbound messages are recorded, not answered."),
            .optional("confidenceEscalation", confidence),
            .optional("streaming", .oneOf(TenantSettings.Streaming.self), "Webchat only; default live."),
            .optional("llm", languageModel),
        ], closed: true)

    private static let retrieval = JSONSchema.object(
        [
            .optional("topK", .integer(1...50)), .optional("minSimilarity", .number(0...1)),
            .optional(
                "hybridWeights",
                .object(
                    [.optional("keyword", .number(0...1000)), .optional("vector", .number(0...1000))], closed: true)),
        ], closed: true)

    private static let rateLimits = JSONSchema.object(
        ["messagesPerMinute", "messagesPerHour", "messagesPerDay"].map {
            .optional($0, .integer(1...1_000_000_000))
        }, closed: true)

    private static let confidence = JSONSchema.object(
        [
            .optional("enabled", JSONSchema.boolean.withDefault(true)),
            .optional("mode", .oneOf(TenantSettings.Confidence.Mode.self)),
            .optional("immediateEscalationThreshold", .number(0...1), "Overrides the mode's."),
            .optional("suggestReviewThreshold", .number(0...1), "Overrides the mode's."),
            .optional("addDisclaimers", .boolean), .optional("disclaimerText", .string(1...1000)),
            .optional("highStakesDomains", .array(of: .string(1...100), max: 100)),
        ], closed: true)

    private static let languageModel = JSONSchema.object(
        [
            .optional("provider", .oneOf(TenantSettings.LanguageModel.Provider.self)),
            .optional(
                "baseUrl", .string(1...2048, pattern: "^https?://"),
                "As the provider's SDK takes it: with `/v1` for openai, without for anthropic."),
            .optional("model", .string(1...200)), .optional("temperature", .number(0...2)),
            .optional("maxTokens", .integer(1...1_000_000)), .optional("embeddingModel", .string(1...200)),
        ], closed: true
    ).described("The model's key is the tenant's secret `llm.apiKey`.")
}
