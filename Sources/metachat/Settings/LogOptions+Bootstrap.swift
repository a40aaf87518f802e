import Logging
import Observability

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension LogOptions {
    /// Sets the process's log up; once.
    func bootstrap() throws {
        let level = try Setting.oneOf("METACHAT_LOG", log, default: Logger.Level.info)
        let format = try Setting.oneOf(
            "METACHAT_LOG_FORMAT", logFormat, default: isatty(STDERR_FILENO) == 1 ? LogFormat.text : .json)
        Logs.bootstrap(level: level, format: format)
    }
}
