package import ControlAPI

/// The text of a document, whatever it came in as.
package struct DocumentText: Sendable, Hashable {
    package let blocks: [TextBlock]

    package init(_ content: String, mimeType: DocumentPut.MimeType) {
        switch mimeType {
        case .plain, .pdf: blocks = PlainText.blocks(of: content)
        case .markdown: blocks = MarkdownText.blocks(of: content)
        case .html: blocks = HTMLText.blocks(of: content)
        }
    }

    /// The blocks with an empty line between them.
    package var plain: String {
        blocks.map { block in
            switch block {
            case .heading(_, let text), .paragraph(let text): text
            }
        }.joined(separator: "\n\n")
    }
}

/// Text without markup: paragraphs stand between empty lines.
enum PlainText {
    static func blocks(of content: String) -> [TextBlock] {
        var blocks: [TextBlock] = []
        var lines: [String] = []
        for line in content.lines {
            let text = line.collapsed
            if text.isEmpty {
                if !lines.isEmpty { blocks.append(.paragraph(lines.joined(separator: "\n"))) }
                lines = []
            } else {
                lines.append(text)
            }
        }
        if !lines.isEmpty { blocks.append(.paragraph(lines.joined(separator: "\n"))) }
        return blocks
    }
}

extension String {
    /// Lines, whatever ends them; a byte order mark at the start is left out.
    var lines: [Substring] {
        let text = unicodeScalars.first == "\u{FEFF}" ? self[unicodeScalars.index(after: startIndex)...] : self[...]
        return text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
    }
}

extension StringProtocol {
    /// Without white space at the ends, and with one space wherever there is some.
    var collapsed: String {
        var result = ""
        result.reserveCapacity(utf8.count)
        var pending = false
        for scalar in unicodeScalars {
            if scalar.properties.isWhitespace || scalar.properties.generalCategory == .control {
                pending = !result.isEmpty
            } else {
                if pending { result.unicodeScalars.append(" ") }
                pending = false
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
