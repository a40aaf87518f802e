package import Domain

/// Pages of sorted lists; a cursor is the key of the last item given, behind a `c`.
package enum FakePages {
    package static func page<Item: Sendable>(
        _ items: [Item], _ request: PageRequest, key: (Item) -> String
    ) throws -> Page<Item> {
        let sorted = items.sorted { key($0) < key($1) }
        var rest = sorted[...]
        if let cursor = request.cursor {
            guard cursor.first == "c" else { throw PageRequest.BadCursor() }
            rest = sorted.drop { key($0) <= cursor.dropFirst() }
        }
        let page = rest.prefix(request.limit)
        return Page(items: Array(page), nextCursor: page.count < rest.count ? page.last.map { "c" + key($0) } : nil)
    }
}
