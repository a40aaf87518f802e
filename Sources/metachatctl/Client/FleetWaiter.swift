import ControlAPI
import JSONCoding
import JSONRPC

/// Waits until every node runs a revision, telling how far it is.
struct FleetWaiter: Sendable {
    var client: ControlClient
    var console: Console
    var timeout: Duration

    /// - Throws: ``RPCError`` with -32010 and the laggards when the time is over.
    func wait(for revision: Int64) async throws {
        let start = ContinuousClock.now
        // Short on a terminal, where somebody watches.
        let slice: Duration = console.showsProgress ? .milliseconds(400) : .seconds(10)
        while true {
            let left = timeout - (ContinuousClock.now - start)
            let milliseconds = max(0, Int64(min(left, slice) / .milliseconds(1)))
            do {
                let result = try await client.call(
                    "fleet.wait", ["revision": .integer(revision), "timeoutMs": .integer(milliseconds)])
                let elapsed = Int64((ContinuousClock.now - start) / .milliseconds(1))
                console.progress(nil)
                console.note(
                    WaitText.converged(revision, nodes: result["nodes"]?.array ?? [], milliseconds: elapsed))
                return
            } catch let error as RPCError where error.code == .notConverged {
                guard left > slice else {
                    console.progress(nil)
                    throw error
                }
                guard console.showsProgress else { continue }
                let fleet = try await client.call("fleet.list", [:])
                console.progress(WaitText.progress(revision, nodes: fleet["nodes"]?.array ?? []))
            }
        }
    }
}

/// What is told while waiting; pure.
enum WaitText {
    static func converged(_ revision: Int64, nodes: [JSONValue], milliseconds: Int64) -> String {
        let count = nodes.count { isWaitedFor($0) }
        let silent = nodes.filter { $0["status"]?.string == "stale" }.compactMap { $0["id"]?.string }
        let tail = silent.isEmpty ? "" : "; silent for a while: " + silent.prefix(5).joined(separator: ", ")
        if count == 0 { return "revision \(revision) is saved; no node is running" + tail }
        return "revision \(revision) runs on \(count == 1 ? "1 node" : "all \(count) nodes") (\(milliseconds) ms)"
            + tail
    }

    /// `waiting for revision 47: 1 of 2 nodes; node-2 is at 45`.
    static func progress(_ revision: Int64, nodes: [JSONValue]) -> String {
        let live = nodes.filter(isWaitedFor)
        let late = live.filter { ($0["revision"]?.integer ?? 0) < revision }
        let names = late.prefix(3).map { node in
            let state = node["status"]?.string == "failed" ? "failed at" : "is at"
            return "\(node["id"]?.string ?? "?") \(state) \(node["revision"]?.integer ?? 0)"
        }
        let more = late.count > names.count ? ["\(late.count - names.count) more"] : []
        let tail = (names + more).joined(separator: ", ")
        return "waiting for revision \(revision): \(live.count - late.count) of \(live.count) nodes"
            + (tail.isEmpty ? "" : "; " + tail)
    }

    private static func isWaitedFor(_ node: JSONValue) -> Bool {
        ["ready", "failed"].contains(node["status"]?.string ?? "ready")
    }
}
