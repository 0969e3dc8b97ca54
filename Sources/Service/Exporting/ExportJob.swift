import Features
import Foundation
import Learner
import Storage
import WireFormat
import ZeroMQ

/// A model on its way into a file, on a thread of its own: neither learning nor clients wait for the
/// encoding or the disk.
struct ExportJob {
    /// What the client gets.
    struct Outcome: Sendable {
        let report: ExportReport
        /// The file, unless it was written.
        let bytes: [UInt8]?
    }

    private let thread: ServiceThread<Result<Outcome, Refusal>>
    private let finished: StopFlag

    /// Starts the thread.
    ///
    /// - Parameters:
    ///   - path: Where the file is written; `nil` hands the bytes over.
    ///   - notifier: Signalled when the work is done.
    init(
        _ predictor: Predictor, format: ControlRequest.ExportFormat, path: String?,
        notifier: EventDescriptor
    ) {
        let finished = StopFlag(notifier: notifier)
        self.finished = finished
        thread = ServiceThread(name: "export", niceness: 10) {
            defer { finished.request() }
            do throws(Refusal) {
                return .success(try Self.run(predictor, format: format, path: path))
            } catch {
                return .failure(error)
            }
        }
    }

    var isFinished: Bool { finished.isRequested }

    /// Waits for the end, once.
    func join() -> Result<Outcome, Refusal> { thread.join() }

    private static func run(
        _ predictor: Predictor, format: ControlRequest.ExportFormat, path: String?
    ) throws(Refusal) -> Outcome {
        let bytes = try encode(predictor.exported(), format: format)
        var report = ExportReport()
        report.format = format.rawValue
        report.bytes = bytes.count
        guard let path else { return Outcome(report: report, bytes: bytes) }
        do {
            try FileManager.default.createDirectory(
                at: URL(fileURLWithPath: path).deletingLastPathComponent(),
                withIntermediateDirectories: true)
            try AtomicFile.write(bytes, to: path)
        } catch {
            throw Refusal(.internal, "the model was not exported: \(error)")
        }
        report.path = path
        return Outcome(report: report, bytes: nil)
    }

    private static func encode(
        _ model: ExportedModel, format: ControlRequest.ExportFormat
    ) throws(Refusal) -> [UInt8] {
        do {
            switch format {
            case .safetensors:
                return try ModelFile.safeTensors(model, writer: Version.current).bytes
            case .onnx:
                return try ONNXFile.bytes(model, writer: Version.current)
            }
        } catch let error as ModelFileError {
            throw Refusal(.unsupported, "\(error)")
        } catch {
            throw Refusal(.internal, "the model cannot be written: \(error)")
        }
    }
}

/// `export`: the trainer hands out what predictions need, a job makes a file of it.
extension NetworkLoop {
    /// Checks, before the trainer is asked, that there is a place for the file.
    func checkExport(name: String?) throws(Refusal) {
        guard name != nil, settings.storage.directory == nil else { return }
        throw Refusal(
            .unsupported,
            "\"export\" with a \"name\": this daemon keeps its model in memory only and has no "
                + "exports folder; leave the name out and take the file from the reply's second "
                + "frame, or start the daemon with storage.directory")
    }

    mutating func startExport(_ predictor: Predictor?) throws(ZeroMQError) {
        guard case .export(let format, let name)? = openControl?.request.operation else { return }
        guard let predictor else {
            return try finishControl(
                .failure(
                    Refusal(.noModel, "there is no model yet; send labelled samples, then export")))
        }
        guard predictor.isPlain else {
            return try finishControl(
                .failure(
                    Refusal(
                        .unsupported,
                        "\"export\": a layer of the network reads more than the layer below it, "
                            + "which no export format of ours holds; distill it first")))
        }
        var path: String?
        if let name, let directory = settings.storage.directory {
            path = "\(directory)/exports/\(name)"
        }
        exportJob = ExportJob(
            predictor, format: format, path: path, notifier: answers.notifier)
    }

    /// Answers who asked for a file that is finished.
    mutating func answerExport() throws(ZeroMQError) {
        guard let job = exportJob, job.isFinished else { return }
        exportJob = nil
        try finishControl(job.join())
    }

    private mutating func finishControl(
        _ result: Result<ExportJob.Outcome, Refusal>
    ) throws(ZeroMQError) {
        guard let open = openControl.take(), let requests = controlSocket else { return }
        switch result {
        case .success(let outcome):
            let reply = ControlReply(
                .export(outcome.report), identifier: open.request.identifier)
            let file = outcome.bytes.map { [$0] } ?? []
            try requests.answer([reply.encoded] + file, to: open.address)
        case .failure(let refusal):
            let reply = ErrorReply(refusal, identifier: open.request.identifier)
            try requests.answer([reply.encoded], to: open.address)
        }
    }
}
