import Domain
import Testing

struct MessageIDTests {
    @Test func isVersion7AndSortsByTime() {
        let early = MessageID(at: Timestamp(milliseconds: 1_795_350_637_042))
        let late = MessageID(at: Timestamp(milliseconds: 1_795_350_637_043))
        #expect(early < late)
        #expect(early.description < late.description)
        let text = Array(early.description)
        #expect(text.count == 36 && text[14] == "7" && "89ab".contains(text[19]))
        #expect(early.description.hasPrefix("01a2033c-a9f2"))
    }

    @Test func roundTrips() {
        for _ in 0..<1000 {
            let id = MessageID(at: SystemClock().now())
            #expect(MessageID(id.description) == id)
            #expect(MessageID(id.description.uppercased()) == id)
        }
    }

    @Test(arguments: [
        "", "0198", "019ab3f0-7c5a-7000-8000-00000000000", "019ab3f0-7c5a-7000-8000-0000000000000",
        "019ab3f0x7c5a-7000-8000-000000000000", "019ab3f07c5a70008000000000000000",
        "019ab3f0-7c5a-7000-8000-00000000000g",
    ])
    func refusesEverythingElse(text: String) {
        #expect(MessageID(text) == nil)
    }
}
