import Randomness
import StateCoding

@testable import Features

/// Builds the blocks that the wire would deliver.
extension SampleBlock {
    /// Rows of positional numbers.
    static func positional(_ rows: [([Double], Target)]) -> SampleBlock {
        var block = SampleBlock()
        for (index, (values, target)) in rows.enumerated() {
            block.appendPositional(values, target, index: index)
        }
        return block
    }

    /// Rows of named values.
    static func named(_ rows: [([(String, FeatureValue)], Target)]) -> SampleBlock {
        var block = SampleBlock()
        for (index, (pairs, target)) in rows.enumerated() {
            block.appendNamed(pairs, target, index: index)
        }
        return block
    }

    /// One sparse row.
    static func sparse(
        _ pairs: [(Int32, Double)], size: Int, _ target: Target
    ) -> SampleBlock {
        var block = SampleBlock()
        block.indices = pairs.map(\.0)
        block.values = pairs.map(\.1)
        let shape = Shape.sparse(start: 0, valueStart: 0, count: pairs.count, size: size)
        block.rows = [Row(shape: shape, target: target, index: 0)]
        return block
    }

    mutating func appendPositional(_ row: [Double], _ target: Target, index: Int) {
        let shape = Shape.positional(start: values.count, count: row.count)
        rows.append(Row(shape: shape, target: target, index: index))
        values.append(contentsOf: row)
    }

    mutating func appendNamed(_ pairs: [(String, FeatureValue)], _ target: Target, index: Int) {
        let shape = Shape.named(start: names.count, count: pairs.count)
        rows.append(Row(shape: shape, target: target, index: index))
        names.append(contentsOf: pairs.map(\.0))
        namedValues.append(contentsOf: pairs.map(\.1))
    }
}

extension SampleSchema {
    init(_ adjust: (inout FeatureConfiguration, inout TargetConfiguration) -> Void = { _, _ in }) {
        var features = FeatureConfiguration()
        var target = TargetConfiguration()
        adjust(&features, &target)
        self.init(features: features, target: target)
    }

    /// Admits one named sample and gives back the code of its refusal, or `nil`.
    mutating func refusal(
        ofNamed pairs: [(String, FeatureValue)], _ target: Target = .label(.integer(0))
    ) -> Refusal.Code? {
        admit(.named([(pairs, target)])).refusals.first?.refusal.code
    }

    /// Admits one positional sample and gives back the code of its refusal, or `nil`.
    mutating func refusal(
        ofPositional values: [Double], _ target: Target = .label(.integer(0))
    ) -> Refusal.Code? {
        admit(.positional([(values, target)])).refusals.first?.refusal.code
    }
}

extension InputEncoder {
    /// The inputs of one row.
    func inputs(_ block: AdmittedBlock, row: Int = 0) -> [Float] {
        var inputs = [Float](repeating: .nan, count: inputCount)
        var span = inputs.mutableSpan
        encode(block, row: row, into: &span)
        return inputs
    }

    init(_ adjust: (inout FeatureConfiguration) -> Void = { _ in }, hidden: Bool = false) {
        var configuration = FeatureConfiguration()
        adjust(&configuration)
        self.init(configuration: configuration, hasHiddenLayers: hidden)
    }
}

func stateBytes(_ value: some StateCodable) -> [UInt8] {
    var writer = StateWriter()
    writer.write(value)
    return writer.bytes
}

func restored<Value: StateCodable>(_ value: Value) throws -> Value {
    var reader = StateReader(bytes: stateBytes(value))
    let copy = try reader.read(Value.self)
    guard reader.remainingCount == 0 else {
        throw StateError.invalid(what: "end of state", offset: reader.offset)
    }
    return copy
}
