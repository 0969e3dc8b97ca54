/// Numbers as people read them, the same in every locale.
public enum Figures {
    /// What stands where there is no number.
    public static let absent = "-"

    /// A number with so many decimal places, halves rounded away from zero.
    public static func decimal(_ value: Double, places: Int) -> String {
        guard value.isFinite else { return absent }
        var scale = 1.0
        for _ in 0..<places { scale *= 10 }
        let scaled = (value.magnitude * scale).rounded()
        // Beyond this the places say nothing, and the digits would not fit an Int.
        guard scaled < 1e15 else { return value.description }
        let digits = String(Int(scaled))
        let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
        let sign = value < 0 && scaled > 0 ? "-" : ""
        let whole = padded.dropLast(places)
        return places == 0 ? sign + whole : "\(sign)\(whole).\(padded.suffix(places))"
    }

    /// A number with about four digits that count, and no zeros behind them: `0.001`, `64.9`.
    public static func short(_ value: Double) -> String {
        guard value.isFinite else { return absent }
        let magnitude = value.magnitude
        if magnitude == 0 { return "0" }
        if magnitude >= 1e7 || magnitude < 1e-4 { return scientific(value) }
        var places = 0
        var bound = 1_000.0
        while magnitude < bound, places < 7 {
            places += 1
            bound /= 10
        }
        return trimmed(decimal(value, places: places))
    }

    /// An integer in groups of three: `45,312`.
    public static func count(_ value: Int) -> String {
        let digits = Array(String(value.magnitude))
        var text = value < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return text
    }

    /// A share of one in percent: `71.3 %`.
    public static func percent(_ share: Double, places: Int = 1) -> String {
        share.isFinite ? decimal(100 * share, places: places) + " %" : absent
    }

    /// A rate: whole from 100 on, grouped: `1,204/s`, `9.5/s`.
    public static func perSecond(_ rate: Double) -> String {
        guard rate.isFinite, rate.magnitude < 1e15 else { return absent }
        return (rate >= 99.95 ? count(Int(rate.rounded())) : decimal(rate, places: 1)) + "/s"
    }

    /// A size in binary units: `512 B`, `45.2 MiB`.
    public static func bytes(_ count: Int) -> String {
        var value = Double(count)
        var unit = "B"
        for next in ["KiB", "MiB", "GiB", "TiB"] where value >= 1_024 {
            value /= 1_024
            unit = next
        }
        return decimal(value, places: unit == "B" ? 0 : 1) + " " + unit
    }

    /// A length of time in its two largest units: `0.25 s`, `12 s`, `2 min 3 s`, `3 d 4 h`.
    public static func duration(seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0 else { return absent }
        return seconds < 9.995
            ? decimal(seconds, places: 2) + " s" : age(seconds: seconds.rounded())
    }

    /// The same in whole seconds that have passed; clocks that disagree count as none.
    public static func age(seconds: Double) -> String {
        guard seconds.isFinite, seconds < 1e12 else { return absent }
        let whole = Int(max(0, seconds))
        if whole < 60 { return "\(whole) s" }
        if whole < 3_600 { return "\(whole / 60) min \(whole % 60) s" }
        if whole < 86_400 { return "\(whole / 3_600) h \(whole % 3_600 / 60) min" }
        return "\(whole / 86_400) d \(whole % 86_400 / 3_600) h"
    }

    /// A latency in the unit that suits it: `120 µs`, `1.2 ms`, `2.50 s`.
    public static func latency(microseconds: Double) -> String {
        guard microseconds.isFinite, microseconds >= 0 else { return absent }
        if microseconds < 999.5 { return decimal(microseconds, places: 0) + " µs" }
        if microseconds < 999_950 { return decimal(microseconds / 1_000, places: 1) + " ms" }
        return duration(seconds: microseconds / 1e6)
    }

    /// Widths of layers: `[64, 64]`.
    public static func list(_ values: [Int]) -> String {
        "[" + values.map(String.init).joined(separator: ", ") + "]"
    }

    private static func scientific(_ value: Double) -> String {
        var mantissa = value
        var exponent = 0
        while mantissa.magnitude >= 9.995 {
            mantissa /= 10
            exponent += 1
        }
        while mantissa.magnitude < 0.9995 {
            mantissa *= 10
            exponent -= 1
        }
        return trimmed(decimal(mantissa, places: 2)) + "e\(exponent)"
    }

    private static func trimmed(_ text: String) -> String {
        guard text.contains(".") else { return text }
        var text = text
        while text.last == "0" { text.removeLast() }
        if text.last == "." { text.removeLast() }
        return text
    }
}
