import StateCoding

/// What waits for a label, by the identifier under which the label will come.
///
/// The door and the learner hold one each and let the same things happen to it in the same order,
/// so the door knows at once what the learner will find. The learner's payload is the features; the
/// door's is empty.
///
/// The oldest yields when there are too many, and whatever is older than the time to live. Time only
/// comes in by ``advance(to:noteExpired:)``.
///
/// All operations take constant time, but for a growth of the storage.
public struct LabelJoin<Payload> {
    /// One sample that waits, in a list by age.
    fileprivate struct Entry {
        var identifier: SampleIdentifier
        /// `nil` in a place that is free.
        var payload: Payload?
        var time: Double
        /// Places of the next older and the next newer entry; -1 at the ends.
        var older: Int
        var newer: Int
    }

    public let configuration: JoinConfiguration
    /// The latest time that came in since something waits, in seconds. While nothing does it means
    /// nothing, and is no part of the state: equal streams give equal states whenever they came.
    public private(set) var clock = 0.0
    /// What became of the samples that no longer wait.
    public private(set) var counts = LabelJoinCounts()

    fileprivate var entries: [Entry] = []
    private var places: [SampleIdentifier: Int] = [:]
    private var freePlaces: [Int] = []
    private var oldest = -1
    private var newest = -1

    public init(configuration: JoinConfiguration) { self.configuration = configuration }

    /// Samples that wait.
    public var count: Int { places.count }

    /// Whether features wait under an identifier.
    public func contains(_ identifier: SampleIdentifier) -> Bool { places[identifier] != nil }

    /// Whether moving the clock to a time would let go of something.
    public func isOverdue(at time: Double) -> Bool {
        oldest >= 0 && time - entries[oldest].time > configuration.timeToLiveSeconds
    }

    /// Moves the clock, never back while something waits, and lets go of what has waited too long.
    ///
    /// - Parameters:
    ///   - time: In seconds; only differences matter.
    ///   - noteExpired: Hears each identifier, the oldest first.
    public mutating func advance(
        to time: Double, noteExpired: (SampleIdentifier) -> Void = { _ in }
    ) {
        // While nothing waits the time is of no consequence, and no part of the state: equal
        // samples then give equal states, whenever they come.
        guard time > clock || oldest < 0 else { return }
        clock = time
        while isOverdue(at: clock) {
            noteExpired(entries[oldest].identifier)
            _ = release(oldest)
            counts.expired += 1
        }
    }

    /// Lets something wait from now on. An identifier used again keeps the newest.
    ///
    /// - Parameter noteYielded: Hears the identifier that had to make room.
    public mutating func insert(
        _ payload: Payload, for identifier: SampleIdentifier,
        noteYielded: (SampleIdentifier) -> Void = { _ in }
    ) {
        guard configuration.capacity > 0 else { return }
        if let place = places[identifier] {
            _ = release(place)
            counts.replaced += 1
        } else if places.count >= configuration.capacity {
            noteYielded(entries[oldest].identifier)
            _ = release(oldest)
            counts.yielded += 1
        }
        append(payload, for: identifier, time: clock)
    }

    /// Takes out what waits for a label that has come.
    ///
    /// - Returns: `nil` when nothing waits under the identifier.
    public mutating func join(_ identifier: SampleIdentifier) -> Payload? {
        guard let place = places[identifier] else { return nil }
        counts.joined += 1
        counts.lastDelay = clock - entries[place].time
        counts.totalDelay += counts.lastDelay
        return release(place)
    }

    private mutating func append(
        _ payload: Payload, for identifier: SampleIdentifier, time: Double
    ) {
        let entry = Entry(
            identifier: identifier, payload: payload, time: time, older: newest, newer: -1)
        let place: Int
        if let free = freePlaces.popLast() {
            place = free
            entries[place] = entry
        } else {
            place = entries.count
            entries.append(entry)
        }
        if newest >= 0 { entries[newest].newer = place } else { oldest = place }
        newest = place
        places[identifier] = place
    }

