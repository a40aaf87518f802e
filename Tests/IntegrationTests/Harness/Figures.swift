import Glibc
import Support

/// Figures for the benchmark scripts: a line each in the file `METACHAT_TEST_FIGURES` and on the output.
enum Figures {
    static func note(_ name: String, _ milliseconds: [Double]) {
        note(
            "\(name): p50 \(rounded(milliseconds.percentile(0.5))) ms, p99 \(rounded(milliseconds.percentile(0.99))) ms"
        )
    }

    static func note(_ line: String) {
        print("FIGURE \(line)")
        guard let path = ProcessFixture.setting("METACHAT_TEST_FIGURES"), let file = fopen(path, "a") else { return }
        fputs(line + "\n", file)
        fclose(file)
    }

    static func rounded(_ value: Double) -> Double { (value * 10).rounded() / 10 }
}
