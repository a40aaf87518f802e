import Support
import Testing

@testable import Database

@Suite struct PoolTests {
    private static let insert = "INSERT INTO t VALUES ($1)"

    private static func count(_ executor: some PostgresExecutor) async throws -> Int {
        try await executor.query("SELECT count(*) FROM t").single().decode(0)
    }

    private static func createTable(_ pool: PostgresPool) async throws {
        try await pool.withConnection { try await $0.script("CREATE TABLE t (id int8 PRIMARY KEY)") }
    }

    @Test func aThousandQueriesOverFourConnections() async throws {
        try await withPool(size: 4) { pool in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<1000 {
                    group.addTask {
                        let answer: Int = try await pool.value("SELECT $1::int8", [index])
                        #expect(answer == index)
                    }
                }
                try await group.waitForAll()
            }
            #expect(pool.connectionCount <= 4)
            #expect(pool.isUp)
        }
    }

    @Test func aTransactionIsKeptWhenItsBodyReturns() async throws {
        try await withPool { pool in
            try await Self.createTable(pool)
            let inside = try await pool.withTransaction { transaction in
                try await transaction.query(Self.insert, [1])
                try await transaction.query(Self.insert, [2])
                #expect(try await Self.count(pool) == 0)
                return try await Self.count(transaction)
            }
            #expect(inside == 2)
            #expect(try await Self.count(pool) == 2)
        }
    }

    @Test func aTransactionIsRolledBackWhenItsBodyThrows() async throws {
        struct Refusal: Error {}
        try await withPool(size: 1) { pool in
            try await Self.createTable(pool)
            await #expect(throws: Refusal.self) {
                try await pool.withTransaction { transaction in
                    try await transaction.query(Self.insert, [1])
                    throw Refusal()
                }
            }
            #expect(try await Self.count(pool) == 0)
        }
    }

    @Test func aTransactionWithAFailedStatementIsNeverTakenForCommitted() async throws {
        try await withPool(size: 1) { pool in
            try await Self.createTable(pool)
            let error = await databaseError {
                try await pool.withTransaction { transaction in
                    try await transaction.query(Self.insert, [1])
                    _ = await databaseError { try await transaction.query(Self.insert, [1]) }
                }
            }
            #expect(error?.sqlState == .inFailedTransaction)
            #expect(try await Self.count(pool) == 0)
        }
    }

    @Test func aCancelledTransactionIsRolledBack() async throws {
        try await withPool(size: 1) { pool in
            try await Self.createTable(pool)
            let reached = Once<Void>()
            let task = Task {
                try await pool.withTransaction { transaction in
                    try await transaction.query(Self.insert, [1])
                    reached.resolve(())
                    try await transaction.query("SELECT pg_sleep(30)")
                }
            }
            await reached.value
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(try await Self.count(pool) == 0)
        }
    }

    @Test func anEscapedTransactionIsOfNoUse() async throws {
        try await withPool { pool in
            let escaped = try await pool.withTransaction { transaction in
                try await transaction.query("SELECT 1")
                return transaction
            }
            let error = await databaseError { try await escaped.query("SELECT 1") }
            #expect(error?.reason == .misuse)
        }
    }

    @Test func conflictsAreRunAgain() async throws {
        try await withPool(size: 4) { pool in
            try await pool.withConnection { try await $0.script("CREATE TABLE n (v int8); INSERT INTO n VALUES (0)") }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        for _ in 0..<5 {
                            try await pool.withTransaction(isolation: .serializable, attempts: 50) { transaction in
                                let value = try await transaction.query("SELECT v FROM n").single().decode(
                                    0, as: Int.self)
                                try await transaction.query("UPDATE n SET v = $1", [value + 1])
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await pool.value("SELECT v FROM n", as: Int.self) == 20)
        }
    }

    @Test func whoeverWaitsTooLongIsToldSo() async throws {
        try await withPool(size: 1, acquireTimeout: .milliseconds(200)) { pool in
            try await pool.waitUntilUp()
            try await pool.withConnection { _ in
                let error = await databaseError { try await pool.query("SELECT 1") }
                #expect(error?.reason == .acquireTimeout)
                #expect(error?.isUnavailable == true)
            }
            #expect(
                await eventually {
                    do { return try await pool.query("SELECT 1").count == 1 } catch { return false }
                })
        }
    }

    @Test func onlySoManyMayWait() async throws {
        try await withPool(size: 1, queueLimit: 2) { pool in
            let waiters = try await pool.withConnection { _ in
                let waiters = (0..<2).map { _ in Task { try await pool.query("SELECT 1").count } }
                #expect(await eventually { pool.waiterCount == 2 })
                let error = await databaseError { try await pool.query("SELECT 1") }
                #expect(error?.reason == .queueFull)
                return waiters
            }
            for waiter in waiters { #expect(try await waiter.value == 1) }
        }
    }

    @Test func waitingEndsWithTheTask() async throws {
        try await withPool(size: 1) { pool in
            try await pool.withConnection { _ in
                let waiter = Task { try await pool.query("SELECT 1") }
                #expect(await eventually { pool.waiterCount == 1 })
                waiter.cancel()
                await #expect(throws: CancellationError.self) { try await waiter.value }
                #expect(pool.waiterCount == 0)
            }
        }
    }

    @Test func idleConnectionsAreGivenBack() async throws {
        try await withPool(size: 4, idleTimeout: .milliseconds(100)) { pool in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 { group.addTask { try await pool.query("SELECT pg_sleep(0.2)") } }
                try await group.waitForAll()
            }
            #expect(await eventually { pool.connectionCount == 1 })
            #expect(try await pool.query("SELECT 1").count == 1)
        }
    }

    @Test func closingWaitsForWhatIsUnderWay() async throws {
        let (pool, task) = try await withPool { pool in
            try await Self.createTable(pool)
            let begun = Once<Void>()
            let task = Task {
                try await pool.withTransaction { transaction in
                    try await transaction.query(Self.insert, [1])
                    begun.resolve(())
                    try await transaction.query("SELECT pg_sleep(0.2)")
                }
            }
            await begun.value
            return (pool, task)
        }
        try await task.value
        let error = await databaseError { try await pool.query("SELECT 1") }
        #expect(error?.reason == .closed)
        #expect(pool.connectionCount == 0)
    }

    @Test func theDatabaseCanBeWaitedFor() async throws {
        try await withPool { pool in
            try await pool.waitUntilUp()
            #expect(pool.isUp)
        }
    }
}
