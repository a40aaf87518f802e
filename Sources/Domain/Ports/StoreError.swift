/// What can go wrong with a store or the broker that the application must tell apart.
package enum DependencyError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The service is not reachable or not answering in time: wait and try again, this counts as no attempt.
    case unavailable(String)
    /// The service refused this very request; trying the same again gives the same.
    case rejected(String)

    package var description: String {
        switch self {
        case .unavailable(let why): "unavailable: \(why)"
        case .rejected(let why): "rejected: \(why)"
        }
    }

    package var isUnavailable: Bool { if case .unavailable = self { true } else { false } }
}

/// One page of a list.
package struct Page<Item: Sendable>: Sendable {
    package var items: [Item]
    /// Opaque; nil on the last page.
    package var nextCursor: String?

    package init(items: [Item], nextCursor: String?) {
        self.items = items
        self.nextCursor = nextCursor
    }
}

/// Which page of a list is wanted.
package struct PageRequest: Sendable, Hashable {
    /// 1 to 200.
    package var limit: Int
    package var cursor: String?

    package init(limit: Int = 50, cursor: String? = nil) {
        self.limit = limit
        self.cursor = cursor
    }

    /// A cursor that no list of this kind ever gave.
    package struct BadCursor: Error {
        package init() {}
    }
}
