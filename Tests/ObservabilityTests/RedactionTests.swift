import Observability
import Testing

@Suite struct RedactionTests {
    @Test(
        arguments: [
            "token", "Token", "accessToken", "access_token", "ACCESS_TOKEN", "pageAccessToken", "verify-token",
            "hub.verify_token", "appSecret", "secret", "secrets", "identitySecret", "Authorization", "password",
            "dbPassword", "key", "apiKey", "APIKey", "api_key", "llm.apiKey", "masterKeys", "METACHAT_MASTER_KEYS",
            "cookie", "Set-Cookie", "signature", "x-hub-signature", "appsecret_proof", "credentials", "secretToken2",
        ]
    )
    func secretNames(name: String) {
        #expect(Redaction.isSecret(key: name))
    }

    @Test(
        arguments: [
            "keyId", "key_id", "tokenCount", "secretName", "fingerprint", "secretFingerprint", "routingKey", "monkey",
            "idempotencyKey", "channelId", "message", "tokenizer", "keyboard", "", "_", "author", "secretary",
        ]
    )
    func harmlessNames(name: String) {
        #expect(!Redaction.isSecret(key: name))
    }

    @Test(
        arguments: [
            ("postgres://u:p@db/x", "postgres://u:[redacted]@db/x"),
            ("postgres://u:p@ss@db/x?a=b", "postgres://u:[redacted]@db/x?a=b"),
            ("amqps://u@broker and amqp://:pw@host", "amqps://u@broker and amqp://:[redacted]@host"),
            ("see mailto:a@b.c at 10:30", "see mailto:a@b.c at 10:30"),
            ("Authorization: Bearer abc.def-1, next", "Authorization: Bearer [redacted], next"),
            ("?hub.verify_token=v1&hub.challenge=7", "?hub.verify_token=[redacted]&hub.challenge=7"),
            ("password=a b=c token=", "password=[redacted] b=c token="),
            ("apiKey=1;x=2 \"secret=s\"", "apiKey=[redacted];x=2 \"secret=[redacted]\""),
            ("nothing = here @ all", "nothing = here @ all"), ("", ""), ("=", "="), ("@", "@"), (" ", " "),
            ("bearer ", "bearer "), ("token==", "token=[redacted]"),
            ("ünïcode token=ß ü", "ünïcode token=[redacted] ü"),
        ]
    )
    func scrubs(text: String, expected: String) {
        #expect(Redaction.scrub(text) == expected)
    }

    @Test func longTextsTakeNoLongTime() {
        // Each at sign and each equals sign looks back no further than a bounded distance.
        let text = String(repeating: "a:=@", count: 5000)
        #expect(Redaction.scrub(text) == text)
    }

    @Test func wrappedValuesShowThemselvesToNobody() {
        let value = Redacted("hidden")
        var dumped = ""
        dump(value, to: &dumped)
        #expect(dumped.contains("[redacted]"))
        for text in ["\(value)", String(reflecting: value), "\([value])", "\(["a": value])", dumped] {
            #expect(!text.contains("hidden"))
        }
        #expect(value.exposed == "hidden")
        #expect(value == Redacted("hidden"))
    }
}
