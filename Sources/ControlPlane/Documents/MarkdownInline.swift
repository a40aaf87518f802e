/// A line of Markdown without its marks: emphasis, code, links, images, tags, escapes, references.
enum MarkdownInline {
    static func text(_ line: String) -> String {
        let source = Array(line.unicodeScalars)
        var result = String.UnicodeScalarView()
        var index = 0
        while index < source.count {
            let scalar = source[index]
            switch scalar {
            case "\\" where index + 1 < source.count && isPunctuation(source[index + 1]):
                result.append(source[index + 1])
                index += 2
            case "`":
                let marks = run(of: "`", in: source, from: index)
                if let end = closing("`", count: marks, in: source, from: index + marks) {
                    result.append(contentsOf: source[(index + marks)..<end])
                    index = end + marks
                } else {
                    result.append(contentsOf: source[index..<(index + marks)])
                    index += marks
                }
            case "!" where index + 1 < source.count && source[index + 1] == "[", "[":
                if let link = link(in: source, from: scalar == "!" ? index + 1 : index) {
                    result.append(contentsOf: text(string(link.label)).unicodeScalars)
                    index = link.end
                } else {
                    result.append(scalar)
                    index += 1
                }
            case "<":
                if let (shown, end) = tag(in: source, from: index) {
                    result.append(contentsOf: shown)
                    index = end
                } else {
                    result.append(scalar)
                    index += 1
                }
            case "&":
                if let (decoded, end) = HTMLEntities.decode(source, at: index) {
                    result.append(contentsOf: decoded.unicodeScalars)
                    index = end
                } else {
                    result.append(scalar)
                    index += 1
                }
            case "*", "~":
                let marks = run(of: scalar, in: source, from: index)
                // A mark between spaces is just a character: 2 * 3.
                if scalar == "~" && marks < 2 || isSpace(source, index - 1) && isSpace(source, index + marks) {
                    result.append(contentsOf: source[index..<(index + marks)])
                }
                index += marks
            case "_":
                let marks = run(of: "_", in: source, from: index)
                // Inside of a word it is a part of the word: snake_case.
                if isWord(source, index - 1) && isWord(source, index + marks)
                    || isSpace(source, index - 1) && isSpace(source, index + marks)
                {
                    result.append(contentsOf: source[index..<(index + marks)])
                }
                index += marks
            default:
                result.append(scalar)
                index += 1
            }
        }
        return String(result).collapsed
    }

    /// Scalars: what is longer is no link, code or tag but text; keeps the work linear.
    private static let maxLabel = 1000
    private static let maxTarget = 1000

    /// `[label](target "title")`, `[label][name]`, `[label][]`; `start` is the opening bracket.
    private static func link(
        in source: [Unicode.Scalar], from start: Int
    ) -> (label: ArraySlice<Unicode.Scalar>, end: Int)? {
        var depth = 0
        var index = start
        var close: Int?
        while index < source.count, index - start <= maxLabel {
            switch source[index] {
            case "\\": index += 1
            case "[":
                depth += 1
                if depth > 4 { return nil }
            case "]":
                depth -= 1
                if depth == 0 { close = index }
            default: break
            }
            if close != nil { break }
            index += 1
        }
        guard let close, close + 1 < source.count else { return nil }
        let (open, shut): (Unicode.Scalar, Unicode.Scalar)
        switch source[close + 1] {
        case "(": (open, shut) = ("(", ")")
        case "[": (open, shut) = ("[", "]")
        default: return nil
        }
        depth = 0
        index = close + 1
        while index < source.count, index - close <= maxTarget {
            if source[index] == open {
                depth += 1
            } else if source[index] == shut {
                depth -= 1
                if depth == 0 { return (source[(start + 1)..<close], index + 1) }
            }
            index += 1
        }
        return nil
    }

    /// An autolink shows its address, a tag nothing.
    private static func tag(
        in source: [Unicode.Scalar], from start: Int
    ) -> (shown: ArraySlice<Unicode.Scalar>, end: Int)? {
        guard start + 1 < source.count else { return nil }
        let first = source[start + 1]
        guard first == "/" || first == "!" || (first.isASCII && first.properties.isAlphabetic) else { return nil }
        guard let end = source[start...].prefix(maxTarget).firstIndex(of: ">") else { return nil }
        let inner = source[(start + 1)..<end]
        let isAddress =
            !inner.contains { $0.properties.isWhitespace } && inner.first != "/"
            && (inner.contains(":") || inner.contains("@"))
        return (isAddress ? inner : [], end + 1)
    }

    private static func run(of mark: Unicode.Scalar, in source: [Unicode.Scalar], from start: Int) -> Int {
        var end = start
        while end < source.count, source[end] == mark { end += 1 }
        return end - start
    }

    private static func closing(
        _ mark: Unicode.Scalar, count: Int, in source: [Unicode.Scalar], from start: Int
    ) -> Int? {
        var index = start
        while index < source.count, index - start <= maxTarget {
            guard source[index] == mark else {
                index += 1
                continue
            }
            let marks = run(of: mark, in: source, from: index)
            if marks == count { return index }
            index += marks
        }
        return nil
    }

    private static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII && scalar.value > 0x20 && scalar.value < 0x7F && !isWordCharacter(scalar)
    }

    private static func isWordCharacter(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || scalar.properties.numericType != nil
    }

    private static func isWord(_ source: [Unicode.Scalar], _ index: Int) -> Bool {
        source.indices.contains(index) && isWordCharacter(source[index])
    }

    private static func isSpace(_ source: [Unicode.Scalar], _ index: Int) -> Bool {
        !source.indices.contains(index) || source[index].properties.isWhitespace
    }

    private static func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return String(text)
    }
}
