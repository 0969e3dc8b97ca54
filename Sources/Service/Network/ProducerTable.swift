import Features
import Storage

/// How far each producer has come, so that what is sent twice is learned once.
struct ProducerTable {
    struct Mark {
        var lastSequence: Int64 = 0
        /// Event number of the last accepted request.
        var lastOffset: Int?
    }

    /// What a request's number says about it.
    enum Verdict: Equatable {
        case next
        /// It was taken in before, as the event of this number if that is still known.
        case duplicate(offset: Int?)
        /// Requests are missing before this one.
        case gap(expected: Int64)
    }

    /// Producers are remembered for good, so their number has a limit.
    static let capacity = 100_000
    /// Requests that a producer may have in flight.
    static let credit = 64

    private var marks: [String: Mark] = [:]

    init() {}

    /// Producers as a journal knows them.
    init(_ known: [ProducerMark]) {
        for mark in known {
            marks[mark.producer] = Mark(
                lastSequence: Int64(mark.sequence), lastOffset: mark.offset)
        }
    }

    func lastSequence(of producer: String) -> Int64 { marks[producer]?.lastSequence ?? 0 }

    /// Event number of a producer's last request; 0 when there is none.
    func lastOffset(of producer: String) -> Int { marks[producer]?.lastOffset ?? 0 }

    /// - Throws: `too_large` when a new producer would be one too many.
    func verdict(producer: String, sequence: Int64) throws(Refusal) -> Verdict {
        let mark = marks[producer]
        if mark == nil, marks.count >= Self.capacity {
            throw Refusal(
                .tooLarge,
                "producer \"\(producer)\" is new and \(Self.capacity) are known already; "
                    + "use the names again that were used before")
        }
        let last = mark?.lastSequence ?? 0
        if sequence <= last {
            return .duplicate(offset: sequence == last ? mark?.lastOffset : nil)
        }
        return sequence == last + 1 ? .next : .gap(expected: last + 1)
    }

    /// Takes note of a request that was dealt with: accepted, or refused for good.
    mutating func advance(producer: String, to sequence: Int64, offset: Int) {
        marks[producer] = Mark(lastSequence: sequence, lastOffset: offset)
    }
}
