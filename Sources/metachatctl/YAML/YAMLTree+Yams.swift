import Yams

extension YAMLTree {
    /// Every document of a YAML text.
    ///
    /// - Throws: ``CtlFailure`` with the status ``CtlStatus/config`` that names file and line.
    static func documents(_ text: String, file: String) throws(CtlFailure) -> [YAMLTree] {
        func fault(_ line: Int?, _ message: String) -> CtlFailure {
            .config("\(file)\(line.map { ":\($0)" } ?? ""): \(message)")
        }
        guard text.utf8.count <= YAMLLimits.maxBytes else {
            throw fault(nil, "is larger than \(YAMLLimits.maxBytes >> 20) MiB")
        }
        guard YAMLLimits.aliases(in: text) <= YAMLLimits.maxAliases else {
            throw fault(nil, "uses more than \(YAMLLimits.maxAliases) aliases (*name)")
        }
        var builder = TreeBuilder()
        do {
            let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
            var trees: [YAMLTree] = []
            while let node = try parser.nextRoot() { trees.append(try builder.tree(node, depth: 1)) }
            return trees
        } catch let refusal as TreeBuilder.Refusal {
            throw fault(refusal.line, refusal.message)
        } catch let error as YamlError {
            let (line, message) = words(error)
            throw fault(line, message)
        } catch {
            throw fault(nil, "is not YAML")
        }
    }

    private static func words(_ error: YamlError) -> (line: Int?, message: String) {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            (mark.line, "is not YAML: \(problem)")
        case .duplicatedKeysInMapping(let names, let context):
            (context.mark.line, "has two members of the name " + (names.first ?? ""))
        case .reader(let problem, _, _, _): (nil, "is not YAML: \(problem)")
        default: (nil, "is not YAML")
        }
    }
}

/// Copies Yams' nodes, which share what aliases name, into a tree of bounded size.
private struct TreeBuilder {
    struct Refusal: Error {
        var line: Int
        var message: String
    }

    private var count = 0

    mutating func tree(_ node: Node, depth: Int) throws -> YAMLTree {
        let line = node.mark?.line ?? 1
        count += 1
        guard count <= YAMLLimits.maxValues else {
            throw Refusal(line: line, message: "stands for more than \(YAMLLimits.maxValues) values")
        }
        guard depth <= YAMLLimits.maxDepth else {
            throw Refusal(line: line, message: "is nested deeper than \(YAMLLimits.maxDepth) levels")
        }
        let content: YAMLTree.Content
        switch node {
        case .scalar(let scalar):
            let tag = scalar.tag.rawValue
            guard ["", "!", "tag:yaml.org,2002:str"].contains(tag) else {
                throw Refusal(line: line, message: "the tag \(tag) is not known here")
            }
            content = .scalar(scalar.string, plain: scalar.style == .plain && tag.isEmpty)
        case .sequence(let sequence):
            content = .list(try sequence.map { try tree($0, depth: depth + 1) })
        case .mapping(let mapping):
            content = .map(
                try mapping.map { key, value in
                    let line = key.mark?.line ?? line
                    guard case .scalar(let name) = key else {
                        throw Refusal(line: line, message: "a member's name must be plain text")
                    }
                    return YAMLTree.Member(key: name.string, line: line, value: try tree(value, depth: depth + 1))
                })
        case .alias: throw Refusal(line: line, message: "an alias that names nothing")
        }
        return YAMLTree(content: content, line: line, column: node.mark?.column ?? 1)
    }
}
