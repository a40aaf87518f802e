import SocketIO
import Testing

@Suite struct EngineSessionTests {
    private static let configuration: EngineSession.Configuration = {
        var configuration = EngineSession.Configuration()
        configuration.pingInterval = 300
        configuration.pingTimeout = 200
        configuration.maxPayload = 100
        configuration.maxBuffered = 1000
        configuration.upgradeTimeout = 1000
        return configuration
    }()

    private func session(_ socket: EngineSession.Socket? = nil) -> EngineSession {
        EngineSession(id: "s", socket: socket, configuration: Self.configuration, now: 0)
    }

    private func text(_ text: String) -> EngineMessage { .text(Array(text.utf8)) }
    private func answer(_ poll: UInt64, _ text: String) -> EngineSession.Action { .answer(poll, Array(text.utf8)) }
    private func post(_ session: inout EngineSession, _ body: String, now: Int64 = 0) -> (Bool, [EngineSession.Action])
    {
        let begin = session.beginPost()
        guard begin.isWanted else { return (false, begin.actions) }
        let end = session.endPost(Array(body.utf8), now: now)
        return (end.isAccepted, end.actions)
    }

    @Test func handshakes() {
        #expect(
            session().handshake
                == .open(
                    Array(
                        #"{"sid":"s","upgrades":["websocket"],"pingInterval":300,"pingTimeout":200,"maxPayload":100}"#
                            .utf8)))
        guard case .open(let text) = session(1).handshake else { return #expect(Bool(false)) }
        #expect(String(decoding: text, as: UTF8.self).contains(#""upgrades":[],"#))
    }

    // MARK: Polling

    @Test func aPollWaitsForWhatIsSent() {
        var session = session()
        #expect(session.poll(1) == [])
        #expect(session.send(text("a")) == [answer(1, "4a")])
        #expect(session.send(text("b")) == [] && session.send(.binary([1])) == [])
        #expect(session.poll(2) == [answer(2, "4b\u{1E}bAQ==")])
        #expect(session.poll(3) == [])
    }

    @Test func aPollBringsNoMoreThanOneBodyHolds() {
        var session = session()
        let long = String(repeating: "x", count: 60)
        for _ in 0..<3 { #expect(session.send(text(long)) == []) }
        #expect(session.poll(1) == [answer(1, "4" + long)])
        #expect(session.poll(2) == [answer(2, "4" + long)])
        #expect(session.poll(3) == [answer(3, "4" + long)])
        #expect(session.poll(4) == [])
    }

    @Test func aPollBringsSixteenPacketsAtMost() {
        var session = session()
        for _ in 0..<18 { #expect(session.send(text("")) == []) }
        let sixteen = Array(repeating: "4", count: 16).joined(separator: "\u{1E}")
        #expect(session.poll(1) == [answer(1, sixteen)])
        #expect(session.poll(2) == [answer(2, "4\u{1E}4")])
    }

    @Test func postsBringPackets() {
        var session = session()
        let (isAccepted, actions) = post(&session, "4a\u{1E}4b\u{1E}bAQ==")
        #expect(isAccepted && actions == [.deliver(text("a")), .deliver(text("b")), .deliver(.binary([1]))])
        let (isAcceptedToo, others) = post(&session, "4c\u{1E}nonsense\u{1E}4d")
        // What stood before the fault counts.
        #expect(!isAcceptedToo && others == [.deliver(text("c")), .closed(.parseError)])
        #expect(session.isClosed && session.poll(1) == [.refuse(1)])
    }

    @Test(arguments: ["0{}", "2", "5", ""])
    func aClientMayNot(_ packet: String) {
        var session = session()
        #expect(post(&session, packet) == (false, [.closed(.parseError)]))
    }

    @Test func overlappingRequestsEndTheSession() {
        var polled = session()
        #expect(polled.poll(1) == [])
        #expect(polled.poll(2) == [answer(1, "1"), .closed(.overlappingRequests), .refuse(2)])
        #expect(polled.poll(3) == [.refuse(3)])
        var posted = session()
        #expect(posted.beginPost() == (true, []))
        #expect(posted.beginPost() == (false, [.closed(.overlappingRequests)]))
        #expect(posted.endPost(Array("4a".utf8), now: 0) == (false, []))
    }

    @Test func theClientCloses() {
        var session = session()
        #expect(session.poll(1) == [])
        #expect(post(&session, "1\u{1E}4late") == (true, [answer(1, "6"), .closed(.clientClose)]))
    }

    @Test func brokenRequestsEndTheSession() {
        var polled = session()
        #expect(polled.poll(1) == [] && polled.pollEnded(2) == [])
        #expect(polled.pollEnded(1) == [.closed(.transportClose)])
        var posted = session()
        #expect(posted.beginPost().isWanted)
        #expect(posted.abortPost() == [.closed(.transportClose)])
    }

    @Test func whatWaitsHasALimit() {
        var session = session()
        let actions = (0..<100).map { _ in session.send(text("123456789")) }
        #expect(actions[99] == [] && actions[..<100].allSatisfy(\.isEmpty))
        #expect(session.send(text("1")) == [.closed(.slowPeer)])
        #expect(session.send(text("1")) == [] && session.deadline == nil)
    }

    // MARK: Heartbeat

    @Test func aPeerThatAnswersLives() {
        var session = session()
        #expect(session.deadline == 300 && session.tick(now: 299) == [])
        #expect(session.poll(1) == [] && session.tick(now: 300) == [answer(1, "2")])
        #expect(session.deadline == 500)
        #expect(post(&session, "3", now: 400) == (true, []))
        #expect(session.deadline == 700 && session.tick(now: 699) == [])
        #expect(session.tick(now: 700) == [] && session.poll(2) == [answer(2, "2")])
        #expect(session.tick(now: 899) == [] && session.tick(now: 900) == [.closed(.pingTimeout)])
        #expect(session.deadline == nil && session.tick(now: 10_000) == [])
    }

    @Test func aSilentWebSocketIsClosed() {
        var session = session(7)
        #expect(session.tick(now: 300) == [.write(7, .ping([]))])
        #expect(session.receive(text("3"), from: 7, now: 310) == [] && session.deadline == 610)
        #expect(session.tick(now: 610) == [.write(7, .ping([]))])
        #expect(session.tick(now: 810) == [.close(7), .closed(.pingTimeout)])
    }

    // MARK: WebSocket

    @Test func aWebSocketCarriesBoth() {
        var session = session(7)
        #expect(session.receive(text("4a"), from: 7, now: 0) == [.deliver(text("a"))])
        #expect(session.receive(.binary([9]), from: 7, now: 0) == [.deliver(.binary([9]))])
        #expect(session.send(text("b")) == [.write(7, .message(text("b")))])
        #expect(session.poll(1) == [.refuse(1)] && session.beginPost() == (false, []) && !session.offer(8, now: 0))
        #expect(session.socketEnded(7) == [.closed(.transportClose)])
    }

    @Test(arguments: ["abc", "", "0", "2", "5", "2probe"])
    func aWebSocketThatBreaksTheProtocolIsClosed(_ frame: String) {
        var session = session(7)
        #expect(session.receive(text(frame), from: 7, now: 0) == [.close(7), .closed(.parseError)])
    }

    @Test func aWebSocketMessageHasALimit() {
        var session = session(7)
        #expect(session.receive(.binary([UInt8](repeating: 0, count: 100)), from: 7, now: 0).count == 1)
        let large = EngineMessage.binary([UInt8](repeating: 0, count: 101))
        #expect(session.receive(large, from: 7, now: 0) == [.close(7), .closed(.parseError)])
    }

    // MARK: Upgrade

    @Test func pollingGoesOverToAWebSocket() {
        var session = session()
        #expect(session.poll(1) == [] && session.offer(7, now: 0))
        // Polling goes on until the client says so.
        #expect(session.send(text("a")) == [answer(1, "4a")] && session.poll(2) == [])
        #expect(
            session.receive(text("2probe"), from: 7, now: 0)
                == [.write(7, .pong(Array("probe".utf8))), answer(2, "6")])
        #expect(session.poll(3) == [answer(3, "6")])
        #expect(session.send(text("b")) == [] && session.send(text("c")) == [])
        #expect(
            session.receive(text("5"), from: 7, now: 0)
                == [.write(7, .message(text("b"))), .write(7, .message(text("c")))])
        #expect(session.poll(4) == [.refuse(4)] && !session.offer(8, now: 0) && !session.isPolling)
        #expect(session.receive(text("4x"), from: 7, now: 0) == [.deliver(text("x"))])
    }

