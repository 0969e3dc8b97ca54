/// What stands in for units of a level that go: a constant each, and shares of what the units that
/// stay say.
struct Substitute: Equatable, Sendable {
    /// `[leaving]`.
    private(set) var constants: [Float]
    /// The units that stay and take over; none where there were too few samples to tell.
    private(set) var helpers: [Int] = []
    /// `[leaving][helpers]`.
    private(set) var shares: [[Float]]

    /// Samples below which a fit would only be good on them.
    static let fewestSamples = 32
    /// Share of the helpers' mean energy that is added to each, so that a fit of few samples stays
    /// close to the means.
    private static let ridge = 0.1

    /// The means alone.
    init(constants: [Float]) {
        self.constants = constants
        shares = constants.map { _ in [] }
    }

    /// Fits what leaving units said by what the others said, least squares with a ridge.
    ///
    /// Solved over samples and not over units: there are fewer of them, and the system is sound
    /// however alike the units are.
    ///
    /// - Parameters:
    ///   - leaving: Not all of the level's units.
    ///   - activations: `[samples][units]`, at least one sample.
    /// - Source: Hoerl, Kennard, "Ridge Regression", Technometrics 1970, in its dual form.
    init(leaving: [Int], activations: [[Float]]) {
        let unitCount = activations[0].count
        let count = Double(activations.count)
        let means = (0..<unitCount).map { unit in
            activations.reduce(0) { $0 + Double($1[unit]) } / count
        }
        self.init(constants: leaving.map { Float(means[$0]) })
        guard activations.count >= Self.fewestSamples else { return }
        var isLeaving = [Bool](repeating: false, count: unitCount)
        for unit in leaving { isLeaving[unit] = true }
        let staying = (0..<unitCount).filter { !isLeaving[$0] }
        let rows = activations.map { row in staying.map { Double(row[$0]) - means[$0] } }
        let energy = rows.reduce(0) { $0 + $1.reduce(0) { $0 + $1 * $1 } }
        guard energy > 0, energy.isFinite, !staying.isEmpty else { return }
        let factor = Self.factor(rows, ridge: Self.ridge * energy / Double(staying.count))
        helpers = staying
        for (index, unit) in leaving.enumerated() {
            let goals = activations.map { Double($0[unit]) - means[unit] }
            let weights = Self.solve(factor, goals)
            var fitted = [Double](repeating: 0, count: staying.count)
            for (row, weight) in zip(rows, weights) {
                for helper in fitted.indices { fitted[helper] += weight * row[helper] }
            }
            shares[index] = fitted.map { Float($0) }
            constants[index] = Float(
                zip(staying, fitted).reduce(means[unit]) { $0 - $1.1 * means[$1.0] })
        }
    }

    /// The lower Cholesky factor of `rows · rowsᵀ + ridge · 1`.
    private static func factor(_ rows: [[Double]], ridge: Double) -> [[Double]] {
        var factor: [[Double]] = []
        for (index, row) in rows.enumerated() {
            var line = [Double](repeating: 0, count: index + 1)
            for other in 0...index {
                var sum = other == index ? ridge : 0
                for unit in row.indices { sum += row[unit] * rows[other][unit] }
                let above = other == index ? line : factor[other]
                for place in 0..<other { sum -= line[place] * above[place] }
                line[other] = other == index ? sum.squareRoot() : sum / above[other]
            }
            factor.append(line)
        }
        return factor
    }

    private static func solve(_ factor: [[Double]], _ goals: [Double]) -> [Double] {
        var result = goals
        for row in factor.indices {
            for place in 0..<row { result[row] -= factor[row][place] * result[place] }
            result[row] /= factor[row][row]
        }
        for row in factor.indices.reversed() {
            result[row] /= factor[row][row]
            for place in 0..<row { result[place] -= factor[row][place] * result[row] }
        }
        return result
    }
}

extension Network {
    /// What stands in for units of a level, judged by samples; `nil` without any.
    func substitute(
        for leaving: [Int], level: Int, samples: ReferenceSamples
    ) -> Substitute? {
        guard !leaving.isEmpty else { return nil }
        // A fit takes samples² · units additions.
        let affordable = Double(1 << 26) / Double(parameters.shape.unitCounts[level])
        let few = samples.thinned(to: min(256, Int(affordable.squareRoot())))
        var probe = self.probe(ReferenceSamples())
        var activations: [[Float]] = []
        for sample in few.samples where suits(sample) {
            let before = probe.sampleCount
            probe.look(inputs: sample.inputs.span, targets: sample.targets.span)
            if probe.sampleCount > before {
                activations.append(probe.lastActivations(level: level))
            }
        }
        guard !activations.isEmpty else { return nil }
        return Substitute(leaving: leaving, activations: activations)
    }
}
