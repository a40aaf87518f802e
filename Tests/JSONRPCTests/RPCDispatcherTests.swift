import JSONCoding
import JSONRPC
import Synchronization
import Testing

struct RPCDispatcherTests {
    private func code(_ answer: JSONValue?) -> Int64? { answer?["error"]?["code"]?.integer }

    @Test(arguments: ["\"a\"", "7", "-3", "1.5", "null", "\"\"", "9007199254740993", "\"\\u00e9\\n\""])
    func idsComeBackWithTheirType(_ id: String) async throws {
        let answer = try await Calculator().answer(#"{"jsonrpc":"2.0","method":"get_data","id":\#(id)}"#)
        let expected = try JSONValue.parse(id)
        #expect(answer?["id"] == expected)
        #expect(answer?["result"] == ["hello", 5])
    }

    @Test(arguments: ["true", "{}", "[1]"])
    func idsOfOtherKindsAreInvalid(_ id: String) async throws {
        let answer = try await Calculator().answer(#"{"jsonrpc":"2.0","method":"get_data","id":\#(id)}"#)
        #expect(code(answer) == -32600)
        #expect(answer?["id"] == .null)
    }

    @Test(arguments: [
        #"{"method":"get_data","id":1}"#, #"{"jsonrpc":"1.0","method":"get_data","id":1}"#,
        #"{"jsonrpc":2.0,"method":"get_data","id":1}"#, #"{"jsonrpc":"2.0","id":1}"#,
        #"{"jsonrpc":"2.0","method":null,"id":1}"#, #"{"jsonrpc":"2.0","method":"get_data","params":"x","id":1}"#,
        #"{"jsonrpc":"2.0","method":"get_data","params":null,"id":1}"#,
    ])
    func invalidRequestsKeepAnIdThatCanBeTold(_ text: String) async throws {
        let calculator = Calculator()
        let answer = try await calculator.answer(text)
        #expect(code(answer) == -32600)
        #expect(answer?["id"] == 1)
        #expect(calculator.log.withLock { $0.isEmpty })
    }

    @Test(arguments: [
        "", " ", "nul", "{", #"{"jsonrpc":"2.0","method":"get_data","id":1,"id":2}"#, "\u{FEFF}{}",
        #"{"jsonrpc":"2.0","method":"get_data","params":{"a":1,"a":2},"id":1}"#, "[] []",
        String(repeating: "[", count: 100) + String(repeating: "]", count: 100),
    ])
    func whatIsNoJSONIsAParseError(_ text: String) async throws {
        let answer = try await Calculator().answer(text)
        #expect(code(answer) == -32700)
        #expect(answer?["id"] == .null)
        #expect(answer?.object?.keys == ["jsonrpc", "error", "id"])
    }

    @Test func invalidUTF8IsAParseError() async throws {
        let text = Array(#"{"jsonrpc":"2.0","method":"get_"#.utf8) + [0xC3, 0x28] + Array(#"","id":1}"#.utf8)
        let bytes = try #require(await Calculator().makeDispatcher().respond(to: text, context: ""))
        #expect(code(try JSONValue.parse(bytes)) == -32700)
    }

    @Test(arguments: ["3", "true", "null", "\"x\""])
    func valuesThatAreNoRequestAreInvalid(_ text: String) async throws {
        let answer = try await Calculator().answer(text)
        #expect(code(answer) == -32600)
        #expect(answer?["id"] == .null)
    }

    @Test func everyFaultOfTheParamsShowsAtOnce() async throws {
        let text = #"{"jsonrpc":"2.0","method":"subtract","params":{"minuend":"x","a/b":1},"id":1}"#
        let answer = try await Calculator().answer(text)
        #expect(code(answer) == -32602)
        let paths = answer?["error"]?["data"]?["errors"]?.array?.compactMap { $0["path"]?.string }
        #expect(paths.map(Set.init) == ["/minuend", "/subtrahend", "/a~1b"])
    }

    @Test func membersBesideTheKnownOnesOfARequestAreTolerated() async throws {
        let answer = try await Calculator().answer(#"{"jsonrpc":"2.0","method":"get_data","id":1,"auth":null}"#)
        #expect(answer?["result"] != nil)
    }

    @Test func internalErrorsLeakNothingAndAreReported() async throws {
        let calculator = Calculator()
        let answer = try #require(try await calculator.answer(#"{"jsonrpc":"2.0","method":"fails","id":1}"#))
        #expect(code(answer) == -32603)
        #expect(!answer.text.contains("hunter2"))
        #expect(!answer.text.contains("Secret"))
        let reference = try #require(answer["error"]?["data"]?["reference"]?.string)
        let faults = calculator.faults.withLock { $0 }
        #expect(faults.count == 1)
        #expect(faults[0].hasPrefix("\(reference) fails someone"))
        #expect(faults[0].contains("hunter2"))
    }

    @Test func whoMayNotCallAMethodLearnsNothingOfItsParams() async throws {
        let request = #"{"jsonrpc":"2.0","method":"guarded","params":[],"id":1}"#
        #expect(code(try await Calculator().answer(request)) == -32003)
        #expect(code(try await Calculator().answer(request, as: "root")) == -32602)
    }

    @Test func resultsThatAreWrittenAlreadyAreTakenAsTheyStand() async throws {
        let answer = try await Calculator().answer(#"{"jsonrpc":"2.0","method":"text","id":"x"}"#)
        #expect(answer == ["jsonrpc": "2.0", "result": ["big": [1, 2]], "id": "x"])
    }

    @Test func callsOfABatchRunInOrder() async throws {
        let calculator = Calculator()
        let methods = (0..<100).map { $0 % 3 == 0 ? "update" : $0 % 3 == 1 ? "get_data" : "notify_hello" }
        let calls = methods.enumerated().map { index, name -> JSONValue in
            var call: JSONObject = ["jsonrpc": "2.0", "method": .string(name)]
            if name != "notify_hello" { call["id"] = JSONValue(index) }
            return .object(call)
        }
        let answer = try await calculator.answer(JSONValue.array(calls).text)
        #expect(calculator.log.withLock { $0 } == methods)
        #expect(answer?.array?.map { $0["id"]?.integer } == (0..<100).filter { $0 % 3 != 2 }.map { Int64($0) })
    }

    @Test func aBatchOfMoreThanAHundredIsInvalidAsAWhole() async throws {
        let calculator = Calculator()
        let call: JSONValue = ["jsonrpc": "2.0", "method": "update", "id": 1]
        let answer = try await calculator.answer(JSONValue.array(Array(repeating: call, count: 101)).text)
        #expect(code(answer) == -32600)
        #expect(answer?["id"] == .null)
        #expect(calculator.log.withLock { $0.isEmpty })
    }

    @Test func aBatchWhoseAnswersGrowTooLargeIsCutOff() async throws {
        var limits = RPCDispatcher<String>.Limits()
        limits.batchAnswer = 100
        let calculator = Calculator(limits: limits)
        let call: JSONValue = ["jsonrpc": "2.0", "method": "text", "id": 1]
        let notification: JSONValue = ["jsonrpc": "2.0", "method": "text"]
        let calls = Array(repeating: call, count: 5) + [notification, 3]
        let answers = try await calculator.answer(JSONValue.array(calls).text)?.array
        #expect(answers?.map { $0["error"]?["code"]?.integer } == [nil, nil, nil, -32600, -32600, -32600])
        #expect(calculator.log.withLock { $0.count } == 3)
    }

    @Test func requestsBeyondTheLimitAreRefused() async throws {
        var limits = RPCDispatcher<String>.Limits()
        limits.json = JSONLimits(maxBytes: 60)
        let request = #"{"jsonrpc":"2.0","method":"get_data","id":1}"#
        #expect(code(try await Calculator(limits: limits).answer(request)) == nil)
        #expect(
            code(try await Calculator(limits: limits).answer(request + String(repeating: " ", count: 60))) == -32700)
    }
}
