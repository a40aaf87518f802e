import Support
import Testing

@testable import Database

@Suite struct ConnectionTests {
    @Test func errorsCarryTheStateAndNoValues() async throws {
        try await withConnection { connection in
            try await connection.script("CREATE TABLE t (id int8 CONSTRAINT t_key PRIMARY KEY, word text NOT NULL)")
            try await connection.query("INSERT INTO t VALUES ($1, $2)", [1, "secret-value"])
            let unique = await databaseError {
                try await connection.query("INSERT INTO t VALUES ($1, $2)", [1, "secret-value"])
            }
            #expect(unique?.sqlState == .uniqueViolation)
            #expect(unique?.constraint == "t_key")
            #expect(unique?.isUnavailable == false)
            let invalid = await databaseError { try await connection.query("SELECT $1::text::int8", ["secret-value"]) }
            #expect(invalid?.sqlState == SQLState("22P02"))
            let syntax = await databaseError { try await connection.query("SELEC 1") }
            #expect(syntax?.sqlState == SQLState("42601"))
            let nul = await databaseError { try await connection.query("SELECT $1::text", ["a\u{0}b"]) }
            #expect(nul?.sqlState == SQLState("22021"))
            for error in [unique, invalid, syntax, nul] {
                #expect(error?.reason == .server)
                #expect("\(error as Any)".contains("secret-value") == false)
            }
            #expect(try await connection.value("SELECT 1", as: Int.self) == 1)
        }
    }

    @Test func aBatchTakesEffectAsAWhole() async throws {
        try await withConnection { connection in
            try await connection.script("CREATE TABLE t (id int8 PRIMARY KEY)")
            let insert = "INSERT INTO t VALUES ($1)"
            let error = await databaseError {
                try await connection.batch([
                    PostgresStatement(insert, [1]), PostgresStatement(insert, [2]), PostgresStatement(insert, [1]),
                    PostgresStatement(insert, [3]),
                ])
            }
            #expect(error?.sqlState == .uniqueViolation)
            let count = "SELECT count(*) FROM t"
            #expect(try await connection.value(count, as: Int.self) == 0)
            let results = try await connection.batch([
                PostgresStatement(insert, [1]), PostgresStatement(insert, [2]), PostgresStatement(count),
            ])
            #expect(results.count == 3)
            #expect(try results[2].single().decode(0, as: Int.self) == 2)
        }
    }

    @Test func manyTasksShareOneConnection() async throws {
        try await withConnection { connection in
            let answers = try await withThrowingTaskGroup(of: (Int, Int).self) { group in
                for index in 0..<1000 {
                    group.addTask {
                        if index % 10 == 0 {
                            let error = await databaseError {
                                try await connection.query("SELECT 1 / ($1::int8 - $1)", [index])
                            }
                            #expect(error?.sqlState == SQLState("22012"))
                            return (index, index)
                        }
                        return (index, try await connection.query("SELECT $1::int8", [index]).single().decode(0))
                    }
                }
                return try await group.reduce(into: [(Int, Int)]()) { $0.append($1) }
            }
            #expect(answers.count == 1000)
            #expect(answers.allSatisfy { $0.0 == $0.1 })
        }
    }

    @Test func cancellingATaskCancelsItsStatementAlone() async throws {
        try await withConnection { connection in
            let sleeper = Task { try await connection.query("SELECT pg_sleep(110)") }
            _ = await eventuallyActive(connection)
            // Behind the one that is going to be cancelled, on the same connection.
            let behind = (1...5).map { number in
                Task { try await connection.query("SELECT $1::int8", [number]).single().decode(0, as: Int.self) }
            }
            let start = ContinuousClock.now
            sleeper.cancel()
            await #expect(throws: CancellationError.self) { try await sleeper.value }
            for (index, task) in behind.enumerated() {
                let answer = try await task.value
                #expect(answer == index + 1)
            }
            #expect(ContinuousClock.now - start < .seconds(90), "they did not wait for it")
        }
    }

    /// A cancel request that overtakes its statement finds the server idle; it must not be the last.
    @Test func noCancellationIsLostHoweverEarlyItComes() async throws {
        try await withConnection { connection in
            for _ in 0..<20 {
                let before = connection.lastSubmission
                let sleeper = Task { try await connection.query("SELECT pg_sleep(110)") }
                #expect(await eventually { connection.lastSubmission > before })
                sleeper.cancel()
                await #expect(throws: CancellationError.self) { try await sleeper.value }
            }
        }
    }

    /// A statement that is sent makes a connection's next answers wait; there is nobody else to ask, so ask the inbox.
    private func eventuallyActive(_ connection: PostgresConnection) async -> Bool {
        await eventually { connection.lastSubmission > 0 }
    }

