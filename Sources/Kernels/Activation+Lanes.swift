import Glibc

extension Activation {
    /// The activations of a block of weighted sums.
    ///
    /// NaN stays NaN in every activation, so that a bad input cannot hide behind a resting unit.
    ///
    /// - Parameter unitCount: Units in the block; the lanes beyond it are 0 and stay 0.
    @inline(__always)
    func values(of sums: Lanes, unitCount: Int) -> Lanes {
        switch self {
        case .relu:
            return sums.replacing(with: 0, where: sums .< 0)
        case .leakyReLU:
            return sums.replacing(with: sums * Activation.leak, where: sums .< 0)
        case .tanh:
            var values = Lanes.zero
            for lane in 0..<unitCount { values[lane] = tanhf(sums[lane]) }
            return values
        case .sigmoid:
            var values = Lanes.zero
            for lane in 0..<unitCount { values[lane] = stableSigmoid(sums[lane]) }
            return values
        }
    }

    /// The derivatives with respect to the weighted sums, from the activations themselves.
    ///
    /// At 0, where ReLU has none, the left-hand derivative is taken, as PyTorch does.
    @inline(__always)
    func derivatives(at values: Lanes) -> Lanes {
        switch self {
        case .relu: Lanes.zero.replacing(with: 1, where: values .> 0)
        case .leakyReLU: Lanes(repeating: Activation.leak).replacing(with: 1, where: values .> 0)
        case .tanh: 1 - values * values
        case .sigmoid: values * (1 - values)
        }
    }

    /// Slope of leaky ReLU below 0.
    private static var leak: Float { 0.01 }
}

/// `1 / (1 + e^−z)` without overflow at either end.
@inline(__always)
func stableSigmoid(_ z: Float) -> Float {
    let shrunk = expf(-abs(z))
    return (z < 0 ? shrunk : 1) / (1 + shrunk)
}
