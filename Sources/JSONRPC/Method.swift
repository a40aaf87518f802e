package import JSONCoding

/// A method of an API: what it is called, takes and gives, in types and in words.
package struct Method<Params: Sendable, Output: Sendable>: Sendable {
    package let info: MethodInfo
    /// Reads the params object, noting every fault at once.
    package let read: @Sendable (JSONReader) -> Params?
    package let write: @Sendable (Output) -> JSONValue

    package init(
        _ info: MethodInfo, read: @escaping @Sendable (JSONReader) -> Params?,
        write: @escaping @Sendable (Output) -> JSONValue
    ) {
        self.info = info
        self.read = read
        self.write = write
    }
}

/// The description of a method, for its OpenRPC document and for generated clients.
package struct MethodInfo: Sendable {
    package var name: String
    /// One line.
    package var summary: String
    /// What does not fit the line.
    package var details: String?
    package var params: [JSONSchema.Member]
    package var result: JSONSchema
    /// The application's errors that this method may give, beside those of every method.
    package var errors: [RPCErrorCode]
    package var example: Example
    /// Members named `x-…` of the method's OpenRPC object.
    package var extensions: JSONObject

    package struct Example: Sendable {
        package var params: JSONObject
        package var result: JSONValue

        package init(params: JSONObject, result: JSONValue) {
            self.params = params
            self.result = result
        }
    }

    package init(
        name: String, summary: String, details: String? = nil, params: [JSONSchema.Member], result: JSONSchema,
        errors: [RPCErrorCode] = [], example: Example, extensions: JSONObject = [:]
    ) {
        self.name = name
        self.summary = summary
        self.details = details
        self.params = params
        self.result = result
        self.errors = errors
        self.example = example
        self.extensions = extensions
    }
}
