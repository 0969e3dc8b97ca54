/// Which detector watches the loss, and how sensitive it is.
public struct DriftConfiguration: Equatable, Sendable {
    public enum Detector: String, CaseIterable, Sendable {
        case adwin
        case pageHinkley = "page_hinkley"
        case ddm
        case off
    }

    public var detector: Detector = .adwin
    /// Confidence of ADWIN. In `(0, 1)`.
    public var delta: Double = 0.002

    public init() {}
}
