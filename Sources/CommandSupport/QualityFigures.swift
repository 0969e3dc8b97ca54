import WireFormat

/// The figures of quality, whatever the task, ready to be shown.
public struct QualityFigures: Equatable, Sendable {
    public struct Score: Equatable, Sendable {
        public let name: String
        public let total: Double
        public let window: Double
        let isShare: Bool

        /// The number in its unit.
        public func text(_ value: Double) -> String {
            isShare ? Figures.percent(value, places: 2) : Figures.short(value)
        }
    }

    public struct Baseline: Equatable, Sendable {
        public let name: String
        public let value: Double
    }

    /// Scored so far.
    public let samples: Int
    public let windowSize: Int
    /// What the baselines are measured in.
    public let headline: Score
    public let others: [Score]
    public let baselines: [Baseline]
    public let validationLoss: Double?
    private let isHigherBetter: Bool

    public init(_ quality: StatusReport.Quality) {
        switch quality {
        case .classification(let report):
            let (total, window) = (report.scores, report.window.scores)
            self.init(
                report,
                headline: Score(
                    name: "accuracy", total: total.accuracy, window: window.accuracy,
                    isShare: true),
                others: [
                    Score(
                        name: "kappa", total: total.kappa, window: window.kappa, isShare: false),
                    Score(
                        name: "log loss", total: total.logLoss, window: window.logLoss,
                        isShare: false),
                ],
                baselines: [
                    Baseline(name: "majority", value: report.baselines.majority),
                    Baseline(name: "no change", value: report.baselines.noChange),
                ], isHigherBetter: true)
        case .regression(let report):
            let (total, window) = (report.scores, report.window.scores)
            self.init(
                report,
                headline: Score(
                    name: "MAE", total: total.meanAbsoluteError,
                    window: window.meanAbsoluteError, isShare: false),
                others: [
                    Score(
                        name: "RMSE", total: total.rootMeanSquareError,
                        window: window.rootMeanSquareError, isShare: false),
                    Score(
                        name: "R²", total: total.rSquared, window: window.rSquared,
                        isShare: false),
                ],
                baselines: [
                    Baseline(name: "mean", value: report.baselines.mean),
                    Baseline(name: "no change", value: report.baselines.noChange),
                ], isHigherBetter: false)
        }
    }

    private init<Scores>(
        _ report: QualityReport<Scores>, headline: Score, others: [Score], baselines: [Baseline],
        isHigherBetter: Bool
    ) {
        samples = report.samples
        windowSize = report.window.size
        validationLoss = report.validation.samples > 0 ? report.validation.loss : nil
        self.headline = headline
        self.others = others
        self.baselines = baselines
        self.isHigherBetter = isHigherBetter
    }

    /// Whether the model is better over all its samples than every baseline.
    public var beatsBaselines: Bool {
        baselines.allSatisfy {
            isHigherBetter ? headline.total > $0.value : headline.total < $0.value
        }
    }

    /// `majority 57.50 %, no change 85.30 %`.
    public var baselineText: String {
        baselines.map { "\($0.name) \(headline.text($0.value))" }.joined(separator: ", ")
    }
}
