import Glibc

/// Reads and writes small files.
enum Files {
    /// - Throws: ``CtlFailure`` with the status ``CtlStatus/config``.
    static func read(_ path: String, limit: Int = 16 << 20) throws(CtlFailure) -> [UInt8] {
        let descriptor = open(expanded(path), O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .config("\(path): \(reason(errno))") }
        defer { close(descriptor) }
        return try read(descriptor, name: path, limit: limit)
    }

    static func standardInput(limit: Int = 16 << 20) throws(CtlFailure) -> [UInt8] {
        try read(STDIN_FILENO, name: "standard input", limit: limit)
    }

    private static func read(_ descriptor: Int32, name: String, limit: Int) throws(CtlFailure) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .config("\(name): \(reason(errno))") }
            if count == 0 { return bytes }
            bytes += buffer.prefix(count)
            guard bytes.count <= limit else { throw .config("\(name): is larger than \(limit >> 20) MiB") }
        }
    }

    static func text(_ bytes: [UInt8], name: String) throws(CtlFailure) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .config("\(name): is not UTF-8 text") }
        return text
    }

    static func exists(_ path: String) -> Bool { access(expanded(path), F_OK) == 0 }

    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(expanded(path), &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Whether others than the owner may read it.
    static func isOpenToOthers(_ path: String) -> Bool {
        var status = stat()
        return stat(expanded(path), &status) == 0 && status.st_mode & 0o077 != 0
    }

    /// The files of a folder with one of the endings, by name.
    static func list(_ folder: String, endings: [String]) throws(CtlFailure) -> [String] {
        guard let handle = opendir(expanded(folder)) else { throw .config("\(folder): \(reason(errno))") }
        defer { closedir(handle) }
        var names: [String] = []
        while let entry = readdir(handle) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix("."), endings.contains(where: { name.hasSuffix("." + $0) }) { names.append(name) }
        }
        return names.sorted().map { folder + "/" + $0 }
    }

    /// Writes a file that its owner alone may read, in one step: readers see the old one or the new one.
    static func writePrivate(_ text: String, to path: String) throws(CtlFailure) {
        let path = expanded(path)
        if let slash = path.lastIndex(of: "/"), slash > path.startIndex { try makeFolder(String(path[..<slash])) }
        let temporary = path + ".new-\(getpid())"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .config("\(path): \(reason(errno))") }
        let bytes = Array(text.utf8)
        let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        let isWhole = written == bytes.count && fsync(descriptor) == 0
        let cause = errno
        close(descriptor)
        guard isWhole, rename(temporary, path) == 0 else {
            let cause = isWhole ? errno : cause
            unlink(temporary)
            throw .config("\(path): \(reason(cause))")
        }
    }

    private static func makeFolder(_ path: String) throws(CtlFailure) {
        if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
            throw .config("\(path): \(reason(errno))")
        }
        try makeFolder(String(path[..<slash]))
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw .config("\(path): \(reason(errno))") }
    }

    /// `~/` is the home folder.
    static func expanded(_ path: String) -> String {
        guard path.hasPrefix("~/"), let home = getenv("HOME") else { return path }
        return String(cString: home) + path.dropFirst(1)
    }

    private static func reason(_ code: Int32) -> String {
        switch code {
        case ENOENT: "there is no such file"
        case EACCES: "may not be read or written by this user"
        case EISDIR: "is a folder"
        default: String(cString: strerror(code))
        }
    }
}
