import Features
import WireFormat

/// A prediction in one line.
public enum PredictionText {
    /// `UP  (UP 0.710, DOWN 0.290)`, `12.3  (10.1 to 14.5)`.
    public static func line(_ prediction: Prediction) -> String {
        let text =
            switch prediction.value {
            case .classification(let label, let probabilities):
                "\(label.text.printable)  (\(likeliest(probabilities)))"
            case .number(let number, nil):
                number.description
            case .number(let number, let interval?):
                "\(number)  (\(Figures.short(interval.lower)) to "
                    + "\(Figures.short(interval.upper)))"
            case .numbers(let numbers):
                numbers.map(\.description).joined(separator: " ")
            }
        return prediction.identifier.map { "\($0.text.printable): " + text } ?? text
    }

    private static func likeliest(_ probabilities: [Prediction.ClassProbability]) -> String {
        let shown = 5
        let sorted = probabilities.enumerated().sorted {
            ($1.element.probability, $0.offset) < ($0.element.probability, $1.offset)
        }.map(\.element)
        let words = sorted.prefix(shown).map {
            "\($0.label.text.printable) "
                + Figures.decimal(Double($0.probability), places: 3)
        }
        let rest = sorted.count > shown ? ["\(sorted.count - shown) more"] : []
        return (words + rest).joined(separator: ", ")
    }
}

extension SampleIdentifier {
    fileprivate var text: String {
        switch self {
        case .text(let text): text
        case .integer(let integer): String(integer)
        }
    }
}
