/// The numbers that a key takes. NaN is in no range, and infinity only where it would be written.
struct NumberRange: Equatable {
    private let lower: Double
    private let includesLower: Bool
    private let upper: Double
    private let includesUpper: Bool

    /// `[lower, upper]`
    static func from(_ lower: Double, to upper: Double) -> NumberRange {
        NumberRange(lower: lower, includesLower: true, upper: upper, includesUpper: true)
    }

    /// `[lower, upper)`
    static func from(_ lower: Double, below upper: Double) -> NumberRange {
        NumberRange(lower: lower, includesLower: true, upper: upper, includesUpper: false)
    }

    /// `(lower, upper]`
    static func above(_ lower: Double, to upper: Double) -> NumberRange {
        NumberRange(lower: lower, includesLower: false, upper: upper, includesUpper: true)
    }

    /// `(lower, upper)`
    static func above(_ lower: Double, below upper: Double) -> NumberRange {
        NumberRange(lower: lower, includesLower: false, upper: upper, includesUpper: false)
    }

    func contains(_ value: Double) -> Bool {
        (includesLower ? value >= lower : value > lower)
            && (includesUpper ? value <= upper : value < upper)
    }
}

extension NumberRange: CustomStringConvertible {
    /// Such as `above 0 and at most 10`.
    var description: String {
        "\(includesLower ? "at least" : "above") \(Self.short(lower)) and "
            + "\(includesUpper ? "at most" : "below") \(Self.short(upper))"
    }

    private static func short(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
    }
}

/// How numbers are written: decimal digits only, because `0x10`, `nan` or `1_000` in a
/// configuration are more often a slip than meant.
enum DecimalText {
    static func integer(_ text: String) -> Int? {
        isDecimal(text, allowed: "+-0123456789") ? Int(text) : nil
    }

    static func number(_ text: String) -> Double? {
        isDecimal(text, allowed: "+-.0123456789eE") ? Double(text) : nil
    }

    private static func isDecimal(_ text: String, allowed: String) -> Bool {
        !text.isEmpty && text.allSatisfy { allowed.contains($0) }
    }
}
