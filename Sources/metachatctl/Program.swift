import ArgumentParser
import Glibc
import JSONRPC

/// The admin command line.
///
/// `metachatctl NOUN VERB` is made from the API's own description; `call`, `apply`, `profile` and `completions` are
/// argument-parser's.
@main
enum Program {
    static func main() async {
        // Whoever reads our output may go at any time.
        signal(SIGPIPE, SIG_IGN)
        exit(await run(Array(CommandLine.arguments.dropFirst())).rawValue)
    }

    static func run(_ arguments: [String]) async -> CtlStatus {
        let noColor = arguments.contains("--no-color")
        do {
            try await perform(try Route(arguments, catalog: .control))
            return .done
        } catch let failure as CtlFailure {
            let console = Console.system(environment: ProcessEnvironment.all, noColor: noColor)
            console.report(failure, json: arguments.contains("--json"))
            return failure.status
        } catch {
            return leave(error)
        }
    }

    private static func perform(_ route: Route) async throws {
        switch route {
        case .help(let topic): Console.write(try HelpTopics.text(topic), to: STDOUT_FILENO)
        case .version: Console.write(CtlVersion.current + "\n", to: STDOUT_FILENO)
        case .noun(let noun): Console.write(NounHelp.text(noun), to: STDOUT_FILENO)
        case .method(let command, let words, let leading):
            try await MethodRunner.run(command, words: words, leading: leading)
        case .complete(let words):
            Console.write(CompletionEngine(catalog: .control).text(words), to: STDOUT_FILENO)
        case .program(let words):
            var command = try MetaChatCtl.parseAsRoot(words)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        }
    }

    /// Argument-parser's ends: help, and wrong usage.
    private static func leave(_ error: any Error) -> CtlStatus {
        let code = MetaChatCtl.exitCode(for: error)
        let text = MetaChatCtl.fullMessage(for: error)
        if code == .success {
            Console.write(text + "\n", to: STDOUT_FILENO)
            return .done
        }
        Console.write(text + "\n", to: STDERR_FILENO)
        return code == .validationFailure ? .usage : .refused
    }
}

struct MetaChatCtl: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metachatctl", abstract: "Administer MetaChat.", version: CtlVersion.current,
        subcommands: [CallCommand.self, ApplyCommand.self, ProfileCommand.self, CompletionsCommand.self])
}

extension MetaChatCtl {
    /// The page of one of the commands.
    static func helpText(_ name: String) -> String {
        let command = configuration.subcommands.first { $0.configuration.commandName == name }
        return (command.map { helpMessage(for: $0, columns: 80) } ?? helpMessage(columns: 80)) + "\n"
    }
}
