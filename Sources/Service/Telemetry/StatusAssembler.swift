import Evaluation
import Features
import Foundation
import Learner
import NeuralNetwork
import Settings
import Synchronization
import WireFormat

/// Makes the status object of what the threads say of themselves.
struct StatusAssembler {
    /// The newest word of the trainer.
    var report: LearnerReport?
    /// As operators have left it.
    var budget: BudgetSettings

    private let settings: Settings
    private let start: ContinuousClock.Instant
    private var resources = ResourceProbe()
    private var lastTime: ContinuousClock.Instant
    private var lastLearned = 0
    private var lastServed = 0
    private var samplesPerSecond = 0.0
    private var predictionsPerSecond = 0.0
    private var lastReading = ResourceProbe.Reading()

    init(settings: Settings, report: LearnerReport, start: ContinuousClock.Instant) {
        self.settings = settings
        self.report = report
        lastLearned = report.counts.learned
        self.start = start
        budget = settings.budget
        lastTime = start
    }

    /// Measures the rates since the last call.
    mutating func measure(gauges: Gauges, at time: ContinuousClock.Instant) {
        let elapsed = (time - lastTime) / .seconds(1)
        // A shutdown may follow a status at once; a rate over an instant says nothing.
        guard elapsed > 0.05 else { return }
        let learned = report?.counts.learned ?? 0
        let served = gauges.servedPredictions.load(ordering: .relaxed)
        samplesPerSecond = Double(learned - lastLearned) / elapsed
        predictionsPerSecond = Double(served - lastServed) / elapsed
        (lastLearned, lastServed, lastTime) = (learned, served, time)
        lastReading = resources.read(at: time)
    }

    /// The status as it is now.
    func status(
        state: String, sequence: Int64, gauges: Gauges, rejections: Rejections, eventCount: Int,
        labelDoor: LabelDoor, at time: ContinuousClock.Instant
    ) -> StatusReport {
        var status = StatusReport()
        status.time = Date().timeIntervalSince1970
        status.sequence = sequence
        status.state = report?.isPaused == true && state == "running" ? "paused" : state
        status.uptimeSeconds = (time - start) / .seconds(1)
        status.kernels = KernelLevel.current.rawValue
        status.stream = stream(gauges: gauges, rejections: rejections)
        status.stream.lateLabels = lateLabels(at: labelDoor)
        status.predict = predict(gauges: gauges)
        status.model = model()
        status.committee = committee()
        status.quality = quality()
        status.controller = controller()
        status.resources.cpuFraction = lastReading.cpuFraction
        status.resources.residentBytes = lastReading.residentBytes
        status.resources.threads = lastReading.threadCount
        status.resources.openFiles = lastReading.openFileCount
        status.drift.detector = settings.learner.drift.detector.rawValue
        status.drift.detections = report?.counts.driftDetections ?? 0
        status.drift.lastAtSample = report?.counts.lastDriftSample
        status.journal.offset = Int64(eventCount)
        status.journal.durableOffset = Int64(gauges.durableOffset.load(ordering: .relaxed))
        status.journal.bytes = gauges.journalBytes.load(ordering: .relaxed)
        status.journal.lastCheckpointSamples =
            gauges.lastCheckpointSamples.load(ordering: .relaxed)
        return status
    }

    private func stream(gauges: Gauges, rejections: Rejections) -> StatusReport.Stream {
        var stream = StatusReport.Stream()
        let counts = report?.counts ?? .none
        // What the report does not have yet is waiting, so that the sum is right at any moment.
        let accepted = gauges.acceptedSamples.load(ordering: .acquiring)
        let taken =
            counts.learned + counts.shed + counts.unlabelled + counts.remembered
        let waiting = max(0, accepted - taken)
        stream.pendingLabels = report?.waitingCount ?? 0
        stream.learned = counts.learned
        stream.heldOut = counts.heldOut
        stream.shed = counts.shed
        stream.unlabelled = counts.unlabelled
        stream.rejected = rejections.total
        for (code, count) in zip(Refusal.Code.allCases, rejections.countByCode) where count > 0 {
            stream.rejectedByCode.elements.append(.init(code.rawValue, count))
        }
        stream.queue = waiting
        stream.received =
            counts.learned + counts.shed + rejections.total + counts.unlabelled
            + waiting
        stream.queueCapacity = settings.queueCapacity
        stream.samplesPerSecond = samplesPerSecond
        if waiting > 0 {
            stream.lagSeconds = Double(gauges.lagNanoseconds.load(ordering: .relaxed)) / 1e9
        }
        return stream
    }

    private func lateLabels(at door: LabelDoor) -> StatusReport.LateLabels {
        var labels = StatusReport.LateLabels()
        let counts = report?.join ?? LabelJoinCounts()
        labels.joined = counts.joined
        labels.unknown = door.refused.unknown
        labels.tooLate = door.refused.expired
        labels.duplicate = door.refused.duplicate
        labels.expiredFeatures = counts.expired
        labels.yieldedFeatures = counts.yielded
        labels.replacedFeatures = counts.replaced
        labels.meanDelaySeconds = door.delays.mean
        labels.lastDelaySeconds = door.delays.last
        return labels
    }

