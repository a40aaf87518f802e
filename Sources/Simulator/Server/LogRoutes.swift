import HTTPTypes
import Hummingbird
import JSONCoding
import NIOCore
import ServiceLifecycle

/// What happened so far, and what happens now.
struct LogRoutes: Sendable {
    let core: SimulatorCore

    func add(to group: RouterGroup<SimulatorContext>) {
        group.get("messages") { request, _ in
            try await page(request, \.sends) { $0.json(number: $1) }
        }
        group.get("rejected") { request, _ in
            try await page(request, \.rejections) { $0.json(number: $1) }
        }
        group.get("webhooks") { request, _ in
            let withBody = request.uri.queryParameters["body"] != "false"
            return try await page(request, \.webhooks) { $0.json(number: $1, withBody: withBody) }
        }
        group.delete("log") { _, _ in
            core.change { $0.clearLog(at: .now) }
            return Response.json([:])
        }
        group.get("events") { request, _ in try events(request) }
    }

    /// `?after=&limit=&waitMs=`: entries after the one with that number, if need be once there are any.
    private func page<Element>(
        _ request: Request, _ log: @escaping @Sendable (borrowing SimulatorState) -> Ring<Element>,
        _ json: (Element, Int) -> JSONValue
    ) async throws -> Response {
        let after = try request.integer("after", default: 0, in: 0...Int.max)
        let limit = try request.integer("limit", default: 1000, in: 1...10_000)
        let patience = try request.integer("waitMs", default: 0, in: 0...60_000)
        _ = try await core.wait(atMost: .milliseconds(patience)) { log($0).last > after ? true : nil }
        // Only the page leaves the lock: a second reference to the whole log would make the next entry copy it.
        let (entries, totals, last, first) = core.read { state in
            let ring = log(state)
            return (
                ring.entries(after: after, limit: limit), state.totals.json(pending: state.schedule.pending),
                ring.last, ring.first
            )
        }
        return .json([
            "items": .array(entries.map { json($0.element, $0.number) }),
            "next": JSONValue(entries.last?.number ?? max(after, first - 1)),
            "last": JSONValue(last), "lost": JSONValue(max(0, first - 1 - after)), "totals": totals,
        ])
    }

    /// Server-sent events (WHATWG HTML §9.2) from the feed, with its numbers as event ids.
    private func events(_ request: Request) throws -> Response {
        var start = try request.integer("after", default: 0, in: 0...Int.max)
        if let last = request.headers[Self.lastEventID].flatMap(Int.init) { start = max(start, last) }
        let pages = FeedPages(core: core, after: start).cancelOnGracefulShutdown()
        return Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
            body: .init(asyncSequence: pages))
    }

    private static let lastEventID = HTTPField.Name("last-event-id")!
}

/// The feed as server-sent events, for ever; a comment every 15 seconds shows that the connection lives.
private struct FeedPages: AsyncSequence, Sendable {
    let core: SimulatorCore
    let after: Int

    func makeAsyncIterator() -> Iterator {
        // A number from an earlier run of the simulator is none of this one's.
        Iterator(core: core, after: after > core.read({ $0.feed.last }) ? 0 : after)
    }

    struct Iterator: AsyncIteratorProtocol {
        let core: SimulatorCore
        var after: Int

        mutating func next() async throws -> ByteBuffer? {
            let position = after
            let batch = try await core.wait(atMost: .seconds(15)) { state in
                let entries = state.feed.entries(after: position, limit: 500)
                return entries.isEmpty ? nil : entries
            }
            guard let batch else { return ByteBuffer(string: ": still here\n\n") }
            var buffer = ByteBuffer()
            for entry in batch {
                buffer.writeString("id: \(entry.number)\ndata: ")
                buffer.writeBytes(entry.element.event.json(at: entry.element.at).serialized())
                buffer.writeString("\n\n")
                after = entry.number
            }
            return buffer
        }
    }
}
