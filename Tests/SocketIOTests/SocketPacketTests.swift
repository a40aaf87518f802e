import JSONCoding
import SocketIO
import Support
import Testing

@Suite struct SocketPacketTests {
    private func json(_ text: String) throws -> JSONText { try JSONText(parsing: text.utf8) }

    private func decode(_ texts: [EngineMessage], limits: SocketLimits = SocketLimits()) throws -> SocketPacket? {
        var decoder = SocketDecoder(limits: limits)
        var packet: SocketPacket?
        for text in texts {
            try #require(packet == nil)
            packet = try decoder.receive(text)
        }
        return packet
    }

    private func decode(_ text: String, limits: SocketLimits = SocketLimits()) throws -> SocketPacket? {
        try decode([.text(Array(text.utf8))], limits: limits)
    }

    /// The examples of the protocol's description.
    @Test func examples() throws {
        let examples: [(SocketPacket, String)] = [
            (SocketPacket(.connect(nil)), "0"), (SocketPacket(.connect(try json(#"{"sid":"x"}"#))), #"0{"sid":"x"}"#),
            (SocketPacket(.connect(nil), namespace: "/admin"), "0/admin,"),
            (SocketPacket(.connect(try json(#"{"t":"1"}"#)), namespace: "/admin"), #"0/admin,{"t":"1"}"#),
            (
                SocketPacket(.connectError(try json(#"{"message":"Not authorized"}"#))),
                #"4{"message":"Not authorized"}"#
            ),
            (SocketPacket(.event(name: "foo", arguments: try json("[]"))), #"2["foo"]"#),
            (SocketPacket(.event(name: "bar", arguments: try json("[]")), namespace: "/admin"), #"2/admin,["bar"]"#),
            (SocketPacket(.event(name: "foo", arguments: try json("[1,{}]")), id: 12), #"212["foo",1,{}]"#),
            (SocketPacket(.acknowledgement(try json("[]")), id: 12), "312[]"),
            (SocketPacket(.acknowledgement(try json(#"["bar"]"#)), namespace: "/admin", id: 13), #"3/admin,13["bar"]"#),
            (SocketPacket(.disconnect), "1"), (SocketPacket(.disconnect, namespace: "/admin"), "1/admin,"),
        ]
        for (packet, text) in examples {
            #expect(packet.messages == [.text(Array(text.utf8))])
            #expect(try decode(text) == packet, "\(text)")
        }
    }

    @Test func binaryExamples() throws {
        let placeholder = #"{"_placeholder":true,"num":0}"#
        let event = SocketPacket(
            .event(name: "baz", arguments: try json("[\(placeholder)]")), namespace: "/admin", id: 14,
            attachments: [[1, 2], []])
        let messages: [EngineMessage] = [
            .text(Array(#"52-/admin,14["baz",\#(placeholder)]"#.utf8)), .binary([1, 2]), .binary([]),
        ]
        #expect(event.messages == messages)
        #expect(try decode(messages) == event)
        let answer = SocketPacket(.acknowledgement(try json("[\(placeholder)]")), id: 15, attachments: [[9]])
        #expect(answer.messages == [.text(Array("61-15[\(placeholder)]".utf8)), .binary([9])])
        #expect(try decode(answer.messages) == answer)
        // None announced is none awaited.
        #expect(try decode(#"50-["a"]"#)?.attachments == [])
    }

    @Test func whatClientsWriteToo() throws {
        #expect(try decode("0/custom") == SocketPacket(.connect(nil), namespace: "/custom"))
        #expect(try decode("41/custom".replacing("4", with: "")) == SocketPacket(.disconnect, namespace: "/custom"))
        #expect(
            try decode(#"2[ "a" , 1.0, 1e2, "\u00e9 " ]"#)?.content
                == .event(name: "a", arguments: try json(#"[1.0,1e2,"\u00e9 "]"#)))
        #expect(try decode("2[7,true]")?.content == .event(name: "7", arguments: try json("[true]")))
    }

    @Test(arguments: [
        ("", SocketFault.unknownPacketType), ("abc", .unknownPacketType), ("7", .unknownPacketType),
        ("2", .invalidContent), ("2{}", .invalidContent), ("2[]", .invalidContent), ("2[{}]", .invalidContent),
        ("2[null]", .invalidContent), (#"2"x""#, .invalidContent), (#"2["disconnect"]"#, .invalidContent),
        (#"2["connect_error",1]"#, .invalidContent), ("0[]", .invalidContent), ("01", .invalidContent),
        (#"0"x""#, .invalidContent), ("1{}", .invalidContent), ("15", .invalidContent), ("3[]", .invalidID),
        ("31{}", .invalidContent), ("4", .invalidContent), ("4[]", .invalidContent),
        ("2/" + String(repeating: "n", count: 256) + #",["a"]"#, .invalidNamespace),
        (#"29007199254740992["a"]"#, .invalidID), (#"299999999999999999999999["a"]"#, .invalidID),
        ("5[\"a\"]", .invalidContent), ("5-[\"a\"]", .invalidContent), ("51[\"a\"]", .invalidContent),
        (#"517-["a"]"#, .tooManyAttachments), (#"510000-["a"]"#, .tooManyAttachments),
        ("599999999999999999999-[]", .invalidContent),
        (#"51-["a",{"_placeholder":true,"num":1}]"#, .invalidPlaceholder),
        (#"51-["a",[{"b":{"_placeholder":true,"num":-1}}]]"#, .invalidPlaceholder),
        (#"51-["a",{"_placeholder":true,"num":"0"}]"#, .invalidPlaceholder),
        (#"51-["a",{"_placeholder":true}]"#, .invalidPlaceholder),
    ])
    func malformedPacketsAreRefused(_ text: String, _ expected: SocketFault) {
        #expect(throws: expected) { try decode(text) }
    }

    @Test(arguments: ["2[", #"2["a""#, "2abc[]", #"2["a"] x"#, "0{\"a\":1,\"a\":2}"])
    func malformedJSONIsRefused(_ text: String) {
        do {
            _ = try decode(text)
            Issue.record("read: \(text)")
        } catch SocketFault.invalidJSON {
        } catch {
            Issue.record("\(error)")
        }
    }

    @Test func limits() throws {
        var limits = SocketLimits()
        limits.json = JSONLimits(maxBytes: 20, maxDepth: 3, maxValues: 5)
        limits.maxAttachmentBytes = 4
        #expect(try decode(#"2["a",[[1]]]"#, limits: limits) != nil)
        for text in [#"2["a",[[[1]]]]"#, #"2["a",1,2,3,4]"#, #"2["aaaaaaaaaaaaaaaaa"]"#] {
            #expect(throws: SocketFault.self) { try decode(text, limits: limits) }
        }
        let header = EngineMessage.text(Array(#"52-["a"]"#.utf8))
        #expect(try decode([header, .binary([1, 2]), .binary([3, 4])], limits: limits) != nil)
        #expect(throws: SocketFault.tooLarge) {
            try decode([header, .binary([1, 2]), .binary([3, 4, 5])], limits: limits)
        }
    }

    @Test func attachmentsComeWhenTheyAreAnnounced() throws {
        var decoder = SocketDecoder()
        #expect(throws: SocketFault.unexpectedAttachment) { try decoder.receive(.binary([1])) }
        #expect(try decoder.receive(.text(Array(#"51-["a"]"#.utf8))) == nil && decoder.isWaiting)
        #expect(throws: SocketFault.missingAttachment) { try decoder.receive(.text(Array(#"2["b"]"#.utf8))) }
        #expect(try decoder.receive(.binary([1])) != nil && !decoder.isWaiting)
    }

    /// Whatever comes, it is read or refused, and what is read comes back the same.
    @Test func mutatedPackets() throws {
        var random = SeededGenerator(seed: 5)
        let samples = [
            #"0/admin,{"token":"1","n":[1.50,null]}"#, #"212["foo",{"a":"\u00e9\n"}]"#, #"3/x,7["b",true]"#,
            #"51-/n,3["a",{"_placeholder":true,"num":0},"b"]"#, "1/admin,", #"4{"message":"no"}"#,
        ].map { Array($0.utf8) }
        var readable = 0
        for _ in 0..<20_000 {
            var text = samples.randomElement(using: &random)!
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let index = Int.random(in: 0..<text.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: text[index] = UInt8.random(in: 0...255, using: &random)
                case 1: text.insert(Array(#"[]{},":0-/9\ "#.utf8).randomElement(using: &random)!, at: index)
                case 2: text.replaceSubrange(index..., with: samples.randomElement(using: &random)!)
                default: if text.count > 1 { text.remove(at: index) }
                }
            }
            var decoder = SocketDecoder()
            do {
                guard let packet = try decoder.receive(.text(text)) else { continue }
                readable += 1
                #expect(try decode(packet.messages) == packet)
            } catch is SocketFault {}
        }
        #expect(readable > 1000)
    }
}
