import JSONCoding

/// One member that is not as declared.
struct Difference: Sendable, Hashable {
    /// Steps joined by dots.
    var path: String
    var old: JSONValue?
    var new: JSONValue?
}

/// What must be sent so that something becomes as declared; pure.
struct Differences: Sendable, Hashable {
    private(set) var list: [Difference] = []
    /// The params of an update, without what it is of.
    private(set) var patch: JSONObject = [:]

    /// - Parameters:
    ///   - isPatch: whether a member is updated by merge patch: then what is not declared stays as it is.
    init(declared: JSONObject, live: JSONObject, isPatch: (String) -> Bool) {
        for (key, value) in declared {
            let current = live[key].flatMap { $0.isNull ? nil : $0 }
            if isPatch(key), case .object(let wanted) = value {
                let inner = merge(wanted, current?.object ?? [:], path: key)
                if !inner.isEmpty { patch[key] = .object(inner) }
            } else if !Self.same(value.isNull ? nil : value, current) {
                list.append(Difference(path: key, old: current, new: value.isNull ? nil : value))
                patch[key] = value
            }
        }
    }

    private mutating func merge(_ wanted: JSONObject, _ current: JSONObject, path: String) -> JSONObject {
        var patch: JSONObject = [:]
        for (key, value) in wanted {
            let path = path + "." + key
            switch (value, current[key]) {
            case (.null, nil): break
            case (.null, let old?):
                list.append(Difference(path: path, old: old, new: nil))
                patch[key] = .null
            case (.object(let inner), .object(let old)?):
                let inner = merge(inner, old, path: path)
                if !inner.isEmpty { patch[key] = .object(inner) }
            case (_, let old):
                let new = value.withoutNulls
                guard !Self.same(new, old) else { break }
                list.append(Difference(path: path, old: old, new: new))
                patch[key] = new
            }
        }
        return patch
    }

    /// Equal in meaning: `80` is `80.0`.
    static func same(_ left: JSONValue?, _ right: JSONValue?) -> Bool {
        switch (left, right) {
        case (.integer?, .number?), (.number?, .integer?): left?.number == right?.number
        case (.array(let a)?, .array(let b)?): a.count == b.count && zip(a, b).allSatisfy { same($0, $1) }
        case (.object(let a)?, .object(let b)?):
            a.count == b.count && a.members.allSatisfy { b[$0.key] != nil && same($0.value, b[$0.key]) }
        default: left == right
        }
    }
}

extension JSONValue {
    /// Null members stand for absent ones.
    var withoutNulls: JSONValue {
        guard case .object(let object) = self else { return self }
        return .object(
            JSONObject(
                distinct: object.members.filter { !$0.value.isNull }.map { ($0.key, $0.value.withoutNulls) }))
    }
}
