import Features
import WireFormat

/// What the bytes of one cell mean.
enum CellText {
    /// A cell of a feature column.
    enum Value: Equatable {
        case missing
        case number(Double)
        case text
    }

    /// Without spaces and tabs at either end.
    static func trimmed(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
        var lower = range.lowerBound
        var upper = range.upperBound
        while lower < upper, isBlank(bytes[lower]) { lower += 1 }
        while lower < upper, isBlank(bytes[upper - 1]) { upper -= 1 }
        return lower..<upper
    }

    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    /// A number, nothing (also spelt `nan`), or text.
    ///
    /// - Parameter range: Without blanks at its ends.
    /// - Throws: ``RowProblem`` for an infinite number.
    static func value(
        _ bytes: Span<UInt8>, _ range: Range<Int>
    ) throws(RowProblem) -> Value {
        guard let first = range.first else { return .missing }
        switch bytes[first] {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
            UInt8(ascii: "+"):
            if let number = DecimalText.double(bytes.extracting(range)) { return .number(number) }
        case UInt8(ascii: "n"), UInt8(ascii: "N"), UInt8(ascii: "i"), UInt8(ascii: "I"):
            break
        default:
            return .text
        }
        // Python and C write these for floats that are not finite; numbers that round to infinity
        // end here too.
        guard mayBeInfinite(bytes, range) else { return .text }
        var text = try string(bytes, range).lowercased()
        if text.first == "-" || text.first == "+" { text.removeFirst() }
        if text == "nan" { return .missing }
        if text == "inf" || text == "infinity" || Double(text) == .infinity {
            throw RowProblem(
                "\(excerpt(text)) is not finite; leave the cell empty where a value is missing")
        }
        return .text
    }

    /// Cheap, so that dates and the like are not looked at twice.
    private static func mayBeInfinite(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        if range.count > 300 { return true }
        var hasExponent = false
        for index in range where bytes[index] | 0x20 == UInt8(ascii: "e") { hasExponent = true }
        let first = bytes[range.lowerBound]
        let isSigned = first == UInt8(ascii: "-") || first == UInt8(ascii: "+")
        let isLetter = first | 0x20 == UInt8(ascii: "n") || first | 0x20 == UInt8(ascii: "i")
        return hasExponent || range.count <= 9 && (isSigned || isLetter)
    }

    /// - Throws: ``RowProblem`` where the bytes are no UTF-8: repaired text would merge categories
    ///   that differ.
    static func string(
        _ bytes: Span<UInt8>, _ range: Range<Int>
    ) throws(RowProblem) -> String {
        do {
            return String(copying: try UTF8Span(validating: bytes.extracting(range)))
        } catch {
            throw RowProblem("is not UTF-8 text; convert the file to UTF-8")
        }
    }

    /// The cell of the target column.
    ///
    /// Without a task: an integer and `true`/`false` are labels of that type, another number is a
    /// number, all else is a label in words, and nothing is no label. For classification every
    /// number is a label; for regression every cell must be a number.
    ///
    /// - Parameter range: Without blanks at its ends.
    static func target(
        _ bytes: Span<UInt8>, _ range: Range<Int>, task: Task?
    ) throws(RowProblem) -> Target {
        let value = try value(bytes, range)
        if value == .missing { return .none }
        let text = try string(bytes, range)
        if task == .regression {
            guard case .number(let number) = value else {
                throw RowProblem("the target is \(excerpt(text)), not a number; fix the cell")
            }
            return .number(number)
        }
        let label = label(text)
        if case .number(let number) = value, case .text = label, task == nil, !isPadded(text) {
            return .number(number)
        }
        return .label(label)
    }

    /// A label of the type that its text has: an integer as it would be printed, a Boolean, text.
    static func label(_ text: String) -> Label {
        if let integer = Int64(text) {
            if String(integer) == text { return .integer(integer) }
            // libsvm and VW write the positive class so.
            if "+" + String(integer) == text { return .integer(integer) }
            return .text(text)
        }
        switch text {
        case "true": return .boolean(true)
        case "false": return .boolean(false)
        default: return .text(text)
        }
    }

    /// The start of a text in quotes, as a message of one line shows it.
    static func excerpt(_ text: String) -> String { "\"" + cut(text) + "\"" }

    /// The first twenty of some names, as a message of one line shows them.
    static func listing(_ names: [String]) -> String {
        let shown = names.prefix(20).map(cut).joined(separator: ", ")
        return names.count <= 20 ? shown : shown + " and \(names.count - 20) more"
    }

    private static func cut(_ text: String) -> String {
        let line = String(text.prefix(41).map { $0.isNewline || $0 == "\0" ? " " : $0 })
        return line.count <= 40 ? line : line.prefix(39) + "…"
    }

    /// An identifier such as `007` or one of twenty digits: digits only, and no integer.
    private static func isPadded(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
    }
}

extension FeatureValue {
    /// - Parameter text: What the cell holds, where it holds text.
    init(_ value: CellText.Value, text: String) {
        switch value {
        case .missing: self = .missing
        case .number(let number): self = .number(number)
        case .text:
            switch text {
            case "true": self = .boolean(true)
            case "false": self = .boolean(false)
            default: self = .category(text)
            }
        }
    }
}
