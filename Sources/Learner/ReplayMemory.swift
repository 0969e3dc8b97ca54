import Features
import StateCoding

/// The newest learned samples, as inputs and targets of the networks, to be learned again.
///
/// Inputs stay on the scale on which they were learned first. All samples lie in one array, so that
/// keeping one allocates nothing.
struct ReplayMemory: Equatable, Sendable {
    /// Inputs kept at most, over all samples: 4 MiB. What has many inputs keeps fewer samples.
    static let inputLimit = 1 << 20

    /// Samples kept at most, for any number of inputs.
    let window: Int
    private(set) var count = 0
    private var next = 0
    private var inputCount = 0
    /// Room for inputs per sample, so that a new column seldom moves everything.
    private var stride = 0
    private var targetCount = 0
    private var capacity = 0
    private(set) var values: [Float] = []
    private(set) var targetValues: [Float] = []
    private(set) var importances: [Float] = []

    /// - Parameter window: At least 1.
    init(window: Int) { self.window = window }

    /// Takes a sample in; the oldest yields.
    mutating func insert(inputs: [Float], targets: [Float], importance: Float) {
        if inputs.count != inputCount || targets.count != targetCount || capacity == 0 {
            begin(inputCount: inputs.count, targetCount: targets.count)
        }
        if count < capacity {
            values.append(contentsOf: inputs)
            values.append(contentsOf: repeatElement(0, count: stride - inputCount))
            targetValues.append(contentsOf: targets)
            importances.append(importance)
            count += 1
        } else {
            for index in 0..<inputCount { values[next * stride + index] = inputs[index] }
            for index in 0..<targetCount {
                targetValues[next * targetCount + index] = targets[index]
            }
            importances[next] = importance
            next = (next + 1) % capacity
        }
    }

    /// Where a sample's inputs lie in ``values``. Slots run from 0 to ``count``.
    func inputRange(of slot: Int) -> Range<Int> {
        slot * stride..<slot * stride + inputCount
    }

    /// Where a sample's targets lie in ``targetValues``.
    func targetRange(of slot: Int) -> Range<Int> {
        slot * targetCount..<(slot + 1) * targetCount
    }

    /// Follows the encoder: a new column was zero in every kept sample.
    mutating func follow(_ change: InputChange) {
        guard !change.isEmpty, count > 0 else { return }
        let inputs = inputCount - change.removed.count + change.appended
        if change.removed.isEmpty, inputs <= stride {
            inputCount = inputs
            return
        }
        var isKept = [Bool](repeating: true, count: inputCount)
        for column in change.removed { isKept[column] = false }
        let kept = isKept.indices.filter { isKept[$0] }
        let old = self
        begin(inputCount: inputs, targetCount: targetCount)
        var row = [Float](repeating: 0, count: inputs)
        for age in 0..<old.count {
            let slot = (old.next + age) % old.count
            for (position, column) in kept.enumerated() {
                row[position] = old.values[slot * old.stride + column]
            }
            let start = slot * targetCount
            insert(
                inputs: row, targets: Array(old.targetValues[start..<start + targetCount]),
                importance: old.importances[slot])
        }
    }

    /// Forgets all samples: they are of a concept that is no more.
    mutating func forget() {
        guard count > 0 else { return }
        begin(inputCount: inputCount, targetCount: targetCount)
    }

    /// Forgets everything and makes room for samples of a shape.
    private mutating func begin(inputCount: Int, targetCount: Int) {
        self = ReplayMemory(window: window)
        self.inputCount = inputCount
        self.targetCount = targetCount
        stride = (inputCount + inputCount / 4 + 8) & ~7
        capacity = max(1, min(window, Self.inputLimit / stride))
    }
}

extension ReplayMemory: StateCodable {
    func encode(to writer: inout StateWriter) {
        for number in [window, count, next, inputCount, stride, targetCount, capacity] {
            writer.write(number)
        }
        writer.write(values)
        writer.write(targetValues)
        writer.write(importances)
    }

    init(from reader: inout StateReader) throws(StateError) {
        window = try reader.readInt()
        count = try reader.readInt()
        next = try reader.readInt()
        inputCount = try reader.readInt()
        stride = try reader.readInt()
        targetCount = try reader.readInt()
        capacity = try reader.readInt()
        values = try reader.readFloats()
        targetValues = try reader.readFloats()
        importances = try reader.readFloats()
        let isWhole =
            window >= 1 && inputCount >= 0 && inputCount <= stride && targetCount >= 0
            && next >= 0 && next <= capacity && count <= capacity
            && importances.count == count
            && stride.multipliedReportingOverflow(by: count) == (values.count, false)
            && targetCount.multipliedReportingOverflow(by: count) == (targetValues.count, false)
        guard isWhole else {
            throw .invalid(what: "the samples to be learned again", offset: reader.offset)
        }
    }
}
