import Glibc

/// Loopback ports for the servers of tests.
enum LoopbackPorts {
    /// Ports that were free a moment ago.
    static func free(_ count: Int) throws -> [UInt16] {
        var sockets: [Int32] = []
        defer { for descriptor in sockets { close(descriptor) } }
        return try (0..<count).map { _ in
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            sockets.append(descriptor)
            var address = loopback(port: 0)
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let status = withSocketAddress(&address) {
                bind(descriptor, $0, size) == 0 ? getsockname(descriptor, $0, &size) : -1
            }
            guard status == 0 else { throw RabbitServer.Fault(description: "no free port (errno \(errno))") }
            return UInt16(bigEndian: address.sin_port)
        }
    }

    /// Whether an AMQP server greets a client on this port.
    static func answersAMQP(_ port: UInt16) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        var address = loopback(port: port)
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        guard withSocketAddress(&address, { connect(descriptor, $0, size) }) == 0 else { return false }
        let hello: [UInt8] = [0x41, 0x4d, 0x51, 0x50, 0, 0, 9, 1]
        guard send(descriptor, hello, hello.count, Int32(MSG_NOSIGNAL)) == hello.count else { return false }
        var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        var first: UInt8 = 0
        return poll(&ready, 1, 500) == 1 && recv(descriptor, &first, 1, 0) == 1 && first == 1
    }

    private static func loopback(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return address
    }

    private static func withSocketAddress<Result>(
        _ address: inout sockaddr_in, _ body: (UnsafeMutablePointer<sockaddr>) -> Result
    ) -> Result {
        withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0) }
        }
    }
}
