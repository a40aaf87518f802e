import Foundation

/// The checked-out sources, found from where this file lies.
enum Repository {
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    struct Source: Sendable {
        /// Relative to the repository.
        var path: String
        var lines: [String]

        /// The directory below `Sources` or `Tests`.
        var target: String { String(path.split(separator: "/")[1]) }
    }

    /// Every file below a directory whose name ends in one of the extensions.
    static func sources(below directory: String, extensions: Set<String> = ["swift"]) throws -> [Source] {
        let start = root.appendingPathComponent(directory)
        let paths = try FileManager.default.subpathsOfDirectory(atPath: start.path).sorted()
        return try paths.compactMap { path in
            guard extensions.contains(String(path.split(separator: ".").last ?? "")) else { return nil }
            let text = try String(contentsOf: start.appendingPathComponent(path), encoding: .utf8)
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            return Source(path: "\(directory)/\(path)", lines: lines)
        }
    }
}

extension Repository.Source {
    /// The modules that the file imports.
    var imports: [String] { lines.compactMap(Self.imported) }

    /// The module of `[attributes] [access] import [kind] Module[.Part]`.
    static func imported(by line: String) -> String? {
        var words = line.split(whereSeparator: \.isWhitespace)[...]
        while let word = words.first, word != "import" {
            let isModifier =
                word.hasPrefix("@")
                || ["public", "package", "internal", "fileprivate", "private"].contains(String(word))
            guard isModifier else { return nil }
            words = words.dropFirst()
        }
        guard words.popFirst() != nil else { return nil }
        let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
        if let kind = words.first, kinds.contains(kind) { words = words.dropFirst() }
        return words.first?.split(separator: ".").first.map { String($0.prefix { $0 != ";" }) }
    }

    /// The lines without comments and without what stands in string literals of one line, numbered from 1.
    var code: [(number: Int, text: String)] {
        lines.enumerated().map { ($0.offset + 1, Self.code(of: $0.element)) }
    }

    static func code(of line: String) -> String {
        var result = ""
        var isString = false
        var previous: Character = " "
        for character in line {
            if character == "\"", previous != "\\" { isString.toggle() }
            if !isString {
                if character == "/", previous == "/" { return String(result.dropLast()) }
                result.append(character)
            }
            previous = previous == "\\" && character == "\\" ? " " : character
        }
        return result
    }
}
