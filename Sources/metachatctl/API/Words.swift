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

    /// Edits between two words: letters put in, left out, changed, or neighbours swapped.
    static func distance(_ left: String, _ right: String) -> Int {
        let left = Array(left.prefix(64))
        let right = Array(right.prefix(64))
        var before: [Int] = []
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var next = [i + 1]
            for (j, b) in right.enumerated() {
                var least = min(row[j + 1] + 1, next[j] + 1, row[j] + (a == b ? 0 : 1))
                if i > 0, j > 0, a == right[j - 1], b == left[i - 1] { least = min(least, before[j - 1] + 1) }
                next.append(least)
            }
            before = row
            row = next
        }
        return row[right.count]
    }
}
