import Domain
import Testing

struct QueueNameTests {
    @Test func namesAreThoseOfTheContract() {
        let queue = QueueName(tenantID: "acme", channel: .whatsapp, direction: .inbound)
        #expect(queue.name == "acme:whatsapp:inbound")
        #expect(queue.dead == "acme:whatsapp:inbound:dead")
        #expect(
            QueueName(tenantID: "a", channel: .webchat, direction: .outbound, partition: 3).name
                == "a:webchat:outbound.3")
    }

    @Test func readsItsOwnNamesAndNoOthers() {
        for partition in [0, 1, 63] {
            let queue = QueueName(tenantID: "t_-9", channel: .messenger, direction: .outbound, partition: partition)
            #expect(QueueName(queue.name) == queue)
        }
        for text in [
            "", "a:b", "a:whatsapp:inbound:dead", ":whatsapp:inbound", "a:fax:inbound", "a:whatsapp:inbound.0",
            "a:whatsapp:inbound.64", "a:whatsapp:inbound.01", "a:whatsapp:inbound.1.2", "a:whatsapp:inbound.",
        ] {
            #expect(QueueName(text) == nil, "\(text)")
        }
    }

    @Test func aConversationStaysInItsPartition() {
        var used: Set<Int> = []
        for number in 0..<200 {
            let first = QueueName(
                tenantID: "t", channel: .whatsapp, direction: .inbound, conversationID: "c:\(number)", partitions: 4)
            let again = QueueName(
                tenantID: "t", channel: .whatsapp, direction: .inbound, conversationID: "c:\(number)", partitions: 4)
            #expect(first == again)
            used.insert(first.partition)
        }
        #expect(used == [0, 1, 2, 3])
        // The hash may never change: messages of one conversation would part.
        #expect(StableHash.fnv1a("c:1") == StableHash.fnv1a("c:1"))
        #expect(StableHash.fnv1a("") == 0xEFD0_1F60_BA99_2926)
    }

    @Test func ownershipIsSpreadAndMovesLittle() {
        let keys = (0..<1000).map { "tenant\($0):whatsapp:inbound" }
        let three = keys.map { StableHash.owner(of: $0, among: ["a", "b", "c"]) }
        let two = keys.map { StableHash.owner(of: $0, among: ["a", "b"]) }
        for node in ["a", "b", "c"] {
            #expect((250...420).contains(three.count { $0 == node }))
        }
        // Only what the third node had moves.
        for (before, after) in zip(three, two) where before != "c" { #expect(before == after) }
        #expect(StableHash.owner(of: "x", among: [String]()) == nil)
    }
}
