/// The members of a JSON object, in the order in which they were written.
///
/// Small by nature (messages, params, settings), so look-up walks the members; equality ignores their order.
package struct JSONObject: Sendable {
    package private(set) var members: [(key: String, value: JSONValue)]

    package init() { members = [] }

    /// Later members win over earlier ones of the same name.
    package init(members elements: [(String, JSONValue)]) {
        members = []
        members.reserveCapacity(elements.count)
        for (key, value) in elements { self[key] = value }
    }

    /// Takes members that are known to have distinct names.
    package init(distinct members: [(key: String, value: JSONValue)]) { self.members = members }

    package var isEmpty: Bool { members.isEmpty }
    package var count: Int { members.count }
    package var keys: [String] { members.map(\.key) }

    /// Setting nil removes the member; setting a value keeps the place of an existing one.
    package subscript(_ key: String) -> JSONValue? {
        get { members.first { $0.key == key }?.value }
        set {
            let index = members.firstIndex { $0.key == key }
            switch (index, newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append((key, value))
            case (nil, nil): break
            }
        }
    }

    /// Adds a member known to be absent so far; nil adds nothing.
    package mutating func append(_ key: String, _ value: JSONValue?) {
        if let value { members.append((key, value)) }
    }
}

extension JSONObject: Hashable {
    package static func == (lhs: JSONObject, rhs: JSONObject) -> Bool {
        guard lhs.count == rhs.count else { return false }
        // Mostly the order is the same too; then nothing is looked up.
        if zip(lhs.members, rhs.members).allSatisfy({ $0.key == $1.key && $0.value == $1.value }) { return true }
        return lhs.members.allSatisfy { rhs[$0.key] == $0.value }
    }

    package func hash(into hasher: inout Hasher) {
        for member in members.sorted(by: { $0.key < $1.key }) {
            hasher.combine(member.key)
            hasher.combine(member.value)
        }
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, JSONValue)...) { self.init(members: elements) }
}

extension JSONObject: Sequence {
    package func makeIterator() -> IndexingIterator<[(key: String, value: JSONValue)]> { members.makeIterator() }
}

extension JSONObject {
    /// JSON Merge Patch (RFC 7396): null removes, objects merge, everything else replaces.
    package func merging(patch: JSONObject) -> JSONObject {
        var result = self
        for (key, value) in patch.members {
            switch value {
            case .null: result[key] = nil
            case .object(let inner): result[key] = .object((result[key]?.object ?? [:]).merging(patch: inner))
            default: result[key] = value
            }
        }
        return result
    }
}
