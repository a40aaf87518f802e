import HTTPServing
import Hummingbird
import HummingbirdCore
import NIOCore
import NIOEmbedded
import Testing

@Suite struct KeptChannelTests {
    /// What a server's accept loop does with a connection that comes when it has ended. NIO ends the process over it.
    @Test func aConnectionThatNobodyTakesHarmsNobody() throws {
        let channel = EmbeddedChannel()
        let http = KeptChannel(HTTP1Channel(responder: { _, _, _ in }, configuration: .init()))
        do {
            let setup = http.setup(channel: channel, logger: silent)
            channel.embeddedEventLoop.run()
            _ = try setup.wait()
        }
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        #expect(channel.isActive)
        try channel.close().wait()
        channel.embeddedEventLoop.run()
        #expect(!channel.isActive)
    }
}
