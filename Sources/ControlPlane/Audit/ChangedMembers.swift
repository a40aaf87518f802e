import JSONCoding

/// The names of what is different between two versions of an entity. Names alone: no value leaves here.
enum ChangedMembers {
    /// Members that every change changes.
    private static let ignored: Set<String> = ["revision", "createdAt", "updatedAt"]
    /// Names of an entry are kept up to this many.
    static let limit = 200

    /// Paths of members in the order of their names, objects' members behind a dot; empty where nothing differs.
    ///
    /// - Parameter old: nil for an entity that is new: then all that it has.
    static func between(_ old: JSONValue?, _ new: JSONValue) -> [String] {
        var paths: [String] = []
        collect(old ?? [:], new, "", &paths)
        return Array(paths.sorted().prefix(limit))
    }

    private static func collect(_ old: JSONValue, _ new: JSONValue, _ path: String, _ paths: inout [String]) {
        guard let before = old.object, let after = new.object else {
            if old != new { paths.append(path) }
            return
        }
        for name in Set(before.keys).union(after.keys) where !path.isEmpty || !ignored.contains(name) {
            let inner = path.isEmpty ? name : "\(path).\(name)"
            let (old, new) = (before[name] ?? .null, after[name] ?? .null)
            // A new object is told by its members, as long as it has any.
            if old.isNull, let members = new.object, !members.isEmpty {
                collect([:], new, inner, &paths)
            } else {
                collect(old, new, inner, &paths)
            }
        }
    }
}
