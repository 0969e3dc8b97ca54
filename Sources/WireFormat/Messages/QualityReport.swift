import Features

/// The figures of one kind of task.
public protocol TaskScores: Equatable, Sendable {
    associatedtype Baselines: WireMessage
    init()
    mutating func list(_ fields: inout FieldList) throws(Refusal)
}

public struct ClassificationScores: TaskScores {
    /// In `[0, 1]`.
    public var accuracy = 0.0
    /// Cohen's kappa.
    public var kappa = 0.0
    /// Mean over the samples, in nats.
    public var logLoss = 0.0
    /// Expected calibration error over 15 bins of confidence, in `[0, 1]`.
    public var calibrationError: Double?
    /// F1 of the second class; absent unless there are two.
    public var f1: Double?

    public init() {}

    public mutating func list(_ fields: inout FieldList) throws(Refusal) {
        try fields.field("accuracy", &accuracy)
        try fields.field("kappa", &kappa)
        try fields.field("log_loss", &logLoss)
        try fields.optional("calibration_error", &calibrationError)
        try fields.optional("f1", &f1)
    }

    /// The accuracy of predictors that learn nothing.
    public struct Baselines: WireMessage {
        /// Always the class met most often.
        public var majority = 0.0
        /// Always the class met last.
        public var noChange = 0.0

        public init() {}

        public mutating func list(_ fields: inout FieldList) throws(Refusal) {
            try fields.field("majority", &majority)
            try fields.field("no_change", &noChange)
        }
    }
}

public struct RegressionScores: TaskScores {
    public var meanAbsoluteError = 0.0
    public var rootMeanSquareError = 0.0
    public var rSquared = 0.0
    /// Share of targets inside their interval; left out until it is known.
    public var intervalCoverage: Double?

    public init() {}

    public mutating func list(_ fields: inout FieldList) throws(Refusal) {
        try fields.field("mae", &meanAbsoluteError)
        try fields.field("rmse", &rootMeanSquareError)
        try fields.field("r2", &rSquared)
        try fields.optional("interval_coverage", &intervalCoverage)
    }

    /// The mean absolute error of predictors that learn nothing.
    public struct Baselines: WireMessage {
        /// Always the mean of the targets so far.
        public var mean = 0.0
        /// Always the last target.
        public var noChange = 0.0

        public init() {}

        public mutating func list(_ fields: inout FieldList) throws(Refusal) {
            try fields.field("mean", &mean)
            try fields.field("no_change", &noChange)
        }
    }
}

/// How good the predictions were, each made before its label was learned.
public struct QualityReport<Scores: TaskScores>: WireMessage {
    /// Scored so far.
    public var samples = 0
    public var scores = Scores()
    public var window = Window()
    public var validation = Validation()
    public var baselines = Scores.Baselines()

    public init() {}

    public mutating func list(_ fields: inout FieldList) throws(Refusal) {
        try fields.field("samples", &samples)
        try scores.list(&fields)
        try fields.field("window", &window)
        try fields.field("validation", &validation)
        try fields.field("baselines", &baselines)
    }

    /// The same over the latest samples.
    public struct Window: WireMessage {
        public var size = 0
        public var scores = Scores()

        public init() {}

        public mutating func list(_ fields: inout FieldList) throws(Refusal) {
            try fields.field("size", &size)
            try scores.list(&fields)
        }
    }

    /// Samples that are never learned.
    public struct Validation: WireMessage {
        public var samples = 0
        public var loss = 0.0

        public init() {}

        public mutating func list(_ fields: inout FieldList) throws(Refusal) {
            try fields.field("samples", &samples)
            try fields.field("loss", &loss)
        }
    }
}

extension StatusReport {
    /// Before the first label it is that of classification, all zeros.
    public enum Quality: JSONField, Equatable {
        case classification(QualityReport<ClassificationScores>)
        case regression(QualityReport<RegressionScores>)

        public init(json: JSONValue, name: String) throws(Refusal) {
            if json.object?["mae"] != nil {
                self = .regression(try .init(json: json, name: name))
            } else {
                self = .classification(try .init(json: json, name: name))
            }
        }

        public func write(to writer: inout JSONWriter) {
            switch self {
            case .classification(let report): report.write(to: &writer)
            case .regression(let report): report.write(to: &writer)
            }
        }
    }
}
