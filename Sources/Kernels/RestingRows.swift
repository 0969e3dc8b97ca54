import StateCoding

/// What lets an update pass over the inputs that are zero.
///
/// Where the gradient is zero, Adagrad, RMSprop, and Adam without momentum leave the weight as it
/// is, and their mean of squares only decays. So a wide first layer is visited where the input is
/// not zero, and a row's decay is made up for when its input comes again: `s · decay^k` after `k`
/// updates without it.
struct RestingRows: Equatable, Sendable {
    /// What a mean of squares keeps of itself with each update.
    let decay: Float
    /// By input: the updates that its row of the first layer has been through.
    var visits: [Int]

    /// Inputs from which on rows rest. Fewer are passed over faster than they are listed.
    static let leastInputCount = 1_024

    /// What is left of a row's mean of squares when an update comes to it.
    func remainder(ofRow row: Int, at stepCount: Int) -> Float {
        let missed = stepCount - visits[row]
        return missed == 0 ? 1 : Float(NetworkParameters.power(decay, missed))
    }
}

extension NetworkParameters {
    /// Whether an update from one sample may pass over rows of the first layer.
    func mayRest(_ settings: StepSettings, sampleCount: Int) -> Bool {
        guard sampleCount == 1, settings.weightDecay == 0,
            shape.inputCount >= RestingRows.leastInputCount, shape.layers[0].isInputMajor
        else { return false }
        switch settings.rule {
        case .adagrad, .rmsprop, .adam(beta1: 0, beta2: _, epsilon: _): return true
        case .sgd, .momentum, .nesterov, .adam: return false
        }
    }

    /// Makes the rows that the workspace lists ready for an update: it gets what is left of their
    /// means of squares.
    mutating func wakeRows(_ rule: UpdateRule, _ workspace: inout Workspace) {
        let decay: Float
        switch rule {
        case .rmsprop(let own, _): decay = own
        case .adam(_, let own, _): decay = own
        default: decay = 1
        }
        if resting?.decay != decay {
            settleRows()
            resting = RestingRows(
                decay: decay, visits: [Int](repeating: stepCount, count: shape.inputCount))
        }
        workspace.remainders.prepare(count: shape.inputCount)
        guard let resting else { return }
        for row in workspace.listedRows {
            workspace.remainders[Int(row)] = resting.remainder(ofRow: Int(row), at: stepCount)
        }
    }

    /// Notes that the rows that the workspace lists went through the update just made.
    mutating func noteVisits(_ workspace: borrowing Workspace) {
        for row in workspace.listedRows { resting?.visits[Int(row)] = stepCount }
    }

    /// Brings all rows up to date, and lets none rest.
    mutating func settleRows() {
        guard let resting else { return }
        let layer = shape.layers[0]
        if !secondMoments.isEmpty {
            for row in resting.visits.indices {
                let remainder = resting.remainder(ofRow: row, at: stepCount)
                guard remainder != 1 else { continue }
                for unit in 0..<layer.unitCount {
                    secondMoments[layer.weightIndex(unit: unit, input: row)] *= remainder
                }
            }
        }
        self.resting = nil
    }

    /// `base^exponent` by repeated squaring: the C library's power differs between machines.
    static func power(_ base: Float, _ exponent: Int) -> Double {
        var power = 1.0
        var square = Double(base)
        var left = exponent
        while left > 0 {
            if left & 1 == 1 { power *= square }
            square *= square
            left >>= 1
        }
        return power
    }
}

extension RestingRows: StateCodable {
    func encode(to writer: inout StateWriter) {
        writer.write(decay)
        writer.write(visits)
    }

    init(from reader: inout StateReader) throws(StateError) {
        decay = try reader.readFloat()
        visits = try reader.readInts()
        guard decay >= 0, decay <= 1, visits.allSatisfy({ $0 >= 0 }) else {
            throw .invalid(what: "rows that rest", offset: reader.offset)
        }
    }
}
