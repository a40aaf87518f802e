import JSONCoding
import SocketIO
import Testing

@Suite struct SocketConnectionTests {
    private static let configuration: SocketConnection.Configuration = {
        var configuration = SocketConnection.Configuration()
        configuration.connectTimeout = 1000
        configuration.maxNamespaces = 2
        configuration.maxAwaited = 2
        return configuration
    }()

    private func connection(_ namespaces: String...) -> SocketConnection {
        var connection = SocketConnection(configuration: Self.configuration, now: 0)
        for namespace in namespaces {
            _ = connection.receive(text(namespace == "/" ? "0" : "0\(namespace),"), now: 0)
            _ = connection.accept(namespace, sid: "s")
        }
        return connection
    }

    private func text(_ text: String) -> EngineMessage { .text(Array(text.utf8)) }
    private func json(_ value: JSONValue) -> JSONText { JSONText(value) }
    private func sent(_ actions: [SocketConnection.Action]) -> [String] {
        actions.flatMap { action -> [String] in
            guard case .send(let packet) = action else { return ["\(action)"] }
            return packet.messages.map { message in
                switch message {
                case .text(let bytes): String(decoding: bytes, as: UTF8.self)
                case .binary(let bytes): "\(bytes)"
                }
            }
        }
    }

    @Test func connects() {
        var connection = SocketConnection(configuration: Self.configuration, now: 0)
        #expect(connection.deadline == 1000)
        #expect(connection.receive(text("0"), now: 0) == [.connect(namespace: "/", auth: nil)])
        #expect(!connection.isConnected(to: "/"))
        #expect(sent(connection.accept("/", sid: "abc")) == [#"0{"sid":"abc"}"#])
        #expect(connection.accept("/", sid: "abc") == [] && connection.isConnected(to: "/"))
        #expect(
            connection.receive(text(#"0/x,{"t":1}"#), now: 0) == [.connect(namespace: "/x", auth: json(["t": 1]))])
        #expect(sent(connection.refuse("/x", reason: json(["message": "no"]))) == [#"4/x,{"message":"no"}"#])
        // It may ask again.
        #expect(connection.receive(text("0/x"), now: 0) == [.connect(namespace: "/x", auth: nil)])
        #expect(connection.deadline == nil)
    }

    @Test func whoDoesNotConnectIsClosed() {
        var connection = SocketConnection(configuration: Self.configuration, now: 0)
        _ = connection.receive(text("0"), now: 0)
        _ = connection.refuse("/", reason: json(["message": "no"]))
        #expect(connection.tick(now: 999) == [] && connection.tick(now: 1000) == [.close(nil)])
        #expect(
            connection.tick(now: 2000) == [] && connection.receive(text("0"), now: 0) == []
                && connection.deadline == nil)
    }

    @Test(arguments: [
        #"2["a"]"#, "31[]", "1", #"4{"message":"x"}"#, "abc", "0[]", #"2/other,["a"]"#,
    ])
    func nothingComesBeforeConnect(_ packet: String) {
        var connection = SocketConnection(configuration: Self.configuration, now: 0)
        guard case .close(.some) = connection.receive(text(packet), now: 0).last else {
            Issue.record("\(packet) left the connection open")
            return
        }
        // Nor while it is looked at who asks.
        var pending = SocketConnection(configuration: Self.configuration, now: 0)
        _ = pending.receive(text("0"), now: 0)
        guard case .close(.some) = pending.receive(text(packet), now: 0).last else {
            Issue.record("\(packet) left the pending connection open")
            return
        }
        #expect(pending.accept("/", sid: "s") == [] && pending.refuse("/", reason: json([:])) == [])
    }

    @Test func eventsAndAcknowledgements() {
        var connection = connection("/", "/x")
        #expect(
            connection.receive(text(#"212["say",{"a":1.0}]"#), now: 0) == [
                .event(
                    .init(
                        namespace: "/", name: "say", arguments: try! JSONText(parsing: #"[{"a":1.0}]"#.utf8),
                        attachments: [], id: 12))
            ])
        #expect(sent(connection.acknowledge(12, json([true]), in: "/")) == ["312[true]"])
        #expect(
            sent(connection.emit("told", json([1]), attachments: [[7]], to: "/x")) == [#"51-/x,["told",1]"#, "[7]"])
        #expect(
            connection.emit("told", json([]), to: "/y") == [] && connection.acknowledge(1, json([]), in: "/y") == [])
        let first = connection.emit("ask", json([]), to: "/", acknowledgedBy: 50)
        #expect(first?.id == 0 && first.map { sent($0.actions) } == [#"20["ask"]"#])
        #expect(connection.emit("ask", json([]), to: "/x", acknowledgedBy: 60)?.id == 1)
        #expect(connection.emit("ask", json([]), to: "/x", acknowledgedBy: 60) == nil)
        #expect(connection.deadline == 50)
        // The wrong namespace, the right one, and once more.
        #expect(connection.receive(text("3/x,0[]"), now: 0) == [])
        #expect(
            connection.receive(text("30[9]"), now: 0)
                == [.acknowledged(namespace: "/", id: 0, arguments: json([9]), attachments: [])])
        #expect(connection.receive(text("30[9]"), now: 0) == [])
        #expect(connection.tick(now: 59) == [])
        #expect(connection.tick(now: 60) == [.acknowledgementMissing(namespace: "/x", id: 1)])
        #expect(connection.receive(text("3/x,1[]"), now: 0) == [] && connection.deadline == nil)
    }

    @Test func leaving() {
        var connection = connection("/", "/x")
        #expect(connection.emit("ask", json([]), to: "/x", acknowledgedBy: 60) != nil)
        #expect(connection.receive(text("1/x,"), now: 0) == [.disconnected(namespace: "/x", .client)])
        #expect(connection.deadline == nil && connection.isConnected(to: "/"))
        #expect(connection.receive(text("1"), now: 70) == [.disconnected(namespace: "/", .client)])
        // It may come back, in time.
        #expect(connection.deadline == 1070)
        #expect(connection.receive(text("0"), now: 80) == [.connect(namespace: "/", auth: nil)])
        #expect(connection.tick(now: 1070) == [.close(nil)])
        var other = self.connection("/")
        #expect(
            sent(other.disconnect("/", now: 500)) == [
                "1", "\(SocketConnection.Action.disconnected(namespace: "/", .server))",
            ])
        #expect(other.deadline == 1500)
        #expect(other.disconnect("/", now: 500) == [])
    }

    @Test func aFaultEndsEverything() {
        var connection = connection("/", "/x")
        #expect(
            connection.receive(text("2{}"), now: 0) == [
                .disconnected(namespace: "/", .connection(.parseError)),
                .disconnected(namespace: "/x", .connection(.parseError)), .close(.invalidContent),
            ])
        #expect(connection.receive(text(#"2["a"]"#), now: 0) == [] && connection.emit("a", json([]), to: "/") == [])
    }

    @Test func namespacesHaveALimit() {
        var connection = connection("/", "/x")
        guard case .close(.invalidNamespace) = connection.receive(text("0/y"), now: 0).last else {
            Issue.record("a third namespace is taken")
            return
        }
        var twice = self.connection("/")
        guard case .close(.invalidNamespace) = twice.receive(text("0"), now: 0).last else {
            Issue.record("connected twice")
            return
        }
    }

    @Test func theEndOfTheSessionIsTold() {
        var connection = connection("/")
        _ = connection.receive(text("0/x"), now: 0)
        #expect(
            connection.ended(.pingTimeout) == [.disconnected(namespace: "/", .connection(.pingTimeout))])
        #expect(connection.ended(.pingTimeout) == [] && connection.accept("/x", sid: "s") == [])
    }
}
