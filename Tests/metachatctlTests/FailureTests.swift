import ControlAPI
import JSONCoding
import JSONRPC
import Testing

@testable import metachatctl

struct FailureTests {
    @Test(arguments: [
        (RPCErrorCode.unauthenticated, CtlStatus.noPermission), (.forbidden, .noPermission),
        (.rateLimited, .noPermission),
        (.notFound, .refused), (.conflict, .refused), (.invalidParams, .refused), (.internalError, .refused),
        (.notConverged, .notConverged), (.unavailable, .unavailable), (.methodNotFound, .refused),
    ])
    func eachErrorHasItsExitCode(_ code: RPCErrorCode, _ status: CtlStatus) {
        #expect(FailureText.failure(RPCError(code, "Why"), context: "x.y").status == status)
    }

    @Test func faultsAreAList() {
        let error = RPCError.invalidParams(
            JSONFaults([
                JSONFault(path: "/config/graphVersion", message: "must be a version"),
                JSONFault(path: "/a~1b", message: "is not known here"), JSONFault(path: "", message: "is odd"),
            ]))
        let failure = FailureText.failure(error, context: "channel.update")
        #expect(failure.message == "channel.update: invalid params (-32602)")
        #expect(
            failure.details == ["config.graphVersion: must be a version", "a/b: is not known here", "is odd"])
        #expect(
            FailureLines.text(failure, Screen()) == """
                metachatctl: channel.update: invalid params (-32602)
                  config.graphVersion: must be a version
                  a/b: is not known here
                  is odd

                """)
    }

    @Test func aConflictSaysWhereItStands() {
        let failure = FailureText.failure(.staleRevision(current: 47), context: "channel.update")
        #expect(failure.details == ["it is at revision 47 now"])
        #expect(failure.hint?.contains("--if-revision 47") == true)
    }

    @Test func laggardsAreNamed() {
        let nodes: [JSONValue] = [
            ["id": "n1", "status": "failed", "revision": 3, "error": "no key k2"], ["id": "n2", "status": "ready"],
        ]
        let failure = FailureText.failure(.notConverged(laggards: nodes), context: "fleet.wait")
        #expect(failure.details == ["n1, failed, at revision 3, no key k2", "n2, ready"])
    }

    @Test func waiting() {
        let nodes: [JSONValue] = [
            ["id": "n1", "status": "ready", "revision": 5], ["id": "n2", "status": "ready", "revision": 4],
            ["id": "n3", "status": "stale", "revision": 1],
        ]
        #expect(WaitText.progress(5, nodes: nodes) == "waiting for revision 5: 1 of 2 nodes; n2 is at 4")
        #expect(
            WaitText.converged(5, nodes: nodes, milliseconds: 7)
                == "revision 5 runs on all 2 nodes (7 ms); silent for a while: n3")
        #expect(WaitText.converged(5, nodes: [], milliseconds: 7) == "revision 5 is saved; no node is running")
    }

    @Test func answersAreRead() throws {
        func result(_ status: UInt, _ body: String) throws -> JSONValue {
            try RPCReply.result(status: status, body: Array(body.utf8), url: "http://c")
        }
        func failure(_ status: UInt, _ body: String) -> CtlStatus? {
            do {
                _ = try result(status, body)
                return nil
            } catch let failure as CtlFailure {
                return failure.status
            } catch {
                return .refused
            }
        }
        #expect(try result(200, #"{"jsonrpc":"2.0","id":1,"result":{"a":1}}"#) == ["a": 1])
        #expect(try result(200, #"{"jsonrpc":"2.0","id":1,"result":null}"#) == .null)
        #expect(throws: RPCError(.notFound, "No such tenant")) {
            try result(200, #"{"jsonrpc":"2.0","id":1,"error":{"code":-32004,"message":"No such tenant"}}"#)
        }
        #expect(failure(401, "") == .noPermission)
        #expect(failure(200, "<html>") == .unavailable)
        #expect(failure(502, "bad gateway") == .unavailable)
        #expect(failure(404, "") == .unavailable)
        #expect(failure(413, "") == .refused)
        #expect(failure(200, "{}") == .unavailable)
    }

    @Test func textFromOutsideIsClean() {
        let failure = FailureText.failure(RPCError(.conflict, "Bad \u{1B}[2J"), context: "x")
        #expect(!FailureLines.text(failure, Screen()).contains("\u{1B}"))
    }
}
