import JSONCoding

/// What a file says there should be.
struct Declaration: Sendable {
    /// One tenant with all that it says of it: one YAML document.
    struct Tenant: Sendable {
        var entity: Entity
        var children: [Child] = []
        var documents: [Document] = []
        /// The sections that stand in the file.
        var sections: Set<String> = []

        var id: String { entity.id }
    }

    struct Child: Sendable {
        var kind: EntityKind
        var entity: Entity
    }

    struct Entity: Sendable {
        /// In the file: an id or a name.
        var id: String
        /// Params of `create` and `update`; null stands for "must not be there".
        var members: JSONObject
        var secrets: [Secret] = []
        var place: Place
    }

    struct Document: Sendable {
        var id: String
        var title: String
        var mimeType: String
        var metadata: JSONObject
        var content: [UInt8]
        var place: Place
    }

    /// Never the value.
    struct Secret: Sendable, Hashable {
        var name: String
        var source: Source
        var graceSeconds: Int64?
        /// The param it is of.
        var group = "secrets"
    }

    /// Where it stands, for faults that the control plane finds.
    struct Place: Sendable {
        var file: String
        var node: YAMLTree

        func line(at pointer: String) -> String { "\(file):\(node.line(at: pointer))" }
    }
}
