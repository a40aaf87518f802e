#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What the system said to an operation on a file.
package struct FileError: Error, Sendable, Hashable, CustomStringConvertible {
    package var operation: String
    package var code: Int32

    package var description: String { "cannot \(operation): \(String(cString: strerror(code)))" }
}

/// Files that are read and written as a whole. All functions block.
enum SmallFile {
    /// The file's bytes; nil where there is no such file.
    static func read(_ path: String, limit: Int) throws(FileError) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 {
            if errno == ENOENT { return nil }
            throw FileError(operation: "open", code: errno)
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = systemRead(descriptor, &buffer, buffer.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw FileError(operation: "read", code: errno)
            }
            if count == 0 { return bytes }
            guard bytes.count + count <= limit else { throw FileError(operation: "read", code: EFBIG) }
            bytes += buffer[..<count]
        }
    }

    /// Puts the bytes in the place of what was there, in one step, mode 0600: a reader sees the old or the new.
    static func replace(_ path: String, with bytes: [UInt8]) throws(FileError) {
        let temporary = "\(path).\(getpid()).new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw FileError(operation: "create", code: errno) }
        do throws(FileError) {
            // The file may have been left behind with another mode.
            guard fchmod(descriptor, 0o600) == 0 else { throw FileError(operation: "protect", code: errno) }
            try write(bytes, to: descriptor)
            guard fsync(descriptor) == 0 else { throw FileError(operation: "sync", code: errno) }
            guard rename(temporary, path) == 0 else { throw FileError(operation: "rename", code: errno) }
        } catch {
            close(descriptor)
            unlink(temporary)
            throw error
        }
        close(descriptor)
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) throws(FileError) {
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes {
                systemWrite(descriptor, $0.baseAddress?.advanced(by: offset), $0.count - offset)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw FileError(operation: "write", code: errno)
            }
            offset += count
        }
    }
}

// Under names that the functions above do not hide.
private let systemRead = read(_:_:_:)
private let systemWrite = write(_:_:_:)
