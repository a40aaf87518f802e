import ControlPlane
import Support
import Testing

struct ChunkerTests {
    private func words(_ count: Int, _ word: String = "word") -> String {
        Array(repeating: word, count: count).joined(separator: " ")
    }

    private func count(_ chunk: String) -> Int { chunk.split(whereSeparator: \.isWhitespace).count }

    @Test func aShortDocumentIsOneChunk() {
        #expect(Chunker.chunks(of: [.paragraph("Hello there."), .paragraph("Bye.")]) == ["Hello there.\n\nBye."])
        #expect(Chunker.chunks(of: []) == [])
        #expect(Chunker.chunks(of: [.heading(level: 1, text: "Alone")]) == [])
    }

    @Test func headingsAreCarriedIntoTheirChunks() {
        let chunks = Chunker.chunks(of: [
            .paragraph("Before."), .heading(level: 1, text: "A"), .heading(level: 2, text: "B"), .paragraph("One."),
            .heading(level: 3, text: "C"), .paragraph("Two."), .heading(level: 2, text: "D"), .paragraph("Three."),
            .heading(level: 1, text: "E"), .paragraph("Four."),
        ])
        #expect(chunks == ["Before.", "A › B\nOne.", "A › B › C\nTwo.", "A › D\nThree.", "E\nFour."])
    }

    @Test func paragraphsAreGatheredUntilThereAreEnough() {
        let blocks = (0..<10).map { _ in TextBlock.paragraph(words(50)) }
        let chunks = Chunker.chunks(of: blocks)
        #expect(chunks.map(count) == [150, 150, 150, 50])
        #expect(Chunker.chunks(of: [.paragraph(words(110)), .paragraph(words(100))]).map(count) == [110, 100])
    }

    @Test func aCrumbJoinsTheChunkBefore() {
        #expect(Chunker.chunks(of: [.paragraph(words(180)), .paragraph(words(30))]).map(count) == [210])
        #expect(Chunker.chunks(of: [.paragraph(words(180)), .paragraph(words(45))]).map(count) == [180, 45])
    }

    @Test func longParagraphsAreCutBetweenSentences() {
        let sentences = (0..<30).map { "Sentence \($0) has " + words(16) + "." }
        let chunks = Chunker.chunks(of: [.paragraph(sentences.joined(separator: " "))])
        #expect(chunks.count > 2)
        for chunk in chunks {
            #expect(chunk.hasPrefix("Sentence "))
            #expect(chunk.hasSuffix("."))
            #expect((80...240).contains(count(chunk)))
        }
        #expect(chunks.joined(separator: " ") == sentences.joined(separator: " "))
    }

    @Test func longSentencesAreCutBetweenWords() {
        let chunks = Chunker.chunks(of: [.paragraph(words(1000, "ab"))])
        #expect(chunks.map(count).allSatisfy { $0 <= 240 })
        #expect(chunks.map(count).reduce(0, +) == 1000)
    }

    @Test func textWithoutSpacesIsCutToo() {
        let text = String(repeating: "営業時間は平日九時から十八時までです。", count: 2000)
        let chunks = Chunker.chunks(of: [.paragraph(text)])
        #expect(chunks.count > 5)
        #expect(chunks.allSatisfy { $0.unicodeScalars.count <= 4000 })
        let solid = String(repeating: "x", count: 1_000_000)
        var pieces: [String] = []
        #expect(processorTime { pieces = Chunker.chunks(of: [.paragraph(solid)]) } < .seconds(30))
        #expect(pieces.allSatisfy { $0.utf8.count <= 4000 })
        #expect(pieces.map { $0.utf8.count { $0 == UInt8(ascii: "x") } }.reduce(0, +) == 1_000_000)
    }
}
