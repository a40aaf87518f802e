import JSONCoding

/// A plan as it is shown.
enum PlanText {
    /// One line a changed member, one line an entity that is made, deleted or as declared.
    ///
    /// - Parameter marks: only those; nil shows all.
    static func lines(_ plan: Plan, _ screen: Screen, only marks: Set<Plan.Step.Mark>? = nil) -> [String] {
        plan.steps.filter { marks?.contains($0.mark) ?? true }.flatMap { lines($0, screen) }
    }

    private static func lines(_ step: Plan.Step, _ screen: Screen) -> [String] {
        let name = "\(step.mark.rawValue) \(step.noun) \(CleanText.line(step.id))"
        let ink: Style.Ink =
            switch step.mark {
            case .create: .green
            case .change, .note: .yellow
            case .delete: .red
            case .same: .dim
            }
        func line(_ text: String) -> String {
            let whole = TextWidth.cut(name + text, to: screen.width)
            let head = whole.prefix(step.mark == .same ? whole.count : 1)
            return screen.style(ink, String(head)) + whole.dropFirst(head.count)
        }
        guard !step.differences.isEmpty else { return [line(step.remark.map { " " + CleanText.line($0) } ?? "")] }
        return step.differences.map { difference in
            if difference.path == "content", difference.old == nil, difference.new == nil {
                return line(" content: changed")
            }
            return line(" \(CleanText.line(difference.path)): \(words(difference))")
        }
    }

    /// `"v25.0" → "v26.0"`, `+ "v26.0"`, `- "v25.0"`.
    private static func words(_ difference: Difference) -> String {
        func text(_ value: JSONValue) -> String { TextWidth.cut(CleanText.line(value.text), to: 60) }
        return switch (difference.old, difference.new) {
        case (let old?, let new?): "\(text(old)) → \(text(new))"
        case (nil, let new?): "added \(text(new))"
        case (let old?, nil): "removed \(text(old))"
        case (nil, nil): "changed"
        }
    }

    /// `2 created, 1 changed, 4 unchanged`.
    static func counts(_ plan: Plan, isDone: Bool) -> String {
        let parts = [
            (plan.count(.create), isDone ? "created" : "to create"),
            (plan.count(.change), isDone ? "changed" : "to change"),
            (plan.count(.delete), isDone ? "deleted" : "to delete"), (plan.count(.same), "as declared"),
        ]
        return parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
    }

    static func json(_ plan: Plan) -> JSONValue {
        .array(
            plan.steps.map { step in
                let operation =
                    switch step.mark {
                    case .create: "create"
                    case .change: "change"
                    case .delete: "delete"
                    case .same: "unchanged"
                    case .note: "undeclared"
                    }
                var object: JSONObject = [
                    "op": .string(operation), "entity": .string(step.noun), "id": .string(step.id),
                ]
                if !step.differences.isEmpty {
                    object["changes"] = .array(
                        step.differences.map {
                            ["path": .string($0.path), "old": $0.old ?? .null, "new": $0.new ?? .null]
                        })
                }
                return .object(object)
            })
    }
}
