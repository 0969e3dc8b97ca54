import Features

/// What tells an absurd sample from an ordinary one.
extension Learner {
    /// Numbers that are missing less often than this are expected.
    private static let rareShare = 0.01

    /// Whether the sample in ``scratch`` is hardly believable: an input at the clip, a target beyond
    /// it, or no number where there always is one.
    ///
    /// - Parameters: The row that the sample was encoded from.
    @inline(__always)
    func isExtreme(_ block: borrowing AdmittedBlock, row: Int) -> Bool {
        let clip = Float(configuration.features.clip)
        guard clip > 0, configuration.features.scaling != .none else { return false }
        for input in scratch.inputs where input.magnitude >= clip { return true }
        if schema.task == .regression {
            for target in scratch.targets where target.magnitude > clip { return true }
        }
        guard case .dense(let start, let count) = block.rows[row].features else { return false }
        for feature in 0..<count where block.values[start + feature].isNaN {
            let statistics = encoder.statistics(ofFeature: feature)
            let seen = Double(statistics.count + statistics.missing)
            if Double(statistics.missing) < Self.rareShare * seen { return true }
        }
        return false
    }
}
