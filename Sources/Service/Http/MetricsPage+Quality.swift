import WireFormat

extension MetricsWriter {
    /// A figure over all samples and over the window.
    fileprivate mutating func pair(
        _ name: String, _ help: String, _ total: Double?, _ window: Double?
    ) {
        begin(name, .gauge, help)
        if let total { sample(name, ["over": "all"], total) }
        if let window { sample(name, ["over": "window"], window) }
    }

    /// Quality of the predictions, each made before its label was learned.
    mutating func write(_ quality: StatusReport.Quality) {
        switch quality {
        case .classification(let report):
            writeCounts(report)
            writeScores(report)
        case .regression(let report):
            writeCounts(report)
            writeScores(report)
        }
    }

    private mutating func writeCounts<Scores>(_ report: QualityReport<Scores>) {
        write("osier_quality_samples_total", .counter, "Samples that were scored.", report.samples)
        write(
            "osier_quality_window_samples", .gauge, "Samples in the window.", report.window.size)
        write(
            "osier_validation_samples", .gauge, "Samples kept for validation.",
            report.validation.samples)
        write(
            "osier_validation_loss", .gauge, "Mean loss over them with the present weights.",
            report.validation.loss)
    }

    private mutating func writeScores(_ report: QualityReport<ClassificationScores>) {
        let (total, window) = (report.scores, report.window.scores)
        pair(
            "osier_quality_accuracy_ratio", "Share of right predictions.",
            total.accuracy, window.accuracy)
        pair("osier_quality_kappa", "Cohen's kappa.", total.kappa, window.kappa)
        pair(
            "osier_quality_log_loss_nats", "Mean logarithmic loss.", total.logLoss, window.logLoss)
        if total.f1 != nil || window.f1 != nil {
            pair("osier_quality_f1_ratio", "F1 of the second of two classes.", total.f1, window.f1)
        }
        if total.calibrationError != nil || window.calibrationError != nil {
            pair(
                "osier_quality_calibration_error_ratio",
                "How far the probability of the predicted class is from how often it is right.",
                total.calibrationError, window.calibrationError)
        }
        begin(
            "osier_baseline_accuracy_ratio", .gauge,
            "Share of right predictions of those who learn nothing.")
        sample(
            "osier_baseline_accuracy_ratio", ["baseline": "majority"], report.baselines.majority)
        sample(
            "osier_baseline_accuracy_ratio", ["baseline": "no_change"], report.baselines.noChange)
    }

    private mutating func writeScores(_ report: QualityReport<RegressionScores>) {
        let (total, window) = (report.scores, report.window.scores)
        pair(
            "osier_quality_mae", "Mean absolute error, in the target's unit.",
            total.meanAbsoluteError, window.meanAbsoluteError)
        pair(
            "osier_quality_rmse", "Root of the mean squared error, in the target's unit.",
            total.rootMeanSquareError, window.rootMeanSquareError)
        pair(
            "osier_quality_r2", "Share of the variance explained.", total.rSquared,
            window.rSquared)
        pair(
            "osier_quality_interval_coverage_ratio", "Share of targets inside their interval.",
            total.intervalCoverage, window.intervalCoverage)
        begin("osier_baseline_mae", .gauge, "Mean absolute error of those who learn nothing.")
        sample("osier_baseline_mae", ["baseline": "mean"], report.baselines.mean)
        sample("osier_baseline_mae", ["baseline": "no_change"], report.baselines.noChange)
    }
}

extension MetricsPage {
    /// Labels that came without features, and features whose label did not come.
    mutating func write(_ labels: StatusReport.LateLabels) {
        let late = "osier_late_labels_total"
        writer.begin(late, .counter, "Labels that came without features, by what became of them.")
        let outcomes = [
            ("joined", labels.joined), ("unknown", labels.unknown), ("expired", labels.tooLate),
            ("duplicate", labels.duplicate),
        ]
        for (outcome, count) in outcomes {
            writer.sample(late, ["outcome": outcome], Double(count))
        }
        let waiting = "osier_remembered_features_dropped_total"
        writer.begin(
            waiting, .counter, "Features that waited for a label and got none, by the reason.")
        let reasons = [
            ("expired", labels.expiredFeatures), ("yielded", labels.yieldedFeatures),
            ("replaced", labels.replacedFeatures),
        ]
        for (reason, count) in reasons {
            writer.sample(waiting, ["reason": reason], Double(count))
        }
        writer.writeIfPresent(
            "osier_late_label_delay_seconds", .gauge, "Mean time from features to label.",
            labels.meanDelaySeconds)
    }

    mutating func write(_ quality: StatusReport.Quality) { writer.write(quality) }
}
