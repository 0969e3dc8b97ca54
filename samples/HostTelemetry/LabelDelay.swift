/// Keeps features until it is known what came of them.
struct LabelDelay: Sendable {
    /// How many ticks later the label is known. At least 1.
    let ticks: Int
    /// In order of their ticks.
    private var waiting: [(tick: Int, features: [HostFeatures.Feature])] = []

    init(ticks: Int) {
        precondition(ticks >= 1, "a label \(ticks) ticks ahead is no prediction")
        self.ticks = ticks
    }

    /// Stores the features of this tick, and gives back those that this tick labels.
    ///
    /// Ticks rise. Features whose time passed without a tick are dropped: nobody measured then.
    mutating func exchange(
        _ features: [HostFeatures.Feature], at tick: Int
    ) -> [HostFeatures.Feature]? {
        waiting.append((tick, features))
        let due = waiting.firstIndex { $0.tick >= tick - ticks } ?? waiting.endIndex
        waiting.removeFirst(due)
        guard let first = waiting.first, first.tick == tick - ticks else { return nil }
        waiting.removeFirst()
        return first.features
    }
}
