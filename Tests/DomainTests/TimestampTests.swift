import Domain
import Testing

struct TimestampTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00.000Z", 0), ("2000-02-29T23:59:59.999Z", 951_868_799_999),
        ("2026-11-22T12:30:37.042Z", 1_795_350_637_042), ("1969-12-31T23:59:59.999Z", -1),
        ("9999-12-31T23:59:59.999Z", 253_402_300_799_999), ("0000-01-01T00:00:00.000Z", -62_167_219_200_000),
    ])
    func writesAndReads(text: String, milliseconds: Int) {
        #expect(Timestamp(milliseconds: Int64(milliseconds)).description == text)
        #expect(Timestamp(text)?.milliseconds == Int64(milliseconds))
    }

    @Test(arguments: [
        ("2026-01-31T09:30:00+02:00", "2026-01-31T07:30:00.000Z"),
        ("2026-01-31t09:30:00.5z", "2026-01-31T09:30:00.500Z"),
        ("2026-01-31T00:00:00.123456-00:30", "2026-01-31T00:30:00.123Z"),
    ])
    func readsOffsetsAndFractions(text: String, utc: String) {
        #expect(Timestamp(text)?.description == utc)
    }

    @Test(arguments: [
        "", "2026", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:00:00",
        "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00Zjunk", "2026-01-01T00:00:00+1:00", "２０２６-01-01T00:00:00Z",
    ])
    func refusesEverythingElse(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test func extremesDoNotTrap() {
        #expect(Timestamp(milliseconds: .max).description == "9999-12-31T23:59:59.999Z")
        #expect(Timestamp(milliseconds: .min).description == "0000-01-01T00:00:00.000Z")
        #expect(Timestamp(milliseconds: .max).adding(milliseconds: 1).milliseconds == .max)
        #expect(Timestamp(milliseconds: .min).adding(milliseconds: -1).milliseconds == .min)
    }
}
