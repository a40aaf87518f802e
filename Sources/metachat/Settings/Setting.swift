import ArgumentParser
import Logging

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A setting that is missing or malformed: the program says so in one line and ends with 78 (EX_CONFIG).
struct SettingError: Error, CustomStringConvertible {
    let variable: String
    let message: String

    var description: String { "\(variable): \(message)" }
}

/// Reads settings: the flag's value if given, else the environment's; an empty value counts as absent.
struct Setting {
    static let environment: [String: String] = readEnvironment()

    static func text(_ variable: String, _ flag: String?) -> String? {
        let value = flag ?? environment[variable]
        return value?.isEmpty == true ? nil : value
    }

    static func required(_ variable: String, _ flag: String?) throws -> String {
        guard let value = text(variable, flag) else {
            throw SettingError(variable: variable, message: "is required; set it or give --\(flagName(variable))")
        }
        return value
    }

    static func integer(
        _ variable: String, _ flag: String?, default fallback: Int, in range: ClosedRange<Int>
    ) throws -> Int {
        guard let value = text(variable, flag) else { return fallback }
        guard let number = Int(value), range.contains(number) else {
            throw SettingError(
                variable: variable,
                message: "must be a whole number between \(range.lowerBound) and \(range.upperBound)")
        }
        return number
    }

    static func flag(_ variable: String, _ flag: String?, default fallback: Bool) throws -> Bool {
        switch text(variable, flag)?.lowercased() {
        case nil: return fallback
        case "true", "1", "yes", "on": return true
        case "false", "0", "no", "off": return false
        default: throw SettingError(variable: variable, message: "must be true or false")
        }
    }

    static func oneOf<E: RawRepresentable & CaseIterable>(
        _ variable: String, _ flag: String?, default fallback: E
    ) throws -> E where E.RawValue == String {
        guard let value = text(variable, flag) else { return fallback }
        guard let choice = E(rawValue: value) else {
            throw SettingError(
                variable: variable, message: "must be one of " + E.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return choice
    }

    /// A bearer token: visible ASCII, at least 8 characters, so that none is empty or a slip.
    static func token(_ variable: String, _ flag: String?) throws -> String? {
        guard let value = text(variable, flag) else { return nil }
        guard (8...512).contains(value.utf8.count), value.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw SettingError(variable: variable, message: "must be 8 to 512 visible ASCII characters without spaces")
        }
        return value
    }

    /// An http or https URL without a trailing slash.
    static func url(_ variable: String, _ flag: String?, default fallback: String? = nil) throws -> String? {
        guard let value = text(variable, flag) else { return fallback }
        let rest =
            value.hasPrefix("https://") ? value.dropFirst(8) : value.hasPrefix("http://") ? value.dropFirst(7) : ""
        guard !rest.isEmpty, !rest.hasPrefix("/"), value.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw SettingError(variable: variable, message: "must be an http:// or https:// URL")
        }
        return value.hasSuffix("/") ? String(value.dropLast()) : value
    }

    private static func flagName(_ variable: String) -> String {
        (variable.hasPrefix("METACHAT_") ? String(variable.dropFirst(9)) : variable)
            .lowercased().replacing("_", with: "-")
    }

    private static func readEnvironment() -> [String: String] {
        var result: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let pair = String(cString: text)
            if let equals = pair.utf8.firstIndex(of: UInt8(ascii: "=")) {
                result[String(pair[..<equals])] = String(pair[pair.index(after: equals)...])
            }
            entry += 1
        }
        return result
    }
}

/// Ends the program over a setting, or passes the error on.
func reportingSettings<R>(_ body: () throws -> R) throws -> R {
    do {
        return try body()
    } catch let error as SettingError {
        let line = "metachat: \(error)\n"
        _ = line.utf8CString.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count - 1) }
        throw ExitCode(78)
    }
}
