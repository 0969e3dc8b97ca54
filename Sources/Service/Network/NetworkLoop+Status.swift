import Foundation
import Learner
import Storage
import WireFormat
import ZeroMQ

/// What the world is told on the status socket.
extension NetworkLoop {
    mutating func publishStatus() throws(ZeroMQError) {
        let now = ContinuousClock.now
        assembler.measure(gauges: gauges, at: now)
        let sequence = publisher.nextSequence(.status)
        try publisher.publish(.status(status(sequence: sequence, at: now)), to: sockets.status)
    }

    /// The whole state as it is known now.
    func status(sequence: Int64, at time: ContinuousClock.Instant) -> StatusReport {
        assembler.status(
            state: phase == .running ? "running" : "stopping", sequence: sequence,
            gauges: gauges, rejections: rejections, eventCount: intake.eventCount,
            labelDoor: intake.door, at: time)
    }

    /// A few times a second at most, however many samples are refused.
    mutating func publishRejections() throws(ZeroMQError) {
        for summary in rejections.takeSummaries() {
            var message = RejectedMessage()
            message.time = Date().timeIntervalSince1970
            message.sequence = publisher.nextSequence(.rejected)
            message.code = summary.code
            message.message = summary.message
            message.socket = summary.socket
            message.count = summary.count
            message.excerpt = summary.excerpt
            try publisher.publish(.rejected(message), to: sockets.status)
            // Both may hold what the producer sent.
            let why =
                log.showsContents ? ": \(summary.message); it begins \(summary.excerpt)" : ""
            log.warning(
                "refused \(summary.count) on \(summary.socket), \(summary.code.rawValue)\(why)")
        }
    }

    mutating func publish(_ effect: Effect) throws(ZeroMQError) {
        switch effect {
        case .drift(let detector, let statistic, let samples):
            var message = DriftMessage()
            message.time = Date().timeIntervalSince1970
            message.sequence = publisher.nextSequence(.drift)
            message.detector = detector
            message.statistic = statistic
            message.samples = samples
            try publisher.publish(.drift(message), to: sockets.status)
            log.info("\(detector) detected drift at sample \(samples)")
        case .adaptation(let adaptation):
            var message = AdaptationMessage(adaptation)
            message.time = Date().timeIntervalSince1970
            message.sequence = publisher.nextSequence(.adaptation)
            try publisher.publish(.adaptation(message), to: sockets.status)
            log.info("\(adaptation.stage.rawValue): \(adaptation.reason)")
        case .structure(let change):
            var message = AdaptationMessage(change)
            message.time = Date().timeIntervalSince1970
            message.sequence = publisher.nextSequence(.adaptation)
            try publisher.publish(.adaptation(message), to: sockets.status)
            log.info("structure \(change.structure): \(change.reason)")
        case .distillationStarted, .refused: break
        case .stepRefused(let samples):
            try alert(
                code: "step_refused",
                "the step of sample \(samples) was not finite and was left out; the weights are "
                    + "as before: look at the samples around it, or lower optimizer.learning_rate")
        }
    }

    func checkpointPath() -> String {
        (settings.storage.directory ?? "") + "/journal.db"
    }

    mutating func publish(
        _ checkpoint: CheckpointSummary, seconds: Double
    ) throws(ZeroMQError) {
        var message = CheckpointMessage()
        message.time = Date().timeIntervalSince1970
        message.sequence = publisher.nextSequence(.checkpoint)
        message.samples = checkpoint.samples
        message.structure = checkpoint.structure
        message.bytes = checkpoint.byteCount
        message.seconds = seconds
        message.path = checkpointPath()
        try publisher.publish(.checkpoint(message), to: sockets.status)
    }

    mutating func alert(
        _ severity: AlertMessage.Severity = .warning, code: String, _ text: String
    ) throws(ZeroMQError) {
        var message = AlertMessage()
        message.time = Date().timeIntervalSince1970
        message.sequence = publisher.nextSequence(.alert)
        message.severity = severity
        message.code = code
        message.message = text
        try publisher.publish(.alert(message), to: sockets.status)
        log.warning(text)
    }
}
