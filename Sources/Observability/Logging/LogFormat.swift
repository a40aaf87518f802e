package import Logging

/// How log lines look.
package enum LogFormat: String, Sendable, CaseIterable {
    /// One JSON object a line, for machines.
    case json
    /// For people at a terminal.
    case text
}

/// Setting up the process's log.
package enum Logs {
    /// Sends everything that is logged to standard error, one write a line. Once a process, before the first logger.
    package static func bootstrap(level: Logger.Level, format: LogFormat) {
        LoggingSystem.bootstrap(
            { label, provider in
                LineLogHandler(
                    label: label, level: level, format: format, metadataProvider: provider,
                    write: StandardError.write
                )
            },
            metadataProvider: nil
        )
    }
}
