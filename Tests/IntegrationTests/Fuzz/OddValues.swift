import JSONCoding

/// Values that programs stumble over.
enum OddValues {
    /// Become what no JSON value can hold, in the written text: halves of a surrogate pair and a number beyond doubles.
    static let raw: [(placeholder: String, text: String)] = [
        ("\"@@HUGE@@\"", "1e400"), ("\"@@WIDE@@\"", "-123456789012345678901234567890"), ("\"@@ZERO@@\"", "-0"),
        ("@@HIGH@@", "\\ud83d"), ("@@LOW@@", "\\udc00x"), ("@@NUL@@", "\\u0000"),
    ]

    static let numbers: [JSONValue] = [
        0, -1, 1, 2, 200, 201, 60_000, 60_001, 65_536, 4_294_967_296, 9_007_199_254_740_993, .integer(.max),
        .integer(.min), 0.1, -0.5, 1e18, 1e19, 1e308, -1e308, .number(.leastNonzeroMagnitude), .string("@@HUGE@@"),
        .string("@@WIDE@@"),
        .string("@@ZERO@@"),
    ]

    static let strings: [String] = [
        "", " ", "\u{0}", "a\u{0}b", "@@NUL@@", "@@HIGH@@", "a@@LOW@@", "@@LOW@@@@HIGH@@", "\u{FFFE}", "\u{FEFF}x",
        "\u{202E}txt.exe", "e\u{301}", "\u{E9}", "\u{1F469}\u{200D}\u{1F469}\u{200D}\u{1F467}", "\u{10FFFF}",
        "o" + String(repeating: "\u{301}", count: 400), "\u{1B}[2J", "\r\nSet-Cookie: a=b", "\"", "\\", "/", "~0~1",
        "'; DROP TABLE tenants; --", "%s%n%x", "../../../etc/passwd", "${jndi:ldap://x}", "{{7*7}}", "null", "true",
        "0", "-1", "1e400", "NaN", "acme", "acme-whatsapp", "*", "default", "__proto__", "constructor",
        "2026-02-30T25:61:61Z", "9999-12-31T23:59:59.999Z", "0001-01-01T00:00:00Z", "+275760-09-13T00:00:00.000Z",
        "-9999999-01-01T00:00:00Z", "2026-01-01T00:00:00.999999999999999999999Z", "2027-01-01T00:00:00.000Z",
        "019aab7c-5d62-7c3e-9a41-0b8f3f1d2c5e", "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "00000000-0000-0000-0000-000000000000", "AAAA", "====", "eyJhIjoxfQ", "eyJhIjoxfQ==", "W10=",
        "http://127.0.0.1:1/", "http://[::1]/", "http://169.254.169.254/", "https://user:pass@example.com/",
        "javascript:alert(1)", "https://", "https://\u{E4}\u{F6}.example/", "https://a:99999/", "https://[::",
        "https://example.com/" + String(repeating: "a", count: 5000), "https://%00/", "//x", "(a+)+$",
        "whatsapp", "messenger", "webchat", "telegram", "tenant", "admin", "message.received", "text/html",
        "application/pdf", "v17.0", "v999.9", String(repeating: "a", count: 65), String(repeating: "b", count: 256),
        String(repeating: "c", count: 70_000), String(repeating: "\u{1F600}", count: 20_000),
    ]

    /// For readers of text: nesting, unfinished marks, entities.
    static let texts: [String] = [
        String(repeating: "> ", count: 5000) + "x", String(repeating: "[", count: 20_000),
        String(repeating: "![a](", count: 5000), String(repeating: "*", count: 20_001),
        String(repeating: "*a _b ", count: 8000), String(repeating: "`", count: 9999) + "x",
        String(repeating: "- ", count: 10_000), String(repeating: "<div>", count: 20_000),
        String(repeating: "<a href='", count: 8000), String(repeating: "</p>", count: 20_000),
        String(repeating: "&amp", count: 20_000), "&#0;&#x110000;&#xD800;&#99999999999999999999;&nbsp",
        "<!--" + String(repeating: "-", count: 30_000), "<script>" + String(repeating: "</scrip", count: 9000),
        String(repeating: "|a", count: 20_000) + "\n" + String(repeating: "|-", count: 20_000),
        String(repeating: "# ", count: 10_000), String(repeating: "x\n", count: 30_000), "\u{0}",
        String(repeating: "a", count: 60_000), String(repeating: "\u{4E2D}", count: 20_000), "%PDF-1.7\n%%EOF",
        "JVBERi0xLjcKMSAwIG9iago8PC9UeXBlL0NhdGFsb2c+PmVuZG9iagp0cmFpbGVyPDwvUm9vdCAxIDAgUj4+",
        String(repeating: "\"a\" OR -", count: 2000), "\"unfinished", "a:* & | ! <-> (", ":-)",
    ]

    /// JSON Schemas and other objects.
    static let objects: [JSONValue] = [
        [], [:], [nil], [[:]], ["": nil], ["a": ["b": ["c": [:]]]], ["$ref": "#"],
        ["type": "object", "properties": ["a": ["$ref": "#/properties/a"]]], ["type": ["object", "nonsense"]],
        ["pattern": "(a+)+$"], ["allOf": []], ["enum": []], ["e\u{301}": 1, "\u{E9}": 2], ["__proto__": ["x": 1]],
        ["a\u{0}b": 1], ["fromEnv": "PATH"], .array(Array(repeating: "x", count: 300)),
        .object(JSONObject(distinct: (0..<300).map { ("k\($0)", .integer($0)) })),
        .object(JSONObject(distinct: (0..<120).map { (String(repeating: "k", count: 400) + "\($0)", nil) })),
    ]

    static func nested(_ depth: Int, _ inner: JSONValue = nil) -> JSONValue {
        (0..<depth).reduce(inner) { value, level in level % 2 == 0 ? [value] : ["a": value] }
    }
}
