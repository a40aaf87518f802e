import JSONCoding
import Support
import Testing

extension IntegrationTests {
    @Suite struct PublisherCrashTests {
        @Test("Control plane killed right after an answer, 20 times: every revision is published, in order")
        func killedTwentyTimes() async throws {
            try await Site.run(nodes: 1) { site in
                let recorder = try await FanoutRecorder(exchange: "metachat.config", at: site.brokerURL)
                let first = try await site.rpc.call("config.snapshot").member("revision").integer ?? 0
                var shop = try await site.addShop("phoenix")
                var committed = shop.revision
                for life in 0..<20 {
                    for change in 0...Int.random(in: 0..<6) {
                        shop.verifyToken = "life-\(life)-\(change)"
                        let answer = try await site.rpc.call(
                            "channel.update",
                            [
                                "id": .string(shop.channelID),
                                "config": ["webhookVerifyToken": .string(shop.verifyToken)],
                            ])
                        committed = try answer.member("revision").integer ?? 0
                    }
                    // At once in half of the cases, else while it publishes.
                    if life.isMultiple(of: 2) { try await Task.sleep(for: .microseconds(.random(in: 0..<4000))) }
                    try await site.control.kill()
                    try await site.restartControl()
                }
                let last = committed
                try await eventually("the last revision on the fanout") {
                    try recorder.revisions().contains(last)
                }
                let revisions = try recorder.revisions()
                var seen: Set<Int64> = []
                let firsts = revisions.filter { seen.insert($0).inserted }
                #expect(last > first && firsts.elementsEqual(first + 1..<max(first, last) + 1), "\(revisions)")

                try await site.converge(at: last)
                #expect(try await Verification.get(shop, at: site.nodeURLs[0], token: shop.verifyToken).status == 200)
                let snapshot = try await site.rpc.call("config.snapshot")
                #expect(snapshot["revision"]?.integer == last)
                await recorder.end()
            }
        }
    }
}
