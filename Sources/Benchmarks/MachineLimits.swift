import CMachineLimits
import Kernels

/// What this machine can do at best with the instructions that the kernels use.
struct MachineLimits {
    let effort: Effort
    private let level: Int32

    init(effort: Effort) {
        self.effort = effort
        level =
            switch KernelLevel.current {
            case .baseline: 0
            case .v3: 1
            case .v4: 2
            }
    }

    /// Floating-point operations per nanosecond, one value for each round.
    func operationsPerNanosecond() -> [Double] {
        Stopwatch.nanosecondsPerOperation(effort) { _ = cm_multiply_and_add(level, $0) }
            .map { Double(CM_OPERATIONS) / $0 }
    }

    /// Nanoseconds of one pass that loads `count` floats.
    func read(_ count: Int) -> [Double] {
        Stopwatch.nanosecondsPerOperation(effort) { _ = cm_read(level, count, $0) }
    }

    /// Nanoseconds of one pass that loads and stores `count` floats.
    func update(_ count: Int) -> [Double] {
        Stopwatch.nanosecondsPerOperation(effort) { _ = cm_update(level, count, $0) }
    }
}

/// The physical limits of one core.
struct LimitsSection {
    let effort: Effort

    private static let kibibytes = [16, 256, 768, 4_096, 65_536]

    func run(into report: inout Report) {
        let limits = MachineLimits(effort: effort)
        let level = KernelLevel.current.rawValue
        report.add(
            .limits, "multiply and add, \(level)", .gigaflops, limits.operationsPerNanosecond())
        for size in Self.kibibytes {
            let count = size * 256
            let bytes = Double(4 * count)
            report.add(
                .limits, "read \(size) KiB", .gigabytesPerSecond,
                limits.read(count).map { bytes / $0 })
            report.add(
                .limits, "read and write back \(size) KiB", .gigabytesPerSecond,
                limits.update(count).map { bytes / $0 })
        }
    }
}
