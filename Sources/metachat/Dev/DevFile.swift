import Glibc

/// The few things `metachat dev` does with files.
enum DevFile {
    /// A file's whole text; nil where there is no such file.
    static func read(_ path: String) -> String? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Writes a file anew, in one step, readable by its owner alone unless `mode` says otherwise.
    static func write(_ text: String, to path: String, mode: mode_t = 0o600, owner: Account? = nil) throws {
        let part = path + ".part"
        unlink(part)
        let descriptor = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
        guard descriptor >= 0 else { throw failure("write", path) }
        let bytes = Array(text.utf8)
        var done = 0
        while done < bytes.count {
            let count = bytes[done...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            done += count
        }
        if let owner { fchown(descriptor, owner.user, owner.group) }
        fchmod(descriptor, mode)
        guard close(descriptor) == 0, done == bytes.count, rename(part, path) == 0 else {
            throw failure("write", path)
        }
    }

    /// Makes a folder where there is none.
    static func makeFolder(_ path: String, mode: mode_t, owner: Account? = nil) throws {
        if mkdir(path, mode) != 0, errno != EEXIST { throw failure("make the folder", path) }
        if let owner, chown(path, owner.user, owner.group) != 0 { throw failure("hand over", path) }
        if chmod(path, mode) != 0 { throw failure("set the mode of", path) }
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    static func isExecutable(_ path: String) -> Bool { access(path, X_OK) == 0 }

    /// The names in a folder.
    static func list(_ path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// The current folder, absolute.
    static func currentFolder() throws -> String {
        guard let path = getcwd(nil, 0) else { throw failure("find", "the current folder") }
        defer { free(path) }
        return String(cString: path)
    }

    /// The program that is running.
    static func ownProgram() throws -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        guard count > 0 else { throw failure("find", "this program") }
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func failure(_ what: String, _ path: String) -> DevError {
        DevError("cannot \(what) \(path): \(String(cString: strerror(errno)))")
    }
}

/// A user of this machine that a server runs as.
struct Account: Sendable, Hashable {
    var name: String
    var user: uid_t
    var group: gid_t

    /// Whether this process may become other users.
    static var isRoot: Bool { geteuid() == 0 }

    /// The account a server is to run as: its own when this process is root, else nil for our own.
    static func ofServer(_ name: String) throws -> Account? {
        guard isRoot else { return nil }
        guard let entry = getpwnam(name) else { throw DevError("there is no user \(name) on this machine") }
        return Account(name: name, user: entry.pointee.pw_uid, group: entry.pointee.pw_gid)
    }
}