    /// Also while a post is under way, whose packets then come too late.
    @Test func aPostThatEndsAfterTheUpgradeIsRefused() {
        var session = session()
        #expect(session.offer(7, now: 0) && session.beginPost().isWanted)
        _ = session.receive(text("2probe"), from: 7, now: 0)
        _ = session.receive(text("5"), from: 7, now: 0)
        #expect(session.endPost(Array("4a".utf8), now: 0) == (false, []))
        #expect(session.abortPost() == [] && !session.isClosed)
    }

    @Test func whatIsNoUpgradeLeavesThePolling() {
        for frames in [["5"], ["4a"], ["2"], ["2probe", "2probe"], ["2probe", "4a"]] {
            var session = session()
            #expect(session.offer(7, now: 0) && !session.offer(8, now: 0))
            for frame in frames.dropLast() { _ = session.receive(text(frame), from: 7, now: 0) }
            #expect(session.receive(text(frames.last ?? ""), from: 7, now: 0) == [.close(7)])
            #expect(session.receive(text("5"), from: 7, now: 0) == [.close(7)])
            #expect(session.isPolling && session.poll(1) == [] && session.send(text("a")) == [answer(1, "4a")])
            #expect(session.offer(9, now: 0) == true)
        }
    }

    @Test func anUpgradeHasATime() {
        var session = session()
        #expect(session.offer(7, now: 0) == true)
        _ = session.tick(now: 300)
        #expect(post(&session, "3", now: 400) == (true, []))
        _ = session.tick(now: 700)
        #expect(post(&session, "3", now: 701) == (true, []))
        #expect(session.deadline == 1000 && session.tick(now: 1000) == [.close(7)])
        #expect(session.isPolling && session.socketEnded(7) == [])
    }

    @Test func everythingEndsWithTheSession() {
        var session = session()
        #expect(session.poll(1) == [] && session.offer(7, now: 0))
        #expect(session.close() == [.close(7), answer(1, "1"), .closed(.serverClose)])
        #expect(session.close() == [] && session.socketEnded(7) == [])
        var candidate = self.session()
        #expect(candidate.offer(7, now: 0) && candidate.socketEnded(7) == [] && candidate.isPolling)
    }
}
