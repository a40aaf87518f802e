import Logging
import Observability
import Synchronization
import Testing

@Suite struct LogLineTests {
    /// Keeps what a handler writes.
    private final class Sink: Sendable {
        private let lines = Mutex<[String]>([])
        func write(_ line: [UInt8]) { lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) } }
        var all: [String] { lines.withLock { $0 } }
    }

    private struct Failure: Error, CustomStringConvertible {
        var description: String { "cannot reach amqp://guest:s3cret@broker:5672/" }
    }

    private func lines(_ format: LogFormat, _ body: (inout Logger) -> Void) -> [String] {
        let sink = Sink()
        var logger = Logger(label: "broker") { label in
            LineLogHandler(
                label: label, level: .debug, format: format,
                now: { WallTime(milliseconds: 1_795_351_234_007) }, write: { sink.write($0) }
            )
        }
        body(&logger)
        return sink.all
    }

    @Test func json() {
        let lines = lines(.json) { logger in
            logger[metadataKey: "node"] = "n1"
            logger.info(
                "connected \"again\"\n",
                metadata: [
                    "attempt": "\(2)", "count": .stringConvertible(7), "up": .stringConvertible(true), "time": "x",
                ]
            )
        }
        #expect(
            lines == [
                #"{"time":"2026-11-22T12:40:34.007Z","level":"info","label":"broker","message":"connected \"again\"\n","#
                    + #""attempt":"2","count":7,"node":"n1","metadata.time":"x","up":true}"# + "\n"
            ]
        )
    }

    @Test func text() {
        let lines = lines(.text) { logger in
            logger.warning("gone away", metadata: ["reason": "reset by peer", "attempt": "2", "empty": ""])
        }
        #expect(
            lines == [
                "2026-11-22T12:40:34.007Z WARNING  broker: gone away attempt=2 empty=\"\" reason=\"reset by peer\"\n"
            ]
        )
    }

    @Test func nestedMetadata() {
        let lines = lines(.json) { logger in
            logger.info("x", metadata: ["channel": ["id": "c1", "accessToken": "EAAG", "list": ["a", "b\u{1B}[31m"]]])
        }
        #expect(lines[0].contains(#""channel":{"accessToken":"[redacted]","id":"c1","list":["a","b\u001b[31m"]}"#))
    }

    @Test func metadataNestedWithoutEndIsCut() {
        var value: Logger.MetadataValue = "x"
        for _ in 0..<1000 { value = ["a": value] }
        let lines = lines(.json) { $0.info("x", metadata: ["deep": value]) }
        #expect(lines[0].utf8.count < 300)
        #expect(lines[0].contains("…"))
    }

    @Test(arguments: LogFormat.allCases)
    func nobodyForgesALine(format: LogFormat) {
        let lines = lines(format) { logger in
            logger.info(
                "one\nlevel=error\r\u{2028}two\u{1B}[2J\u{202E}", metadata: ["a\nb": "c\nd", "e": "\u{0}\u{85}"])
        }
        #expect(lines.count == 1)
        #expect(lines[0].utf8.count { $0 == 0x0A } == 1)
        #expect(lines[0].utf8.allSatisfy { $0 >= 0x20 || $0 == 0x0A })
        #expect(!lines[0].unicodeScalars.contains { ["\u{85}", "\u{2028}", "\u{202E}"].contains($0) })
    }

    @Test func longTextsAreCut() {
        let lines = lines(.json) { $0.info("\(String(repeating: "ä", count: 100_000))") }
        #expect(lines[0].utf8.count < 20_000)
        #expect(lines[0].hasSuffix("ä…\"}\n"))
    }

    @Test(arguments: LogFormat.allCases)
    func secretsStayOut(format: LogFormat) {
        let lines = lines(format) { logger in
            logger[metadataKey: "llm.apiKey"] = "sk-123"
            logger.error(
                "posting to https://graph/me?access_token=EAAG123&v=1", error: Failure(),
                metadata: [
                    "appSecret": "hush", "authorization": "Bearer abc", "header": "Bearer xyz", "keyId": "k1",
                    "wrapped": "\(Redacted("inside"))",
                ]
            )
        }
        for secret in ["sk-123", "EAAG123", "hush", "abc", "xyz", "inside", "s3cret"] {
            #expect(!lines[0].contains(secret), "\(secret)")
        }
        #expect(lines[0].contains("k1"))
        #expect(lines[0].contains("&v=1"))
        #expect(lines[0].contains("amqp://guest:[redacted]@broker:5672/"))
    }

    @Test func handlersAreValues() {
        let lines = lines(.text) { logger in
            var other = logger
            other[metadataKey: "a"] = "1"
            other.logLevel = .error
            logger.info("first")
            other.info("second")
            other.error("third")
        }
        #expect(lines.count == 2)
        #expect(lines[0].hasSuffix("first\n"))
        #expect(lines[1].hasSuffix("third a=1\n"))
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_123, "2000-02-29T00:00:00.123Z"), (1_709_251_199_999, "2024-02-29T23:59:59.999Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"), (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
            (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
        ] as [(Int64, String)]
    )
    func times(milliseconds: Int64, text: String) {
        #expect(WallTime(milliseconds: milliseconds).description == text)
    }
}
