import Features
import StateCoding

/// The newest samples that were held out of learning, as inputs and targets of the network.
///
/// They are what the effect of an update or of a change of structure is measured on, because the
/// weights have never met them.
struct ValidationSet: Equatable, Sendable {
    struct Sample: Equatable, Sendable, StateCodable {
        /// Shape `[inputs]`.
        var inputs: [Float]
        /// A class index, or standardised numbers `[outputs]`.
        var targets: [Float]

        init(inputs: [Float], targets: [Float]) {
            self.inputs = inputs
            self.targets = targets
        }

        func encode(to writer: inout StateWriter) {
            writer.write(inputs)
            writer.write(targets)
        }

        init(from reader: inout StateReader) throws(StateError) {
            inputs = try reader.readFloats()
            targets = try reader.readFloats()
        }
    }

    /// Enough for a loss within a few percent, and a forward pass over all takes well below the
    /// time between two held-out samples.
    static let capacity = 256

    private(set) var samples: [Sample] = []
    private var next = 0

    init() {}

    /// Takes a sample in; the oldest yields.
    mutating func insert(_ sample: Sample) {
        if samples.count < Self.capacity {
            samples.append(sample)
        } else {
            samples[next] = sample
            next = (next + 1) % Self.capacity
        }
    }

    /// Follows the encoder: a new column was zero in every kept sample.
    mutating func follow(_ change: InputChange) {
        guard !change.isEmpty else { return }
        let removed = change.removed
        for index in samples.indices {
            for column in removed.sorted().reversed() { samples[index].inputs.remove(at: column) }
            samples[index].inputs.append(contentsOf: repeatElement(0, count: change.appended))
        }
    }
}

extension ValidationSet: StateCodable {
    func encode(to writer: inout StateWriter) {
        writer.write(samples)
        writer.write(next)
    }

    init(from reader: inout StateReader) throws(StateError) {
        samples = try reader.readArray()
        next = try reader.readInt()
        guard (0..<Self.capacity).contains(next), samples.count <= Self.capacity else {
            throw .invalid(what: "validation set", offset: reader.offset)
        }
    }
}
