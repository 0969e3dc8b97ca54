import WireFormat

/// A status object in words.
public enum StatusSummary {
    /// One line, for a log or a pipe.
    public static func line(_ status: StatusReport) -> String {
        let quality = QualityFigures(status.quality)
        var parts = [
            status.state.printable,
            "learned \(Figures.count(status.stream.learned)) samples",
            Figures.perSecond(status.stream.samplesPerSecond),
            "lag \(Figures.duration(seconds: status.stream.lagSeconds))",
        ]
        if quality.samples > 0 {
            let headline = quality.headline
            parts.append(
                "\(headline.name) \(headline.text(headline.total)) (last "
                    + "\(Figures.count(quality.windowSize)): \(headline.text(headline.window)); "
                    + "\(quality.baselineText))")
        }
        parts.append(
            "predictions \(Figures.perSecond(status.predict.perSecond)) at p99 "
                + Figures.latency(microseconds: status.predict.latencyMicroseconds.p99))
        parts.append("hidden \(Figures.list(status.model.hidden))")
        if status.stream.rejected > 0 {
            parts.append("rejected \(Figures.count(status.stream.rejected))")
        }
        return parts.joined(separator: ", ")
    }

    /// A few lines, for a person.
    public static func lines(_ status: StatusReport) -> [String] {
        var rows: [(String, String)] = [
            (
                "state",
                "\(status.state.printable) for "
                    + Figures.age(seconds: status.uptimeSeconds)
            )
        ]
        rows += stream(status.stream)
        rows.append(("predict", predict(status.predict)))
        rows += model(status.model)
        rows += quality(QualityFigures(status.quality))
        if status.committee.count > 1 {
            for (index, member) in status.committee.enumerated() {
                rows.append((index == 0 ? "committee" : "", committee(member)))
            }
        }
        rows.append(("controller", controller(status.controller)))
        rows.append(("drift", drift(status.drift)))
        rows.append(("resources", resources(status.resources)))
        if status.journal.bytes > 0 {
            rows.append(
                (
                    "journal",
                    "\(Figures.count(Int(status.journal.durableOffset))) of "
                        + "\(Figures.count(Int(status.journal.offset))) events durable, "
                        + "\(Figures.bytes(status.journal.bytes)), last checkpoint at "
                        + "\(Figures.count(status.journal.lastCheckpointSamples)) samples"
                ))
        }
        return rows.map { StyledText($0.0).padded(to: 12).plain + $0.1 }
    }

    private static func stream(_ stream: StatusReport.Stream) -> [(String, String)] {
        var rows = [
            (
                "stream",
                "\(Figures.count(stream.learned)) samples learned "
                    + "(\(Figures.count(stream.heldOut)) held out), "
                    + "\(Figures.count(stream.unlabelled)) unlabelled, "
                    + "\(Figures.count(stream.shed)) shed, "
                    + "\(Figures.count(stream.rejected)) rejected"
            ),
            (
                "",
                "\(Figures.perSecond(stream.samplesPerSecond)), "
                    + "\(Figures.count(stream.queue)) of "
                    + "\(Figures.count(stream.queueCapacity)) queued, lag "
                    + Figures.duration(seconds: stream.lagSeconds)
            ),
        ]
        if let codes = rejectedCodes(stream) { rows.append(("rejected", codes)) }
        return rows
    }

    /// `shape_mismatch 2, bad_json 1`; nil when there is none.
    static func rejectedCodes(_ stream: StatusReport.Stream) -> String? {
        let codes = stream.rejectedByCode.elements.filter { $0.count > 0 }
        guard !codes.isEmpty else { return nil }
        return codes.map { "\($0.name.printable) \(Figures.count($0.count))" }
            .joined(separator: ", ")
    }

    private static func predict(_ predict: StatusReport.Predict) -> String {
        let latency = predict.latencyMicroseconds
        return "\(Figures.count(predict.served)) served, "
            + "\(Figures.perSecond(predict.perSecond)), latency p50 "
            + "\(Figures.latency(microseconds: latency.p50)), p99 "
            + "\(Figures.latency(microseconds: latency.p99)), max "
            + Figures.latency(microseconds: latency.max)
    }

    private static func model(_ model: StatusReport.Model) -> [(String, String)] {
        [
            (
                "model",
                "\(model.task.printable), \(model.inputs) features, hidden "
                    + "\(Figures.list(model.hidden)) \(model.activation.printable), "
                    + "\(model.outputs) outputs, structure \(model.structure)"
            ),
            (
                "",
                "\(Figures.count(model.parameters)) parameters "
                    + "(\(Figures.bytes(model.bytes))), loss \(model.loss.printable), "
                    + "\(model.optimizer.printable) at \(Figures.short(Double(model.learningRate)))"
                    + " (\(model.schedule.printable))"
            ),
        ]
    }

    private static func quality(_ quality: QualityFigures) -> [(String, String)] {
        guard quality.samples > 0 else {
            return [("quality", "nothing scored yet, so no \(quality.headline.name)")]
        }
        let headline = quality.headline
        var rows = [
            (
                "quality",
                "\(headline.name) \(headline.text(headline.total)), last "
                    + "\(Figures.count(quality.windowSize)): \(headline.text(headline.window))"
            )
        ]
        for score in quality.others {
            rows.append(
                ("", "\(score.name) \(score.text(score.total)), \(score.text(score.window))"))
        }
        rows.append(("", "baselines: \(quality.baselineText)"))
        if let loss = quality.validationLoss {
            rows.append(("", "loss on held-out samples \(Figures.short(loss))"))
        }
        return rows
    }

    private static func committee(_ member: StatusReport.Member) -> String {
        "\(member.id) \(member.role.printable) \(Figures.list(member.hidden)), weight "
            + "\(Figures.decimal(member.weight, places: 3)), \(member.optimizer.printable) at "
            + Figures.short(Double(member.learningRate))
    }

    private static func controller(_ controller: StatusReport.Controller) -> String {
        "\(controller.policy.printable) (\(controller.mode.printable)), "
            + "\(Figures.count(controller.decisions)) decisions, "
            + "\(Figures.count(controller.kept)) kept, "
            + "\(Figures.count(controller.reverted)) reverted"
    }

    private static func drift(_ drift: StatusReport.Drift) -> String {
        let last = drift.lastAtSample.map { ", last at sample \(Figures.count($0))" } ?? ""
        return "\(drift.detector.printable), \(Figures.count(drift.detections)) detections" + last
    }

    private static func resources(_ resources: StatusReport.Resources) -> String {
        "\(Figures.percent(resources.cpuFraction)) of a core, "
            + "\(Figures.bytes(resources.residentBytes)) resident, "
            + "\(resources.threads) threads, \(resources.openFiles) open files"
    }
}
