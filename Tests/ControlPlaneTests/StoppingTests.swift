import Glibc
import Testing

extension ControlPlaneServerTests {
    /// A connection that is accepted while the server stops is dropped by its accept loop; that must harm nobody.
    @Test func connectionsInTheMomentOfStoppingDoNoHarm() async throws {
        for _ in 0..<10 {
            try await withThrowingTaskGroup(of: Int.self) { group in
                let (started, start) = AsyncStream.makeStream(of: UInt16.self)
                let (connected, connect) = AsyncStream.makeStream(of: Void.self)
                group.addTask {
                    var count = 0
                    for await port in started {
                        // Until nobody listens any more.
                        while Self.connects(to: port) && count < 100_000 {
                            count += 1
                            if count == 3 { connect.finish() }
                            await Task.yield()
                        }
                    }
                    connect.finish()
                    return count
                }
                _ = try await withServer { url in
                    start.yield(try #require(UInt16(url.split(separator: ":").last ?? "")))
                    start.finish()
                    // It stops in the middle of them.
                    for await _ in connected {}
                }
                #expect(try await group.next() ?? 0 >= 3)
            }
        }
    }

    private static func connects(to port: UInt16) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
