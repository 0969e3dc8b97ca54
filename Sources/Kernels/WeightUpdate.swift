/// The arithmetic of one ``UpdateRule`` on a block of parameters.
///
/// A type per rule and generic passes over the weights, so that the compiler makes one loop per
/// rule without a decision inside.
protocol WeightUpdate {
    static var keepsFirstMoment: Bool { get }
    static var keepsSecondMoment: Bool { get }
    /// Whether `apply` makes use of `correction`.
    static var correctsBias: Bool { get }

    /// Updates weights and moments; a moment that the rule does not keep is left alone.
    func apply(
        _ gradient: Lanes, to weights: inout Lanes, first: inout Lanes, second: inout Lanes,
        correction: BiasCorrection)
}

extension WeightUpdate {
    static var correctsBias: Bool { false }
}

struct SGDUpdate: WeightUpdate {
    static var keepsFirstMoment: Bool { false }
    static var keepsSecondMoment: Bool { false }
    let rate: Float

    @inline(__always)
    func apply(
        _ gradient: Lanes, to weights: inout Lanes, first: inout Lanes, second: inout Lanes,
        correction: BiasCorrection
    ) {
        weights -= rate * gradient
    }
}

struct MomentumUpdate: WeightUpdate {
    static var keepsFirstMoment: Bool { true }
    static var keepsSecondMoment: Bool { false }
    let rate: Float
    let momentum: Float

    @inline(__always)
    func apply(
        _ gradient: Lanes, to weights: inout Lanes, first: inout Lanes, second: inout Lanes,
        correction: BiasCorrection
    ) {
        first = momentum * first + gradient
        weights -= rate * first
    }
}

struct NesterovUpdate: WeightUpdate {
    static var keepsFirstMoment: Bool { true }
    static var keepsSecondMoment: Bool { false }
    let rate: Float
    let momentum: Float

    @inline(__always)
    func apply(
        _ gradient: Lanes, to weights: inout Lanes, first: inout Lanes, second: inout Lanes,
        correction: BiasCorrection
    ) {
        first = momentum * first + gradient
        weights -= rate * (gradient + momentum * first)
    }
}

struct AdagradUpdate: WeightUpdate {
    static var keepsFirstMoment: Bool { false }
    static var keepsSecondMoment: Bool { true }
    let rate: Float
    let epsilon: Float

    @inline(__always)
    func apply(
        _ gradient: Lanes, to weights: inout Lanes, first: inout Lanes, second: inout Lanes,
        correction: BiasCorrection
    ) {
        second += gradient * gradient
        weights -= rate * gradient / (second.roots + epsilon)
    }
}

struct RMSpropUpdate: WeightUpdate {
    static var keepsFirstMoment: Bool { false }
    static var keepsSecondMoment: Bool { true }
    let rate: Float
    let decay: Float
    let epsilon: Float

    @inline(__always)
    func apply(
        _ gradient: Lanes, to weights: inout Lanes, first: inout Lanes, second: inout Lanes,
        correction: BiasCorrection
    ) {
        second = decay * second + (1 - decay) * (gradient * gradient)
        weights -= rate * gradient / (second.roots + epsilon)
    }
}

struct AdamUpdate: WeightUpdate {
    static var keepsFirstMoment: Bool { true }
    static var keepsSecondMoment: Bool { true }
    static var correctsBias: Bool { true }
    let rate: Float
    let beta1: Float
    let beta2: Float
    let epsilon: Float

    @inline(__always)
    func apply(
        _ gradient: Lanes, to weights: inout Lanes, first: inout Lanes, second: inout Lanes,
        correction: BiasCorrection
    ) {
        first = beta1 * first + (1 - beta1) * gradient
        second = beta2 * second + (1 - beta2) * (gradient * gradient)
        let mean = first * correction.first
        weights -= rate * mean / ((second * correction.second).roots + epsilon)
    }
}
