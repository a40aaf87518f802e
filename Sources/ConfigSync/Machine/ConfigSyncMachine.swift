package import Domain

/// Decides how a node comes to the current configuration and stays there. No clock, no IO.
///
/// A fanout loses what is published while nobody listens, and a snapshot alone is old as soon as it is read. So: bind
/// first, read the snapshot, apply what is newer, in order and without a gap; read again whenever something may have
/// been missed. While it reads, changes that follow without a gap are applied at once.
package struct ConfigSyncMachine: Sendable {
    package private(set) var state = ConfigState()
    /// Whether ``state`` is a configuration at all.
    package private(set) var hasState = false
    /// Changes of entities that this version cannot read, until a readable one comes.
    package private(set) var unreadable: [ConfigEntity: ConfigRefusal] = [:]

    private var reading: Reading?
    /// Changes beyond a gap, by revision.
    private var waiting: [Int64: Change] = [:]
    /// Whether a snapshot of the control plane was taken over since the start (a cached one does not count).
    private var isConfirmed = false
    /// Reads in a row that did not close the gap.
    private var fruitless = 0
    /// Reads in a row that gave an older revision than we had when we asked.
    private var setbacks = 0
    private let bufferLimit: Int

    private struct Reading {
        var revisionAtStart: Int64
        /// Something may have been missed after this read began: read once more.
        var again = false
    }

    /// One message of the fanout.
    package struct Change: Sendable {
        package enum Kind: Sendable {
            case event(ConfigEvent)
            /// A kind of entity of a later version: passed over.
            case unknownEntity
        }

        package var revision: Int64
        package var kind: Kind

        package init(revision: Int64, kind: Kind) {
            self.revision = revision
            self.kind = kind
        }
    }

    /// A snapshot of the control plane.
    package struct Snapshot: Sendable {
        package var state: ConfigState
        /// Entities in it that could not be read; they are missing in ``state``.
        package var unreadable: [ConfigRefusal]

        package init(state: ConfigState, unreadable: [ConfigRefusal] = []) {
            self.state = state
            self.unreadable = unreadable
        }
    }

    /// What the shell has to do after an event.
    package struct Step: Sendable, Hashable {
        /// Hand ``ConfigSyncMachine/state`` to the applier.
        package var changes: ConfigChanges?
        /// Read the snapshot, trying until it succeeds; never asked for while a read is under way.
        package var read: Read?
        package var notes: [Note] = []

        package init() {}
    }

    package struct Read: Sendable, Hashable {
        package var afterMilliseconds: Int64 = 0
        /// The revision we have, where "nothing is newer" would be a sufficient answer.
        package var since: Int64?
    }

    /// Worth a line in the log.
    package enum Note: Sendable, Hashable {
        case gap(after: Int64, received: Int64)
        case tooManyWaiting
        case unreadable(ConfigRefusal)
        case illegible
        /// The control plane has an older revision than we: its database was restored or replaced.
        case historyReplaced(from: Int64, to: Int64)
        /// One revision, two contents.
        case drift(revision: Int64)
    }

    /// - Parameter bufferLimit: changes kept beyond a gap; more are dropped, and the snapshot is read once more.
    package init(bufferLimit: Int = 10_000) { self.bufferLimit = bufferLimit }

    // MARK: Events

    /// A configuration from the cache file, before anything else.
    package mutating func restored(_ cached: ConfigState) -> Step {
        guard !hasState else { return Step() }
        state = cached
        hasState = true
        var step = Step()
        step.changes = .whole
        return step
    }

    /// The queue is bound: for the first time, or anew after the connection was lost.
    package mutating func bound() -> Step {
        var step = Step()
        mayHaveMissed(&step)
        return step
    }

    /// Time to look whether anything was missed; also before the queue could be bound at all.
    package mutating func checkDue() -> Step {
        var step = Step()
        if reading == nil { read(&step) }
        return step
    }

    /// A message of which not even the revision can be read.
    package mutating func receivedIllegible() -> Step {
        var step = Step()
        step.notes.append(.illegible)
        mayHaveMissed(&step)
        return step
    }

    package mutating func received(_ change: Change) -> Step {
        var step = Step()
        if hasState && change.revision <= state.revision { return step }
        if hasState && change.revision == state.revision + 1 {
            var changes = ConfigChanges()
            apply(change, &changes, &step)
            applyWaiting(&changes, &step)
            step.changes = changes
            return step
        }
        if waiting.count < bufferLimit {
            waiting[change.revision] = change
        } else {
            if reading?.again != true { step.notes.append(.tooManyWaiting) }
            reading?.again = true
        }
        if reading == nil {
            step.notes.append(.gap(after: state.revision, received: change.revision))
            read(&step)
        }
        return step
    }

    /// The snapshot that ``Step/read`` asked for.
    package mutating func received(_ snapshot: consuming Snapshot) -> Step {
        guard let reading else { return Step() }
        var step = Step()
        let revision = snapshot.state.revision
        self.reading = nil
        if hasState && revision < reading.revisionAtStart {
            setbacks += 1
            if setbacks < 2 {
                read(&step, afterMilliseconds: 200)
                return step
            }
            step.notes.append(.historyReplaced(from: state.revision, to: revision))
            waiting = [:]
            takeOver(snapshot, &step, changes: .whole)
        } else if !hasState || revision > state.revision {
            let changes = isConfirmed ? snapshot.state.changes(since: state) : .whole
            takeOver(snapshot, &step, changes: changes)
        } else if revision == state.revision && snapshot.unreadable.isEmpty && unreadable.isEmpty
            && snapshot.state.contentHash != state.contentHash
        {
            step.notes.append(.drift(revision: revision))
            takeOver(snapshot, &step, changes: .whole)
        }
        isConfirmed = true
        settle(reading, &step)
        return step
    }

    /// The answer "nothing is newer" to a read.
    package mutating func receivedUnchanged() -> Step {
        guard let reading else { return Step() }
        var step = Step()
        self.reading = nil
        settle(reading, &step)
        return step
    }

    // MARK: Inside

    private mutating func mayHaveMissed(_ step: inout Step) {
        if reading != nil { reading?.again = true } else { read(&step) }
    }

    private mutating func read(_ step: inout Step, afterMilliseconds: Int64 = 0) {
        reading = Reading(revisionAtStart: hasState ? state.revision : 0)
        step.read = Read(afterMilliseconds: afterMilliseconds, since: isConfirmed ? state.revision : nil)
    }

    private mutating func takeOver(_ snapshot: consuming Snapshot, _ step: inout Step, changes: ConfigChanges) {
        let refusals = snapshot.unreadable
        var next = snapshot.state
        unreadable = [:]
        for refusal in refusals {
            next.take(refusal.entity, from: state)
            unreadable[refusal.entity] = refusal
            step.notes.append(.unreadable(refusal))
        }
        state = next
        hasState = true
        setbacks = 0
        fruitless = 0
        step.changes = changes
    }

    /// After a read: whatever waited and now follows, and another read if there is still a gap.
    private mutating func settle(_ reading: Reading, _ step: inout Step) {
        setbacks = 0
        waiting = waiting.filter { $0.key > state.revision }
        var changes = step.changes ?? ConfigChanges()
        let before = state.revision
        applyWaiting(&changes, &step)
        if step.changes != nil || state.revision != before { step.changes = changes }
        if !waiting.isEmpty {
            // The snapshot was older than what had been published already.
            read(&step, afterMilliseconds: min(50 << Int64(min(fruitless, 10)), 5000))
            fruitless += 1
        } else {
            fruitless = 0
            if reading.again { read(&step) }
        }
    }

    private mutating func applyWaiting(_ changes: inout ConfigChanges, _ step: inout Step) {
        while let next = waiting.removeValue(forKey: state.revision + 1) { apply(next, &changes, &step) }
    }

    private mutating func apply(_ change: Change, _ changes: inout ConfigChanges, _ step: inout Step) {
        guard case .event(let event) = change.kind else {
            state.revision = change.revision
            return
        }
        switch state.apply(event) {
        case .changed(let entity):
            unreadable[entity] = nil
            changes.entities.insert(entity)
        case .irrelevant: break
        case .refused(let refusal):
            unreadable[refusal.entity] = refusal
            step.notes.append(.unreadable(refusal))
        }
    }
}
