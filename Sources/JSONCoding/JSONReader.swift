/// A place in a JSON document, for reading typed values out of it.
///
/// Reading functions give nil after noting a fault, and reading goes on, so that a caller learns every fault at once:
/// ```swift
/// let point = try JSONReader.read(value) { reader in
///     reader.object { object in
///         let x = object.required("x") { $0.number(in: 0...1) }
///         let label = object.optional("label") { $0.string(1...40) }
///         guard let x else { return nil }
///         return Point(x: x, label: label)
///     }
/// }
/// ```
package struct JSONReader {
    package let value: JSONValue
    private let place: Place
    fileprivate let collector: Collector

    /// Where this is. Written out only for a fault or for what lies deeper: most places have neither.
    fileprivate enum Place {
        case root(String)
        case member(String, of: String)
        case element(Int, of: String)
    }

    /// JSON Pointer of this place.
    package var path: String {
        switch place {
        case .root(let path): path
        case .member(let name, let parent): parent + "/" + JSONReader.escaped(name)
        case .element(let index, let parent): parent + "/" + String(index)
        }
    }

    fileprivate init(value: JSONValue, place: Place, collector: Collector) {
        self.value = value
        self.place = place
        self.collector = collector
    }

    fileprivate final class Collector {
        private(set) var faults: [JSONFault] = []
        /// More faults than this are not worth a reader's time or our memory.
        private static let limit = 100

        func note(_ path: @autoclosure () -> String, _ message: @autoclosure () -> String) {
            if faults.count < Self.limit { faults.append(JSONFault(path: path(), message: message())) }
        }
    }

    /// Reads a whole document.
    ///
    /// - Throws: ``JSONFaults`` with everything that was noted while reading.
    package static func read<T>(
        _ value: JSONValue, at path: String = "", _ body: (JSONReader) -> T?
    ) throws(JSONFaults) -> T {
        let collector = Collector()
        let result = body(JSONReader(value: value, place: .root(path), collector: collector))
        guard let result, collector.faults.isEmpty else {
            throw JSONFaults(
                collector.faults.isEmpty ? [JSONFault(path: path, message: "is not valid")] : collector.faults
            )
        }
        return result
    }

    /// Notes a fault at this place. Gives nil, so that a reading function can end with it.
    @discardableResult
    package func fault<T>(_ message: String) -> T? {
        collector.note(path, message)
        return nil
    }

    package func fault(_ message: String) { collector.note(path, message) }

    /// A member name or index as a step of a JSON Pointer.
    package static func escaped(_ step: String) -> String {
        guard step.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }) else { return step }
        var result = ""
        for character in step.unicodeScalars {
            switch character {
            case "~": result += "~0"
            case "/": result += "~1"
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }
}

extension JSONReader {
    /// A string whose length in Unicode scalars lies in `length`.
    package func string(_ length: ClosedRange<Int> = 0...65_536) -> String? {
        guard case .string(let text) = value else { return fault("must be a string, is \(value.kind)") }
        let count = text.unicodeScalars.count
        guard length.contains(count) else {
            return count < length.lowerBound
                ? fault(
                    length.lowerBound == 1 ? "must not be empty" : "must have at least \(length.lowerBound) characters")
                : fault("must have at most \(length.upperBound) characters, has \(count)")
        }
        guard !text.utf8.contains(0) else { return fault("must not contain the character U+0000") }
        return text
    }

    /// A string that a rule accepts; `rule` completes the sentence "must …".
    package func string(
        _ length: ClosedRange<Int> = 0...65_536, that rule: String, _ accepts: (String) -> Bool
    ) -> String? {
        guard let text = string(length) else { return nil }
        return accepts(text) ? text : fault("must " + rule)
    }

