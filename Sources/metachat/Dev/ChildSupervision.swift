import Synchronization

/// How often a child may die before it is given up: a pure count over time.
struct RestartBudget: Sendable {
    private var deaths: [ContinuousClock.Instant] = []
    let limit: Int
    let window: Duration

    init(limit: Int = 5, window: Duration = .seconds(60)) {
        self.limit = limit
        self.window = window
    }

    /// Notes a death.
    ///
    /// - Returns: the pause before the restart, longer each time; nil when the child is given up.
    mutating func died(at now: ContinuousClock.Instant) -> Duration? {
        deaths.removeAll { now - $0 > window }
        deaths.append(now)
        guard deaths.count <= limit else { return nil }
        return .milliseconds(250 << (deaths.count - 1))
    }
}

/// A child that is kept running: its death is told, and it is started again, a few times.
final class SupervisedChild: Sendable {
    let spec: ChildSpec
    private let lock: String
    private let stop: Gate
    /// Opens when it was given up.
    let givenUp = Gate()
    private let console: DevConsole
    private let line: @Sendable (String) -> Void

    /// - Parameters:
    ///   - lock: ``DevFolder/childrenLock``.
    ///   - stop: opens when it is to end.
    ///   - line: takes each line of its output.
    init(
        _ spec: ChildSpec, lock: String, stop: Gate, console: DevConsole, line: @escaping @Sendable (String) -> Void
    ) {
        self.spec = spec
        self.lock = lock
        self.stop = stop
        self.console = console
        self.line = line
    }

    /// Returns when it ended for good.
    func run() async {
        var budget = RestartBudget()
        while !stop.isOpen {
            let ending: String
            do {
                let code = try await ChildProcess.run(spec, lock: lock, stop: stop, line: line)
                ending = code > 128 ? "was killed by signal \(code - 128)" : "ended with code \(code)"
            } catch {
                ending = "could not be started: \(error)"
            }
            if stop.isOpen { return }
            guard let pause = budget.died(at: .now) else {
                console.say("\(spec.name) \(ending), the \(budget.limit + 1)th time within a minute: given up.")
                givenUp.open()
                return
            }
            console.say("\(spec.name) \(ending); it is started again.")
            _ = await stop.wait(atMost: pause)
        }
    }
}
