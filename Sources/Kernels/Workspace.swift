import CKernels

/// Scratch memory of predictions and updates, and the kernels that use it; holds no state between
/// calls.
///
/// It grows to what the largest network and batch so far have needed and is then reused, so a call
/// on a known shape allocates nothing. Use one per thread.
public struct Workspace: Sendable {
    public let level: KernelLevel
    let kernels: ck_kernels
    var scratch = FloatBuffer(count: 0)
    /// Bias corrections by unit, laid out as one sample's activations; the first alone when all
    /// units are of one age.
    var firstCorrections = FloatBuffer(count: 0)
    var secondCorrections = FloatBuffer(count: 0)
    /// What is left of the means of squares in rows of the first layer that have rested.
    var remainders = FloatBuffer(count: 0)

    /// - Parameter level: One that the machine has; traps on another.
    public init(level: KernelLevel = .current) {
        self.level = level
        kernels = level.kernels
    }

    mutating func prepare(_ table: [LayerLayout], sampleCount: Int) {
        let count = unsafe table.withTable { layers in
            unsafe ck_scratch_count(layers, table.count, sampleCount)
        }
        scratch.prepare(count: count)
    }
}
