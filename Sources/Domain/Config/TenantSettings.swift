package import JSONCoding

/// A tenant's settings, read and checked, with defaults for what is absent. Closed: unknown members are faults.
package struct TenantSettings: Sendable, Hashable {
    package enum Tone: String, Sendable, CaseIterable { case friendly, professional, casual }
    package enum Streaming: String, Sendable, CaseIterable { case live, off }

    package var brandName: String?
    package var tone: Tone = .friendly
    /// BCP 47 tags, the first preferred.
    package var locale: [String] = ["en"]
    package var enableRag = true
    package var enableFunctionCalling = true
    package var enableHumanHandoff = true
    package var humanHandoffKeywords: [String] = []
    /// nil = all.
    package var enabledChannels: [ChannelType]?
    package var rag = Retrieval()
    package var rateLimits = RateLimits()
    /// nil = kept for ever.
    package var messageRetentionDays: Int?
    package var burst = Burst()
    /// Inbound messages older than this are recorded, not answered.
    package var staleAfterSeconds: Int64 = 3600
    package var confidence = Confidence()
    package var streaming: Streaming = .live
    package var llm = LanguageModel()

    package init() {}

    package struct Retrieval: Sendable, Hashable {
        package var topK = 4
        package var minSimilarity = 0.0
        package var keywordWeight = 1.0
        package var vectorWeight = 1.0
        package init() {}
    }

    /// nil = no limit.
    package struct RateLimits: Sendable, Hashable {
        package var messagesPerMinute: Int?
        package var messagesPerHour: Int?
        package var messagesPerDay: Int?
        package init() {}
    }

    package struct Burst: Sendable, Hashable {
        package var quietMilliseconds = 0
        package var maxWaitMilliseconds = 0
        package init() {}
    }

    package struct Confidence: Sendable, Hashable {
        package enum Mode: String, Sendable, CaseIterable { case standard, strict, lenient }
        package var enabled = true
        package var mode: Mode = .standard
        package var immediateEscalationThreshold: Double?
        package var suggestReviewThreshold: Double?
        package var addDisclaimers = false
        package var disclaimerText: String?
        package var highStakesDomains: [String] = []
        package init() {}
    }

    package struct LanguageModel: Sendable, Hashable {
        package enum Provider: String, Sendable, CaseIterable { case builtin, openai, anthropic }
        package var provider: Provider = .builtin
        package var baseURL: String?
        package var model: String?
        package var temperature: Double?
        package var maxTokens: Int?
        package var embeddingModel: String?
        package init() {}
    }
}

extension TenantSettings {
    package init?(reading reader: JSONReader) {
        let read = reader.object { object -> TenantSettings? in
            var settings = TenantSettings()
            settings.brandName = object.optional("brandName") { $0.string(1...200) }
            settings.tone = object.optional("tone", default: settings.tone) { $0.oneOf() } ?? settings.tone
            settings.locale = object.optional("locale") { $0.array(max: 20) { $0.string(2...35) } } ?? settings.locale
            settings.enableRag = object.optional("enableRag") { $0.bool() } ?? true
            settings.enableFunctionCalling = object.optional("enableFunctionCalling") { $0.bool() } ?? true
            settings.enableHumanHandoff = object.optional("enableHumanHandoff") { $0.bool() } ?? true
            settings.humanHandoffKeywords =
                object.optional("humanHandoffKeywords") { $0.array(max: 200) { $0.string(1...100) } } ?? []
            settings.enabledChannels =
                object.optional("enabledChannels") { $0.array(max: 3) { $0.oneOf(ChannelType.self) } }
            settings.rag = object.optional("ragConfig", Retrieval.read) ?? settings.rag
            settings.rateLimits = object.optional("rateLimits", RateLimits.read) ?? settings.rateLimits
            settings.messageRetentionDays = object.optional("retention", Self.retention) ?? nil
            settings.burst = object.optional("burst", Burst.read) ?? settings.burst
            settings.staleAfterSeconds =
                object.optional("staleAfterSeconds") { $0.integer(in: 1...31_536_000) } ?? settings.staleAfterSeconds
            settings.confidence = object.optional("confidenceEscalation", Confidence.read) ?? settings.confidence
            settings.streaming = object.optional("streaming") { $0.oneOf() } ?? settings.streaming
            settings.llm = object.optional("llm", LanguageModel.read) ?? settings.llm
            return settings
        }
        guard let read else { return nil }
        self = read
    }

