import ArgumentParser
import Sealing

struct Keygen: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print a new master key entry, kid:base64, for METACHAT_MASTER_KEYS.",
        discussion: """
            To rotate, put the new entry first and keep the old ones: METACHAT_MASTER_KEYS=new,old. The first seals, \
            all open.
            """)

    @Argument(help: "The key's id, [A-Za-z0-9_-]{1,32}; made up when absent.")
    var keyID: String?

    func validate() throws {
        if let keyID, !Keyring.isKeyID(keyID) {
            throw ValidationError("A key id consists of 1 to 32 of A-Z, a-z, 0-9, _ and -.")
        }
    }

    func run() throws { print(try Keyring.generateKeyEntry(keyID: keyID)) }
}
