/// A policy that has learned, as text that a file or a source keeps.
///
/// One header line `osier-policy 1 dqn FEATURES ACTIONS WIDTH,WIDTH`, lines that start with `#`
/// (how it was trained), then the weights in the order of `Network.positions`, each as eight
/// hexadecimal digits of its bits.
extension Policy {
    private static let magic = "osier-policy"
    private static let perLine = 8

    /// - Parameters:
    ///   - capacity: Decisions that it will remember. At least 1.
    /// - Throws: ``PolicyTextError`` naming what is wrong.
    public init(text: String, capacity: Int, seed: UInt64) throws(PolicyTextError) {
        let lines = text.split(separator: "\n")
        let header = (lines.first ?? "").split(separator: " ")
        let features = Observation.Feature.allCases.count
        let actions = Action.allCases.count
        guard header.count == 6, header[0] == Self.magic, header[1] == "1", header[2] == "dqn"
        else {
            throw PolicyTextError(
                "the first line is no header `\(Self.magic) 1 dqn …`; name a file that `osier "
                    + "train-policy` has written")
        }
        guard header[3] == "\(features)", header[4] == "\(actions)" else {
            throw PolicyTextError(
                "it is for \(header[3]) numbers and \(header[4]) actions, this version has "
                    + "\(features) and \(actions); train it anew with `osier train-policy`")
        }
        let hidden = header[5].split(separator: ",").map { Int($0) ?? 0 }
        guard hidden.allSatisfy({ (1...1_024).contains($0) }) else {
            throw PolicyTextError("\(header[5]) is no list of widths from 1 to 1024")
        }
        var weights: [Float] = []
        for line in lines.dropFirst() where !line.hasPrefix("#") {
            for word in line.split(separator: " ") {
                guard word.utf8.count == 8, let bits = UInt32(word, radix: 16),
                    Float(bitPattern: bits).isFinite
                else {
                    throw PolicyTextError("\(word) is no weight of eight hexadecimal digits")
                }
                weights.append(Float(bitPattern: bits))
            }
        }
        guard
            let learner = DeepLearner(
                featureCount: features, choiceCount: actions, hidden: hidden, capacity: capacity,
                weights: weights, seed: seed)
        else {
            throw PolicyTextError("\(weights.count) weights do not fill layers of \(hidden)")
        }
        self = .dqn(learner)
    }

    /// The text of a deep policy; `nil` for others.
    ///
    /// - Parameter notes: How it was trained, one line each.
    public func text(notes: [String]) -> String? {
        guard case .dqn(let learner) = self else { return nil }
        let widths = learner.hidden.map(String.init).joined(separator: ",")
        var lines = [
            "\(Self.magic) 1 dqn \(learner.featureCount) \(learner.choiceCount) \(widths)"
        ]
        lines += notes.map { "# " + $0 }
        let words = learner.weights.map { weight in
            let digits = String(weight.bitPattern, radix: 16)
            return String(repeating: "0", count: 8 - digits.count) + digits
        }
        for start in stride(from: 0, to: words.count, by: Self.perLine) {
            lines.append(
                words[start..<min(start + Self.perLine, words.count)]
                    .joined(separator: " "))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The policy that ships with Osier.
    public static func shipped(capacity: Int = 2_000, seed: UInt64 = 1) -> Policy {
        do throws(PolicyTextError) {
            return try Policy(text: ShippedPolicy.text, capacity: capacity, seed: seed)
        } catch {
            preconditionFailure("the shipped policy: \(error)")
        }
    }
}

/// Text that is no policy.
public struct PolicyTextError: Error, Equatable, Sendable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}
