import ControlAPI
import JSONCoding
import JSONRPC
import Testing

/// One method with its types forgotten, so that tests can walk over all of them.
struct AnyMethod: Sendable, CustomTestStringConvertible {
    let info: MethodInfo
    let access: Access
    /// The faults that reading these params notes; nil when they are accepted.
    let faults: @Sendable (JSONObject) -> JSONFaults?

    var testDescription: String { info.name }

    init<Params, Output>(_ method: ControlMethod<Params, Output>) {
        info = method.method.info
        access = method.access
        faults = { params in
            do throws(JSONFaults) {
                _ = try JSONReader.read(.object(params), method.method.read)
                return nil
            } catch {
                return error
            }
        }
    }

    static let all: [AnyMethod] = [
        .init(TenantCreate.method), .init(TenantGet.method), .init(TenantList.method), .init(TenantUpdate.method),
        .init(TenantDelete.method), .init(ChannelCreate.method), .init(ChannelGet.method), .init(ChannelList.method),
        .init(ChannelUpdate.method), .init(ChannelDelete.method), .init(ChannelTest.method), .init(SecretSet.method),
        .init(SecretList.method),
        .init(SecretDelete.method), .init(SecretRewrap.method), .init(TokenCreate.method), .init(TokenList.method),
        .init(TokenRevoke.method), .init(AuditList.method), .init(FunctionCreate.method), .init(FunctionGet.method),
        .init(FunctionList.method), .init(FunctionUpdate.method),
        .init(FunctionDelete.method), .init(WebhookCreate.method), .init(WebhookGet.method), .init(WebhookList.method),
        .init(WebhookUpdate.method), .init(WebhookDelete.method), .init(ConfigSnapshotMethod.method),
        .init(FleetList.method),
        .init(FleetWait.method), .init(DocumentPut.method), .init(DocumentGet.method), .init(DocumentList.method),
        .init(DocumentDelete.method), .init(DocumentSearch.method), .init(ConversationList.method),
        .init(ConversationGet.method), .init(ConversationMessages.method), .init(MessageGet.method),
        .init(Discover.method),
    ]

    static func named(_ name: String) -> AnyMethod? { all.first { $0.info.name == name } }
}
