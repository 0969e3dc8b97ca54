/// Events whose bytes follow from their offset, so that any process can tell what a journal should
/// hold. Three producers take turns.
public enum StoredEvents {
    /// Between 17 and 216 bytes that name offset, producer and sequence.
    public static func record(at offset: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        for number in [offset, sequence(of: offset)] {
            for index in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: number >> (8 * index))) }
        }
        bytes.append(UInt8(offset % 3))
        for index in 0..<offset * 37 % 200 {
            bytes.append(UInt8(truncatingIfNeeded: offset &* 131 &+ index))
        }
        return bytes
    }

    /// "a", "b" or "c".
    public static func producer(of offset: Int) -> String { ["a", "b", "c"][offset % 3] }

    /// How many of the producer's events there are up to this one.
    public static func sequence(of offset: Int) -> Int { (offset + 2) / 3 }

    /// A stand-in for a learner: a state that depends on every event and on their order.
    public static func state(after state: UInt64, _ record: [UInt8]) -> UInt64 {
        // FNV-1a, carried from event to event.
        record.reduce(state) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    /// The state before the first event.
    public static let initialState: UInt64 = 0xcbf2_9ce4_8422_2325

    /// The state after an uninterrupted run.
    public static func state(through offset: Int) -> UInt64 {
        guard offset > 0 else { return initialState }
        return (1...offset).reduce(initialState) { state(after: $0, record(at: $1)) }
    }
}
