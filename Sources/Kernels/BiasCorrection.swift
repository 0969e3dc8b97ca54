/// What undoes the pull of moments towards their start at 0.
struct BiasCorrection {
    /// `1 / (1 − beta1^age)`
    var first: Lanes
    /// `1 / (1 − beta2^age)`
    var second: Lanes

    @inline(__always)
    static var none: BiasCorrection { BiasCorrection(first: .one, second: .one) }
}

extension Workspace {
    /// The corrections of the weights from a block of inputs into one unit. Each weight is as old
    /// as the younger of the units that it joins, and the younger has the larger correction.
    @inline(__always)
    func correction(_ layer: LayerLayout, unit: Int, column: Int) -> BiasCorrection {
        let block = layer.unitLevelStart + unit / Lanes.width
        let lane = unit % Lanes.width
        return BiasCorrection(
            first: firstCorrections[layer.inputLevelStart + column]
                .larger(Lanes(repeating: firstCorrections[block][lane])),
            second: secondCorrections[layer.inputLevelStart + column]
                .larger(Lanes(repeating: secondCorrections[block][lane])))
    }

    /// The corrections of a block of biases, each as old as its unit.
    @inline(__always)
    func correction(_ layer: LayerLayout, biasBlock block: Int) -> BiasCorrection {
        BiasCorrection(
            first: firstCorrections[layer.unitLevelStart + block],
            second: secondCorrections[layer.unitLevelStart + block])
    }
}

extension NetworkParameters {
    /// Fills the workspace with each unit's corrections for the update that is being made.
    func fillCorrections(beta1: Float, beta2: Float, into workspace: inout Workspace) {
        // Nearly always all units are of one age, and the powers are computed once.
        var age = 0
        var firstCorrection: Float = 1
        var secondCorrection: Float = 1
        var block = 0
        for level in births {
            for unit in level.indices {
                if stepCount - level[unit] != age {
                    age = stepCount - level[unit]
                    firstCorrection = Self.correction(beta1, age: age)
                    secondCorrection = Self.correction(beta2, age: age)
                }
                let index = block * Lanes.width + unit
                workspace.firstCorrections[value: index] = firstCorrection
                workspace.secondCorrections[value: index] = secondCorrection
            }
            block += Lanes.blockCount(for: level.count)
        }
    }

    /// `1 / (1 − beta^age)`, by repeated squaring: the C library's power differs between machines.
    private static func correction(_ beta: Float, age: Int) -> Float {
        var power = 1.0
        var square = Double(beta)
        var exponent = age
        while exponent > 0 {
            if exponent & 1 == 1 { power *= square }
            square *= square
            exponent >>= 1
        }
        return Float(1 / (1 - power))
    }
}
