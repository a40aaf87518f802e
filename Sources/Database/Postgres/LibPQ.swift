import CPostgres
import Glibc

/// Owns a `PGconn`. Used by one thread only: its connection's.
final class LibPQ {
    private let connection: OpaquePointer

    enum ConnectStep { case waitToRead, waitToWrite, done, failed }

    /// What libpq can do without blocking, one thing at a time.
    enum Received {
        case value(PostgresResult)
        case failure(DatabaseError)
        case skipped
        case end
        case sync
        /// A kind of result that no statement of ours asks for, such as COPY.
        case unexpected(String)
    }

    /// Begins to connect. May block on name resolution.
    init(_ configuration: PostgresConfiguration) throws(DatabaseError) {
        let pairs = configuration.keywords
        guard !pairs.contains(where: { $0.1.utf8.contains(0) }) else {
            throw DatabaseError(.connectFailed, message: "the database URL holds a NUL character")
        }
        var strings: [UnsafeMutablePointer<CChar>?] = []
        defer { for string in strings { free(string) } }
        func pointers(_ values: [String]) -> [UnsafePointer<CChar>?] {
            values.map { value in
                let copy = strdup(value)
                strings.append(copy)
                return UnsafePointer(copy)
            } + [nil]
        }
        let keywords = pointers(pairs.map(\.0))
        let values = pointers(pairs.map(\.1))
        guard let connection = PQconnectStartParams(keywords, values, 1) else {
            throw DatabaseError(.connectFailed, message: "out of memory")
        }
        self.connection = connection
        // The only way to learn the SQLSTATE of a refused connection is from a verbose message.
        PQsetErrorVerbosity(connection, PQERRORS_VERBOSE)
        PQsetNoticeReceiver(connection, { _, _ in }, nil)
    }

    deinit { PQfinish(connection) }

    var socket: Int32 { PQsocket(connection) }
    var isBroken: Bool { PQstatus(connection) == CONNECTION_BAD }
    var isBusy: Bool { PQisBusy(connection) != 0 }
    var backendID: Int32 { PQbackendPID(connection) }
    /// Outside any transaction, as of the last batch's end.
    var isOutsideTransaction: Bool { PQtransactionStatus(connection) == PQTRANS_IDLE }

    func connectStep() -> ConnectStep {
        switch PQconnectPoll(connection) {
        case PGRES_POLLING_OK: .done
        case PGRES_POLLING_FAILED: .failed
        case PGRES_POLLING_READING: .waitToRead
        default: .waitToWrite
        }
    }

    /// After the connection has come about.
    func enterPipeline() -> Bool {
        PQsetErrorVerbosity(connection, PQERRORS_DEFAULT)
        return PQsetnonblocking(connection, 1) == 0 && PQenterPipelineMode(connection) == 1
    }

    func leavePipeline() -> Bool { PQexitPipelineMode(connection) == 1 }

    func makeCancelRequest() -> CancelRequest? { PQgetCancel(connection).map(CancelRequest.init) }

    /// Reads what has come. False where the connection is lost.
    func consumeInput() -> Bool { PQconsumeInput(connection) == 1 }

    /// Writes what can be written: true where something is left; nil where the connection is lost.
    func flush() -> Bool? {
        switch PQflush(connection) {
        case 0: false
        case 1: true
        default: nil
        }
    }

    func sendSync() -> Bool { PQpipelineSync(connection) == 1 }

    func send(script: String) -> Bool { PQsendQuery(connection, script) == 1 }

    func send(prepare name: String, _ statement: PostgresStatement) -> Bool {
        let types = statement.parameters.map(\.type.oid)
        return PQsendPrepare(connection, name, statement.sql, Int32(types.count), types) == 1
    }

