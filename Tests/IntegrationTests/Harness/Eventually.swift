import Testing

/// A wait in vain.
struct InVain: Error, CustomStringConvertible {
    let description: String
}

/// Asks again and again until there is an answer.
///
/// - Throws: ``InVain`` past the deadline, with what was last seen where `state` tells it.
@discardableResult
func eventually<T>(
    _ what: String, within bound: Duration = .seconds(90), every pause: Duration = .milliseconds(20),
    state: @autoclosure () async -> String = "", _ ask: () async throws -> T?
) async throws -> T {
    let deadline = ContinuousClock.now + bound
    while true {
        if let answer = try await ask() { return answer }
        guard ContinuousClock.now < deadline else {
            let seen = await state()
            throw InVain(description: "waited \(bound) in vain for \(what)\(seen.isEmpty ? "" : "; seen: \(seen)")")
        }
        try await Task.sleep(for: pause)
    }
}

/// The same for a condition.
func eventually(
    _ what: String, within bound: Duration = .seconds(90), every pause: Duration = .milliseconds(20),
    state: @autoclosure () async -> String = "", _ condition: () async throws -> Bool
) async throws {
    try await eventually(what, within: bound, every: pause, state: await state()) { try await condition() ? true : nil }
}

extension Duration {
    var milliseconds: Double {
        Double(components.seconds) * 1000 + Double(components.attoseconds) / 1e15
    }
}

extension Collection where Element == Double {
    /// The value below which this share of the elements lies.
    func percentile(_ share: Double) -> Double {
        guard !isEmpty else { return .nan }
        let sorted = sorted()
        return sorted[Int((share * Double(sorted.count - 1)).rounded())]
    }
}
