import Domain
import JSONCoding

/// Builds a configuration out of the answer to `config.snapshot` while it arrives.
package struct SnapshotReading: Sendable {
    package enum Outcome: Sendable {
        case snapshot(ConfigSyncMachine.Snapshot)
        /// There is nothing newer than the revision that was named.
        case unchanged
    }

    package enum Failure: Error, Sendable, Hashable {
        case malformed(String)
        /// The control plane refused, with this JSON-RPC code.
        case refused(code: Int64)
    }

    private var scanner = SnapshotScanner()
    private var state = ConfigState()
    private var unreadable: [ConfigRefusal] = []
    private var revision: Int64?
    private var isUnchanged = false
    private var failure: Failure?

    /// Entities that cannot even be named are a fault of the whole beyond this number.
    private static let refusalLimit = 1000

    package init() {}

    package mutating func feed(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
        var pieces: [SnapshotScanner.Piece] = []
        do throws(SnapshotScanner.Malformed) {
            try scanner.feed(bytes) { pieces.append($0) }
        } catch {
            throw .malformed("\(error)")
        }
        for piece in pieces { take(piece) }
        if let failure { throw failure }
    }

    package mutating func feed(_ bytes: [UInt8]) throws(Failure) {
        let failure = bytes.withUnsafeBytes { bytes -> Failure? in
            do throws(Failure) { try feed(bytes) } catch { return error }
            return nil
        }
        if let failure { throw failure }
    }

    /// The answer has ended.
    package consuming func finish() throws(Failure) -> Outcome {
        do throws(SnapshotScanner.Malformed) {
            try scanner.finish()
        } catch {
            throw .malformed("\(error)")
        }
        if let failure { throw failure }
        guard let revision else { throw .malformed("no revision") }
        if isUnchanged { return .unchanged }
        state.revision = revision
        let refusals = unreadable.map { refusal in
            var refusal = refusal
            if refusal.revision == 0 { refusal.revision = revision }
            return refusal
        }
        return .snapshot(.init(state: state, unreadable: refusals))
    }

    private mutating func take(_ piece: SnapshotScanner.Piece) {
        switch piece {
        case .member("revision", let bytes): revision = parse(bytes)?.integer.flatMap { $0 >= 0 ? $0 : nil }
        case .member("unchanged", let bytes): isUnchanged = parse(bytes) == true
        case .member: break
        case .error(let bytes):
            guard let error = parse(bytes), error != .null else { return }
            failure = failure ?? .refused(code: error["code"]?.integer ?? 0)
        case .element("tenants", let bytes):
            if let tenant = read(bytes, Tenant.init(reading:), { $0["id"]?.string.map(ConfigEntity.tenant) }) {
                state.put(tenant)
            }
        case .element("channels", let bytes):
            if let channel = read(bytes, Channel.init(reading:), { $0["id"]?.string.map(ConfigEntity.channel) }) {
                state.put(channel)
            }
        case .element("secrets", let bytes):
            if let secret = read(bytes, StoredSecret.init(reading:), Self.secretName) { state.put(secret) }
        case .element: break
        }
    }

    /// What is not JSON in the middle of a JSON text makes a fault of the whole: nothing else in it can be trusted.
    private mutating func parse(_ bytes: [UInt8]) -> JSONValue? {
        do throws(JSONParseError) {
            return try JSONValue.parse(bytes, limits: ConfigLimits.entity)
        } catch {
            failure = failure ?? .malformed(error.description)
            return nil
        }
    }

    private mutating func read<T>(
        _ bytes: [UInt8], _ reader: (JSONReader) -> T?, _ name: (JSONValue) -> ConfigEntity?
    ) -> T? {
        guard let value = parse(bytes) else { return nil }
        do throws(JSONFaults) {
            return try JSONReader.read(value, reader)
        } catch {
            guard let entity = name(value), unreadable.count < Self.refusalLimit else {
                failure = failure ?? .malformed(error.description)
                return nil
            }
            unreadable.append(
                ConfigRefusal(entity: entity, revision: value["revision"]?.integer ?? 0, reason: error.description))
            return nil
        }
    }

    private static func secretName(_ value: JSONValue) -> ConfigEntity? {
        guard let tenantID = value["tenantId"]?.string, let name = value["name"]?.string else { return nil }
        return .secret(SecretKey(tenantID: tenantID, channelID: value["channelId"]?.string, name: name))
    }
}

/// How much of the control plane's JSON is read.
enum ConfigLimits {
    /// One entity or one change: nested somewhat deeper than the RPC request that made it.
    static let entity = JSONLimits(maxBytes: 4 << 20, maxDepth: 128)
}

extension ConfigSyncMachine.Change {
    /// Reads a message of the fanout; nil where not even the revision can be read.
    package init?(message: [UInt8]) {
        let value: JSONValue
        do throws(JSONParseError) {
            value = try JSONValue.parse(message, limits: ConfigLimits.entity)
        } catch {
            return nil
        }
        guard let revision = value["revision"]?.integer, revision > 0 else { return nil }
        do throws(JSONFaults) {
            self.init(revision: revision, kind: .event(try JSONReader.read(value, ConfigEvent.init(reading:))))
        } catch {
            // A fault beside that of the kind itself makes the message illegible, and the snapshot is read.
            guard error.faults.count == 1, error.faults[0].path == "/entity", value["entity"]?.string != nil else {
                return nil
            }
            self.init(revision: revision, kind: .unknownEntity)
        }
    }
}
