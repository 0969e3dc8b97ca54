import Features
import WireFormat

/// The page `/metrics`: the whole status by the naming rules of Prometheus.
///
/// Counters count from the start of the process, but for those that the model keeps over a restart
/// (learned samples, scored samples, revisions of the structure).
struct MetricsPage {
    /// What the page is made of.
    struct Source: Sendable {
        /// `nil` in the first moment, when no status was published yet.
        var status: StatusReport?
        var tallies = Tallies()
        var predictions: LatencyHistogram.Reading
        var learning: LatencyHistogram.Reading
        /// Requests answered, by status code.
        var responses: [Int: Int] = [:]
        var isReady = false
    }

    var writer = MetricsWriter()

    /// - Returns: The text, in UTF-8.
    static func text(_ source: Source) -> [UInt8] {
        var page = MetricsPage()
        page.writeBuild(source)
        if let status = source.status {
            page.write(status.stream)
            page.write(status.predict)
            page.write(status.model)
            page.write(status.committee)
            page.write(status.quality)
            page.write(status.controller)
            page.write(status.drift)
            page.write(status.journal)
        }
        page.write(source.tallies)
        page.writeLatencies(source)
        page.writeResponses(source.responses)
        page.writeProcess(ProcessFigures())
        return page.writer.bytes
    }

    private mutating func writeBuild(_ source: Source) {
        writer.begin("osier_build_info", .gauge, "The release that runs, and its kernels.")
        writer.sample(
            "osier_build_info",
            ["version": Version.current, "kernels": source.status?.kernels ?? "unknown"], 1)
        writer.write(
            "osier_ready", .gauge, "1 while samples and predictions are taken, else 0.",
            source.isReady ? 1 : 0)
        guard let status = source.status else { return }
        writer.begin("osier_state", .gauge, "1 for the state that the daemon is in.")
        writer.sample("osier_state", ["state": status.state], 1)
        writer.write(
            "osier_status_timestamp_seconds", .gauge,
            "When the status was made that this page shows, since the epoch.", status.time)
    }

    private mutating func write(_ stream: StatusReport.Stream) {
        let counters = [
            ("received", "Samples that came in.", stream.received),
            ("learned", "Labelled samples that the learner took in.", stream.learned),
            ("held_out", "Learned samples that are kept for validation.", stream.heldOut),
            ("shed", "Samples scored but not learned, to keep up.", stream.shed),
            ("unlabelled", "Samples without a label.", stream.unlabelled),
        ]
        for (name, help, value) in counters {
            writer.write("osier_samples_\(name)_total", .counter, help, value)
        }
        let rejected = "osier_samples_rejected_total"
        writer.begin(rejected, .counter, "Samples refused, by the code of the error.")
        for code in Refusal.Code.allCases {
            let element = stream.rejectedByCode.elements.first { $0.name == code.rawValue }
            writer.sample(rejected, ["reason": code.rawValue], Double(element?.count ?? 0))
        }
        writer.write(
            "osier_labels_pending", .gauge, "Samples that wait for their label.",
            stream.pendingLabels)
        write(stream.lateLabels)
        writer.write(
            "osier_queue_samples", .gauge, "Samples that wait to be learned.", stream.queue)
        writer.write(
            "osier_queue_capacity_samples", .gauge, "Samples that may wait.", stream.queueCapacity)
        writer.write(
            "osier_lag_seconds", .gauge, "How far learning is behind the stream.",
            stream.lagSeconds)
    }

    private mutating func write(_ predict: StatusReport.Predict) {
        writer.write(
            "osier_predictions_served_total", .counter, "Predictions that were answered.",
            predict.served)
        writer.writeIfPresent(
            "osier_snapshot_age_seconds", .gauge,
            "Age of the model that answered last, when it did.", predict.snapshotAgeSeconds)
    }

    private mutating func write(_ tallies: Tallies) {
        let adaptations = "osier_adaptations_total"
        writer.begin(
            adaptations, .counter, "Changes of structure, by operation and what became of them.")
        for tally in tallies.adaptations {
            writer.sample(
                adaptations, ["action": tally.action, "outcome": tally.outcome],
                Double(tally.count))
        }
        writer.begin("osier_alerts_total", .counter, "Alerts, by severity.")
        for severity in [AlertMessage.Severity.info, .warning, .error] {
            writer.sample(
                "osier_alerts_total", ["severity": severity.rawValue],
                Double(tallies.alertCount(severity)))
        }
        writer.write(
            "osier_checkpoints_total", .counter, "Checkpoints that became durable.",
            tallies.checkpoints)
    }

    private mutating func writeLatencies(_ source: Source) {
        writer.write(
            "osier_predict_latency_seconds",
            "From reading a request on the predict socket to its reply, per request.",
            source.predictions)
        writer.write(
            "osier_learn_latency_seconds",
            "From taking a sample in to having learned it, waiting included.", source.learning)
    }

    private mutating func writeResponses(_ responses: [Int: Int]) {
        let name = "osier_http_responses_total"
        writer.begin(name, .counter, "Answers of this HTTP server, by status code.")
        for (code, count) in responses.sorted(by: { $0.key < $1.key }) {
            writer.sample(name, ["code": String(code)], Double(count))
        }
    }

