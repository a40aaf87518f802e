import Encodings
import Sealing
import Testing

@Suite struct WebhookSignatureTests {
    private let body = Array(#"{"object":"whatsapp_business_account","text":"\u00e4"}"#.utf8)
    private let key = HMACKey("app secret")

    private func isValid(_ header: String?, keys: [HMACKey]? = nil, body: [UInt8]? = nil) -> Bool {
        WebhookSignature.isValid(header: header, body: body ?? self.body, keys: keys ?? [key])
    }

    @Test func acceptsItsOwn() {
        let header = WebhookSignature.header(for: body, key: key)
        #expect(header.hasPrefix("sha256="))
        #expect(isValid(header))
        #expect(isValid("sha256=" + header.dropFirst(7).uppercased()))
    }

    @Test func anyCandidateMayFit() {
        let header = WebhookSignature.header(for: body, key: key)
        #expect(isValid(header, keys: [HMACKey("old"), key]))
        #expect(isValid(header, keys: [key, HMACKey("new")]))
        #expect(!isValid(header, keys: [HMACKey("old"), HMACKey("new")]))
        #expect(!isValid(header, keys: []))
    }

    @Test func refusesEverythingElse() {
        let header = WebhookSignature.header(for: body, key: key)
        let hex = String(header.dropFirst(7))
        let bad: [String?] = [
            nil, "", "sha256=", hex, "sha1=" + hex, "SHA256=" + hex, "sha256:" + hex, " " + header, header + " ",
            "sha256=" + hex.dropLast(), "sha256=" + hex.dropLast(2), "sha256=" + hex + "00", "sha512=" + hex + hex,
            "sha256=" + String(hex.dropLast()) + "g", "sha256=" + String(repeating: "0", count: 64),
            "sha256=" + String(hex.dropLast(2)) + "é",
        ]
        for header in bad { #expect(!isValid(header), "\(header ?? "none")") }
    }

    @Test func everyBitOfTheSignatureCounts() throws {
        let tag = key.tag(of: body)
        for bit in 0..<256 {
            var flipped = tag
            flipped[bit / 8] ^= 1 << (bit % 8)
            #expect(!isValid("sha256=" + Hex.encode(flipped)))
        }
    }

    @Test func everyByteOfTheBodyCounts() {
        let header = WebhookSignature.header(for: body, key: key)
        for index in body.indices {
            var altered = body
            altered[index] ^= 0x20
            #expect(!isValid(header, body: altered))
        }
        #expect(!isValid(header, body: body + [0x0A]))
    }

    @Test func anEmptySecretProvesNothing() {
        let empty = HMACKey("")
        #expect(!isValid(WebhookSignature.header(for: body, key: empty), keys: [empty]))
    }
}
