package import Logging

/// Writes each log event as one line: RFC 3339 time in UTC with milliseconds, level, label, message, metadata.
///
/// Metadata under names that tell of secrets, and credentials inside of texts, are redacted (``Redaction``). Control
/// characters never reach the line, so that nobody can forge one. Long texts are cut.
package struct LineLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?

    private let label: String
    private let format: LogFormat
    private let now: @Sendable () -> WallTime
    private let write: @Sendable ([UInt8]) -> Void

    /// - Parameters:
    ///   - now: the clock, for tests.
    ///   - write: takes a whole line, its newline included.
    package init(
        label: String, level: Logger.Level, format: LogFormat, metadataProvider: Logger.MetadataProvider? = nil,
        now: @escaping @Sendable () -> WallTime = WallTime.now, write: @escaping @Sendable ([UInt8]) -> Void
    ) {
        self.label = label
        logLevel = level
        self.format = format
        self.metadataProvider = metadataProvider
        self.now = now
        self.write = write
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var all = metadata
        if let provided = metadataProvider?.get(), !provided.isEmpty { all.merge(provided) { _, new in new } }
        if let own = event.metadata { all.merge(own) { _, new in new } }
        if let error = event.error, all[LogKey.error] == nil { all[LogKey.error] = "\(error)" }
        let members = all.sorted { $0.key < $1.key }
        let message = LogLine.scrubbed(event.message.description)

        var line = LogLine()
        switch format {
        case .json:
            line.append("{\"time\":")
            line.append(quoted: now().description)
            line.append(",\"level\":")
            line.append(quoted: event.level.rawValue)
            line.append(",\"label\":")
            line.append(quoted: label)
            line.append(",\"message\":")
            line.append(quoted: message)
            for (key, value) in members {
                line.append(",")
                line.append(quoted: Self.reserved.contains(key) ? "metadata." + key : key)
                line.append(":")
                line.append(json: value, under: key)
            }
            line.append("}\n")
        case .text:
            line.append("\(now()) \(Self.padded(event.level)) \(label): ")
            line.append(readable: message)
            for (key, value) in members {
                line.append(" ")
                line.append(readable: key)
                line.append("=")
                line.append(text: value, under: key)
            }
            line.append("\n")
        }
        write(line.bytes)
    }

    private static let reserved: Set<String> = ["time", "level", "label", "message"]

    private static func padded(_ level: Logger.Level) -> String {
        let name = level.rawValue.uppercased()
        return name + String(repeating: " ", count: max(0, 8 - name.utf8.count))
    }
}
