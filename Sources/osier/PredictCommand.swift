import ArgumentParser
import CommandSupport
import Datasets
import Features
import OsierClient
import WireFormat
import ZeroMQ

/// `osier predict`: asks a daemon for predictions.
struct PredictCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "predict", abstract: "Ask a daemon for predictions.",
        discussion: """
            For example:
              osier predict --features '[0.9, 0.1]'
              osier predict --features '{"a": 0.9, "b": 0.1}'
              osier predict rows.csv --target label --json
            """)

    @Argument(help: "A file of samples, one prediction for each row; - is standard input.")
    var file: String?

    @OptionGroup var connection: ConnectionOptions

    @Option(help: "The features of one sample as JSON: what \"x\" is in a message.")
    var features: String?

    @Option(help: "The column of the file that is no feature.")
    var target: String?

    @Option(help: "csv, jsonl, libsvm, vw or arff; else the file's name tells.")
    var format: DatasetFormat?

    @Option(help: "Stop after this many rows.")
    var limit: Int?

    @Flag(help: "Stop at the first row that cannot be read or answered.")
    var strict = false

    @Flag(help: "Answer from a model that has learned all that was acknowledged before.")
    var consistent = false

    @Flag(help: "Print each prediction as a line of JSON.")
    var json = false

    private static let rowsPerRequest = 256

    func validate() throws {
        guard (file == nil) != (features == nil) else {
            throw ValidationError("give either --features or a file")
        }
        if let limit, limit < 1 {
            throw ValidationError("--limit \(limit): must be at least 1")
        }
        if features != nil { _ = try sample() }
    }

    func run() throws {
        try reportingFailures {
            let interruption = try Interruption()
            defer { withExtendedLifetime(interruption) {} }
            var predictor = try Predictor(
                Context(), to: connection.to ?? DefaultEndpoint.predict,
                options: connection.client)
            if let file {
                try predictRows(of: file, with: &predictor)
            } else {
                try predictOne(with: &predictor)
            }
        }
    }

    private var request: Predictor.Request { .init(consistent: consistent) }

    /// The sample of `--features`, as the daemon would read it.
    private func sample() throws -> SampleBlock {
        var block = SampleBlock()
        do throws(Refusal) {
            let value = try JSONValue(parsing: Array((features ?? "").utf8))
            var decoder = SampleDecoder(purpose: .predict)
            let message = JSONValue.object(JSONObject([.init("x", value)])).encoded
            _ = try decoder.decode([message], into: &block)
            if let refused = block.refusals.first { throw refused.refusal }
        } catch {
            throw ValidationError("--features: \(error)")
        }
        return block
    }

    private func predictOne(with predictor: inout Predictor) throws {
        try predictor.submit(try sample(), form: .object, request: request)
        guard case .object(let reply) = try predictor.receive().reply else {
            preconditionFailure("the client has checked the form of the reply")
        }
        switch reply {
        case .success(let prediction): show(prediction)
        case .failure(let error):
            StandardError.write("osier: \(error.refusal)")
            throw ExitStatus.failure
        }
    }

    private func predictRows(of file: String, with predictor: inout Predictor) throws {
        let progress = Progress(title: "predict")
        defer { progress.finish() }
        var answeredCount = 0
        do {
            var reader = try DatasetReader(path: file, format: format, target: target)
            var block = SampleBlock()
            var left = limit ?? .max
            while left > 0 {
                let count = try reader.next(into: &block, limit: min(left, Self.rowsPerRequest))
                guard count > 0 else { break }
                left -= count
                for error in reader.rowErrors { try refuse("\(file): \(error)", progress) }
                if !block.rows.isEmpty {
                    let replies = try predictor.predict(block, request: request)
                    progress.clear()
                    answeredCount += try show(replies, progress)
                }
                progress.show(done: reader.consumedByteCount, of: reader.byteCount)
            }
        } catch let error as DatasetError {
            progress.clear()
            StandardError.write("osier: \(error)")
            throw ExitStatus.failure
        }
        guard answeredCount > 0 else {
            progress.clear()
            StandardError.write("osier: \(file): not one row was answered")
            throw ExitStatus.failure
        }
    }

    /// Prints one line for each sample, and returns how many were answered.
    private func show(_ replies: [Reply<Prediction>], _ progress: Progress) throws -> Int {
        var count = 0
        for reply in replies {
            switch reply {
            case .success(let prediction):
                show(prediction)
                count += 1
            case .failure(let error):
                // The place in the output is kept, so that lines and rows still belong together.
                print(json ? String(decoding: error.encoded, as: UTF8.self) : Figures.absent)
                try refuse(error.refusal.description, progress)
            }
        }
        return count
    }

    private func show(_ prediction: Prediction) {
        guard json else {
            print(PredictionText.line(prediction))
            return
        }
        var writer = JSONWriter()
        prediction.write(to: &writer)
        print(String(decoding: writer.bytes, as: UTF8.self))
    }

    private func refuse(_ message: String, _ progress: Progress) throws {
        progress.clear()
        StandardError.write(message)
        if strict { throw ExitStatus.failure }
    }
}
