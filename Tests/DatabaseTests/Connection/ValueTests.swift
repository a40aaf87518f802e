import Testing

@testable import Database

@Suite struct ValueTests {
    /// What hostile or merely foreign people write.
    static let texts = [
        "", "plain", "O'Reilly; DROP TABLE x; --", "back\\slash", "quote\"d", "naïve 東京 🐘 \u{1F469}\u{200D}\u{1F52C}",
        "line\nfeed\r\n\ttab", "$1 %s {} ${x}", "\u{FEFF}bom\u{200B}", String(repeating: "é", count: 100_000),
        "\u{1}\u{7F}",
    ]

    @Test func textsComeBackAsTheyWent() async throws {
        try await withConnection { connection in
            for text in Self.texts {
                let row = try await connection.query("SELECT $1::text, $2::jsonb", [text, PostgresJSON(text: "{}")])
                    .single()
                #expect(try row.decode(0, as: String.self) == text)
            }
            let row = try await connection.query("SELECT $1::text[]", [Self.texts]).single()
            #expect(try row.decode(0, as: [String].self) == Self.texts)
        }
    }

    @Test func everyTypeRoundTrips() async throws {
        try await withConnection { connection in
            func same<T: PostgresEncodable & PostgresDecodable & Equatable>(_ values: T...) async throws {
                for value in values {
                    let row = try await connection.query("SELECT $1", [value]).single()
                    #expect(try row.decode(0, as: T.self) == value)
                }
            }
            try await same(true, false)
            try await same(Int64.min, -1, 0, .max)
            try await same(Int32.min, .max)
            try await same(Int.min, .max)
            try await same(0.0, -1.5, .greatestFiniteMagnitude, .leastNonzeroMagnitude, .infinity)
            try await same([UInt8](), [0, 1, 255, 0], Array(0...255))
            try await same(try #require(PostgresUUID("01890a5d-ac96-774b-bcce-b302099a8057")))
            try await same(PostgresUUID(high: 0, low: 0), PostgresUUID(high: .max, low: .max))
            try await same(
                PostgresTimestamp(milliseconds: 0), PostgresTimestamp(milliseconds: -1),
                PostgresTimestamp(milliseconds: 1_795_000_000_123))
            try await same([Int64](), [1, -1, .max])
            try await same(["a", nil, ""] as [String?])
            try await same([true, false], [1.5, -0.25].map { $0 > 0 })
            try await same([PostgresUUID(high: 1, low: 2)])
        }
    }

    @Test func nullIsNilOrAFault() async throws {
        try await withConnection { connection in
            let row = try await connection.query("SELECT $1::text AS a, 1 AS b", [String?.none]).single()
            #expect(try row.decode("a", as: String?.self) == nil)
            #expect(try row.decode("b", as: Int?.self) == 1)
            let error = await databaseError { _ = try row.decode("a", as: String.self) }
            #expect(error?.reason == .decoding)
            #expect(error?.message == "column \"a\" is NULL")
        }
    }

    @Test func faultsNameTheColumnAndTheTypes() async throws {
        try await withConnection { connection in
            let row = try await connection.query("SELECT 'x'::text AS word, 1.5::numeric AS price").single()
            let wrong = await databaseError { _ = try row.decode("word", as: Int.self) }
            #expect(wrong?.message == "column \"word\" is text, not readable as Int64")
            let unknown = await databaseError { _ = try row.decode("price", as: Double.self) }
            #expect(unknown?.message == "column \"price\" is the type with OID 1700, not readable as Double")
            let missing = await databaseError { _ = try row.decode("nowhere", as: Int.self) }
            #expect(missing?.message == "the result has no column \"nowhere\"")
            let beyond = await databaseError { _ = try row.decode(2, as: Int.self) }
            #expect(beyond?.reason == .decoding)
        }
    }

    @Test func aRowDecodesAtOnce() async throws {
        try await withConnection { connection in
            let rows = try await connection.query("SELECT n, n::text FROM generate_series(1, 3) AS n")
            let pairs = try rows.map { try $0.decode(Int.self, String.self) }
            #expect(pairs.map(\.0) == [1, 2, 3])
            #expect(pairs.map(\.1) == ["1", "2", "3"])
            #expect(rows.affected == 3)
        }
    }

    @Test func timestampsMeanWhatTheServerMeans() async throws {
        try await withConnection { connection in
            let row = try await connection.query(
                "SELECT '2026-11-22T12:34:56.789+02:00'::timestamptz, '1969-12-31T23:59:59.9995Z'::timestamptz"
            ).single()
            #expect(try row.decode(0, as: PostgresTimestamp.self).milliseconds == 1_795_343_696_789)
            #expect(try row.decode(1, as: PostgresTimestamp.self).milliseconds == -1)
            let back = try await connection.query(
                "SELECT $1::timestamptz = '2026-11-22T10:34:56.789Z'",
                [PostgresTimestamp(milliseconds: 1_795_343_696_789)]
            ).single()
            #expect(try back.decode(0, as: Bool.self))
            let far = try await connection.query(
                "SELECT $1::timestamptz, $2::timestamptz",
                [PostgresTimestamp(milliseconds: .max), PostgresTimestamp(milliseconds: .min)]
            ).single()
            #expect(try far.decode(0, as: PostgresTimestamp.self).milliseconds == 9_000_000_000_000_000)
        }
    }

    @Test func jsonKeepsItsText() async throws {
        try await withConnection { connection in
            let text = #"{"a": [1, "\u0041", null], "b": "é"}"#
            let row = try await connection.query("SELECT $1::jsonb, $1::json", [PostgresJSON(text: text)]).single()
            #expect(try row.decode(0, as: PostgresJSON.self).text == #"{"a": [1, "A", null], "b": "é"}"#)
        }
    }

    @Test func uuidsAreReadStrictly() {
        #expect(
            PostgresUUID("01890a5d-ac96-774b-bcce-b302099a8057")?.description == "01890a5d-ac96-774b-bcce-b302099a8057")
        #expect(PostgresUUID("01890A5D-AC96-774B-BCCE-B302099A8057") != nil)
        for text in [
            "", "01890a5dac96774bbcceb302099a8057", "01890a5d-ac96-774b-bcce-b302099a805",
            "01890a5d-ac96-774b-bcce-b302099a80577", "g1890a5d-ac96-774b-bcce-b302099a8057",
            "0189-0a5dac96-774b-bcce-b302099a8057",
        ] { #expect(PostgresUUID(text) == nil, "\(text)") }
    }

    @Test func damagedArraysAreFaults() throws {
        let whole = try #require(["a", "b"].postgresValue.bytes)
        for length in 0..<whole.count {
            whole.withUnsafeBytes { bytes in
                let cell = PostgresCell(type: .textArray, bytes: UnsafeRawBufferPointer(rebasing: bytes.prefix(length)))
                #expect(throws: PostgresCell.Fault.self) { try [String].decode(cell) }
            }
        }
        var lying = whole
        lying.replaceSubrange(12..<16, with: [0x7f, 0xff, 0xff, 0xff])
        lying.withUnsafeBytes { bytes in
            let cell = PostgresCell(type: .textArray, bytes: bytes)
            #expect(throws: PostgresCell.Fault.self) { try [String].decode(cell) }
        }
    }
}