    private static func retention(_ reader: JSONReader) -> Int?? {
        reader.object { object -> Int?? in
            object.optional("messages") { reader in
                reader.object { object -> Int? in
                    object.optional("retentionDays") { $0.integer(in: 1...36_500) }.map { Int($0) }
                }
            }
        }
    }
}

extension TenantSettings.Retrieval {
    fileprivate static func read(_ reader: JSONReader) -> Self? {
        reader.object { object -> Self? in
            var result = Self()
            result.topK = object.optional("topK") { $0.integer(in: 1...50) }.map { Int($0) } ?? result.topK
            result.minSimilarity = object.optional("minSimilarity") { $0.number(in: 0...1) } ?? result.minSimilarity
            let weights = object.optional("hybridWeights") { reader in
                reader.object { object -> (Double?, Double?)? in
                    (
                        object.optional("keyword") { $0.number(in: 0...1000) },
                        object.optional("vector") { $0.number(in: 0...1000) }
                    )
                }
            }
            result.keywordWeight = weights?.0 ?? result.keywordWeight
            result.vectorWeight = weights?.1 ?? result.vectorWeight
            return result
        }
    }
}

extension TenantSettings.RateLimits {
    fileprivate static func read(_ reader: JSONReader) -> Self? {
        reader.object { object -> Self? in
            func limit(_ name: String) -> Int? {
                object.optional(name) { $0.integer(in: 1...1_000_000_000) }.map { Int($0) }
            }
            var result = Self()
            result.messagesPerMinute = limit("messagesPerMinute")
            result.messagesPerHour = limit("messagesPerHour")
            result.messagesPerDay = limit("messagesPerDay")
            return result
        }
    }
}

extension TenantSettings.Burst {
    fileprivate static func read(_ reader: JSONReader) -> Self? {
        reader.object { object -> Self? in
            var result = Self()
            result.quietMilliseconds = object.optional("quietMs") { $0.integer(in: 0...60_000) }.map { Int($0) } ?? 0
            result.maxWaitMilliseconds =
                object.optional("maxWaitMs") { $0.integer(in: 0...300_000) }.map { Int($0) } ?? 0
            return result
        }
    }
}

extension TenantSettings.Confidence {
    fileprivate static func read(_ reader: JSONReader) -> Self? {
        reader.object { object -> Self? in
            var result = Self()
            result.enabled = object.optional("enabled") { $0.bool() } ?? true
            result.mode = object.optional("mode") { $0.oneOf() } ?? .standard
            result.immediateEscalationThreshold =
                object.optional("immediateEscalationThreshold") { $0.number(in: 0...1) }
            result.suggestReviewThreshold = object.optional("suggestReviewThreshold") { $0.number(in: 0...1) }
            result.addDisclaimers = object.optional("addDisclaimers") { $0.bool() } ?? false
            result.disclaimerText = object.optional("disclaimerText") { $0.string(1...1000) }
            result.highStakesDomains =
                object.optional("highStakesDomains") { $0.array(max: 100) { $0.string(1...100) } } ?? []
            return result
        }
    }
}

extension TenantSettings.LanguageModel {
    fileprivate static func read(_ reader: JSONReader) -> Self? {
        reader.object { object -> Self? in
            var result = Self()
            result.provider = object.optional("provider") { $0.oneOf() } ?? .builtin
            result.baseURL = object.optional("baseUrl") {
                $0.string(1...2048, that: "be an http or https URL") {
                    $0.hasPrefix("http://") || $0.hasPrefix("https://")
                }
            }
            result.model = object.optional("model") { $0.string(1...200) }
            result.temperature = object.optional("temperature") { $0.number(in: 0...2) }
            result.maxTokens = object.optional("maxTokens") { $0.integer(in: 1...1_000_000) }.map { Int($0) }
            result.embeddingModel = object.optional("embeddingModel") { $0.string(1...200) }
            return result
        }
    }
}
