import Domain
import Sealing
import Testing

@testable import Channels

@Suite struct CredentialsTests {
    private let now = Timestamp(milliseconds: 1_000_000)
    private let body = Array(#"{"object":"whatsapp_business_account","entry":[]}"#.utf8)

    private func credentials(
        config token: String? = nil, _ secrets: [String: ChannelSecrets.Value] = [:],
        defaults: ChannelDefaults.MetaApp = .init()
    ) -> WhatsAppCredentials {
        let config = WhatsAppConfig(phoneNumberID: "1", businessAccountID: "2", webhookVerifyToken: token)
        return WhatsAppCredentials(config: config, secrets: ChannelSecrets(secrets), defaults: defaults)
    }

    private func accepts(_ credentials: WhatsAppCredentials, key: String, at time: Timestamp? = nil) -> Bool {
        let header = WebhookSignature.header(for: body, key: HMACKey(key))
        return body.withUnsafeBytes { credentials.accepts(signature: header, of: $0, now: time ?? now) }
    }

    @Test func theVerifyTokenSecretWinsOverConfigWinsOverDefault() {
        let all = credentials(
            config: "config", ["webhookVerifyToken": .init("secret")], defaults: .init(verifyToken: "default"))
        #expect(all.accepts(verifyToken: "secret", now: now))
        #expect(!all.accepts(verifyToken: "config", now: now) && !all.accepts(verifyToken: "default", now: now))
        let two = credentials(config: "config", defaults: .init(verifyToken: "default"))
        #expect(two.accepts(verifyToken: "config", now: now) && !two.accepts(verifyToken: "default", now: now))
        #expect(credentials(defaults: .init(verifyToken: "default")).accepts(verifyToken: "default", now: now))
    }

    @Test func withoutASecretNothingVerifies() {
        let none = credentials()
        #expect(!none.accepts(verifyToken: "", now: now) && !accepts(none, key: ""))
        let empty = credentials(
            config: "", ["appSecret": .init(""), "webhookVerifyToken": .init("")],
            defaults: .init(verifyToken: "", accessToken: "", appSecret: ""))
        #expect(!empty.accepts(verifyToken: "", now: now) && !accepts(empty, key: ""))
    }

    /// Mistake 3 of the field notes.
    @Test func theVerifyTokenIsNeverAnAppSecret() {
        #expect(!accepts(credentials(config: "token"), key: "token"))
    }

    @Test func theValueBeforeCountsUntilItsDeadline() {
        let until = Timestamp(milliseconds: 2_000_000)
        let rotated = credentials([
            "appSecret": .init("new", previous: ("old", until)),
            "webhookVerifyToken": .init("new", previous: ("old", until)),
        ])
        let last = until.adding(milliseconds: -1)
        #expect(accepts(rotated, key: "new") && accepts(rotated, key: "old", at: last))
        #expect(rotated.accepts(verifyToken: "new", now: now) && rotated.accepts(verifyToken: "old", now: last))
        #expect(!accepts(rotated, key: "old", at: until) && accepts(rotated, key: "new", at: until))
        #expect(!rotated.accepts(verifyToken: "old", now: until))
    }

    @Test func signaturesInEitherCaseOfThisBodyAlone() {
        let own = credentials(["appSecret": .init("s")], defaults: .init(appSecret: "default"))
        #expect(accepts(own, key: "s") && !accepts(own, key: "default"))
        let header = WebhookSignature.header(for: body, key: HMACKey("s"))
        let shouted = "sha256=" + header.dropFirst(7).uppercased()
        #expect(body.withUnsafeBytes { own.accepts(signature: shouted, of: $0, now: now) })
        #expect(!(body + [0x20]).withUnsafeBytes { own.accepts(signature: header, of: $0, now: now) })
        for bad in ["", "sha256=", "sha1=" + header.dropFirst(7), String(header.dropFirst(7)), header + "0"] {
            #expect(!body.withUnsafeBytes { own.accepts(signature: bad, of: $0, now: now) }, "\(bad)")
        }
        #expect(accepts(credentials(defaults: .init(appSecret: "default")), key: "default"))
    }

    @Test func nothingShowsASecret() {
        let value = ChannelSecrets.Value("hush", previous: ("whisper", now))
        let secrets = ChannelSecrets(["appSecret": value])
        let defaults = ChannelDefaults(whatsapp: .init(verifyToken: "hush", accessToken: "hush"))
        var dump = "\(value) \(secrets) \(credentials(config: "hush", ["accessToken": value])) \(defaults)"
        Swift.dump(value, to: &dump)
        Swift.dump(secrets, to: &dump)
        Swift.dump(credentials(["accessToken": value]), to: &dump)
        Swift.dump(defaults, to: &dump)
        #expect(!dump.contains("hush") && !dump.contains("whisper"))
    }
}
