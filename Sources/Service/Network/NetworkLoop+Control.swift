import Features
import Learner
import NeuralNetwork
import Settings
import Storage
import StructureControl
import WireFormat
import ZeroMQ

/// A control request that the trainer works on.
struct OpenControl {
    /// The frames that lead back to the client.
    let address: [[UInt8]]
    let request: ControlRequest
    /// A status is answered from what is known when the trainer does not answer in time.
    let deadline: ContinuousClock.Instant?
    /// A command is answered when the journal has this event.
    var offset: Int?
    /// What the trainer said, while the journal is not as far.
    var body: ControlReply.Body?
}

/// The `control` socket. A command goes to the trainer through the same ring as the samples, so it
/// takes effect between two of them; until it is answered no other request is read, so replies come
/// in the order of the requests.
extension NetworkLoop {
    mutating func serveControl() throws(ZeroMQError) {
        guard let requests = controlSocket else { return }
        while openControl == nil, try requests.receive() {
            switch openRequest(requests.request, from: requests.bodyStart) {
            case .answered(let reply):
                try requests.answer([reply])
            case .waits(let request, let offset):
                openControl = OpenControl(
                    address: requests.returnAddress(), request: request,
                    deadline: request.operation == .status ? .now + Self.statusPatience : nil,
                    offset: offset)
            }
        }
    }

    /// How long a status waits for the trainer, who may have a long queue before it.
    private static var statusPatience: Duration { .milliseconds(100) }

    /// Answers an open status from what was known before, when its time is up.
    mutating func answerLateStatus() throws(ZeroMQError) {
        guard let deadline = openControl?.deadline, ContinuousClock.now >= deadline else { return }
        abandonedReports += 1
        try reply(.status(currentStatus()))
    }

    /// Answers the open request with what the trainer says.
    mutating func answerControl(with answer: TrainerReply) throws(ZeroMQError) {
        if case .report(let report) = answer {
            assembler.report = report
            if abandonedReports > 0 {
                abandonedReports -= 1
                return
            }
        }
        let body = body(of: answer)
        if let offset = openControl?.offset, offset > committedOffset {
            openControl?.body = body
        } else {
            try reply(body)
        }
    }

    /// Answers a command that waited for the journal.
    mutating func answerCommittedCommand() throws(ZeroMQError) {
        guard let open = openControl, let body = open.body, let offset = open.offset,
            offset <= committedOffset
        else { return }
        try reply(body)
    }

    /// Tells whoever waits that what he asked for will not be.
    mutating func refuseOpenControl(_ refusal: Refusal) throws(ZeroMQError) {
        guard let open = openControl, open.offset != nil || open.request.operation == .checkpoint,
            let requests = controlSocket
        else { return }
        openControl = nil
        let reply = ErrorReply(refusal, identifier: open.request.identifier)
        try requests.answer([reply.encoded], to: open.address)
    }

    mutating func reply(_ body: ControlReply.Body) throws(ZeroMQError) {
        guard let open = openControl.take(), let requests = controlSocket else { return }
        let reply = ControlReply(body, identifier: open.request.identifier)
        try requests.answer([reply.encoded], to: open.address)
    }

    private mutating func currentStatus() -> StatusReport {
        let now = ContinuousClock.now
        assembler.measure(gauges: gauges, at: now)
        // The sequence belongs to the topic; a reply shows the one that was published last.
        return status(sequence: publisher.nextSequence(.status) - 1, at: now)
    }

    private enum Opening {
        case answered([UInt8])
        case waits(ControlRequest, offset: Int? = nil)
    }

    private mutating func openRequest(_ message: Multipart, from first: Int) -> Opening {
        guard message.frameCount == first + 1, message.excessFrameCount == 0 else {
            let count = message.frameCount - first + message.excessFrameCount
            let refusal = Refusal(
                .badFrame, "a control request is one JSON frame, not \(count); send {\"op\":…}")
            return .answered(ErrorReply(refusal).encoded)
        }
        let request: ControlRequest
        do throws(ControlRequest.Failure) {
            request = try message.withFrame(first) { (bytes) throws(ControlRequest.Failure) in
                try ControlRequest(decoding: bytes)
            }
        } catch {
            return .answered(ErrorReply(error.refusal, identifier: error.identifier).encoded)
        }
        do throws(Refusal) {
            return try open(request)
        } catch {
            return .answered(ErrorReply(error, identifier: request.identifier).encoded)
        }
    }