    @Test func aTaskThatIsCancelledBeforehandSendsNothing() async throws {
        try await withConnection { connection in
            try await connection.script("CREATE TABLE t (id int8)")
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                try await connection.query("INSERT INTO t VALUES (1)")
            }
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(try await connection.query("SELECT FROM t").isEmpty)
        }
    }

    @Test func aStatementThatTakesTooLongIsCancelled() async throws {
        try await withConnection { connection in
            let error = await databaseError {
                try await connection.query("SELECT pg_sleep(110)", timeout: .milliseconds(150))
            }
            #expect(error?.reason == .statementTimeout)
            #expect(error?.isUnavailable == false)
            let answer113 = try await connection.value("SELECT 7", as: Int.self)
            #expect(answer113 == 7)
        }
    }

    @Test func whatWaitsBehindASlowStatementTimesOutByItself() async throws {
        try await PostgresFixture.withEmptyDatabase { url in
            // What it waits for ends when the test says so.
            let gate = try await PostgresConnection.connect(.patient(url))
            defer { gate.close() }
            try await gate.query("SELECT pg_advisory_lock(9)")
            let connection = try await PostgresConnection.connect(.patient(url))
            defer { connection.close() }
            let slow = Task { try await connection.query("SELECT 1 FROM pg_advisory_lock(9)").count }
            _ = await eventually { connection.lastSubmission > 0 }
            let error = await databaseError { try await connection.query("SELECT 2", timeout: .milliseconds(100)) }
            #expect(error?.reason == .statementTimeout)
            try await gate.query("SELECT pg_advisory_unlock(9)")
            let answer122 = try await slow.value
            #expect(answer122 == 1)
            let answer123 = try await connection.value("SELECT 3", as: Int.self)
            #expect(answer123 == 3)
        }
    }

    @Test func fewStatementsStayPrepared() async throws {
        try await withConnection(cacheLimit: 4) { connection in
            for round in 0..<3 {
                for index in 0..<10 {
                    let row = try await connection.query("SELECT $1::int8 + \(index)", [round]).single()
                    #expect(try row.decode(0, as: Int.self) == round + index)
                }
            }
            let held = try await connection.batch([
                PostgresStatement("SELECT count(*) FROM pg_prepared_statements", prepared: false)
            ])
            #expect(try held[0].single().decode(0, as: Int.self) == 4)
        }
    }

    @Test func aPreparedStatementSurvivesAChangeOfItsTable() async throws {
        try await withConnection { connection in
            try await connection.script("CREATE TABLE t (a int8); INSERT INTO t VALUES (1)")
            #expect(try await connection.value("SELECT * FROM t", column: "a", as: Int.self) == 1)
            try await connection.script("ALTER TABLE t ADD b text DEFAULT 'x'")
            #expect(try await connection.value("SELECT * FROM t", column: "b", as: String.self) == "x")
            try await connection.script("DEALLOCATE ALL")
            #expect(try await connection.value("SELECT * FROM t", column: "a", as: Int.self) == 1)
        }
    }

    @Test func aStatementIsPreparedPerParameterType() async throws {
        try await withConnection { connection in
            let sql = "SELECT $1::text"
            let answer156 = try await connection.value(sql, ["a"], as: String.self)
            #expect(answer156 == "a")
            let answer157 = try await connection.value(sql, [7], as: String.self)
            #expect(answer157 == "7")
            let answer158 = try await connection.value(sql, [String?.none], as: String?.self)
            #expect(answer158 == nil)
        }
    }

    @Test func misuseIsRefusedBeforeItIsSent() async throws {
        try await withConnection { connection in
            let wide = await databaseError {
                try await connection.query("SELECT 1", Array(repeating: 1, count: 65_536) as [any PostgresEncodable])
            }
            #expect(wide?.reason == .misuse)
            let nul = await databaseError { try await connection.query("SELECT 1\u{0}; SELECT 2") }
            #expect(nul?.reason == .misuse)
            let script = await databaseError { try await connection.script("SELECT 1\u{0}") }
            #expect(script?.reason == .misuse)
            let answer172 = try await connection.query("SELECT 1").count
            #expect(answer172 == 1)
        }
    }

    /// COPY needs a dialogue that nothing here holds; the connection is given up, the caller told.
    @Test func copyIsAnErrorNotAHang() async throws {
        try await withConnection { connection in
            let error = await databaseError { try await connection.query("COPY (SELECT 1) TO STDOUT") }
            #expect(error?.reason == .connectionLost(sent: true))
        }
    }

    @Test func aClosedConnectionRefusesCalls() async throws {
        try await withConnection { connection in
            async let last = connection.query("SELECT 1 FROM pg_sleep(0.2)")
            _ = await eventually { connection.lastSubmission > 0 }
            connection.close()
            let answer188 = try await last.count
            #expect(answer188 == 1)
            let error = await databaseError { try await connection.query("SELECT 1") }
            #expect(error?.isUnavailable == true)
        }
    }

    @Test func aServerThatIsNotThereIsUnavailable() async throws {
        let nobody = PostgresConfiguration(url: "postgresql://x:hidden@127.0.0.1:1/x", connectTimeout: .seconds(60))
        let error = await databaseError { _ = try await PostgresConnection.connect(nobody) }
        #expect(error?.reason == .connectFailed)
        #expect(error?.isUnavailable == true)
        #expect("\(error as Any)".contains("hidden") == false)
    }

    @Test func aRefusedConnectionTellsItsState() async throws {
        try await withPool { pool in
            let url = pool.configuration.connection.url
            let wrong = PostgresConfiguration(url: url.replacing("/metachat_", with: "/no_such_"))
            let error = await databaseError { _ = try await PostgresConnection.connect(wrong) }
            #expect(error?.sqlState == SQLState("3D000"))
            #expect(error?.reason == .connectFailed)
        }
    }

    @Test func malformedURLsAreKnown() {
        #expect(PostgresConfiguration.isValid(url: "postgresql://u:p@localhost:5432/db?sslmode=require"))
        #expect(PostgresConfiguration.isValid(url: "host=localhost dbname=x"))
        for url in ["", "postgresql://[", "http://x", "a\u{0}b", "postgresql://h/db?nonsense=1"] {
            #expect(!PostgresConfiguration.isValid(url: url), "\(url)")
        }
    }
}
