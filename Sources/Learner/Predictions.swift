import Features
import Kernels

/// The answers to one block or several, and the room in which they are made.
public struct Predictions: Sendable {
    /// Shape `[rows, Predictor.valueCount]`: class probabilities, or numbers in the target's units.
    public internal(set) var values: [Double] = []
    /// Rows that were answered.
    public internal(set) var count = 0
    /// Rows that have no answer yet.
    private(set) var waitingCount = 0
    /// Answers to the rows that waited last, of all voices together. Shape `[rows, outputs]`.
    private(set) var outputs: [Float] = []

    /// One row of ``inputs``.
    private var input: [Float] = []
    /// Of the rows that wait. Shape `[rows, inputs]`.
    private var inputs: [Float] = []
    /// What one of the voices said, shape `[rows, outputs]`.
    private var others: [Float] = []
    private var workspace = Workspace()

    public init() {}

    /// Empties it and keeps the room.
    public mutating func removeAll() {
        values.removeAll(keepingCapacity: true)
        count = 0
        waitingCount = 0
        inputs.removeAll(keepingCapacity: true)
    }

    /// Index of the largest of a row's probabilities; the first one of equals.
    public func likeliestClass(row: Int, valueCount: Int) -> Int {
        var best = 0
        let start = row * valueCount
        for index in 0..<valueCount where values[start + index] > values[start + best] {
            best = index
        }
        return best
    }

    /// Lets a row of a block wait for its answer.
    mutating func add(_ block: borrowing AdmittedBlock, row: Int, with encoder: InputEncoder) {
        Self.resize(&input, to: encoder.inputCount)
        var span = input.mutableSpan
        encoder.encode(block, row: row, into: &span)
        inputs.append(contentsOf: input)
        waitingCount += 1
    }

    /// Fills ``outputs`` with the answers to the rows that wait, and lets none wait any longer.
    ///
    /// - Returns: How many they were.
    mutating func answer(with voices: [Predictor.Voice]) -> Int {
        let count = waitingCount * voices[0].network.outputCount
        Self.resize(&outputs, to: count)
        Self.predict(with: voices[0], inputs, into: &outputs, using: &workspace)
        for index in 0..<count { outputs[index] *= voices[0].weight }
        var sum = voices[0].weight
        for voice in voices.dropFirst() {
            Self.resize(&others, to: count)
            Self.predict(with: voice, inputs, into: &others, using: &workspace)
            sum += voice.weight
            for index in 0..<count { outputs[index] += voice.weight * others[index] }
        }
        for index in 0..<count { outputs[index] /= sum }
        let answered = waitingCount
        self.count += answered
        waitingCount = 0
        inputs.removeAll(keepingCapacity: true)
        return answered
    }

    private static func predict(
        with voice: Predictor.Voice, _ inputs: [Float], into outputs: inout [Float],
        using workspace: inout Workspace
    ) {
        var span = outputs.mutableSpan
        voice.network.predict(inputs.span, into: &span, using: &workspace)
    }

    /// Keeps the memory.
    private static func resize(_ values: inout [Float], to count: Int) {
        if values.count > count {
            values.removeLast(values.count - count)
        } else if values.count < count {
            values.append(contentsOf: repeatElement(0, count: count - values.count))
        }
    }
}
