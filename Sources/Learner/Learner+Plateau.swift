import NeuralNetwork

/// How the `plateau` schedule learns whether the loss still falls.
extension Learner {
    /// Held-out samples between two looks at the validation loss: a pass over the whole set then
    /// costs a sixth of a prediction per sample with the default share.
    private static let heldOutBetweenLooks = 16
    /// The same without a held-out share, in samples.
    private static let samplesBetweenLooks = 256

    /// Called after each held-out sample.
    mutating func judgePlateau() {
        guard configuration.schedule.name == .plateau,
            counts.heldOut % Self.heldOutBetweenLooks == 0, let loss = validationLoss()
        else { return }
        observe(loss)
    }

    /// Called after each sample. Without a held-out share, the windowed loss of predictions made
    /// before learning takes the place of the validation loss.
    mutating func judgePlateauByWindow() {
        guard configuration.schedule.name == .plateau, configuration.learning.holdout == 0,
            counts.learned % Self.samplesBetweenLooks == 0
        else { return }
        switch quality?.report {
        case .classification(_, let window, _, _, _): observe(window.logLoss)
        case .regression(_, let window, _, _, _): observe(window.rootMeanSquaredError)
        case nil: return
        }
    }

    private mutating func observe(_ loss: Double) {
        guard hasLead else { return }
        let step = leads[0].updateCount
        leads[0].schedule.observe(validationLoss: loss, at: step)
        // What the lead cannot learn any better goes for the members that learn beside it.
        for index in committee.others.indices {
            let step = committee.others[index].updateCount
            committee.others[index].schedule.observe(validationLoss: loss, at: step)
        }
    }
}
