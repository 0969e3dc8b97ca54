/// Bias corrections: what undoes the pull of moments towards their start at 0.
extension NetworkParameters {
    /// Fills the workspace with the corrections that the rule wants for the update being made.
    ///
    /// Adam's are part of its formulas. RMSprop has none, and its first update of a new weight would
    /// be `1 / √(1 − decay)` times as long as the rate; so units that came later than the others
    /// are corrected for their age, as Adam's are, until they are as old as makes no difference.
    ///
    /// - Parameter onlyListedRows: Whether corrections for inputs that the workspace does not list
    ///   are not wanted.
    /// - Returns: Whether one correction, or none, serves all units.
    func fillCorrections(
        for rule: UpdateRule, onlyListedRows: Bool, into workspace: inout Workspace
    ) -> Bool {
        switch rule {
        case .adam(let beta1, let beta2, _):
            fillCorrections(
                beta1: beta1, beta2: beta2, onlyListedRows: onlyListedRows, into: &workspace)
            return isUniform(decay: max(beta1, beta2))
        case .rmsprop(let decay, _):
            if isUniform(decay: decay) { return true }
            fillCorrections(
                beta1: 0, beta2: decay, exceptBirth: momentsBirth, onlyListedRows: onlyListedRows,
                into: &workspace)
            return false
        case .sgd, .momentum, .nesterov, .adagrad:
            return true
        }
    }

    /// Whether all units are of one age, or even the youngest has corrections of 1.
    private func isUniform(decay: Float) -> Bool {
        commonBirth != nil || Self.isMature(age: stepCount - latestBirth, decay: decay)
    }

    /// Whether the power is below e⁻¹⁷, less than half a unit in the last place of 1.
    private static func isMature(age: Int, decay: Float) -> Bool {
        Double(age) * (1 - Double(decay)) > 17
    }

    /// Fills the workspace with `1 / (1 − beta^age)` of each unit, for the update being made.
    ///
    /// A weight is as old as the younger of the units that it joins, which has the larger
    /// correction; the kernels take the larger of the two.
    ///
    /// - Parameter exceptBirth: Units of this birth get no correction.
    private func fillCorrections(
        beta1: Float, beta2: Float, exceptBirth: Int? = nil, onlyListedRows: Bool,
        into workspace: inout Workspace
    ) {
        let count = max(LayerLayout.lanes, shape.activationCapacity)
        workspace.firstCorrections.prepare(count: count)
        workspace.secondCorrections.prepare(count: count)
        if isUniform(decay: max(beta1, beta2)) {
            let age = stepCount - latestBirth
            workspace.firstCorrections[0] = Self.correction(beta1, age: age)
            workspace.secondCorrections[0] = Self.correction(beta2, age: age)
            return
        }
        var start = 0
        for (index, level) in births.enumerated() {
            func fill(_ unit: Int) {
                let age = stepCount - level[unit]
                let isExcepted = level[unit] == exceptBirth
                workspace.firstCorrections[start + unit] =
                    isExcepted ? 1 : Self.correction(beta1, age: age)
                workspace.secondCorrections[start + unit] =
                    isExcepted ? 1 : Self.correction(beta2, age: age)
            }
            if index == 0, onlyListedRows {
                for row in workspace.listedRows { fill(Int(row)) }
            } else {
                for unit in level.indices { fill(unit) }
            }
            start += LayerLayout.padded(level.count)
        }
    }

    /// The birth that all units share, if they do.
    static func commonBirth(_ births: [[Int]]) -> Int? {
        let first = births[births.count - 1][0]
        return births.allSatisfy { $0.allSatisfy { $0 == first } } ? first : nil
    }

    /// The birth of the youngest unit.
    static func latestBirth(_ births: [[Int]]) -> Int {
        births.reduce(0) { max($0, $1.max() ?? 0) }
    }

    /// `1 / (1 − beta^age)`.
    private static func correction(_ beta: Float, age: Int) -> Float {
        isMature(age: age, decay: beta) ? 1 : Float(1 / (1 - power(beta, age)))
    }
}