    private func predict(gauges: Gauges) -> StatusReport.Predict {
        var predict = StatusReport.Predict()
        predict.served = gauges.servedPredictions.load(ordering: .relaxed)
        predict.perSecond = predictionsPerSecond
        let median = gauges.predictMedianNanoseconds.load(ordering: .relaxed)
        let p99 = gauges.predictP99Nanoseconds.load(ordering: .relaxed)
        let maximum = gauges.predictMaximumNanoseconds.load(ordering: .relaxed)
        predict.latencyMicroseconds.p50 = Double(median) / 1_000
        predict.latencyMicroseconds.p99 = Double(p99) / 1_000
        predict.latencyMicroseconds.max = Double(maximum) / 1_000
        if predict.served > 0 {
            predict.snapshotAgeSeconds =
                Double(gauges.snapshotAgeNanoseconds.load(ordering: .relaxed)) / 1e9
        }
        return predict
    }

    private func model() -> StatusReport.Model {
        var model = StatusReport.Model()
        let optimizer = report?.optimizer ?? settings.learner.optimizer
        let task = report?.task ?? settings.learner.target.task
        model.task = task?.rawValue ?? "auto"
        model.hidden = report?.hiddenWidths ?? settings.learner.model.hidden
        model.activation = settings.learner.model.activation.rawValue
        model.loss = lossName(task: task)
        model.optimizer = optimizer.name.rawValue
        model.schedule = (report?.schedule ?? settings.learner.schedule).name.rawValue
        model.learningRate = optimizer.learningRate
        model.inputs = report?.featureCount ?? 0
        if let learned = report?.model {
            model.columns = learned.inputCount
            model.outputs = learned.outputCount
            model.parameters = learned.parameterCount
            model.nonzeroParameters = learned.nonzeroParameterCount
            model.bytes = learned.byteCount
            model.learningRate = learned.learningRate
        }
        model.structure = report?.counts.structure ?? 0
        return model
    }

    private func lossName(task: Task?) -> String {
        switch task {
        case .classification: ModelConfiguration.LossChoice.crossEntropy.rawValue
        case .regression:
            (settings.learner.model.loss ?? .squared).rawValue
        case nil: settings.learner.model.loss?.rawValue ?? "auto"
        }
    }

    private func committee() -> [StatusReport.Member] {
        (report?.members ?? []).map { network in
            var member = StatusReport.Member()
            member.id = network.identifier
            member.role = network.role.rawValue
            member.hidden = network.hidden
            member.weight = Double(network.weight)
            member.optimizer = network.optimizer.rawValue
            member.learningRate = network.learningRate
            return member
        }
    }

    private func quality() -> StatusReport.Quality {
        switch report?.quality {
        case .classification(let total, let window, let windowSize, let majority, let noChange):
            var quality = WireFormat.QualityReport<ClassificationScores>()
            quality.samples = total.sampleCount
            quality.scores = .init(total)
            quality.window.size = windowSize
            quality.window.scores = .init(window)
            quality.baselines.majority = majority
            quality.baselines.noChange = noChange
            quality.validation.samples = report?.validationCount ?? 0
            quality.validation.loss = report?.validationLoss ?? 0
            return .classification(quality)
        case .regression(let total, let window, let windowSize, let mean, let noChange):
            var quality = WireFormat.QualityReport<RegressionScores>()
            quality.samples = total.sampleCount
            quality.scores = .init(total)
            quality.scores.intervalCoverage = report?.intervalCoverage?.total
            quality.window.size = windowSize
            quality.window.scores = .init(window)
            quality.window.scores.intervalCoverage = report?.intervalCoverage?.window
            quality.baselines.mean = mean
            quality.baselines.noChange = noChange
            quality.validation.samples = report?.validationCount ?? 0
            quality.validation.loss = report?.validationLoss ?? 0
            return .regression(quality)
        case nil:
            if settings.learner.target.task == .regression { return .regression(.init()) }
            return .classification(.init())
        }
    }

    private func controller() -> StatusReport.Controller {
        var controller = StatusReport.Controller(report?.control, settings: settings)
        controller.budget = .init(budget)
        return controller
    }
}

extension ClassificationScores {
    init(_ figures: ClassificationFigures) {
        self.init()
        accuracy = figures.accuracy
        kappa = figures.kappa
        logLoss = figures.logLoss
        calibrationError = figures.calibrationError
        f1 = figures.f1
    }
}

extension RegressionScores {
    init(_ figures: RegressionFigures) {
        self.init()
        meanAbsoluteError = figures.meanAbsoluteError
        rootMeanSquareError = figures.rootMeanSquaredError
        rSquared = figures.r2
    }
}

extension StatusReport.Budget {
    init(_ budget: BudgetSettings) {
        self.init()
        cpuFraction = budget.cpuFraction
        memoryBytes = budget.memoryBytes
        predictP99Microseconds = budget.predictP99Microseconds.map(Double.init)
        maxParameters = budget.maxParameters
    }
}
