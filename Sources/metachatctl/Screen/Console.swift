import Domain
import Glibc
import JSONCoding

/// The terminal, or the pipes in its place.
struct Console: Sendable {
    var output: Screen
    var errors: Screen
    /// Results go to a terminal.
    var isTerminal: Bool
    /// Somebody watches standard error.
    var showsProgress: Bool

    /// - Parameter noColor: `--no-color`.
    static func system(environment: [String: String], noColor: Bool = false) -> Console {
        let plain = noColor || environment["NO_COLOR"].map { !$0.isEmpty } ?? false || environment["TERM"] == "dumb"
        let now = Timestamp(milliseconds: Int64(time(nil)) * 1000)
        func screen(_ descriptor: Int32) -> Screen {
            let isTerminal = isatty(descriptor) == 1
            return Screen(
                width: width(descriptor, environment), style: Style(isOn: !plain && isTerminal), wraps: isTerminal,
                now: now)
        }
        return Console(
            output: screen(STDOUT_FILENO), errors: screen(STDERR_FILENO), isTerminal: isatty(STDOUT_FILENO) == 1,
            showsProgress: isatty(STDERR_FILENO) == 1 && environment["TERM"] != "dumb")
    }

    private static func width(_ descriptor: Int32, _ environment: [String: String]) -> Int {
        var size = winsize()
        if ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return max(20, Int(size.ws_col)) }
        return environment["COLUMNS"].flatMap { Int($0) }.map { min(max($0, 20), 1000) } ?? 80
    }

    func print(_ lines: [String]) {
        guard !lines.isEmpty else { return }
        Self.write(lines.joined(separator: "\n") + "\n", to: STDOUT_FILENO)
    }

    func print(raw text: String) { Self.write(text, to: STDOUT_FILENO) }

    /// Beside the result, for people.
    func note(_ text: String) { Self.write(errors.style(.dim, CleanText.line(text)) + "\n", to: STDERR_FILENO) }

    func warn(_ text: String) {
        Self.write(errors.style(.yellow, "warning: ") + CleanText.line(text) + "\n", to: STDERR_FILENO)
    }

    /// One line that the next one takes the place of; nil takes it away.
    func progress(_ text: String?) {
        guard showsProgress else { return }
        let line = text.map { errors.style(.dim, TextWidth.cut(CleanText.line($0), to: errors.width - 1)) } ?? ""
        Self.write("\r\u{1B}[K" + line, to: STDERR_FILENO)
    }

    func report(_ failure: CtlFailure, json: Bool) {
        if json {
            let error = failure.error ?? FailureLines.json(failure)
            Self.write(JSONOutput.text(["error": error], isTerminal: showsProgress), to: STDERR_FILENO)
            return
        }
        Self.write(FailureLines.text(failure, errors), to: STDERR_FILENO)
    }

    static func write(_ text: String, to descriptor: Int32) {
        var text = text
        text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                // Whoever read our output has gone; there is nobody to tell.
                guard count > 0 else { return }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
        }
    }
}

/// A failure as it is shown.
enum FailureLines {
    /// For scripts, where no control plane gave an error object.
    static func json(_ failure: CtlFailure) -> JSONValue {
        [
            "message": .string(failure.message), "details": .array(failure.details.map(JSONValue.string)),
            "exitCode": .integer(Int64(failure.status.rawValue)),
        ]
    }

    static func text(_ failure: CtlFailure, _ screen: Screen) -> String {
        var lines = [screen.style(.red, "metachatctl: ") + CleanText.line(failure.message)]
        lines += failure.details.map { "  " + CleanText.line($0) }
        if let hint = failure.hint {
            lines += Render.wrapped(CleanText.line(hint), to: min(screen.width, Screen.widestText)).map {
                screen.style(.dim, $0)
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
