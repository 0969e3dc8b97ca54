import StateCoding

/// Watches the learner's loss or errors, one sample at a time, for a change in their mean.
///
/// It also fires when the mean falls, as it does while a model learns (DDM excepted); the sign of
/// ``statistic`` tells the two apart. After firing it starts anew with the next sample.
public struct DriftDetector: Equatable, Sendable {
    fileprivate enum Test: Equatable, Sendable {
        case adwin(AdaptiveWindow)
        case pageHinkley(PageHinkley)
        case ddm(ErrorRateTest)
        case off
    }

    private var test: Test

    /// - Parameter configuration: Its delta must be in (0, 1) where the detector is ADWIN.
    public init(configuration: DriftConfiguration) {
        test =
            switch configuration.detector {
            case .adwin: .adwin(AdaptiveWindow(delta: configuration.delta))
            case .pageHinkley: .pageHinkley(PageHinkley())
            case .ddm: .ddm(ErrorRateTest())
            case .off: .off
            }
    }

    public var detector: DriftConfiguration.Detector {
        switch test {
        case .adwin: .adwin
        case .pageHinkley: .pageHinkley
        case .ddm: .ddm
        case .off: .off
        }
    }

    /// Whether the detector watches errors, 1 for a miss and 0 for a hit, and not losses.
    public var watchesErrors: Bool { detector == .ddm }

    /// How far the mean has moved: above 0 for a rise, below 0 for a fall.
    ///
    /// ADWIN: newer mean minus older mean when it fired last, 0 before. Page-Hinkley: the larger
    /// cumulated deviation up to the last update. DDM: error rate above its lowest, as of the last
    /// update. Off: 0.
    public var statistic: Double {
        switch test {
        case .adwin(let test): test.statistic
        case .pageHinkley(let test): test.statistic
        case .ddm(let test): test.statistic
        case .off: 0
        }
    }

    /// Takes in the next value and says whether the mean has changed.
    ///
    /// - Parameter value: A loss, or an error if ``watchesErrors``. Taken as at most 1e140 in
    ///   magnitude, but a caller should bound it where it is still meaningful: one value far beyond
    ///   the others hides them. NaN is not a value and is passed over.
    public mutating func update(_ value: Double) -> Bool {
        guard !value.isNaN else { return false }
        return test.update(value)
    }
}

extension DriftDetector.Test {
    fileprivate mutating func update(_ value: Double) -> Bool {
        // Moved out and in again: a copy would share the buckets, and they would have to be copied.
        switch consume self {
        case .adwin(var adwin):
            let hasFired = adwin.update(bounded(value))
            self = .adwin(adwin)
            return hasFired
        case .pageHinkley(var pageHinkley):
            let hasFired = pageHinkley.update(bounded(value))
            self = .pageHinkley(pageHinkley)
            return hasFired
        case .ddm(var ddm):
            let hasFired = ddm.update(value)
            self = .ddm(ddm)
            return hasFired
        case .off:
            self = .off
            return false
        }
    }
}

extension DriftDetector: StateCodable {
    public func encode(to writer: inout StateWriter) {
        writer.write(detector.rawValue)
        switch test {
        case .adwin(let test): writer.write(test)
        case .pageHinkley(let test): writer.write(test)
        case .ddm(let test): writer.write(test)
        case .off: break
        }
    }

    public init(from reader: inout StateReader) throws(StateError) {
        let start = reader.offset
        guard let detector = DriftConfiguration.Detector(rawValue: try reader.readString()) else {
            throw .invalid(what: "drift detector", offset: start)
        }
        switch detector {
        case .adwin: test = .adwin(try reader.read())
        case .pageHinkley: test = .pageHinkley(try reader.read())
        case .ddm: test = .ddm(try reader.read())
        case .off: test = .off
        }
    }
}