    /// Sends a statement by the name under which it is prepared, or without one.
    func send(_ statement: PostgresStatement, named name: String?) -> Bool {
        let count = statement.parameters.count
        // One block for all parameters; the last byte gives an empty last parameter an address of its own.
        var block: [UInt8] = []
        block.reserveCapacity(statement.parameters.reduce(1) { $0 + ($1.bytes?.count ?? 0) })
        var offsets: [Int?] = []
        offsets.reserveCapacity(count)
        for parameter in statement.parameters {
            offsets.append(parameter.bytes.map { _ in block.count })
            if let bytes = parameter.bytes { block += bytes }
        }
        block.append(0)
        let lengths = statement.parameters.map { Int32($0.bytes?.count ?? 0) }
        let formats = [Int32](repeating: 1, count: count)
        return block.withUnsafeBytes { block in
            let values = offsets.map { offset in
                offset.map { UnsafePointer(block.baseAddress!.advanced(by: $0).assumingMemoryBound(to: CChar.self)) }
            }
            guard let name else {
                let types = statement.parameters.map(\.type.oid)
                return PQsendQueryParams(connection, statement.sql, Int32(count), types, values, lengths, formats, 1)
                    == 1
            }
            return PQsendQueryPrepared(connection, name, Int32(count), values, lengths, formats, 1) == 1
        }
    }

    /// The next result; call only while one is expected and ``isBusy`` is false.
    func receive() -> Received {
        guard let result = PQgetResult(connection) else { return .end }
        let status = PQresultStatus(result)
        switch status {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: return .value(PostgresResult(owning: result))
        case PGRES_PIPELINE_SYNC:
            PQclear(result)
            return .sync
        case PGRES_PIPELINE_ABORTED:
            PQclear(result)
            return .skipped
        case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE, PGRES_NONFATAL_ERROR:
            defer { PQclear(result) }
            return .failure(Self.error(of: result))
        default:
            PQclear(result)
            return .unexpected(PQresStatus(status).map { String(cString: $0) } ?? "a result of unknown kind")
        }
    }

    /// The next notification that has come, if any.
    func notification() -> PostgresNotification? {
        guard let notify = PQnotifies(connection) else { return nil }
        defer { PQfreemem(notify) }
        return PostgresNotification(
            channel: String(cString: notify.pointee.relname), payload: String(cString: notify.pointee.extra),
            backendID: notify.pointee.be_pid
        )
    }

    /// The last fault of the connection itself, in one line.
    var lastFault: (sqlState: SQLState?, message: String) {
        let text = PQerrorMessage(connection).map { String(cString: $0) } ?? ""
        return Self.parse(fault: text)
    }

    /// `…: FATAL:  28P01: password authentication failed` as code and sentence.
    static func parse(fault text: String) -> (sqlState: SQLState?, message: String) {
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("LOCATION:") }
        // With several hosts libpq tells of each; the last is what it gave up on.
        guard let line = lines.last(where: { !$0.hasPrefix("\t") }) else { return (nil, "the connection was lost") }
        // The last digit tells a code from the severity before it.
        guard let match = line.firstMatch(of: #/ +([0-9A-Z]{4}[0-9]): /#) else { return (nil, String(line)) }
        return (SQLState(String(match.1)), String(line.replacing(match.0, with: " ")))
    }

    private static func error(of result: OpaquePointer) -> DatabaseError {
        func field(_ code: UnicodeScalar) -> String? {
            PQresultErrorField(result, Int32(code.value)).map { String(cString: $0) }
        }
        let state = field("C").map(SQLState.init)
        var message = field("M") ?? parse(fault: PQresultErrorMessage(result).map { String(cString: $0) } ?? "").message
        if state?.quotesValues ?? false { message = message.replacing(#/".*"/#.dotMatchesNewlines(), with: "\"…\"") }
        return DatabaseError(.server, sqlState: state, message: message, constraint: field("n"))
    }
}

/// Owns a `PGcancel`.
///
/// `@unchecked Sendable`: libpq documents `PQcancel` as safe to call from another thread; the object never changes.
final class CancelRequest: @unchecked Sendable {
    private let pointer: OpaquePointer

    fileprivate init(_ pointer: OpaquePointer) { self.pointer = pointer }

    deinit { PQfreeCancel(pointer) }

    /// Blocks until the server has taken the request, or cannot be reached.
    func send() {
        var message = [CChar](repeating: 0, count: 256)
        _ = PQcancel(pointer, &message, 256)
    }
}

/// What `NOTIFY` sent.
package struct PostgresNotification: Sendable, Hashable {
    package var channel: String
    package var payload: String
    /// The server process that sent it.
    package var backendID: Int32

    package init(channel: String, payload: String, backendID: Int32 = 0) {
        self.channel = channel
        self.payload = payload
        self.backendID = backendID
    }
}
