import NeuralNetwork

/// The instruction set of the kernels, where the environment names one.
enum KernelChoice {
    static let variable = "OSIER_ISA"

    /// Follows `OSIER_ISA`. To be called before there is any network.
    ///
    /// - Returns: Why it cannot be followed, if so.
    static func follow(_ environment: [String: String]) -> String? {
        guard let name = environment[variable], !name.isEmpty else { return nil }
        let available = KernelLevel.allCases.filter(\.isAvailable).map(\.rawValue)
        guard let level = KernelLevel(rawValue: name), KernelLevel.select(level) else {
            return "\(variable) = \(name): this machine has \(available.joined(separator: ", ")); "
                + "name one of them, or leave \(variable) out for the best"
        }
        return nil
    }
}
