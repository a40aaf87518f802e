import Encodings
import Sealing

/// What `metachat dev` makes up once and keeps in `.local/secrets.env`, readable by its owner alone. Whatever the
/// environment sets wins.
struct DevSecrets: Sendable {
    private(set) var values: [(name: String, value: String)] = []

    subscript(_ name: String) -> String { values.first { $0.name == name }?.value ?? "" }

    /// Reads the file and adds what it lacks.
    init(file: String) throws {
        var kept: [String: String] = [:]
        for line in (DevFile.read(file) ?? "").split(separator: "\n") where !line.hasPrefix("#") {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { kept[String(parts[0])] = String(parts[1]) }
        }
        let makers: [(String, () throws -> String)] = [
            ("METACHAT_MASTER_KEYS", { try Keyring.generateKeyEntry(keyID: nil) }),
            ("METACHAT_ADMIN_TOKEN", { try Self.token("mca_") }),
            ("METACHAT_NODE_TOKEN", { try Self.token("mcn_") }),
            ("WHATSAPP_APP_SECRET", { try Self.token("") }),
            ("WHATSAPP_ACCESS_TOKEN", { try Self.token("EAA") }),
            ("WHATSAPP_VERIFY_TOKEN", { try Self.token("") }),
            ("DEV_POSTGRES_PASSWORD", { try Self.token("") }),
            ("DEV_RABBITMQ_PASSWORD", { try Self.token("") }),
        ]
        var changed = false
        for (name, make) in makers {
            if let kept = kept[name] {
                values.append((name, kept))
            } else {
                values.append((name, try make()))
                changed = true
            }
        }
        if changed {
            let text = "# Made by metachat dev for this folder alone. Keep it: it opens what the database holds.\n"
            try DevFile.write(text + values.map { "\($0.name)=\($0.value)\n" }.joined(), to: file)
        }
        for index in values.indices {
            if let given = Setting.text(values[index].name, nil) { values[index].value = given }
        }
    }

    private static func token(_ prefix: String) throws -> String {
        prefix + Hex.encode(try SecureRandom.bytes(20))
    }
}
