import StateCoding

/// Running statistics of several quantities under one rule.
///
/// The few values that a warm-up keeps lie apart from the statistics, which stay plain numbers
/// side by side: a snapshot copies them in one stroke.
struct MomentsBank: Equatable, Sendable {
    let rule: MomentsRule
    private var moments: [RunningMoments] = []
    /// Values of a running warm-up, by quantity; empty when there is none.
    private var warmUps: [[Double]] = []

    init(rule: MomentsRule) { self.rule = rule }

    var count: Int { moments.count }

    subscript(index: Int) -> RunningMoments { moments[index] }

    mutating func append() {
        moments.append(RunningMoments())
        warmUps.append([])
    }

    /// Takes in one value.
    ///
    /// - Returns: Whether the value was plausible.
    mutating func observe(_ value: Double, at index: Int) -> Bool {
        let isPlausible = moments[index].observe(value, rule: rule)
        if rule.isGuarded, moments[index].warmUpLeft > 0 { keep(value, at: index) }
        return isPlausible
    }

    private mutating func keep(_ value: Double, at index: Int) {
        // A full count left means that the warm-up begins with this value.
        if moments[index].warmUpLeft == RunningMoments.warmUpCount { warmUps[index] = [] }
        warmUps[index].append(RunningMoments.bounded(value))
        moments[index].countWarmUp()
        if moments[index].warmUpLeft == 0 {
            moments[index].rebase(on: warmUps[index], rule: rule)
            warmUps[index] = []
        }
    }
}

extension MomentsBank {
    func encode(to writer: inout StateWriter) {
        writer.write(moments)
        for values in warmUps { writer.write(values) }
    }

    init(from reader: inout StateReader, rule: MomentsRule) throws(StateError) {
        self.rule = rule
        moments = try reader.readArray()
        for _ in moments { warmUps.append(try reader.readDoubles()) }
    }
}
