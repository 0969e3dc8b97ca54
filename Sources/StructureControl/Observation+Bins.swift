/// The few states that a value table tells apart.
extension Observation {
    /// States of ``state``.
    public static let stateCount = 3 * 3 * 3 * 4 * 3 * 3

    /// The bin of this observation: load × trend × growth signal × size × last outcome × share that
    /// is learned.
    public var state: Int {
        let loadBin = isOverloaded ? 2 : (load > 0.5 ? 1 : 0)
        let trendBin = self[.slope] < -0.5 ? 0 : (self[.trend] > 0.2 || self[.drift] > 0.5 ? 2 : 1)
        let signalBin = self[.growth] < 0.15 ? 0 : (self[.growth] < 0.4 ? 1 : 2)
        // About 8, 32 and 128 units in the widest layer.
        let width = self[.width]
        let sizeBin = width < 0.2 ? 0 : (width < 0.38 ? 1 : (width < 0.55 ? 2 : 3))
        let outcome = self[.growthOutcome]
        let outcomeBin = outcome < -0.3 ? 0 : (outcome > 0.3 ? 2 : 1)
        let share = self[.trainShare]
        let shareBin = share > -0.01 ? 2 : (share > -0.4 ? 1 : 0)
        var state = loadBin
        for (bin, count) in [
            (trendBin, 3), (signalBin, 3), (sizeBin, 4), (outcomeBin, 3), (shareBin, 3),
        ] {
            state = state * count + bin
        }
        return state
    }
}
