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
    /// Rows of the first layer that an update visits: the inputs that are not zero, and room for
    /// more.
    private var rows: [Int32] = []
    private var rowCount = 0

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

    /// Makes room for predictions of so many samples.
    mutating func prepareToPredict(_ table: [LayerLayout], sampleCount: Int) {
        let count = unsafe table.withTable { layers in
            unsafe ck_predict_scratch_count(layers, table.count, sampleCount)
        }
        scratch.prepare(count: count)
    }

    /// Samples at most that a prediction takes through a network side by side.
    public static var samplesAtOnce: Int { Int(CK_PREDICT_GROUP) }

    /// Lists the inputs that are not zero.
    mutating func listRows(_ inputs: Span<Float>) {
        let room = inputs.count + LayerLayout.lanes
        if rows.count < room { rows = [Int32](repeating: 0, count: room) }
        // Why unsafe: C takes addresses. Why sound: the list has the room that C asks for, and both
        // are alive until the call returns.
        rowCount = unsafe inputs.withUnsafeBufferPointer { inputs in
            unsafe rows.withUnsafeMutableBufferPointer { rows in
                unsafe kernels.list(inputs.baseAddress, inputs.count, rows.baseAddress)
            }
        }
    }

    /// What ``listRows(_:)`` found last, by rising index.
    var listedRows: ArraySlice<Int32> {
        @inline(__always) get { rows[0..<rowCount] }
    }
}
