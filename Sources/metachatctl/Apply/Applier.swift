import ControlAPI
import Foundation
import JSONCoding
import JSONRPC

/// Carries a plan out, step by step.
struct Applier: Sendable {
    let client: ControlClient
    let session: Session

    struct Outcome: Sendable {
        /// The highest revision of what was changed; nil when nothing has one.
        var revision: Int64?
        /// What the control plane shows once: signing secrets.
        var shownOnce: [(name: String, value: String)] = []
        /// Whose secret was made and never seen: the connection broke before the answer came.
        var lostSecrets: [String] = []
    }

    /// - Throws: ``CtlFailure`` that tells how far it came.
    func apply(_ plan: Plan) async throws -> Outcome {
        var outcome = Outcome()
        let steps = plan.changes
        // Before the first change: a secret that cannot be read must not leave half of it done.
        let calls = try steps.map { try params($0) }
        for (index, (step, params)) in zip(steps, calls).enumerated() {
            session.console.progress("\(index + 1) of \(steps.count): \(step.noun) \(step.id)")
            do {
                let result = try await call(step, params)
                if let revision = result["revision"]?.integer {
                    outcome.revision = max(outcome.revision ?? 0, revision)
                }
                if let secret = result["secret"]?.string ?? result["token"]?.string {
                    outcome.shownOnce.append(("\(step.noun) \(step.id)", secret))
                } else if step.mark == .create, step.noun == "webhook" || step.noun == "function" {
                    outcome.lostSecrets.append("\(step.noun) \(step.id)")
                }
            } catch var failure as CtlFailure {
                session.console.progress(nil)
                failure.hint = [
                    failure.hint,
                    "\(index) of \(steps.count) steps were done; metachatctl apply goes on where it stopped.",
                ].compactMap { $0 }.joined(separator: " ")
                throw failure
            }
        }
        session.console.progress(nil)
        return outcome
    }

    private func params(_ step: Plan.Step) throws(CtlFailure) -> JSONObject {
        guard let call = step.call else { return [:] }
        var params = call.params
        for read in call.reads {
            let value = try ParamReading.value(read, environment: session.environment)
            _ = params.set(value, at: read.path[...])
        }
        // A new key each time: a kept one would give yesterday's result without doing anything.
        if Catalog.control.command(method: call.method)?.isWrite ?? false {
            params["idempotencyKey"] = .string("apply-" + UUID().uuidString)
        }
        return params
    }

    private func call(_ step: Plan.Step, _ params: JSONObject) async throws -> JSONValue {
        guard let method = step.call?.method else { return .null }
        do {
            return try await client.call(method, params)
        } catch let error as RPCError {
            var failure = FailureText.failure(error, context: "\(step.noun) \(step.id)")
            if error.code == .invalidParams, let place = step.place {
                failure.details = (error.data?["errors"]?.array ?? []).map { fault in
                    let pointer = fault["path"]?.string ?? ""
                    let words = FailureText.words(ofPointer: pointer)
                    return "\(place.line(at: pointer)): \(words): \(fault["message"]?.string ?? "")"
                }
            }
            if error.code == .conflict, error.data?["currentRevision"] != nil {
                failure.hint = "Somebody changed it a moment ago; look at the difference again."
            }
            throw failure
        }
    }
}
