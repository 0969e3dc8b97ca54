import ArgumentParser
import Datasets
import Features

/// Which file is read, and how, on every command that reads one.
struct DatasetOptions: ParsableArguments {
    @Argument(help: "CSV, JSON Lines, libsvm, VW or ARFF, plain or .gz; - is standard input.")
    var file: String

    @Option(help: "The column or key that is to be learned.")
    var target: String

    @Option(help: "csv, jsonl, libsvm, vw or arff; else the file's name tells.")
    var format: DatasetFormat?

    @Option(help: "Stop after this many samples.")
    var limit: Int?

    @Flag(help: "Stop at the first row that cannot be read.")
    var strict = false

    func validate() throws {
        if let limit, limit < 1 {
            throw ValidationError("--limit \(limit): must be at least 1")
        }
    }

    /// Opens the file, or says why not and ends with 1.
    func open(task: Task?) throws -> DatasetReader {
        do throws(DatasetError) {
            return try DatasetReader(path: file, format: format, target: target, task: task)
        } catch {
            StandardError.write("osier: \(error)")
            throw ExitStatus.failure
        }
    }

    /// Reads the file in blocks.
    ///
    /// - Parameters:
    ///   - blockSize: Samples in each block but the last.
    ///   - progress: Told how far the reading has come.
    ///   - body: Gets each block.
    func forEachBlock(
        of reader: inout DatasetReader, blockSize: Int, progress: Progress,
        _ body: (SampleBlock) throws -> Void
    ) throws {
        var block = SampleBlock()
        var left = limit ?? .max
        while left > 0 {
            let count: Int
            do throws(DatasetError) {
                count = try reader.next(into: &block, limit: min(left, blockSize))
            } catch {
                progress.finish()
                StandardError.write("osier: \(error)")
                throw ExitStatus.failure
            }
            try report(reader.rowErrors, progress: progress)
            guard count > 0 else { return }
            left -= count
            try body(block)
            progress.show(done: reader.consumedByteCount, of: reader.byteCount)
        }
    }

    private func report(_ errors: [RowError], progress: Progress) throws {
        for error in errors {
            progress.clear()
            StandardError.write("\(file): \(error)")
            if strict {
                progress.finish()
                throw ExitStatus.failure
            }
        }
    }
}

extension DatasetFormat: ExpressibleByArgument {}
