/// What a file's name tells of its content.
enum FileKind {
    static func mimeType(_ path: String) -> String? {
        switch ending(path) {
        case "md", "markdown": "text/markdown"
        case "html", "htm": "text/html"
        case "txt", "text": "text/plain"
        case "pdf": "application/pdf"
        default: nil
        }
    }

    /// Not text, so it travels in base64.
    static func isBinary(_ path: String) -> Bool { ending(path) == "pdf" }

    /// The name without folder and ending.
    static func stem(_ path: String) -> String {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return name }
        return String(name[..<dot])
    }

    private static func ending(_ path: String) -> String {
        path.split(separator: ".").last.map { $0.lowercased() } ?? ""
    }
}
