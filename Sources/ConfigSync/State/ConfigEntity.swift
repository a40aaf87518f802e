package import Domain

/// One entity of the configuration, by name.
package enum ConfigEntity: Sendable, Hashable {
    case tenant(String)
    case channel(String)
    case secret(SecretKey)
}

extension ConfigEntity: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tenant(let id): "tenant \(id)"
        case .channel(let id): "channel \(id)"
        case .secret(let key): "secret \(key.sealingContext)"
        }
    }
}

/// What is different from one state of the configuration to the next.
package struct ConfigChanges: Sendable, Hashable {
    package var entities: Set<ConfigEntity>
    /// The state has nothing to do with the one before; look at everything.
    package var isWhole: Bool

    package static let whole = ConfigChanges(entities: [], isWhole: true)

    package init(entities: Set<ConfigEntity> = [], isWhole: Bool = false) {
        self.entities = entities
        self.isWhole = isWhole
    }
}

/// An entity that could not be put to use. The last good one, if there was one, stays in use.
package struct ConfigRefusal: Sendable, Hashable, CustomStringConvertible {
    package var entity: ConfigEntity
    /// Of the change that was refused.
    package var revision: Int64
    /// For people; holds no secret.
    package var reason: String

    package init(entity: ConfigEntity, revision: Int64, reason: String) {
        self.entity = entity
        self.revision = revision
        self.reason = reason
    }

    package var description: String { "\(entity) at revision \(revision): \(reason)" }
}

/// Puts a configuration to use.
package protocol ConfigApplier: Sendable {
    /// Puts the changed entities to use, all in one step; keeps the last good one of each that it must refuse.
    ///
    /// Called by one task at a time. Must not keep `state`: a kept copy makes the next change copy all of it.
    ///
    /// - Returns: every entity that is refused as of now, also by earlier calls.
    func apply(_ state: borrowing ConfigState, _ changes: ConfigChanges) -> [ConfigRefusal]
}
