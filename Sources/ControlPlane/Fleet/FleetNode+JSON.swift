import Domain
package import JSONCoding

extension FleetNode {
    package var json: JSONValue {
        var object: JSONObject = [
            "id": .string(report.id), "roles": .array(report.roles.map { .string($0.rawValue) }),
            "advertiseUrl": .string(report.advertiseURL), "version": .string(report.version),
            "revision": .integer(report.revision), "configHash": .string(report.configHash),
            "status": .string(status.rawValue),
        ]
        object.append("error", report.error.map(JSONValue.string))
        object.append("startedAt", .string(report.startedAt.description))
        object.append("lastSeenAt", .string(lastSeenAt.description))
        object.append("sockets", JSONValue(report.sockets))
        object.append("inFlight", JSONValue(report.inFlight))
        return .object(object)
    }
}
