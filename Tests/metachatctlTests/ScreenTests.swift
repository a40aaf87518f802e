import Domain
import JSONCoding
import Testing

@testable import metachatctl

struct ScreenTests {
    private let now = Timestamp("2026-11-22T12:00:00.000Z") ?? Timestamp(milliseconds: 0)

    private func render(_ noun: String, _ verb: String, _ result: JSONValue, width: Int = 80) -> String {
        let screen = Screen(width: width, style: .plain, now: now)
        return Render(screen: screen, noun: noun, verb: verb).lines(result).joined(separator: "\n")
    }

    private func channel(_ id: String, _ name: JSONValue, enabled: Bool = true) -> JSONValue {
        [
            "id": .string(id), "tenantId": "acme", "type": "whatsapp", "name": name, "config": ["a": 1],
            "enabled": .bool(enabled), "revision": 44, "createdAt": "2026-11-01T00:00:00.000Z",
            "updatedAt": "2026-11-22T11:55:00.000Z",
            "secrets": ["accessToken": ["fingerprint": "3f1c"], "appSecret": ["fingerprint": "9be0"]],
        ]
    }

    @Test func aTable() {
        let result: JSONValue = [
            "items": [channel("acme-wa", "客服 ☎️"), channel("b", nil, enabled: false)], "nextCursor": nil,
        ]
        #expect(
            render("channel", "list", result, width: 110) == """
                ID       TENANT ID  TYPE      NAME     ENABLED  REVISION  UPDATED    SECRETS
                acme-wa  acme       whatsapp  客服 ☎️  yes            44  5 min ago  accessToken, appSecret
                b        acme       whatsapp  –        no             44  5 min ago  accessToken, appSecret
                """)
        for width in [20, 40, 60, 79, 80, 81, 120] {
            for line in render("channel", "list", result, width: width).split(separator: "\n") {
                #expect(TextWidth.of(line) <= width, "\(width): \(line)")
            }
        }
    }

    @Test func widthsGiveRoomBeforeColumnsGo() {
        let columns: [Table.Column] = [
            .init(title: "id", isWhole: true), .init(title: "name", rank: 1), .init(title: "text", rank: 2),
        ]
        #expect(Table.widths(natural: [10, 10, 10], columns: columns, width: 80) == [10, 10, 10])
        #expect(Table.widths(natural: [10, 10, 60], columns: columns, width: 44) == [10, 10, 20])
        #expect(Table.widths(natural: [20, 10, 60], columns: columns, width: 32) == [20, 10, 0])
        #expect(Table.widths(natural: [60, 10, 60], columns: columns, width: 30) == [30, 0, 0])
    }

    @Test(arguments: [
        ("abc", 3), ("äöü", 3), ("e\u{301}", 1), ("漢字", 4), ("👍🏽", 2), ("👩‍👩‍👧", 2), ("🇩🇪", 2), ("☎️", 2), ("ﾊ", 1), ("Ａ", 2),
        ("→", 1), ("\u{200B}x", 1),
    ])
    func widths(_ text: String, _ width: Int) { #expect(TextWidth.of(text) == width) }

    @Test func cutting() {
        #expect(TextWidth.cut("hello", to: 5) == "hello")
        #expect(TextWidth.cut("hello!", to: 5) == "hell…")
        #expect(TextWidth.cut("漢字漢字", to: 5) == "漢字…")
        #expect(TextWidth.cut("漢字漢字", to: 4) == "漢…")
    }

    @Test func dataCommandsNoTerminal() {
        let evil = "a\u{1B}[31mb\u{7}\u{9B}2Jc\u{202E}d\ne\u{7F}"
        #expect(CleanText.line(evil) == "a␛[31mb␇�2Jc�d e␡")
        #expect(CleanText.block("a\r\nb\u{8}\tc") == "a\nb␈    c")
        for (noun, verb) in [("tenant", "get"), ("tenant", "list"), ("new", "thing")] {
            let item: JSONValue = [
                "id": .string(evil), "name": .string(evil), "list": [.string(evil)], "inner": [evil: .string(evil)],
                "content": .string(evil),
            ]
            for result in [item, ["items": [item, item]], ["items": [.string(evil)]], .string(evil)] {
                let text = render(noun, verb, result)
                #expect(!text.unicodeScalars.contains { $0.value != 0x0A && CleanText.isDangerous($0.value) })
            }
        }
        let json = JSONOutput.text(["x": .string(evil)], isTerminal: true)
        #expect(!json.unicodeScalars.contains { $0.value != 0x0A && CleanText.isDangerous($0.value) })
        #expect((try? JSONValue.parse(json)) == ["x": .string(evil)])
    }

    @Test func details() {
        #expect(
            render("channel", "get", channel("acme-wa", "Support")) == """
                id         acme-wa
                tenantId   acme
                type       whatsapp
                name       Support
                config
                  a  1
                enabled    yes
                revision   44
                createdAt  2026-11-01T00:00:00.000Z  (21 d ago)
                updatedAt  2026-11-22T11:55:00.000Z  (5 min ago)
                secrets
                  NAME         FINGERPRINT
                  accessToken  3f1c
                  appSecret    9be0
                """)
    }

    @Test func otherShapes() {
        #expect(render("tenant", "list", ["items": [], "nextCursor": nil]) == "nothing found")
        #expect(render("tenant", "delete", ["id": "a", "revision": 5]) == "tenant a deleted (revision 5)")
        #expect(
            render("fleet", "list", ["revision": 45, "nodes": []]) == """
                revision   45

                nodes: none
                """)
        #expect(render("unknown", "verb", ["ok": true]) == "ok         yes")
        #expect(
            render("unknown", "list", ["items": [["word": "a", "id": "1"], ["word": "b", "id": "2"]]]) == """
                ID  WORD
                1   a
                2   b
                """)
        let message: JSONValue = ["content": ["image": ["caption": "a cat"]], "position": 3, "from": "x"]
        #expect(render("conversation", "messages", ["items": [message]]).contains("[image] a cat"))
    }

    @Test(arguments: [
        ("2026-11-22T12:00:00.000Z", "now"), ("2026-11-22T11:59:30.000Z", "30 s ago"),
        ("2026-11-22T12:00:04.999Z", "now"), ("2026-11-22T12:00:05.000Z", "in 5 s"),
        ("2026-11-22T11:59:59.000Z", "1 s ago"),
        ("2026-11-22T09:00:00.000Z", "3 h ago"), ("2026-11-25T12:00:00.000Z", "in 3 d"),
        ("2025-11-25T12:00:00.000Z", "2025-11-25"), ("x", "x"),
    ])
    func moments(_ text: String, _ words: String) { #expect(Moment.relative(text, now: now) == words) }

    @Test func wrapping() {
        #expect(Render.wrapped("one two three", to: 7) == ["one two", "three"])
        #expect(Render.wrapped("abcdefghij", to: 4) == ["abcd", "efgh", "ij"])
        #expect(Render.wrapped("", to: 4) == [""])
        #expect(Render.wrapped("漢字漢字", to: 1).joined() == "漢字漢字")
    }

    @Test func colourIsOnlyWhereItIsOn() {
        let table = Table(
            columns: [.init(title: "id"), .init(title: "status")],
            rows: [[.init("a"), .init("ready", ink: .green)]])
        #expect(table.lines(width: 80, style: .plain)[1] == "a   ready")
        #expect(table.lines(width: 80, style: Style(isOn: true))[1] == "a   \u{1B}[32mready\u{1B}[0m")
    }
}