    private mutating func writeProcess(_ figures: ProcessFigures) {
        writer.writeIfPresent(
            "process_cpu_seconds_total", .counter, "User and system time.", figures.cpuSeconds)
        writer.writeIfPresent(
            "process_resident_memory_bytes", .gauge, "Resident memory.",
            figures.residentBytes.map(Double.init))
        writer.writeIfPresent(
            "process_virtual_memory_bytes", .gauge, "Virtual memory.",
            figures.virtualBytes.map(Double.init))
        writer.writeIfPresent(
            "process_virtual_memory_max_bytes", .gauge,
            "Virtual memory that is allowed; -1 where there is no limit.",
            figures.virtualByteLimit)
        writer.writeIfPresent(
            "process_start_time_seconds", .gauge, "When the process started, since the epoch.",
            figures.startTime)
        writer.writeIfPresent(
            "process_open_fds", .gauge, "Open file descriptors.",
            figures.openFileCount.map(Double.init))
        writer.writeIfPresent(
            "process_max_fds", .gauge, "File descriptors that may be open.",
            figures.openFileLimit)
        writer.writeIfPresent(
            "process_threads", .gauge, "Threads.", figures.threadCount.map(Double.init))
    }
}

extension MetricsPage {
    private mutating func write(_ model: StatusReport.Model) {
        writer.begin("osier_model_info", .gauge, "What kind of network learns.")
        writer.sample(
            "osier_model_info",
            [
                "task": model.task, "activation": model.activation, "loss": model.loss,
                "optimizer": model.optimizer, "schedule": model.schedule,
            ], 1)
        let gauges: [(name: String, help: String, value: Int)] = [
            ("features", "Features of a sample.", model.inputs),
            ("columns", "Inputs of the network, which encode the features.", model.columns),
            ("outputs", "Outputs of the network.", model.outputs),
            ("hidden_layers", "Hidden layers of the lead network.", model.hidden.count),
            ("parameters", "Weights and biases of the lead network.", model.parameters),
            ("nonzero_parameters", "Those of them that are not zero.", model.nonzeroParameters),
            ("size_bytes", "Memory of the weights and of the optimiser.", model.bytes),
        ]
        for gauge in gauges {
            writer.write("osier_model_\(gauge.name)", .gauge, gauge.help, gauge.value)
        }
        writer.begin("osier_model_hidden_units", .gauge, "Units of a hidden layer, from 0.")
        for (layer, units) in model.hidden.enumerated() {
            writer.sample("osier_model_hidden_units", ["layer": String(layer)], Double(units))
        }
        writer.write(
            "osier_structure_revisions_total", .counter, "Revisions of the architecture.",
            model.structure)
        writer.write(
            "osier_learning_rate", .gauge, "The rate of the next update.",
            Double(model.learningRate))
    }

    private mutating func write(_ committee: [StatusReport.Member]) {
        writer.begin("osier_member_weight_ratio", .gauge, "A network's share of the mixture.")
        for member in committee {
            writer.sample(
                "osier_member_weight_ratio", ["member": String(member.id), "role": member.role],
                member.weight)
        }
    }

    private mutating func write(_ drift: StatusReport.Drift) {
        writer.begin("osier_drift_detections_total", .counter, "How often the detector fired.")
        writer.sample(
            "osier_drift_detections_total", ["detector": drift.detector],
            Double(drift.detections))
        writer.writeIfPresent(
            "osier_drift_last_sample", .gauge, "Learned samples when it fired last.",
            drift.lastAtSample.map(Double.init))
    }

    private mutating func write(_ journal: StatusReport.Journal) {
        writer.write(
            "osier_journal_events_total", .counter, "Events handled or waiting.",
            Double(journal.offset))
        writer.write(
            "osier_journal_durable_events_total", .counter, "Events that survive a crash.",
            Double(journal.durableOffset))
        writer.write("osier_journal_size_bytes", .gauge, "Size of the journal.", journal.bytes)
        writer.write(
            "osier_checkpoint_samples", .gauge, "Learned samples in the last checkpoint.",
            journal.lastCheckpointSamples)
    }

    private mutating func write(_ controller: StatusReport.Controller) {
        writer.begin("osier_controller_info", .gauge, "The policy that decides about structure.")
        writer.sample(
            "osier_controller_info", ["policy": controller.policy, "mode": controller.mode], 1)
        let counters = [
            ("decisions", "Decisions of the controller.", controller.decisions),
            ("kept", "Changes that were kept.", controller.kept),
            ("reverted", "Changes that were taken back.", controller.reverted),
        ]
        for (name, help, value) in counters {
            writer.write("osier_controller_\(name)_total", .counter, help, value)
        }
        writer.writeIfPresent(
            "osier_controller_epsilon_ratio", .gauge, "Share of random actions.",
            controller.epsilon)
        writer.writeIfPresent(
            "osier_controller_reward", .gauge, "The last reward.", controller.lastReward)
        writer.begin(
            "osier_controller_observation", .gauge,
            "What the policy saw last, by name, from -1 to 1.")
        for number in controller.observation.elements {
            writer.sample(
                "osier_controller_observation", ["name": number.name], number.value)
        }
        if let last = controller.serviceTimes.last {
            writer.write(
                "osier_service_time_seconds", .gauge,
                "Time that a sample takes with the present networks, a fading mean.", last.seconds)
        }
        let budget = controller.budget
        writer.writeIfPresent(
            "osier_budget_cpu_ratio", .gauge, "Share of a core that learning may take.",
            budget.cpuFraction)
        writer.writeIfPresent(
            "osier_budget_memory_bytes", .gauge, "Memory that may be used.",
            budget.memoryBytes.map(Double.init))
        writer.writeIfPresent(
            "osier_budget_predict_p99_seconds", .gauge, "Latency that predictions may have.",
            budget.predictP99Microseconds.map { $0 / 1e6 })
        writer.writeIfPresent(
            "osier_budget_parameters", .gauge, "Parameters that the network may have.",
            budget.maxParameters.map(Double.init))
    }
}
