/// The text of a Markdown document (CommonMark with tables): headings and paragraphs without their marks.
///
/// Made for searching: what people read stays, what only lays out goes.
enum MarkdownText {
    static func blocks(of content: String) -> [TextBlock] {
        var parser = Parser()
        var lines = content.lines[...]
        skipFrontMatter(&lines)
        for line in lines { parser.take(line) }
        parser.endParagraph()
        return parser.blocks
    }

    /// YAML between two lines of `---` at the very start.
    private static func skipFrontMatter(_ lines: inout ArraySlice<Substring>) {
        guard lines.first.map({ $0.trimmed == "---" }) == true else { return }
        guard let end = lines.dropFirst().firstIndex(where: { $0.trimmed == "---" || $0.trimmed == "..." }) else {
            return
        }
        lines = lines[(end + 1)...]
    }

    private struct Parser {
        var blocks: [TextBlock] = []
        var lines: [String] = []
        /// The fence that closes the code block we are in.
        var fence: (character: Character, length: Int)?
        var inComment = false

        mutating func take(_ source: Substring) {
            var line = source.trimmed
            if let open = fence {
                if Self.isFence(line, open.character, atLeast: open.length), line.allSatisfy({ $0 == open.character }) {
                    fence = nil
                    endParagraph()
                } else if !line.isEmpty {
                    lines.append(line.collapsed)
                }
                return
            }
            if inComment {
                guard let end = line.range(ofText: "-->") else { return }
                line = line[end.upperBound...].trimmed
                inComment = false
            }
            line = Self.withoutQuoteMarks(line)
            if let start = line.range(ofText: "<!--"), line.range(ofText: "-->") == nil {
                inComment = true
                line = line[..<start.lowerBound].trimmed
            }
            if line.isEmpty {
                endParagraph()
            } else if Self.isFence(line, "`", atLeast: 3) || Self.isFence(line, "~", atLeast: 3) {
                endParagraph()
                fence = line.first.map { mark in (mark, line.prefix { $0 == mark }.count) }
            } else if let (level, text) = Self.heading(line) {
                endParagraph()
                if !text.isEmpty { blocks.append(.heading(level: level, text: text)) }
            } else if lines.count == 1, let level = Self.underline(line) {
                let text = lines[0]
                lines = []
                blocks.append(.heading(level: level, text: text))
            } else if Self.isBreak(line) {
                endParagraph()
            } else if Self.isTableRule(line) || Self.isReferenceDefinition(line) {
                return
            } else {
                let text = Self.line(line)
                if !text.isEmpty { lines.append(text) }
            }
        }

        mutating func endParagraph() {
            if !lines.isEmpty { blocks.append(.paragraph(lines.joined(separator: "\n"))) }
            lines = []
        }

        static func withoutQuoteMarks(_ line: Substring) -> Substring {
            var rest = line
            while rest.first == ">" { rest = rest.dropFirst().trimmed }
            return rest
        }

        static func isFence(_ line: Substring, _ mark: Character, atLeast length: Int) -> Bool {
            line.prefix { $0 == mark }.count >= length && (mark != "`" || !line.drop { $0 == mark }.contains("`"))
        }

        /// `## Text ##`
        static func heading(_ line: Substring) -> (level: Int, text: String)? {
            let marks = line.prefix { $0 == "#" }.count
            guard (1...6).contains(marks) else { return nil }
            let rest = line.dropFirst(marks)
            guard rest.isEmpty || rest.first?.isWhitespace == true else { return nil }
            var text = rest.trimmed
            let closing = text.reversed().prefix { $0 == "#" }.count
            if closing > 0 {
                let before = text.dropLast(closing)
                if before.isEmpty || before.last?.isWhitespace == true { text = before.trimmed }
            }
            return (marks, MarkdownInline.text(String(text)))
        }

        /// The line under a heading's text.
        static func underline(_ line: Substring) -> Int? {
            if line.allSatisfy({ $0 == "=" }) { return 1 }
            return line.allSatisfy { $0 == "-" } ? 2 : nil
        }

        /// `***`, `- - -`
        static func isBreak(_ line: Substring) -> Bool {
            let marks = line.filter { !$0.isWhitespace }
            guard marks.count >= 3, let mark = marks.first, "*-_".contains(mark) else { return false }
            return marks.allSatisfy { $0 == mark }
        }

        /// `| --- | :-: |`
        static func isTableRule(_ line: Substring) -> Bool {
            line.contains("|") && line.contains("-") && line.allSatisfy { "|-: \t".contains($0) }
        }

        /// `[name]: https://…`
        static func isReferenceDefinition(_ line: Substring) -> Bool {
            guard line.first == "[", let end = line.range(ofText: "]:") else { return false }
            let rest = line[end.upperBound...].trimmed
            return !rest.isEmpty && !line[..<end.lowerBound].dropFirst().contains("]")
                && rest.split(separator: " ").count <= 12
                && (rest.range(ofText: "://") != nil || "/#<.".contains(rest.first ?? " "))
        }

        static func line(_ line: Substring) -> String {
            if line.first == "|" || line.contains(" | ") {
                let cells = line.split(separator: "|").map { MarkdownInline.text(String($0.trimmed)) }
                return cells.filter { !$0.isEmpty }.joined(separator: " | ")
            }
            if let mark = line.first, "-*+".contains(mark), line.dropFirst().first?.isWhitespace == true {
                var item = line.dropFirst().trimmed
                for box in ["[ ] ", "[x] ", "[X] "] where item.hasPrefix(box) { item = item.dropFirst(4) }
                let text = MarkdownInline.text(String(item))
                return text.isEmpty ? "" : "- " + text
            }
            return MarkdownInline.text(String(line))
        }
    }
}

extension Substring {
    var trimmed: Substring {
        var rest = drop { $0.isWhitespace }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return rest
    }

    /// The first occurrence of an ASCII word.
    func range(ofText word: String) -> Range<Index>? {
        let wanted = Array(word.utf8)
        guard !wanted.isEmpty else { return nil }
        let bytes = utf8
        var start = bytes.startIndex
        while start < bytes.endIndex {
            if bytes[start] == wanted[0] {
                let candidate = bytes[start...].prefix(wanted.count)
                if candidate.elementsEqual(wanted) { return start..<candidate.endIndex }
            }
            start = bytes.index(after: start)
        }
        return nil
    }
}