    /// An identifier: `[A-Za-z0-9_-]`, 1 to `max` characters.
    package func identifier(max: Int = 64) -> String? {
        string(0...max, that: "consist of 1 to \(max) of A-Z, a-z, 0-9, _ and -") { text in
            !text.isEmpty
                && text.utf8.allSatisfy {
                    ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x41 && $0 <= 0x5A) || ($0 >= 0x61 && $0 <= 0x7A)
                        || $0 == 0x5F || $0 == 0x2D
                }
        }
    }

    package func bool() -> Bool? {
        guard case .bool(let flag) = value else { return fault("must be true or false, is \(value.kind)") }
        return flag
    }

    package func integer(in range: ClosedRange<Int64> = .min ... .max) -> Int64? {
        guard let number = value.integer else {
            return value.number != nil ? fault("must be a whole number") : fault("must be a number, is \(value.kind)")
        }
        guard range.contains(number) else {
            return fault("must lie between \(range.lowerBound) and \(range.upperBound)")
        }
        return number
    }

    package func number(in range: ClosedRange<Double>) -> Double? {
        guard let number = value.number else { return fault("must be a number, is \(value.kind)") }
        guard range.contains(number) else {
            return fault("must lie between \(range.lowerBound) and \(range.upperBound)")
        }
        return number
    }

    /// One of the raw values of a string enumeration.
    package func oneOf<E: RawRepresentable & CaseIterable>(_: E.Type = E.self) -> E? where E.RawValue == String {
        guard case .string(let text) = value else { return fault("must be a string, is \(value.kind)") }
        return E(rawValue: text)
            ?? fault("must be one of " + E.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", "))
    }

    /// Every element is read, so that all faults show; the result is nil when one of them is faulty.
    package func array<T>(max: Int = 1000, _ element: (JSONReader) -> T?) -> [T]? {
        guard case .array(let values) = value else { return fault("must be an array, is \(value.kind)") }
        guard values.count <= max else { return fault("must have at most \(max) elements, has \(values.count)") }
        var result: [T] = []
        result.reserveCapacity(values.count)
        var whole = true
        let path = path
        for (index, value) in values.enumerated() {
            let reader = JSONReader(value: value, place: .element(index, of: path), collector: collector)
            if let item = element(reader) { result.append(item) } else { whole = false }
        }
        return whole ? result : nil
    }

    /// A closed object: members that `body` does not ask for are faults.
    package func object<T>(_ body: (JSONObjectReader) -> T?) -> T? {
        guard case .object(let members) = value else { return fault("must be an object, is \(value.kind)") }
        let reader = JSONObjectReader(members: members, path: path, collector: collector)
        let result = body(reader)
        reader.refuseUnknown()
        return result
    }

    /// An object that may hold members nobody asks for.
    package func openObject<T>(_ body: (JSONObjectReader) -> T?) -> T? {
        guard case .object(let members) = value else { return fault("must be an object, is \(value.kind)") }
        return body(JSONObjectReader(members: members, path: path, collector: collector))
    }

    /// Any object, as it stands, but without U+0000 in its strings, which PostgreSQL cannot store.
    package func rawObject() -> JSONObject? {
        guard case .object(let members) = value else { return fault("must be an object, is \(value.kind)") }
        return value.containsNUL ? fault("must not contain the character U+0000") : members
    }

    /// Any value, under the same condition.
    package func rawValue() -> JSONValue? {
        value.containsNUL ? fault("must not contain the character U+0000") : value
    }
}

/// The members of one object while they are read.
package final class JSONObjectReader {
    private let members: JSONObject
    private let path: String
    private let collector: JSONReader.Collector
    /// Few, and named in code: looked through faster than hashed.
    private var known: [String] = []

    fileprivate init(members: JSONObject, path: String, collector: JSONReader.Collector) {
        self.members = members
        self.path = path
        self.collector = collector
    }

    package func has(_ key: String) -> Bool {
        known.append(key)
        return members[key] != nil
    }

    /// A member that must be there.
    package func required<T>(_ key: String, _ read: (JSONReader) -> T?) -> T? {
        known.append(key)
        guard let value = members[key] else {
            fault("is missing", at: key)
            return nil
        }
        return read(reader(value, key))
    }

    /// A member that may be absent; null counts as absent.
    package func optional<T>(_ key: String, _ read: (JSONReader) -> T?) -> T? {
        known.append(key)
        guard let value = members[key], value != .null else { return nil }
        return read(reader(value, key))
    }

    /// A member that may be absent, with a default for that case.
    package func optional<T>(_ key: String, default fallback: T, _ read: (JSONReader) -> T?) -> T? {
        known.append(key)
        guard let value = members[key], value != .null else { return fallback }
        return read(reader(value, key))
    }

    /// Notes a fault of the object as a whole, or of one of its members.
    package func fault(_ message: String, at key: String? = nil) {
        collector.note(key.map { path + "/" + JSONReader.escaped($0) } ?? path, message)
    }

    fileprivate func refuseUnknown() {
        for (key, _) in members where !known.contains(key) { fault("is not known here", at: key) }
    }

    private func reader(_ value: JSONValue, _ key: String) -> JSONReader {
        JSONReader(value: value, place: .member(key, of: path), collector: collector)
    }
}
