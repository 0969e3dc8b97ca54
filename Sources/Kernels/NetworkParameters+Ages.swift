/// Bias corrections: what undoes the pull of moments towards their start at 0.
extension NetworkParameters {
    /// Fills the workspace with `1 / (1 − beta^age)` of each unit, for the update being made.
    ///
    /// A weight is as old as the younger of the units that it joins, which has the larger
    /// correction; the kernels take the larger of the two.
    func fillCorrections(beta1: Float, beta2: Float, into workspace: inout Workspace) {
        let count = max(LayerLayout.lanes, shape.activationCapacity)
        workspace.firstCorrections.prepare(count: count)
        workspace.secondCorrections.prepare(count: count)
        if let commonBirth {
            let age = stepCount - commonBirth
            workspace.firstCorrections[0] = Self.correction(beta1, age: age)
            workspace.secondCorrections[0] = Self.correction(beta2, age: age)
            return
        }
        var start = 0
        for level in births {
            for unit in level.indices {
                let age = stepCount - level[unit]
                workspace.firstCorrections[start + unit] = Self.correction(beta1, age: age)
                workspace.secondCorrections[start + unit] = Self.correction(beta2, age: age)
            }
            start += LayerLayout.padded(level.count)
        }
    }

    /// The birth that all units share, if they do.
    static func commonBirth(_ births: [[Int]]) -> Int? {
        let first = births[births.count - 1][0]
        return births.allSatisfy { $0.allSatisfy { $0 == first } } ? first : nil
    }

    /// `1 / (1 − beta^age)`, by repeated squaring: the C library's power differs between machines.
    private static func correction(_ beta: Float, age: Int) -> Float {
        // Then the power is below e⁻¹⁷, less than half a unit in the last place of 1.
        if Double(age) * (1 - Double(beta)) > 17 { return 1 }
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
