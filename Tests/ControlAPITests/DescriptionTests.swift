import ControlAPI
import Domain
import JSONCoding
import JSONRPC
import Support
import Testing

/// A method's description and its reader say the same.
struct DescriptionTests {
    private let checker = SchemaChecker(document: ControlAPI.openRPC)

    @Test func everyMethodIsInTheDocumentOnce() {
        #expect(AnyMethod.all.map(\.info.name) == ControlAPI.methods.map(\.name))
        #expect(Set(ControlAPI.methods.map(\.name)).count == ControlAPI.methods.count)
    }

    @Test(arguments: AnyMethod.all)
    func theExampleIsAcceptedAndFitsTheSchemas(_ method: AnyMethod) {
        #expect(method.faults(method.info.example.params) == nil)
        let params = JSONSchema.object(method.info.params, closed: true)
        #expect(checker.complaints(.object(method.info.example.params), params.json) == [])
        #expect(checker.complaints(method.info.example.result, method.info.result.json) == [])
    }

    @Test(arguments: AnyMethod.all)
    func whatIsRequiredIsMissed(_ method: AnyMethod) {
        let missed = Set(method.faults([:])?.faults.filter { $0.message.hasPrefix("is missing") }.map(\.path) ?? [])
        var required = Set(method.info.params.filter(\.isRequired).map { "/" + $0.name })
        if method.info.name == "document.put" { required.insert("/content") }
        #expect(missed == required)
    }

    @Test(arguments: AnyMethod.all)
    func everyDescribedMemberIsReadAndOthersAreRefused(_ method: AnyMethod) throws {
        var params: JSONObject = ["no/such": 1]
        // No member takes an array of arrays.
        for member in method.info.params { params[member.name] = [[[]]] }
        let faults = try #require(method.faults(params)).faults
        #expect(faults.contains(JSONFault(path: "/no~1such", message: "is not known here")))
        for member in method.info.params {
            let own = faults.filter { $0.path.hasPrefix("/" + member.name) }
            #expect(!own.isEmpty, "\(member.name) is not read")
            #expect(!own.contains { $0.message == "is not known here" }, "\(member.name) is not known")
        }
    }

    @Test func everyReferenceLeadsSomewhere() {
        func references(_ value: JSONValue) -> [String] {
            switch value {
            case .array(let elements): elements.flatMap(references)
            case .object(let object):
                object.members.flatMap { $0.key == "$ref" ? [$0.value.string ?? "?"] : references($0.value) }
            default: []
            }
        }
        let shared = ControlAPI.openRPC["components"]
        for reference in Set(references(ControlAPI.openRPC)) {
            let steps = reference.split(separator: "/").map(String.init)
            #expect(steps.count == 4 && shared?[steps[2]]?[steps[3]] != nil, "\(reference)")
        }
    }

    @Test(arguments: AnyMethod.all)
    func rolesFollowTheContract(_ method: AnyMethod) {
        let reads = ["get", "list", "search", "messages", "discover", "wait", "test"]
        let isRead = reads.contains(String(method.info.name.split(separator: ".")[1]))
        let name = method.info.name
        #expect(method.access.allows(.admin))
        let isForAdmins = name.hasPrefix("token.") || name == "secret.rewrap"
        #expect(method.access.allows(.operator) == (name != "config.snapshot" && !isForAdmins))
        #expect(method.access.allows(.viewer) == (isRead && !isForAdmins))
        #expect(method.access.allows(.node) == ["config.snapshot", "rpc.discover"].contains(name))
        #expect(
            method.access.allows(.tenant)
                == (!["tenant.create", "tenant.delete", "fleet.list", "fleet.wait", "config.snapshot"].contains(name)
                    && !isForAdmins))
        #expect(method.info.extensions["x-roles"]?.array?.count == method.access.roles.count)
    }
}
