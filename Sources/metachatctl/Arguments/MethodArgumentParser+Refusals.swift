import JSONCoding
import JSONRPC

extension MethodArgumentParser {
    func missing(_ params: [Param]) -> CtlFailure {
        let details = params.map { param -> String in
            switch param.role {
            case .secret: "\(param.name): give --stdin, --file PATH or --env NAME"
            case .secretMap: "\(param.name): give \(param.referenceFlag) NAME=env:VARIABLE"
            case .plain where param.isScalar:
                "\(param.name): give --\(param.flag)"
                    + (param.values.isEmpty ? "" : " " + param.values.joined(separator: "|"))
            case .plain: "\(param.name): give --set \(param.name).MEMBER=VALUE or --\(param.flag) JSON"
            }
        }
        return fault(params.count == 1 ? "a value is missing" : "\(params.count) values are missing", details: details)
    }

    func refusal(of param: Param) -> CtlFailure {
        fault(
            "the value of \(param.name) is not read from arguments",
            hint: SecretAdvice.why
                + (param.role == .secret
                    ? " Use --stdin, --file PATH or --env NAME."
                    : " Use \(param.referenceFlag) NAME=env:VARIABLE, NAME=file:PATH or NAME=stdin."))
    }

    func unknownParam(_ name: String) -> CtlFailure {
        let names = command.params.map(\.name)
        let guess = Words.nearest(to: name, among: names).map { "Did you mean \($0)? " } ?? ""
        return fault(
            "\(command.name) has no param \(name)", hint: guess + "It has " + names.joined(separator: ", ") + ".")
    }

    func unknown(_ flag: String) -> CtlFailure {
        let flags = MethodHelp.flags(of: command).map(\.name) + CommonFlag.all.map(\.name)
        let guess = Words.nearest(to: flag, among: flags).map { "Did you mean \($0)? " } ?? ""
        return fault(
            "\(flag) is not known here", hint: guess + "See metachatctl \(command.noun) \(command.verb) --help.")
    }

    func fault(_ message: String, details: [String] = [], hint: String? = nil) -> CtlFailure {
        .usage("\(command.noun) \(command.verb): \(message)", details: details, hint: hint)
    }
}

enum SecretAdvice {
    static let why = "Arguments show in the process list and stay in the shell's history."
}
