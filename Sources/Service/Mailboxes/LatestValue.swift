import Synchronization

/// Hands the newest value from one thread to one other; older ones are forgotten.
///
/// Triple buffering: the writer owns one place, the reader another, and the third goes back and
/// forth by one atomic exchange. Neither side ever waits.
final class LatestValue<Value: Sendable>: Sendable {
    /// Unchecked: the exchange of `middle` hands each place to exactly one thread at a time.
    private final class Place: @unchecked Sendable {
        var value: Value?
    }

    /// Unchecked: `index` of the writer's side is touched by the writer alone, and the reader's by
    /// the reader alone.
    private final class Side: @unchecked Sendable {
        var index: Int
        init(index: Int) { self.index = index }
    }

    private let places: [Place] = [Place(), Place(), Place()]
    private let writer = Side(index: 0)
    private let reader = Side(index: 2)
    /// The place in between, plus ``freshness`` when the reader has not seen it.
    private let middle = Atomic<Int>(1)
    private static var freshness: Int { 4 }

    init() {}

    /// Publishes a value. Only the writing thread may call this.
    func publish(_ value: consuming Value) {
        places[writer.index].value = value
        let previous = middle.exchange(
            writer.index | Self.freshness, ordering: .sequentiallyConsistent)
        writer.index = previous & ~Self.freshness
        // An old value may hold much memory: let go of it here rather than at the next publish.
        places[writer.index].value = nil
    }

    /// The newest value, when there is one that was not taken yet. Only the reading thread may call
    /// this.
    func take() -> Value? {
        // Sequentially consistent, as is the exchange in `publish`: a reader that announces its wait
        // by another flag and then looks here either finds the value, or its flag is seen.
        guard middle.load(ordering: .sequentiallyConsistent) & Self.freshness != 0 else {
            return nil
        }
        let previous = middle.exchange(reader.index, ordering: .acquiringAndReleasing)
        reader.index = previous & ~Self.freshness
        return places[reader.index].value.take()
    }
}
