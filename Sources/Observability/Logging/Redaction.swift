/// Keeps secrets out of logs: by the name under which a value stands, and by the look of credentials inside of texts.
///
/// A second line of defence. The first is to wrap secrets in ``Redacted`` and not to log them at all.
package enum Redaction {
    package static let placeholder = "[redacted]"

    /// Whether a name tells that its value is secret: `accessToken`, `app_secret`, `Authorization`, `llm.apiKey`, …
    ///
    /// Names of properties of secrets (`keyId`, `tokenCount`, `secretName`) do not.
    package static func isSecret(key: String) -> Bool {
        let words = words(of: key)
        guard let last = words.last, !properties.contains(last) else { return false }
        if words.contains(where: secretWords.contains) { return true }
        guard last == "key" || last == "keys" else { return false }
        return words.count == 1 || !harmlessKeys.contains(words[words.count - 2])
    }

    private static let secretWords: Set<String> = [
        "token", "tokens", "secret", "secrets", "password", "passwd", "passphrase", "pwd", "authorization", "bearer",
        "credential", "credentials", "cookie", "cookies", "apikey", "signature", "proof",
    ]
    private static let properties: Set<String> = [
        "id", "ids", "name", "names", "count", "fingerprint", "revision", "length", "type", "status",
    ]
    private static let harmlessKeys: Set<String> = ["routing", "idempotency", "binding", "partition", "metadata"]

    /// The lowercase words of `camelCase`, `snake_case`, `kebab-case` and `dotted.names`; `APIKey` is `api`, `key`.
    private static func words(of key: String) -> [String] {
        var words: [String] = []
        var word = ""
        var previous: Character = "_"
        let characters = Array(key)
        for (index, character) in characters.enumerated() {
            guard character.isLetter || character.isNumber else {
                if !word.isEmpty { words.append(word) }
                word = ""
                previous = "_"
                continue
            }
            let nextIsLower = index + 1 < characters.count && characters[index + 1].isLowercase
            if character.isUppercase, !word.isEmpty, !previous.isUppercase || nextIsLower {
                words.append(word)
                word = ""
            }
            word += character.lowercased()
            previous = character
        }
        if !word.isEmpty { words.append(word) }
        return words
    }

    /// The text without passwords in URLs, bearer tokens, and values of parameters such as `access_token=…`.
    package static func scrub(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: "@") || $0 == 0x20 }) else {
            return text
        }
        var scrubber = TextScrubber(text)
        return scrubber.scrubbed()
    }
}

/// A value that shows itself to nobody who prints, logs, dumps or interpolates it.
package struct Redacted<Value> {
    /// The value itself; whoever reads it answers for where it goes.
    package var exposed: Value

    package init(_ value: Value) { exposed = value }
}

extension Redacted: Sendable where Value: Sendable {}
extension Redacted: Equatable where Value: Equatable {}
extension Redacted: Hashable where Value: Hashable {}

extension Redacted: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { Redaction.placeholder }
    package var debugDescription: String { Redaction.placeholder }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
