package import JSONCoding
package import JSONRPC

/// The control plane's API: the single source of its OpenRPC document and of the generated clients.
package enum ControlAPI {
    package static let version = "1.0.0"

    /// Every method's description, in the document's order.
    package static let methods: [MethodInfo] = [
        TenantCreate.method.method.info, TenantGet.method.method.info, TenantList.method.method.info,
        TenantUpdate.method.method.info, TenantDelete.method.method.info,
        ChannelCreate.method.method.info, ChannelGet.method.method.info, ChannelList.method.method.info,
        ChannelUpdate.method.method.info, ChannelDelete.method.method.info,
        ChannelTest.method.method.info,
        SecretSet.method.method.info, SecretList.method.method.info, SecretDelete.method.method.info,
        SecretRewrap.method.method.info, TokenCreate.method.method.info, TokenList.method.method.info,
        TokenRevoke.method.method.info, AuditList.method.method.info,
        FunctionCreate.method.method.info, FunctionGet.method.method.info, FunctionList.method.method.info,
        FunctionUpdate.method.method.info, FunctionDelete.method.method.info, WebhookCreate.method.method.info,
        WebhookGet.method.method.info, WebhookList.method.method.info, WebhookUpdate.method.method.info,
        WebhookDelete.method.method.info,
        ConfigSnapshotMethod.method.method.info, FleetList.method.method.info, FleetWait.method.method.info,
        DocumentPut.method.method.info, DocumentGet.method.method.info, DocumentList.method.method.info,
        DocumentDelete.method.method.info, DocumentSearch.method.method.info,
        ConversationList.method.method.info, ConversationGet.method.method.info,
        ConversationMessages.method.method.info, MessageGet.method.method.info, Discover.method.method.info,
    ]

    /// The OpenRPC document: `Schemas/openrpc.json`, `GET /openrpc.json`, `rpc.discover`.
    package static let openRPC = OpenRPC.document(
        title: "MetaChat control plane", version: version,
        description: """
            JSON-RPC 2.0 over POST /rpc with a bearer token. Params by name; unknown members are refused. Times are \
            RFC 3339 in UTC with milliseconds.
            """,
        methods: methods, errors: errors, common: commonErrors, schemas: schemas)
}
