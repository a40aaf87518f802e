import Testing

/// Habits that a compiler does not enforce.
@Suite struct HabitTests {
    /// What sources must not contain, and why.
    static let forbidden: [(text: String, reason: String)] = [
        ("try!", "traps on an error"),
        ("try?", "swallows an error; say what is done about it"),
        ("fatalError(", "traps; our own misuse is a precondition"),
        ("Thread.sleep", "blocks a thread"),
    ]

    static let promises = ["@unchecked Sendable", "nonisolated(unsafe)"]

    /// The offences of one file, each with its line.
    static func offences(in source: Repository.Source) -> [String] {
        var result: [String] = []
        for (number, text) in source.code {
            for (word, reason) in forbidden where holds(text, word) {
                result.append("\(source.path):\(number): \(word) \(reason)")
            }
            for promise in promises where text.contains(promise) && !isExplained(number, in: source) {
                result.append("\(source.path):\(number): \(promise) without a comment above that proves it")
            }
        }
        return result
    }

    /// Whether a text holds a word that is not the end of a longer one, such as `Registry?`.
    private static func holds(_ text: String, _ word: String) -> Bool {
        text.ranges(of: word).contains { range in
            range.lowerBound == text.startIndex || !text[text.index(before: range.lowerBound)].isLetter
        }
    }

    /// Whether a comment stands above a line; a run of such promises may share one.
    private static func isExplained(_ number: Int, in source: Repository.Source) -> Bool {
        var index = number - 2
        while index >= 0 {
            let line = source.lines[index].drop { $0 == " " }
            if line.hasPrefix("//") { return true }
            // Attributes of the same declaration, and other promises, may come between.
            guard line.hasPrefix("@") || promises.contains(where: source.lines[index].contains) else { return false }
            index -= 1
        }
        return false
    }

    @Test func sourcesKeepTheHabits() throws {
        let offences = try Repository.sources(below: "Sources").flatMap(Self.offences)
        #expect(offences.isEmpty, "\(offences.joined(separator: "\n"))")
    }

    /// A function that lies in a generic container by itself is wrapped once more in every access: memory grows, and
    /// one day the call of the innermost overflows the stack. As a member of a structure it is left alone.
    @Test func functionsLieInStructures() throws {
        let place = /(Mutex|Locked|Shared)(<[^>\[]*->|\(\{)/
        for source in try Repository.sources(below: "Sources") + Repository.sources(below: "Tests")
        where source.target != "ArchitectureTests" {
            for (number, text) in source.code where text.contains(place) {
                Issue.record("\(source.path):\(number): a function directly in a lock")
            }
        }
    }

    @Test func testsDoNotSleep() throws {
        let words = ["Thread.sleep", "usleep("]
        for source in try Repository.sources(below: "Tests") where source.target != "ArchitectureTests" {
            for (number, text) in source.code where words.contains(where: text.contains) {
                Issue.record("\(source.path):\(number) sleeps")
            }
        }
    }

    @Test func offencesAreFound() {
        func offences(_ text: String) -> Int {
            Self.offences(
                in: Repository.Source(path: "Sources/X/Y.swift", lines: text.split(separator: "\n").map(String.init))
            )
            .count
        }
        #expect(offences("let x = try! f()") == 1)
        #expect(offences("// let x = try! f()") == 0)
        #expect(offences(#"let x = "try! f()""#) == 0)
        #expect(offences(#"let x = "\"try! f()" // try!"#) == 0)
        #expect(offences(#"let x = "\\" + try! f()"#) == 1)
        #expect(offences("try? f()") == 1)
        #expect(offences("let a: Registry?") == 0)
        #expect(offences("fatalError(\"x\")\nThread.sleep(1)") == 2)
        #expect(offences("final class X: @unchecked Sendable {") == 1)
        #expect(offences("// proof\nfinal class X: @unchecked Sendable {") == 0)
        #expect(offences("// proof\n@frozen\nfinal class X: @unchecked Sendable {") == 0)
        #expect(offences("// proof\nnonisolated(unsafe) let a = 1\nnonisolated(unsafe) let b = 1") == 0)
        #expect(offences("// proof\nlet c = 1\nnonisolated(unsafe) let a = 1") == 1)
    }
}
