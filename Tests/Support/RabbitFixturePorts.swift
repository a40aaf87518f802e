import Glibc
import Synchronization

/// Loopback ports for the servers of tests.
enum LoopbackPorts {
    private static let given = Mutex<Set<UInt16>>([])

    /// Ports that were free a moment ago. Each is given once in a test process, and all lie below the range from which
    /// the system gives ports to clients and to servers that ask for any, so that they stay free until their server
    /// listens, and while it restarts.
    static func free(_ count: Int) throws -> [UInt16] {
        try given.withLock { given in
            var found: [UInt16] = []
            for _ in 0..<10_000 where found.count < count {
                let port = UInt16.random(in: 20_000..<32_000)
                if !given.contains(port), isFree(port) {
                    given.insert(port)
                    found.append(port)
                }
            }
            guard found.count == count else { throw RabbitServer.Fault(description: "no free port") }
            return found
        }
    }

    /// Whether nobody has anything to do with a port, connections that ended a while ago included.
    private static func isFree(_ port: UInt16) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = loopback(port: port)
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        return withSocketAddress(&address) { bind(descriptor, $0, size) } == 0
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
