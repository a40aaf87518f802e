import Domain
import JSONCoding
import Testing

struct ConfigReadingTests {
    private func faults(_ value: JSONValue, _ read: (JSONReader) -> (some Any)?) -> [String] {
        do {
            _ = try JSONReader.read(value, read)
            return []
        } catch {
            return error.faults.map(\.path).sorted()
        }
    }

    @Test func settingsHaveDefaultsAndEveryFaultShows() throws {
        let settings = try JSONReader.read([:], TenantSettings.init(reading:))
        #expect(settings == TenantSettings())
        #expect(settings.staleAfterSeconds == 3600 && settings.enableRag && settings.llm.provider == .builtin)
        let wrong: JSONValue = [
            "tone": "rude", "locale": "en", "ragConfig": ["topK": 0, "hybridWeights": ["keyword": -1]],
            "rateLimits": ["messagesPerMinute": 1.5], "colour": "red", "enabledChannels": ["fax"],
            "llm": ["baseUrl": "ftp://x", "temperature": 3],
        ]
        #expect(
            faults(wrong, TenantSettings.init(reading:)) == [
                "/colour", "/enabledChannels/0", "/llm/baseUrl", "/llm/temperature", "/locale",
                "/ragConfig/hybridWeights/keyword", "/ragConfig/topK", "/rateLimits/messagesPerMinute", "/tone",
            ])
    }

    @Test func everyKnownSettingIsRead() throws {
        let value: JSONValue = [
            "brandName": "Acme", "tone": "casual", "locale": ["de"], "enableRag": false, "enableFunctionCalling": false,
            "enableHumanHandoff": false, "humanHandoffKeywords": ["agent"], "enabledChannels": ["whatsapp"],
            "ragConfig": ["topK": 7, "minSimilarity": 0.2, "hybridWeights": ["keyword": 0.4, "vector": 0.6]],
            "rateLimits": ["messagesPerMinute": 1, "messagesPerHour": 2, "messagesPerDay": 3],
            "retention": ["messages": ["retentionDays": 30]], "burst": ["quietMs": 100, "maxWaitMs": 200],
            "staleAfterSeconds": 10,
            "confidenceEscalation": [
                "enabled": true, "mode": "strict", "immediateEscalationThreshold": 0.1, "suggestReviewThreshold": 0.2,
                "addDisclaimers": true, "disclaimerText": "x", "highStakesDomains": ["law"],
            ],
            "streaming": "off",
            "llm": [
                "provider": "openai", "baseUrl": "http://127.0.0.1:1/v1", "model": "m", "temperature": 0.5,
                "maxTokens": 9, "embeddingModel": "e",
            ],
        ]
        let settings = try JSONReader.read(value, TenantSettings.init(reading:))
        #expect(settings.messageRetentionDays == 30 && settings.rag.vectorWeight == 0.6 && settings.streaming == .off)
        #expect(settings.enabledChannels == [.whatsapp] && settings.confidence.mode == .strict)
        #expect(settings.llm.maxTokens == 9 && settings.burst.maxWaitMilliseconds == 200)
    }

    @Test func channelConfigsAreClosedAndChecked() throws {
        let whatsapp: JSONValue = ["phoneNumberId": "1", "businessAccountId": "2", "messagesPerSecond": 0.5]
        guard case .whatsapp(let config) = try JSONReader.read(whatsapp, { ChannelConfig.read(.whatsapp, $0) }) else {
            Issue.record("not a WhatsApp config")
            return
        }
        #expect(config.messagesPerSecond == 0.5 && config.partitions == 1 && config.webhookVerifyToken == nil)
        let wrong: JSONValue = [
            "businessAccountId": "a b", "messagesPerSecond": 0, "partitions": 65, "graphVersion": "26", "secret": "x",
        ]
        #expect(
            faults(wrong) { ChannelConfig.read(.whatsapp, $0) } == [
                "/businessAccountId", "/graphVersion", "/messagesPerSecond", "/partitions", "/phoneNumberId", "/secret",
            ])
        #expect(faults(["pageId": 5]) { ChannelConfig.read(.messenger, $0) } == ["/pageId"])
        let chat: JSONValue = [
            "allowedOrigins": ["https://a.example", "b.example", "https://a/b", "*"], "theme": ["mode": "x"],
        ]
        #expect(
            faults(chat) { ChannelConfig.read(.webchat, $0) } == [
                "/allowedOrigins/1", "/allowedOrigins/2", "/theme/mode",
            ])
    }

    @Test func storedSecretsSurviveTheWire() throws {
        let secret = StoredSecret(
            key: SecretKey(tenantID: "t", channelID: "c", name: "appSecret"),
            sealed: SealedBytes(keyID: "k1", nonce: Array(0..<12), ciphertext: Array(0..<40)), fingerprint: "ab",
            revision: 7, updatedAt: Timestamp(milliseconds: 5),
            previous: .init(
                sealed: SealedBytes(keyID: "k0", nonce: Array(1..<13), ciphertext: Array(0..<17)),
                acceptedUntil: Timestamp(milliseconds: 9)))
        #expect(try JSONReader.read(secret.json, StoredSecret.init(reading:)) == secret)
        #expect(secret.key.sealingContext == "t/c/appSecret" && secret.key.eventID == "c/appSecret")
        #expect(SecretKey(tenantID: "t", eventID: "/llm.apiKey")?.channelID == nil)
    }
}
