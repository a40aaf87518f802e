import Subprocess

/// How a command is run as a server's own user when `metachat dev` is root: both servers refuse to run as root.
enum DevPrivileges {
    /// The words in front of the command; none for our own user.
    ///
    /// A folder inside one that only root may enter, such as root's home, is out of the user's reach; then the command
    /// keeps one privilege of root's, the right to pass such folders.
    static func prefix(for account: Account?, reaching folder: String) async throws -> [String] {
        guard let account else { return [] }
        let plain = ["setpriv", "--reuid=\(account.name)", "--regid=\(account.name)", "--init-groups"]
        let look = ["test", "-w", folder]
        if await succeeds(plain + look) { return plain }
        // The secure bit lets access(2), by which Erlang looks before it writes, count the privilege too.
        let privileged =
            plain + ["--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--securebits=+no_setuid_fixup"]
        if await succeeds(privileged + look) { return privileged }
        throw DevError(
            "the user \(account.name) cannot reach \(folder). Run from a folder that other users may enter, "
                + "or as a user other than root.")
    }

    private static func succeeds(_ command: [String]) async -> Bool {
        do {
            let result = try await Subprocess.run(
                .name(command[0]), arguments: Arguments(Array(command.dropFirst())), output: .discarded,
                error: .discarded)
            return result.terminationStatus == .exited(0)
        } catch {
            return false
        }
    }
}

extension ChildProcess {
    /// Runs a command to its end.
    ///
    /// - Returns: the lines it wrote.
    /// - Throws: ``DevError`` with its last lines when it failed.
    @discardableResult
    static func output(of spec: ChildSpec, lock: String, stop: Gate) async throws -> [String] {
        let lines = DevLines()
        let code = try await run(spec, lock: lock, stop: stop) { lines.append($0) }
        guard code == 0 else {
            throw DevError("\(spec.name) failed (\(code)): \(lines.last(12).joined(separator: "\n"))")
        }
        return lines.last(.max)
    }
}
