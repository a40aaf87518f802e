// swift-format-ignore-file
// Written from Schemas/sql by EmbeddedMigrationTests with METACHAT_UPDATE_SCHEMAS=1; not edited by hand.

extension Migration {
    /// The files of `Schemas/sql`, so that the program needs none of them where it runs.
    package static let embedded: [Migration] = [
    ]
}
