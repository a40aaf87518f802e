import Synchronization

/// What the rings of children share.
final class DevSite: Sendable {
    let folder: DevFolder
    let console: DevConsole
    /// Opens when everything is to end.
    let stop: Gate
    private let reason = Mutex<DevError?>(nil)

    init(folder: DevFolder, console: DevConsole, stop: Gate) {
        self.folder = folder
        self.console = console
        self.stop = stop
    }

    /// A child that nothing works without was given up: everything ends.
    func lose(_ child: String) {
        reason.withLock { $0 = $0 ?? DevError("\(child) does not stay up; everything is stopped") }
        stop.open()
    }

    /// Runs `body` beside the children that it starts; they end when it returns.
    ///
    /// - Returns: what went wrong, unless nothing did.
    func ring(_ body: (DevRing) async throws -> Void) async -> DevError? {
        let (orders, launch) = AsyncStream.makeStream(of: SupervisedChild.self)
        let ringStop = Gate()
        let ring = DevRing(site: self, stop: ringStop, launch: launch)
        return await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await withDiscardingTaskGroup { children in
                    for await child in orders {
                        children.addTask {
                            await child.run()
                            if child.givenUp.isOpen { self.lose(child.spec.name) }
                        }
                    }
                }
            }
            var failure: DevError?
            do {
                try await body(ring)
            } catch is DevRing.Stopped {
            } catch let error as DevError {
                failure = error
            } catch {
                failure = DevError("\(error)")
            }
            ringStop.open()
            launch.finish()
            await group.waitForAll()
            return failure ?? reason.withLock { $0 }
        }
    }
}

/// Children that end together.
struct DevRing: Sendable {
    /// Somebody wants everything to end.
    struct Stopped: Error {}

    fileprivate let site: DevSite
    fileprivate let stop: Gate
    fileprivate let launch: AsyncStream<SupervisedChild>.Continuation

    /// Starts a child and keeps it running. What it writes goes to the terminal, or into a file.
    func start(_ spec: ChildSpec, logFile: String? = nil) {
        let line: @Sendable (String) -> Void
        if let logFile {
            let lines = DevLines(file: logFile)
            line = { lines.append($0) }
        } else {
            line = { [console = site.console] in console.line($0, from: spec.name) }
        }
        launch.yield(
            SupervisedChild(
                spec, lock: site.folder.childrenLock, stop: stop, console: site.console, line: line))
    }

    /// Runs a program once, to its end.
    ///
    /// - Throws: ``DevError`` when it fails.
    func once(_ spec: ChildSpec) async throws {
        let lines = DevLines()
        let code = try await ChildProcess.run(spec, lock: site.folder.childrenLock, stop: site.stop) { line in
            lines.append(line)
            site.console.line(line, from: spec.name)
        }
        if site.stop.isOpen { throw Stopped() }
        guard code == 0 else { throw DevError("\(spec.name) failed with code \(code)") }
    }

    /// Waits until a child is ready.
    ///
    /// - Parameter log: the file that tells more, should it not get ready within 90 seconds.
    /// - Throws: ``Stopped``, ``DevError``.
    func wait(for name: String, log: String? = nil, until isReady: () async -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(90)
        while !(await isReady()) {
            if site.stop.isOpen { throw Stopped() }
            if ContinuousClock.now > deadline {
                let last = log.flatMap(DevFile.read)?.split(separator: "\n").suffix(12).joined(separator: "\n")
                throw DevError("\(name) was not ready within 90 seconds" + (last.map { ":\n\($0)" } ?? ""))
            }
            _ = await site.stop.wait(atMost: .milliseconds(100))
        }
        if site.stop.isOpen { throw Stopped() }
    }
}
