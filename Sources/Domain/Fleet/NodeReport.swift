package import JSONCoding

/// What a node says of itself on the fanout `metachat.nodes`, every 2 s and after each applied revision.
package struct NodeReport: Sendable, Hashable {
    package enum Status: String, Sendable, CaseIterable { case starting, ready, draining, stale, failed }
    package enum Role: String, Sendable, CaseIterable { case edge, worker }

    package var id: String
    /// Differs between two lives of a node of one name.
    package var instance: String
    package var roles: [Role]
    package var advertiseURL: String
    package var version: String
    /// The applied config revision.
    package var revision: Int64
    /// Digest of the applied config, so that drift shows.
    package var configHash: String
    package var status: Status
    /// Why it is `failed`: what it refused.
    package var error: String?
    package var startedAt: Timestamp
    /// By the node's clock; receivers judge silence by their own.
    package var sentAt: Timestamp
    package var sockets: Int
    package var inFlight: Int

    package init(
        id: String, instance: String, roles: [Role], advertiseURL: String, version: String, revision: Int64,
        configHash: String, status: Status, error: String?, startedAt: Timestamp, sentAt: Timestamp, sockets: Int,
        inFlight: Int
    ) {
        self.id = id
        self.instance = instance
        self.roles = roles
        self.advertiseURL = advertiseURL
        self.version = version
        self.revision = revision
        self.configHash = configHash
        self.status = status
        self.error = error
        self.startedAt = startedAt
        self.sentAt = sentAt
        self.sockets = sockets
        self.inFlight = inFlight
    }

    /// Silence after which a node counts as gone, in milliseconds.
    package static let staleAfter: Int64 = 6000
    /// Between two reports, in milliseconds.
    package static let interval: Int64 = 2000
}

extension NodeReport {
    package var json: JSONValue {
        var object: JSONObject = [
            "id": .string(id), "instance": .string(instance),
            "roles": .array(roles.map { .string($0.rawValue) }), "advertiseUrl": .string(advertiseURL),
            "version": .string(version), "revision": .integer(revision), "configHash": .string(configHash),
            "status": .string(status.rawValue),
        ]
        object.append("error", error.map(JSONValue.string))
        object.append("startedAt", .string(startedAt.description))
        object.append("sentAt", .string(sentAt.description))
        object.append("sockets", JSONValue(sockets))
        object.append("inFlight", JSONValue(inFlight))
        return .object(object)
    }

    package init?(reading reader: JSONReader) {
        let read = reader.openObject { object -> NodeReport? in
            let id = object.required("id") { $0.identifier(max: 40) }
            let instance = object.required("instance") { $0.string(1...64) }
            let roles = object.required("roles") { $0.array(max: 8) { $0.oneOf(Role.self) } }
            let advertiseURL = object.required("advertiseUrl") { $0.string(0...2048) }
            let version = object.required("version") { $0.string(0...64) }
            let revision = object.required("revision") { $0.integer(in: 0 ... .max) }
            let hash = object.required("configHash") { $0.string(0...128) }
            let status = object.required("status") { $0.oneOf(Status.self) }
            let error = object.optional("error") { $0.string(0...2048) }
            let startedAt = object.required("startedAt", Timestamp.read)
            let sentAt = object.required("sentAt", Timestamp.read)
            let sockets = object.required("sockets") { $0.integer(in: 0...1_000_000_000) }
            let inFlight = object.required("inFlight") { $0.integer(in: 0...1_000_000_000) }
            guard let id, let instance, let roles, let advertiseURL, let version, let revision, let hash, let status,
                let startedAt, let sentAt, let sockets, let inFlight
            else { return nil }
            return NodeReport(
                id: id, instance: instance, roles: roles, advertiseURL: advertiseURL, version: version,
                revision: revision, configHash: hash, status: status, error: error, startedAt: startedAt,
                sentAt: sentAt, sockets: Int(sockets), inFlight: Int(inFlight))
        }
        guard let read else { return nil }
        self = read
    }
}
