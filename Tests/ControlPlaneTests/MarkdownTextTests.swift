import ControlAPI
import ControlPlane
import Support
import Testing

struct MarkdownTextTests {
    private func blocks(_ text: String) -> [TextBlock] { DocumentText(text, mimeType: .markdown).blocks }

    private func line(_ text: String) -> String { DocumentText(text, mimeType: .markdown).plain }

    @Test func headingsAndParagraphsAreTold() {
        let text = """
            ---
            title: Front matter
            ---
            Title
            =====

            First line
            second line.

            ## Sub *heading* ##
            Text

            Other
            ---
            More
            ***
            End
            """
        #expect(
            blocks(text) == [
                .heading(level: 1, text: "Title"), .paragraph("First line\nsecond line."),
                .heading(level: 2, text: "Sub heading"), .paragraph("Text"), .heading(level: 2, text: "Other"),
                .paragraph("More"), .paragraph("End"),
            ])
    }

    @Test func listsQuotesTablesAndCodeKeepTheirWords() {
        let text = """
            - one
            * **two**
            + [ ] three
            1. four

            > quoted
            > > twice

            | Day | Hours |
            |-----|:-----:|
            | Mon | 9–18 |

            ```swift
            let x = 1 // # no heading

            let y = 2
            ```
            <!-- a
            comment -->
            [ref]: https://example.com "Title"
            """
        #expect(
            blocks(text) == [
                .paragraph("- one\n- two\n- three\n1. four"), .paragraph("quoted\ntwice"),
                .paragraph("Day | Hours\nMon | 9–18"),
                .paragraph("let x = 1 // # no heading\nlet y = 2"),
            ])
    }

    @Test(arguments: [
        ("**bold** _italic_ ***both*** ~~gone~~", "bold italic both gone"),
        ("[text](https://example.com/a_(b) \"T\") [x][ref] ![alt *a*](i.png)", "text x alt a"),
        ("`a * b` and ``c ` d``", "a * b and c ` d"),
        ("2 * 3 * 4 and snake_case_name", "2 * 3 * 4 and snake_case_name"),
        ("\\*not\\* \\[x\\]", "*not* [x]"), ("<https://example.com> <b>fat</b> a < b", "https://example.com fat a < b"),
        ("Tom &amp; J&eacute;r&#244;me &#x20AC;5 &nosuch; &", "Tom & Jérôme €5 &nosuch; &"),
        ("[not a link] (really)", "[not a link] (really)"), ("a ` b", "a ` b"), ("5 ~ 6", "5 ~ 6"),
        ("#hashtag", "#hashtag"), ("[unclosed](", "[unclosed]("),
    ])
    func marksInALineGo(_ source: String, _ text: String) {
        #expect(line(source) == text)
    }

    @Test func whateverComesIsTakenInTime() async {
        for unit in ["[", "![[", "`", "``` ", "<", "<!--", "*", "_a", "(](", "&", "> ", "| - ", "[a](", "\\"] {
            let time = processorTime {
                _ = blocks(String(repeating: unit, count: 50_000 / unit.count))
                _ = blocks(String(repeating: unit + "\n", count: 25_000 / unit.count))
            }
            #expect(time < .seconds(20), "\(unit)")
            // The thread is the other tests' too.
            await Task.yield()
        }
    }
}