    private mutating func release(_ place: Int) -> Payload? {
        let older = entries[place].older
        let newer = entries[place].newer
        if older >= 0 { entries[older].newer = newer } else { oldest = newer }
        if newer >= 0 { entries[newer].older = older } else { newest = older }
        places[entries[place].identifier] = nil
        freePlaces.append(place)
        return entries[place].payload.take()
    }
}

/// How often each thing happened in a ``LabelJoin``.
public struct LabelJoinCounts: Equatable, Sendable {
    /// Labels that found their features.
    public internal(set) var joined = 0
    /// Samples whose label did not come in time.
    public internal(set) var expired = 0
    /// Samples that made room for newer ones.
    public internal(set) var yielded = 0
    /// Samples whose identifier was used again.
    public internal(set) var replaced = 0
    /// Seconds between features and label, summed over ``joined``, and of the last one.
    public internal(set) var totalDelay = 0.0
    public internal(set) var lastDelay = 0.0

    public init() {}

    /// Mean seconds between features and label. `nil` before the first.
    public var meanDelay: Double? { joined > 0 ? totalDelay / Double(joined) : nil }
}

extension LabelJoin: Sendable where Payload: Sendable {}
extension LabelJoin.Entry: Sendable where Payload: Sendable {}

extension LabelJoin where Payload == EmptyPayload {
    /// What the door needs of a learner's join: who waits, and since when.
    public init<Other>(following other: LabelJoin<Other>) {
        self.init(configuration: other.configuration)
        clock = other.clock
        counts = other.counts
        other.visitWaiting { identifier, time, _ in
            append(EmptyPayload(), for: identifier, time: time)
        }
    }
}

/// Of a join that only has to know who waits.
public struct EmptyPayload: Sendable {
    public init() {}
}

extension LabelJoin {
    /// Visits what waits, the oldest first.
    func visitWaiting<Failure>(
        _ visit: (SampleIdentifier, Double, Payload) throws(Failure) -> Void
    ) throws(Failure) {
        var place = oldest
        while place >= 0 {
            if let payload = entries[place].payload {
                try visit(entries[place].identifier, entries[place].time, payload)
            }
            place = entries[place].newer
        }
    }
}

// MARK: - State

extension LabelJoin where Payload: StateCodable {
    /// Writes what waits by age; where it lies in memory is no part of the state.
    public func encode(to writer: inout StateWriter) {
        writer.write(count > 0 ? clock : 0)
        writer.write(counts)
        writer.write(count)
        visitWaiting { identifier, time, payload in
            writer.write(identifier)
            writer.write(time)
            writer.write(payload)
        }
    }

    /// - Parameter configuration: Has to have room for what was written.
    public init(
        configuration: JoinConfiguration, from reader: inout StateReader
    ) throws(StateError) {
        self.init(configuration: configuration)
        clock = try reader.readDouble()
        counts = try reader.read()
        let start = reader.offset
        let count = try reader.readInt()
        // A configuration with less room than before keeps the newest.
        let surplus = count - configuration.capacity
        guard count >= 0, count <= reader.remainingCount, clock.isFinite else {
            throw .invalid(what: "samples that wait for a label", offset: start)
        }
        for index in 0..<count {
            let identifier: SampleIdentifier = try reader.read()
            let time = try reader.readDouble()
            let payload: Payload = try reader.read()
            guard places[identifier] == nil, time <= clock else {
                throw .invalid(what: "sample that waits for a label", offset: reader.offset)
            }
            if index >= surplus { append(payload, for: identifier, time: time) }
        }
        if surplus > 0 { counts.yielded += surplus }
    }
}

extension LabelJoinCounts: StateCodable {
    public func encode(to writer: inout StateWriter) {
        for count in [joined, expired, yielded, replaced] { writer.write(count) }
        writer.write(totalDelay)
        writer.write(lastDelay)
    }

    public init(from reader: inout StateReader) throws(StateError) {
        joined = try reader.readInt()
        expired = try reader.readInt()
        yielded = try reader.readInt()
        replaced = try reader.readInt()
        totalDelay = try reader.readDouble()
        lastDelay = try reader.readDouble()
    }
}
