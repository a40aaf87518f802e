/// Names of the API as people type them.
enum Words {
    /// `phoneNumberId` → `phone-number-id`, `baseURL` → `base-url`, `topK` → `top-k`.
    static func kebab(_ name: String) -> String {
        var result = ""
        var wasCapital = true
        for character in name {
            if character == "_" || character == "." {
                result.append("-")
                wasCapital = true
                continue
            }
            if character.isUppercase, !wasCapital { result.append("-") }
            result += character.lowercased()
            wasCapital = character.isUppercase
        }
        return result
    }

    /// The candidate nearest to a word, when it is near enough to have been meant.
    static func nearest(to word: String, among candidates: [String]) -> String? {
        let bound = max(1, word.count / 3)
        let near = candidates.map { (distance(word, $0), $0) }.filter { $0.0 <= bound }
        return near.min { $0.0 < $1.0 }?.1 ?? candidates.first { word.count >= 3 && $0.hasPrefix(word) }
    }

    /// Edits between two words (Levenshtein).
    static func distance(_ left: String, _ right: String) -> Int {
        let left = Array(left.prefix(64))
        let right = Array(right.prefix(64))
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                let above = row[j + 1]
                row[j + 1] = min(above + 1, row[j] + 1, diagonal + (a == b ? 0 : 1))
                diagonal = above
            }
        }
        return row[right.count]
    }
}
