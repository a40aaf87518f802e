import ControlAPI
import Domain
import JSONRPC

extension ControlHandlers {
    func addConversations(to registry: inout MethodRegistry<CallContext>) {
        registry.add(ConversationList.method) { params, context in
            _ = try await tenant(params.tenantID, context)
            return try await messages.conversations(
                tenantID: params.tenantID, status: params.status, channelID: params.channelID, query: params.query,
                params.page)
        }

        registry.add(ConversationGet.method) { params, context in try await conversation(params.key, context) }

        registry.add(ConversationMessages.method) { params, context in
            _ = try await conversation(params.key, context)
            return try await messages.messages(
                params.key, after: params.after, before: params.before, params.page)
        }

        registry.add(MessageGet.method) { params, context in
            guard let message = try await messages.message(params.id),
                context.caller.sees(tenant: message.message.tenantID)
            else { throw RPCError.notFound("message") }
            return message
        }
    }

    private func conversation(_ key: ConversationKey, _ context: CallContext) async throws -> Conversation {
        guard let conversation = try await messages.conversation(key),
            context.caller.sees(tenant: conversation.tenantID)
        else { throw RPCError.notFound("conversation") }
        return conversation
    }
}