    private mutating func open(_ request: ControlRequest) throws(Refusal) -> Opening {
        func answered(_ body: ControlReply.Body) -> Opening {
            .answered(ControlReply(body, identifier: request.identifier).encoded)
        }
        switch request.operation {
        case .ping:
            return answered(.version(Version.current))
        case .status:
            return try ask(.report, for: request)
        case .schema:
            return try ask(.schema, for: request)
        case .digest:
            return try ask(.state, for: request)
        case .pause:
            let opening = try command(.pause, for: request)
            isPaused = true
            return opening
        case .resume:
            let opening = try command(.resume, for: request)
            isPaused = false
            return opening
        case .optimizer(let change):
            return try command(.setOptimizer(try optimizer(changedBy: change)), for: request)
        case .schedule(let change):
            return try command(.setSchedule(try schedule(changedBy: change)), for: request)
        case .budget(let change):
            let budget = try budget(changedBy: change)
            var control = control
            control.budget = ControlBudget(budget)
            let opening = try command(.setControl(control), for: request)
            assembler.budget = budget
            self.control = control
            return opening
        case .controller(let policy, let mode):
            var control = control
            if let policy { control.policy = PolicyName(rawValue: policy.rawValue) }
            if let mode { control.mode = mode == .observe ? .observe : .act }
            let opening = try command(.setControl(control), for: request)
            self.control = control
            return opening
        case .shutdown:
            lifecycle.requestStop()
            return answered(.done)
        case .grow, .shrink, .insertLayer, .removeLayer, .prune, .restore, .distill, .refresh:
            guard let change = structureCommand(request.operation) else {
                throw Refusal(.internal, "\(request.operation.name) is no change of structure")
            }
            return try command(.structure(change), for: request)
        case .checkpoint:
            guard isDurable else {
                throw Refusal(
                    .unsupported,
                    "\"checkpoint\": this daemon keeps its model in memory only; start it with "
                        + "storage.directory")
            }
            try checkJournal()
            return try ask(.checkpoint, for: request)
        case .export(_, let name):
            try checkExport(name: name)
            return try ask(.export, for: request)
        }
    }

    private func ask(
        _ message: TrainerMessage, for request: ControlRequest
    ) throws(Refusal) -> Opening {
        // Places are kept free for this, unless the trainer is ending.
        guard phase.takesRequests, trainer.send(message) else {
            throw Refusal(.busy, "the daemon is stopping and takes no more requests")
        }
        return .waits(request)
    }

    private mutating func command(
        _ command: Command, for request: ControlRequest
    ) throws(Refusal) -> Opening {
        try checkJournal()
        guard phase.takesRequests, let offset = intake.submit(command) else {
            throw Refusal(.busy, "the daemon is stopping and takes no more requests")
        }
        return .waits(request, offset: offset)
    }

    /// What needs the disk is not begun while the disk takes nothing: it would keep everybody
    /// else from an answer.
    private func checkJournal() throws(Refusal) {
        switch intake.hold {
        case .journal(.diskFull, let message): throw Refusal(.busy, message)
        case .failed(let message): throw Refusal(.readOnly, message)
        case .journal(.sizeLimit, _), nil: return
        }
    }

    private mutating func body(of answer: TrainerReply) -> ControlReply.Body {
        switch answer {
        case .report:
            return .status(currentStatus())
        case .schema(let schema):
            return .schema(schema)
        case .state(let bytes, let offset):
            return .digest(
                DigestReport(digest: Digest(of: bytes).description, offset: Int64(offset)))
        case .changed(let change):
            return .structure(StructureReport(change))
        case .started:
            return .started
        case .learned, .done, .refused, .effect, .exportable, .periodicReport, .periodicSchema,
            .finished:
            return .done
        }
    }
}

/// Changes that a control request asks for, under the rules of the configuration.
extension NetworkLoop {
    private mutating func optimizer(
        changedBy change: ControlRequest.OptimizerChange
    ) throws(Refusal) -> OptimizerConfiguration {
        let present = optimizer
        optimizer = try Refusal.fromSettings { () throws(SettingsError) in
            try OptimizerConfiguration(replacing: change.settings, in: present)
        }
        return optimizer
    }

    private mutating func schedule(
        changedBy change: ControlRequest.ScheduleChange
    ) throws(Refusal) -> ScheduleConfiguration {
        let present = schedule
        schedule = try Refusal.fromSettings { () throws(SettingsError) in
            try ScheduleConfiguration(replacing: change.settings, in: present)
        }
        return schedule
    }

    private func budget(
        changedBy change: ControlRequest.BudgetChange
    ) throws(Refusal) -> BudgetSettings {
        var current = settings
        current.budget = assembler.budget
        return try Refusal.fromSettings { () throws(SettingsError) in
            try current.replacing(section: "budget", with: change.settings).budget
        }
    }
}

extension Refusal {
    /// A change that breaks rules of the configuration is a bad value.
    fileprivate static func fromSettings<Value>(
        _ change: () throws(SettingsError) -> Value
    ) throws(Refusal) -> Value {
        do throws(SettingsError) {
            return try change()
        } catch {
            throw Refusal(.badValue, error.violations.joined(separator: "; "))
        }
    }
}

/// The keys and values that a change sets, as they would stand in the configuration.
private func pairs(_ values: [(String, (any CustomStringConvertible)?)]) -> [(
    key: String, value: String
)] {
    values.compactMap { key, value in value.map { (key, $0.description) } }
}

extension ControlRequest.OptimizerChange {
    fileprivate var settings: [(key: String, value: String)] {
        pairs([
            ("name", name?.rawValue), ("learning_rate", learningRate), ("momentum", momentum),
            ("beta1", beta1), ("beta2", beta2), ("rho", rho), ("epsilon", epsilon),
            ("weight_decay", weightDecay), ("gradient_clip", gradientClip),
        ])
    }
}

extension ControlRequest.ScheduleChange {
    fileprivate var settings: [(key: String, value: String)] {
        pairs([
            ("name", name?.rawValue), ("gamma", gamma), ("every", every), ("factor", factor),
            ("total", total), ("power", power), ("delta", delta), ("floor", floor),
        ])
    }
}

extension ControlRequest.BudgetChange {
    fileprivate var settings: [(key: String, value: String)] {
        pairs([
            ("cpu_fraction", cpuFraction), ("memory_bytes", memoryBytes),
            ("predict_p99_microseconds", predictP99Microseconds.map { Int($0) }),
            ("max_parameters", maxParameters),
        ])
    }
}
