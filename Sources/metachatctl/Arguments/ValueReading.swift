import JSONCoding
import JSONRPC

/// Turns words of the command line into JSON values, as the schema wants them.
enum ValueReading {
    /// Why a word is no such value, to follow the flag's name.
    struct Fault: Error, Hashable {
        let message: String
    }

    /// The value of a param with a flag of its own.
    static func value(_ text: String, for param: Param) throws(Fault) -> JSONValue {
        if !param.values.isEmpty, !param.values.contains(text) {
            throw Fault(message: "must be one of " + param.values.joined(separator: ", "))
        }
        return try scalar(text, kinds: param.kinds)
    }

    /// - Parameter kinds: empty when the schema does not say.
    static func scalar(_ text: String, kinds: Set<SchemaShape.Kind>) throws(Fault) -> JSONValue {
        let kinds = kinds.subtracting([.null])
        if kinds.contains(.string) { return .string(text) }
        if kinds == [.integer] {
            guard let number = Int64(text) else { throw Fault(message: "must be a whole number") }
            return .integer(number)
        }
        if kinds.contains(.number) {
            if let number = Int64(text) { return .integer(number) }
            guard let number = Double(text), number.isFinite else { throw Fault(message: "must be a number") }
            return .number(number)
        }
        if kinds == [.boolean] {
            guard text == "true" || text == "false" else { throw Fault(message: "must be true or false") }
            return .bool(text == "true")
        }
        if kinds == [.object] || kinds == [.array] {
            let value = try json(text)
            guard kinds.contains(SchemaShape.kind(of: value)) else {
                throw Fault(message: kinds == [.object] ? "must be a JSON object" : "must be a JSON array")
            }
            return value
        }
        return guess(text)
    }

    /// The value of `--set path=text`: `null` removes; a text in double quotes is that text; else the schema decides,
    /// and where it is silent, what is JSON is JSON and everything else text.
    static func assigned(_ text: String, kinds: Set<SchemaShape.Kind>) throws(Fault) -> JSONValue {
        if text == "null" { return .null }
        if text.hasPrefix("\""), case .string(let inner) = guess(text) { return .string(inner) }
        return try scalar(text, kinds: kinds)
    }

    static func json(_ text: String) throws(Fault) -> JSONValue {
        do {
            return try JSONValue.parse(text)
        } catch {
            throw Fault(message: "\(error.message) (line \(error.position.line), column \(error.position.column))")
        }
    }

    /// JSON where it is JSON, else text. Whole numbers too long for 64 bits stay text: they are somebody's id.
    static func guess(_ text: String) -> JSONValue {
        do {
            let value = try JSONValue.parse(text)
            if case .number(let number) = value, abs(number) >= 9e15 { return .string(text) }
            return value
        } catch {
            return .string(text)
        }
    }
}

extension JSONObject {
    /// Sets a value at a path, making objects on the way; where one stands that is no object, false.
    mutating func set(_ value: JSONValue, at path: ArraySlice<String>, appending: Bool = false) -> Bool {
        guard let first = path.first else { return false }
        if path.count == 1 {
            if appending, case .array(let elements)? = self[first] {
                self[first] = .array(elements + [value])
            } else {
                self[first] = appending ? .array([value]) : value
            }
            return true
        }
        var inner: JSONObject = [:]
        switch self[first] {
        case .object(let object)?: inner = object
        case nil, .null?: break
        default: return false
        }
        guard inner.set(value, at: path.dropFirst(), appending: appending) else { return false }
        self[first] = .object(inner)
        return true
    }
}
