import CKernels

/// Instruction sets that the kernels are compiled for.
///
/// `v3` and `v4` give the same bits; `baseline` has no fused multiply-add and rounds more often,
/// except on arm64, where it is all there is and has it.
public enum KernelLevel: String, CaseIterable, Sendable {
    /// Any machine: SSE2 on x86-64, NEON on arm64.
    case baseline
    /// x86-64-v3: AVX2 and fused multiply-add.
    case v3
    /// x86-64-v4: AVX-512.
    case v4

    /// Whether this machine has the level.
    public var isAvailable: Bool { unsafe ck_kernels_of(code) != nil }

    /// The level of every ``Workspace`` that names none: the best that the machine has, unless
    /// ``select(_:)`` chose another.
    public static var current: KernelLevel {
        let code = ck_level()
        return allCases.first { $0.code == code } ?? .baseline
    }

    /// Chooses the level for the whole process; called once, before any workspace is made.
    ///
    /// - Returns: `false`, with nothing changed, when the machine has not this level.
    public static func select(_ level: KernelLevel) -> Bool { ck_select(level.code) != 0 }

    /// Whether the two round alike, so that equal events give equal bits.
    public func rounds(like other: KernelLevel) -> Bool {
        (self == .baseline) == (other == .baseline)
    }

    var code: Int32 {
        switch self {
        case .baseline: Int32(CK_BASELINE)
        case .v3: Int32(CK_V3)
        case .v4: Int32(CK_V4)
        }
    }

    /// The functions of the level.
    var kernels: ck_kernels {
        guard let kernels = unsafe ck_kernels_of(code) else {
            preconditionFailure("this machine has no level \(rawValue)")
        }
        return unsafe kernels.pointee
    }
}
