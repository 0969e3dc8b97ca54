import Datasets
import Features
import Foundation

/// What a reader made of a file, in a form that is easy to compare.
struct Reading: Equatable {
    enum Features: Equatable {
        /// `nil` is missing.
        case numbers([Double?])
        case named([String], [FeatureValue])
        /// Index from 0, value, in pairs.
        case sparse([Int32], [Double], size: Int)
        case none
    }

    var features: [Features] = []
    var targets: [Target] = []
    var weights: [Float] = []
    var identifiers: [SampleIdentifier?] = []
    var errors: [RowError] = []
    var columnNames: [String]?
    /// Rows that were read, refused ones included.
    var count = 0

    /// Takes over a block, and checks that its indices rise and leave out the refused rows.
    mutating func append(_ block: SampleBlock) {
        columnNames = block.columnNames
        for row in block.rows {
            targets.append(row.target)
            weights.append(row.weight)
            identifiers.append(row.identifier)
            switch row.shape {
            case .absent: features.append(.none)
            case .positional(let start, let count):
                let values = block.values[start..<start + count]
                features.append(.numbers(values.map { $0.isNaN ? nil : $0 }))
            case .named(let start, let count):
                features.append(
                    .named(
                        Array(block.names[start..<start + count]),
                        Array(block.namedValues[start..<start + count])))
            case .sparse(let start, let valueStart, let count, let size):
                features.append(
                    .sparse(
                        Array(block.indices[start..<start + count]),
                        Array(block.values[valueStart..<valueStart + count]), size: size))
            }
        }
    }
}

enum Fixture {
    /// Writes a file, lets `body` have its path, and removes it.
    static func withFile<Result>(
        _ bytes: some Sequence<UInt8>, name: String, _ body: (String) throws -> Result
    ) throws -> Result {
        let directory = FileManager.default.temporaryDirectory
            .appending(path: "osier-datasets-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let file = directory.appending(path: name)
        try Data(bytes).write(to: file)
        return try body(file.path)
    }

    /// Reads a whole file.
    static func read(
        path: String, format: DatasetFormat? = nil, target: String = "y", task: Task? = nil,
        featureCount: Int? = nil, limit: Int = 64
    ) throws -> Reading {
        var reader = try DatasetReader(
            path: path, format: format, target: target, task: task, featureCount: featureCount)
        var reading = Reading()
        var block = SampleBlock()
        while case let count = try reader.next(into: &block, limit: limit), count > 0 {
            precondition(count <= limit, "the limit holds")
            precondition(block.rows.count + reader.rowErrors.count == count, "every row counts")
            reading.append(block)
            reading.errors += reader.rowErrors
            reading.count += count
        }
        precondition(reader.rejectedCount == reading.errors.count, "every refusal counts")
        return reading
    }

    /// Reads text as a file of the given name.
    static func read(
        _ text: String, name: String, target: String = "y", task: Task? = nil,
        featureCount: Int? = nil, limit: Int = 64
    ) throws -> Reading {
        try withFile(text.utf8, name: name) { path in
            try read(
                path: path, target: target, task: task, featureCount: featureCount, limit: limit)
        }
    }

    /// The message of the error that ends reading.
    static func failure(_ text: String, name: String, target: String = "y") throws -> String? {
        try failure(Array(text.utf8), name: name, target: target)
    }

    static func failure(_ bytes: [UInt8], name: String, target: String = "y") throws -> String? {
        do {
            _ = try withFile(bytes, name: name) { try read(path: $0, target: target) }
            return nil
        } catch let error as DatasetError {
            return error.message
        }
    }
}
