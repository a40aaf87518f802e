/// The text of an HTML page: tags, scripts and styles left out, references decoded, headings and paragraphs kept.
///
/// Takes whatever comes in one pass; markup that is wrong only costs a paragraph's shape.
enum HTMLText {
    /// Elements whose content nobody reads.
    private static let silent: Set<String> = [
        "script", "style", "noscript", "template", "svg", "math", "iframe", "object", "select", "textarea", "title",
        "head",
    ]
    /// Elements after whose start tag comes raw text, up to their end tag.
    private static let raw: Set<String> = ["script", "style", "textarea", "title", "noscript", "iframe"]
    /// Elements that may stand in a head; any other ends it.
    private static let headContent: Set<String> = [
        "base", "link", "meta", "noscript", "script", "style", "template", "title",
    ]
    /// Elements that end a paragraph.
    private static let separating: Set<String> = [
        "address", "article", "aside", "blockquote", "body", "caption", "dd", "details", "dialog", "div", "dl", "dt",
        "fieldset", "figcaption", "figure", "footer", "form", "header", "hr", "html", "legend", "main", "nav", "ol",
        "p", "pre", "section", "summary", "table", "tbody", "tfoot", "thead", "ul", "video", "audio", "canvas",
    ]

    static func blocks(of content: String) -> [TextBlock] {
        var parser = Parser(text: Array(content.unicodeScalars))
        return parser.run()
    }

    private struct Parser {
        let text: [Unicode.Scalar]
        var index = 0
        var blocks: [TextBlock] = []
        /// Finished lines of the paragraph.
        var lines: [String] = []
        var line = String.UnicodeScalarView()
        var heading: Int?
        /// Names of open elements whose content is left out, outermost first.
        var skipping: [String] = []

        mutating func run() -> [TextBlock] {
            while index < text.count {
                let scalar = text[index]
                if scalar == "<", let tag = readTag() {
                    handle(tag)
                } else if scalar == "&", let (decoded, end) = HTMLEntities.decode(text, at: index) {
                    if skipping.isEmpty { line.append(contentsOf: decoded.unicodeScalars) }
                    index = end
                } else {
                    if skipping.isEmpty { line.append(scalar == "\n" || scalar == "\r" ? " " : scalar) }
                    index += 1
                }
            }
            endBlock()
            return blocks
        }

        enum Tag {
            case start(String, selfClosing: Bool)
            case end(String)
            /// Comments, declarations, processing instructions.
            case other
        }

        /// Reads the tag at `index` and goes past it; nil where `<` is just a character.
        mutating func readTag() -> Tag? {
            let start = index
            guard start + 1 < text.count else { return nil }
            if text[start + 1] == "!" || text[start + 1] == "?" {
                index = has("<!--", at: start) ? past("-->", from: start + 4) : past(">", from: start + 2)
                return .other
            }
            let closing = text[start + 1] == "/"
            var cursor = start + (closing ? 2 : 1)
            let nameStart = cursor
            while cursor < text.count, text[cursor].isASCII,
                text[cursor].properties.isAlphabetic || (cursor > nameStart && isNamePart(text[cursor]))
            {
                cursor += 1
            }
            guard cursor > nameStart else { return nil }
            var name = ""
            name.unicodeScalars.append(contentsOf: text[nameStart..<cursor])
            var quote: Unicode.Scalar?
            while cursor < text.count {
                let scalar = text[cursor]
                if let open = quote {
                    if scalar == open { quote = nil }
                } else if scalar == ">" {
                    break
                } else if (scalar == "\"" || scalar == "'") && cursor > 0 && text[cursor - 1] == "=" {
                    quote = scalar
                }
                cursor += 1
            }
            let selfClosing = cursor < text.count && cursor > 0 && text[cursor - 1] == "/"
            index = min(cursor + 1, text.count)
            return closing ? .end(name.lowercased()) : .start(name.lowercased(), selfClosing: selfClosing)
        }

        func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
            ("0"..."9").contains(scalar) || scalar == "-" || scalar == ":"
        }

        func has(_ word: String, at place: Int) -> Bool {
            let scalars = Array(word.unicodeScalars)
            guard place + scalars.count <= text.count else { return false }
            return text[place..<place + scalars.count].elementsEqual(scalars)
        }

        /// The place after the next `word`; the text's end where there is none.
        func past(_ word: String, from place: Int) -> Int {
            let first = word.unicodeScalars.first
            var cursor = place
            while cursor < text.count {
                if text[cursor] == first, has(word, at: cursor) { return cursor + word.unicodeScalars.count }
                cursor += 1
            }
            return text.count
        }

        mutating func handle(_ tag: Tag) {
            switch tag {
            case .other: break
            case .start(let name, let selfClosing):
                if skipping == ["head"], !headContent.contains(name) { skipping = [] }
                if silent.contains(name), !selfClosing {
                    if raw.contains(name) {
                        skipRaw(name)
                    } else {
                        skipping.append(name)
                    }
                    return
                }
                guard skipping.isEmpty else { return }
                open(name)
            case .end(let name):
                if let place = skipping.lastIndex(of: name) {
                    skipping.removeSubrange(place...)
                    return
                }
                guard skipping.isEmpty else { return }
                close(name)
            }
        }

        /// Goes past the end tag of an element whose content is raw text.
        mutating func skipRaw(_ name: String) {
            let wanted = Array(name.unicodeScalars)
            while index < text.count {
                if text[index] == "<", index + 1 < text.count, text[index + 1] == "/",
                    index + 2 + wanted.count <= text.count,
                    text[(index + 2)..<(index + 2 + wanted.count)].elementsEqual(
                        wanted, by: { $0.properties.lowercaseMapping == String($1) })
                {
                    index = past(">", from: index)
                    return
                }
                index += 1
            }
        }

        mutating func open(_ name: String) {
            switch name {
            case "h1", "h2", "h3", "h4", "h5", "h6":
                endBlock()
                heading = name.last?.wholeNumberValue
            case "br": endLine()
            case "tr": endLine()
            case "li":
                endLine()
                line.append(contentsOf: "- ".unicodeScalars)
            case "td", "th":
                if line.contains(where: { !$0.properties.isWhitespace }) {
                    line.append(contentsOf: " | ".unicodeScalars)
                }
            case _ where separating.contains(name): endBlock()
            default: break
            }
        }

        mutating func close(_ name: String) {
            switch name {
            case "h1", "h2", "h3", "h4", "h5", "h6": endBlock()
            case "li", "tr": endLine()
            case _ where separating.contains(name): endBlock()
            default: break
            }
        }

        mutating func endLine() {
            let finished = String(line).collapsed
            if !finished.isEmpty && finished != "-" { lines.append(finished) }
            line = String.UnicodeScalarView()
        }

        mutating func endBlock() {
            endLine()
            if !lines.isEmpty {
                if let level = heading {
                    blocks.append(.heading(level: level, text: lines.joined(separator: " ")))
                } else {
                    blocks.append(.paragraph(lines.joined(separator: "\n")))
                }
            }
            lines = []
            heading = nil
        }
    }
}
