package import Domain
import JSONCoding
import JSONRPC

package enum ChannelTest {
    package static let method = ControlMethod<EntityParams, [ChannelCheck]>(
        "channel.test", .read, "Checks a channel's credentials against the live Graph API.",
        details: "Reads alone; `ok` is true when every check is. Takes up to 10 s for each question to Meta.",
        params: [CommonParams.id],
        result: .object(
            [
                .required("ok", .boolean),
                .required(
                    "checks",
                    .array(
                        of: .object(
                            [
                                .required("name", .string()), .required("ok", .boolean), .required("detail", .string()),
                            ], closed: false))),
            ], closed: false),
        errors: [.notFound],
        example: .init(
            params: ["id": "acme-whatsapp"],
            result: [
                "ok": true, "checks": [["name": "phoneNumber", "ok": true, "detail": "+1 555 025 3483, Acme, GREEN"]],
            ])
    ) {
        EntityParams($0)
    } write: { checks in
        [
            "ok": .bool(checks.allSatisfy(\.ok)),
            "checks": .array(
                checks.map { ["name": .string($0.name), "ok": .bool($0.ok), "detail": .string($0.detail)] }),
        ]
    }
}
