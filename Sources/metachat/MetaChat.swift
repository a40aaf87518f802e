import ArgumentParser
import Glibc

/// The product's one executable.
@main
struct MetaChat: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metachat",
        abstract: "One conversation out of a business's website chat, WhatsApp and Messenger.",
        discussion: """
            Every setting is an environment variable and a flag; the flag wins. Exit codes: 0 done, 1 failed, \
            64 wrong usage, 78 a setting is missing or malformed.
            """,
        version: MetaChatVersion.current,
        subcommands: [Control.self, Node.self, Migrate.self, Dev.self, Simulate.self, Keygen.self]
    )

    static func main() async {
        // A peer, or whoever reads our log, may go at any time: the write fails, the process lives on.
        signal(SIGPIPE, SIG_IGN)
        await main(nil)
    }
}

enum MetaChatVersion {
    static let current = "0.1.0"
}
