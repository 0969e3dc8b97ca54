import StateCoding

/// The detector that the configuration asks for.
public enum DriftDetector: ChangeDetector, Equatable, Sendable {
    case adwin(ADWIN)
    case pageHinkley(PageHinkley)
    /// Wants errors: 1 or 0.
    case ddm(DDM)
    /// Detects nothing.
    case off

    public init(_ configuration: DriftConfiguration) {
        switch configuration.detector {
        case .adwin: self = .adwin(ADWIN(delta: configuration.delta))
        case .pageHinkley: self = .pageHinkley(PageHinkley())
        case .ddm: self = .ddm(DDM())
        case .off: self = .off
        }
    }

    /// The name in configuration and status.
    public var kind: DriftConfiguration.Detector {
        switch self {
        case .adwin: .adwin
        case .pageHinkley: .pageHinkley
        case .ddm: .ddm
        case .off: .off
        }
    }

    public mutating func update(_ value: Double) -> Bool {
        // Taken out while it changes: a payload that is held twice would be copied.
        switch consume self {
        case .adwin(var detector):
            let hasDetected = detector.update(value)
            self = .adwin(detector)
            return hasDetected
        case .pageHinkley(var detector):
            let hasDetected = detector.update(value)
            self = .pageHinkley(detector)
            return hasDetected
        case .ddm(var detector):
            let hasDetected = detector.update(value)
            self = .ddm(detector)
            return hasDetected
        case .off:
            self = .off
            return false
        }
    }
}

extension DriftDetector: StateCodable {
    public func encode(to writer: inout StateWriter) {
        writer.write(kind.rawValue)
        switch self {
        case .adwin(let detector): writer.write(detector)
        case .pageHinkley(let detector): writer.write(detector)
        case .ddm(let detector): writer.write(detector)
        case .off: break
        }
    }

    public init(from reader: inout StateReader) throws(StateError) {
        let offset = reader.offset
        switch DriftConfiguration.Detector(rawValue: try reader.readString()) {
        case .adwin: self = .adwin(try reader.read())
        case .pageHinkley: self = .pageHinkley(try reader.read())
        case .ddm: self = .ddm(try reader.read())
        case .off: self = .off
        case nil: throw .invalid(what: "drift detector", offset: offset)
        }
    }
}
