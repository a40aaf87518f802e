import Glibc

/// Free ports on loopback.
struct DevPorts {
    private var taken: Set<Int> = []

    /// The first of the wanted ports that is free, else any.
    mutating func next(wanted: Int? = nil) throws -> Int {
        if let wanted {
            for port in wanted..<wanted + 10 where !taken.contains(port) {
                if Self.bound(port) != nil {
                    taken.insert(port)
                    return port
                }
            }
        }
        for _ in 0..<50 {
            if let port = Self.bound(0), taken.insert(port).inserted { return port }
        }
        throw DevError("there is no free port on 127.0.0.1")
    }

    /// Binds a port for a moment; 0 lets the system choose. Nil when it is in use.
    private static func bound(_ port: Int) -> Int? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port)).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 && listen(descriptor, 1) == 0
                    ? getsockname(descriptor, address, &length) : -1
            }
        }
        return code == 0 ? Int(UInt16(bigEndian: address.sin_port)) : nil
    }

    /// Whether a broker answers the AMQP protocol header there (AMQP 0-9-1 §2.2.4).
    static func answersAMQP(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var patience = timeval(tv_sec: 1, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port)).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard connected else { return false }
        let header: [UInt8] = [0x41, 0x4D, 0x51, 0x50, 0, 0, 9, 1]
        guard send(descriptor, header, header.count, Int32(MSG_NOSIGNAL)) == header.count else {
            return false
        }
        var byte: UInt8 = 0
        return recv(descriptor, &byte, 1, 0) == 1
    }
}
