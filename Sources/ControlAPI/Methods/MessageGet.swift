package import Domain
import JSONCoding
import JSONRPC

package enum MessageGet {
    package struct Params: Sendable {
        package var id: MessageID
    }

    package static let method = ControlMethod<Params, StoredMessage>(
        "message.get", .read, "Gives a message with what became of it.",
        params: [.required("id", .string(format: "uuid"))], result: .shared("Message"), errors: [.notFound],
        example: .init(params: ["id": "019aab7c-5d62-7c3e-9a41-0b8f3f1d2c5e"], result: Examples.message)
    ) { object -> Params? in
        object.required("id", MessageID.read).map(Params.init)
    } write: {
        $0.json
    }
}
