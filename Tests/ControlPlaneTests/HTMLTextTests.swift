import ControlAPI
import ControlPlane
import Support
import Testing

struct HTMLTextTests {
    private func blocks(_ text: String) -> [TextBlock] { DocumentText(text, mimeType: .html).blocks }

    @Test func aPageIsReducedToItsText() {
        let page = """
            <!DOCTYPE html><html><head><title>Title</title><style>p { color: red }</style></head>
            <body><!-- a <p>comment</p> --><h1>Opening &amp; hours</h1>
            <script>if (a < b) document.write("<p>no</p>")</script>
            <p>We are <b>open</b>
               from 9&nbsp;to&#32;18.<br>Closed on <a href="x?a=1>2">Sundays</a>.</p>
            <ul><li>One</li><li>Two <i>and</i> a half</ul>
            <table><tr><th>Day</th><th>Time</th></tr><tr><td>Mon</td><td>9</td></tr></table>
            <noscript>Enable scripts</noscript><svg><text>drawn</text></svg>
            </body></html>
            """
        #expect(
            blocks(page) == [
                .heading(level: 1, text: "Opening & hours"),
                .paragraph("We are open from 9 to 18.\nClosed on Sundays."),
                .paragraph("- One\n- Two and a half"), .paragraph("Day | Time\nMon | 9"),
            ])
    }

    @Test(arguments: [
        ("a < b and c > d", "a < b and c > d"), ("<p>unclosed", "unclosed"), ("x<br/>y", "x\ny"),
        ("<head><title>T</title><p>body without its tag", "body without its tag"), ("1 <2 3", "1 <2 3"),
        ("<P CLASS='a'>upper</P>", "upper"), ("text <a href=\"", "text"), ("&lt;b&gt; stays", "<b> stays"),
        ("<script>never closed", ""), ("", ""), ("<style></STYLE>after", "after"),
    ])
    func brokenMarkupCostsOnlyItself(_ source: String, _ text: String) {
        #expect(DocumentText(source, mimeType: .html).plain == text)
    }

    @Test func whateverComesIsTakenInTime() async {
        for unit in ["<", "</", "<a ", "<script>", "<!--", "&", "<p>", "<svg>", "<a b='", "&#x", "</script"] {
            let time = processorTime { _ = blocks(String(repeating: unit, count: 75_000 / unit.count)) }
            #expect(time < .seconds(20), "\(unit)")
            // The thread is the other tests' too.
            await Task.yield()
        }
    }

    @Test func plainTextKeepsItsLines() {
        let text = "\u{FEFF}One\r\ntwo\r\n\r\n  three   four \n\n\n"
        #expect(DocumentText(text, mimeType: .plain).blocks == [.paragraph("One\ntwo"), .paragraph("three four")])
    }
}
