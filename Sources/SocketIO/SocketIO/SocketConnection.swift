package import JSONCoding

/// The Socket.IO side of one Engine.IO session of a server: its namespaces, and the acknowledgements that are awaited.
///
/// Pure: time comes in as milliseconds of a clock that never goes back; every event returns what is to be done, in
/// order. Who may connect is for the owner to say, at once or later.
package struct SocketConnection: Sendable {
    package struct Configuration: Sendable, Hashable {
        /// How long a connection may be without any namespace, in milliseconds.
        package var connectTimeout: Int64 = 45_000
        /// Most namespaces of one connection.
        package var maxNamespaces = 8
        /// Most acknowledgements that are awaited at once; beyond, events are refused.
        package var maxAwaited = 64
        package var limits = SocketLimits()

        package init() {}
    }

    package enum DisconnectReason: Sendable, Hashable {
        /// The client left the namespace.
        case client
        /// We ended it.
        case server
        /// The connection ended.
        case connection(EngineSession.CloseReason)
    }

    package struct Event: Sendable, Hashable {
        package var namespace: String
        package var name: String
        /// An array.
        package var arguments: JSONText
        package var attachments: [[UInt8]]
        /// Under which the client wants an acknowledgement.
        package var id: UInt64?

        package init(
            namespace: String, name: String, arguments: JSONText, attachments: [[UInt8]] = [], id: UInt64? = nil
        ) {
            self.namespace = namespace
            self.name = name
            self.arguments = arguments
            self.attachments = attachments
            self.id = id
        }
    }

    package enum Action: Sendable, Hashable {
        case send(SocketPacket)
        /// A client asks to connect; ``accept(_:sid:)`` or ``refuse(_:reason:)`` is due.
        case connect(namespace: String, auth: JSONText?)
        case event(Event)
        case acknowledged(namespace: String, id: UInt64, arguments: JSONText, attachments: [[UInt8]])
        case acknowledgementMissing(namespace: String, id: UInt64)
        case disconnected(namespace: String, DisconnectReason)
        /// Close the Engine.IO session; the fault is for the log.
        case close(SocketFault?)
    }

    private struct Awaited: Sendable {
        var id: UInt64
        var namespace: String
        var deadline: Int64
    }

    private struct Namespace: Sendable {
        var name: String
        var isConnected = false
    }

    private let configuration: Configuration
    private var decoder: SocketDecoder
    /// Few, so a list.
    private var namespaces: [Namespace] = []
    private var awaited: [Awaited] = []
    private var nextID: UInt64 = 0
    /// While nothing is connected.
    private var connectDeadline: Int64?
    private var isClosed = false

    package init(configuration: Configuration = Configuration(), now: Int64) {
        self.configuration = configuration
        decoder = SocketDecoder(limits: configuration.limits)
        connectDeadline = now + configuration.connectTimeout
    }

    package func isConnected(to namespace: String) -> Bool {
        namespaces.contains { $0.name == namespace && $0.isConnected }
    }

    /// When ``tick(now:)`` has something to do.
    package var deadline: Int64? {
        guard !isClosed else { return nil }
        let acknowledgement = awaited.lazy.map(\.deadline).min()
        guard let connectDeadline else { return acknowledgement }
        return min(connectDeadline, acknowledgement ?? .max)
    }

    package mutating func tick(now: Int64) -> [Action] {
        guard !isClosed else { return [] }
        if let connectDeadline, now >= connectDeadline { return close(nil) }
        let late = awaited.filter { now >= $0.deadline }
        guard !late.isEmpty else { return [] }
        awaited.removeAll { now >= $0.deadline }
        return late.map { .acknowledgementMissing(namespace: $0.namespace, id: $0.id) }
    }

    // MARK: From the client

    package mutating func receive(_ message: EngineMessage, now: Int64) -> [Action] {
        guard !isClosed else { return [] }
        do throws(SocketFault) {
            guard let packet = try decoder.receive(message) else { return [] }
            return try receive(packet, now: now)
        } catch {
            return close(error)
        }
    }

    private mutating func receive(_ packet: SocketPacket, now: Int64) throws(SocketFault) -> [Action] {
        if case .connect(let auth) = packet.content {
            guard !namespaces.contains(where: { $0.name == packet.namespace }),
                namespaces.count < configuration.maxNamespaces
            else { throw .invalidNamespace }
            namespaces.append(Namespace(name: packet.namespace))
            return [.connect(namespace: packet.namespace, auth: auth)]
        }
        guard isConnected(to: packet.namespace) else { throw .invalidNamespace }
        switch packet.content {
        case .event(let name, let arguments):
            return [
                .event(
                    Event(
                        namespace: packet.namespace, name: name, arguments: arguments,
                        attachments: packet.attachments, id: packet.id))
            ]
        case .acknowledgement(let arguments):
            // One that comes late, or twice, is nobody's.
            guard let id = packet.id,
                let index = awaited.firstIndex(where: { $0.id == id && $0.namespace == packet.namespace })
            else { return [] }
            awaited.remove(at: index)
            return [
                .acknowledged(
                    namespace: packet.namespace, id: id, arguments: arguments, attachments: packet.attachments)
            ]
        case .disconnect: return leave(packet.namespace, .client, now: now)
        case .connect, .connectError: throw .invalidContent
        }
    }

    // MARK: From the owner

    /// - Returns: nothing where the client is gone meanwhile.
    package mutating func accept(_ namespace: String, sid: String) -> [Action] {
        guard let index = pending(namespace) else { return [] }
        namespaces[index].isConnected = true
        connectDeadline = nil
        return [.send(SocketPacket(.connect(JSONText(["sid": .string(sid)])), namespace: namespace))]
    }

    /// - Parameter reason: an object with `message`, and `data` where there is more to say.
    package mutating func refuse(_ namespace: String, reason: JSONText) -> [Action] {
        guard let index = pending(namespace) else { return [] }
        namespaces.remove(at: index)
        return [.send(SocketPacket(.connectError(reason), namespace: namespace))]
    }

    private func pending(_ namespace: String) -> Int? {
        isClosed ? nil : namespaces.firstIndex { $0.name == namespace && !$0.isConnected }
    }

    /// - Returns: nothing where the namespace is not connected.
    package mutating func emit(
        _ name: String, _ arguments: JSONText, attachments: [[UInt8]] = [], to namespace: String
    ) -> [Action] {
        guard !isClosed, isConnected(to: namespace) else { return [] }
        return [
            .send(
                SocketPacket(
                    .event(name: name, arguments: arguments), namespace: namespace, attachments: attachments))
        ]
    }

    /// An event that the client is to acknowledge until `deadline`.
    ///
    /// - Returns: its id; nil, with nothing sent, where the namespace is not connected or too much is awaited.
    package mutating func emit(
        _ name: String, _ arguments: JSONText, attachments: [[UInt8]] = [], to namespace: String,
        acknowledgedBy deadline: Int64
    ) -> (id: UInt64, actions: [Action])? {
        guard !isClosed, isConnected(to: namespace), awaited.count < configuration.maxAwaited else { return nil }
        let id = nextID
        nextID += 1
        awaited.append(Awaited(id: id, namespace: namespace, deadline: deadline))
        let packet = SocketPacket(
            .event(name: name, arguments: arguments), namespace: namespace, id: id, attachments: attachments)
        return (id, [.send(packet)])
    }

    /// Answers an event that came with an id.
    package mutating func acknowledge(
        _ id: UInt64, _ arguments: JSONText, attachments: [[UInt8]] = [], in namespace: String
    ) -> [Action] {
        guard !isClosed, isConnected(to: namespace) else { return [] }
        return [
            .send(
                SocketPacket(
                    .acknowledgement(arguments), namespace: namespace, id: id, attachments: attachments))
        ]
    }

    /// Sends a client away from a namespace.
    package mutating func disconnect(_ namespace: String, now: Int64) -> [Action] {
        guard !isClosed, isConnected(to: namespace) else { return [] }
        return [.send(SocketPacket(.disconnect, namespace: namespace))] + leave(namespace, .server, now: now)
    }

    /// The Engine.IO session has ended.
    package mutating func ended(_ reason: EngineSession.CloseReason) -> [Action] {
        defer { end() }
        return namespaces.filter(\.isConnected).map { .disconnected(namespace: $0.name, .connection(reason)) }
    }

    // MARK: Ends

    /// The connection stays for a while: the client may connect to another namespace.
    private mutating func leave(_ namespace: String, _ reason: DisconnectReason, now: Int64) -> [Action] {
        namespaces.removeAll { $0.name == namespace }
        awaited.removeAll { $0.namespace == namespace }
        if !namespaces.contains(where: \.isConnected) { connectDeadline = now + configuration.connectTimeout }
        return [.disconnected(namespace: namespace, reason)]
    }

    private mutating func close(_ fault: SocketFault?) -> [Action] {
        ended(fault == nil ? .serverClose : .parseError) + [.close(fault)]
    }

    private mutating func end() {
        isClosed = true
        namespaces = []
        awaited = []
    }
}
