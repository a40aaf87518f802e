import JSONCoding
import Support

/// Makes valid calls into odd ones, always the same ones for the same seed.
struct Mutator {
    var random: SeededGenerator
    let corpus: FuzzCorpus

    mutating func chance(_ share: Double) -> Bool { Double.random(in: 0..<1, using: &random) < share }
    mutating func upTo(_ bound: Int) -> Int { Int.random(in: 0...bound, using: &random) }
    mutating func one<T>(of values: [T]) -> T { values[Int.random(in: values.indices, using: &random)] }

    // MARK: Values

    mutating func oddValue() -> JSONValue {
        switch upTo(9) {
        case 0: return .null
        case 1: return .bool(upTo(1) == 0)
        case 2, 3: return one(of: OddValues.numbers)
        case 4, 5: return .string(one(of: OddValues.strings))
        case 6: return one(of: OddValues.objects)
        case 7: return .string(one(of: OddValues.texts))
        case 8: return OddValues.nested(one(of: [3, 30, 58, 62, 66, 100]), one(of: corpus.values))
        default: return one(of: corpus.values)
        }
    }

    /// Changes one place of a tree.
    mutating func mutated(_ value: JSONValue) -> JSONValue {
        var places: [[Int]] = []
        Self.collect(value, at: [], into: &places)
        let path = one(of: places)
        let action = upTo(8)
        let odd = oddValue()
        let name = one(of: OddValues.strings)
        let (digit, length) = (upTo(7), upTo(40))
        switch action {
        case 0: return Self.edited(value, at: path[...]) { _ in [] }
        case 1: return Self.edited(value, at: path[...]) { [$0, $0] }
        case 2: return Self.edited(value, at: path[...]) { [(name, $0.1)] }
        case 3: return Self.edited(value, at: path[...]) { [$0, (name, odd)] }
        case 4:
            return Self.edited(value, at: path[...]) { key, old in
                switch old {
                case .string(let text):
                    [(key, .string([text + name, String(text.prefix(length)), name + text, ""][digit % 4]))]
                case .integer(let number): [(key, .integer([number &+ 1, 0 &- number, number &* 1000][digit % 3]))]
                case .bool(let flag): [(key, .bool(!flag))]
                default: [(key, [old])]
                }
            }
        default: return Self.edited(value, at: path[...]) { [($0.0, odd)] }
        }
    }

    /// Where there is something: member or element numbers from the root, the root itself excluded unless it is alone.
    private static func collect(_ value: JSONValue, at path: [Int], into places: inout [[Int]]) {
        if !path.isEmpty { places.append(path) }
        let inner: [JSONValue] =
            switch value {
            case .array(let elements): elements
            case .object(let object): object.members.map(\.value)
            default: []
            }
        for (index, value) in inner.enumerated() { collect(value, at: path + [index], into: &places) }
        if places.isEmpty { places = [[]] }
    }

    /// Replaces what is at a place by none, one or more; of several members some may have the same name.
    private static func edited(
        _ value: JSONValue, at path: ArraySlice<Int>, _ edit: ((String, JSONValue)) -> [(String, JSONValue)]
    ) -> JSONValue {
        guard let step = path.first else { return edit(("", value)).first?.1 ?? .null }
        func apply(_ key: String, _ inner: JSONValue) -> [(String, JSONValue)] {
            path.count == 1 ? edit((key, inner)) : [(key, edited(inner, at: path.dropFirst(), edit))]
        }
        switch value {
        case .array(var elements):
            elements.replaceSubrange(step...step, with: apply("", elements[step]).map(\.1))
            return .array(elements)
        case .object(let object):
            var members = object.members
            let changed = apply(members[step].key, members[step].value)
            members.replaceSubrange(step...step, with: changed.map { (key: $0.0, value: $0.1) })
            return .object(JSONObject(distinct: members))
        default: return value
        }
    }

    // MARK: Text

    /// The written form, what no value can hold put in.
    static func text(_ value: JSONValue) -> [UInt8] {
        let text = value.serialized()
        guard text.contains(UInt8(ascii: "@")) else { return text }
        var result = String(decoding: text, as: UTF8.self)
        for (placeholder, raw) in OddValues.raw { result = result.replacing(placeholder, with: raw) }
        return Array(result.utf8)
    }

    private static let fragments: [[UInt8]] = [
        Array("\\ud800".utf8), Array("\\u0000".utf8), Array("\\udc00\\ud800".utf8), Array("1e999".utf8), [0xC0, 0x80],
        [0xED, 0xA0, 0x80], [0xFF], [0xF4, 0x90, 0x80, 0x80], [0], Array("/**/".utf8), Array("NaN".utf8), [0x22],
        [0x5C], Array(",".utf8), Array("}".utf8), Array("]".utf8), Array("[".utf8), Array("{\"a\":".utf8),
        [0xEF, 0xBB, 0xBF], Array("00".utf8), Array("+1".utf8), Array(".5".utf8), Array("'".utf8),
    ]

    /// Changes bytes.
    mutating func mutated(_ text: [UInt8]) -> [UInt8] {
        guard !text.isEmpty else { return one(of: Self.fragments) }
        var text = text
        let place = upTo(text.count - 1)
        switch upTo(6) {
        case 0: for _ in 0...upTo(3) { text[upTo(text.count - 1)] ^= UInt8(1 << upTo(7)) }
        case 1: text.removeSubrange(place...)
        case 2: text.removeSubrange(place..<min(text.count, place + 1 + upTo(8)))
        case 3: text.insert(contentsOf: one(of: Self.fragments), at: place)
        case 4: text.insert(contentsOf: text[place..<min(text.count, place + 1 + upTo(60))], at: place)
        case 5: text[place] = UInt8(upTo(255))
        default:
            let deep = [UInt8](
                repeating: UInt8(ascii: chance(0.5) ? "[" : "{"), count: one(of: [63, 65, 1000, 200_000]))
            text.insert(contentsOf: deep, at: place)
        }
        return text
    }
}
