/// The keys of a sample object that Osier knows, as bits of a set.
struct SampleKey: OptionSet {
    let rawValue: UInt16

    static let x = SampleKey(rawValue: 1 << 0)
    static let y = SampleKey(rawValue: 1 << 1)
    static let identifier = SampleKey(rawValue: 1 << 2)
    static let time = SampleKey(rawValue: 1 << 3)
    static let weight = SampleKey(rawValue: 1 << 4)
    static let producer = SampleKey(rawValue: 1 << 5)
    static let sequence = SampleKey(rawValue: 1 << 6)
    static let operation = SampleKey(rawValue: 1 << 7)
    static let lastAcknowledged = SampleKey(rawValue: 1 << 8)
    static let remember = SampleKey(rawValue: 1 << 9)
    static let consistent = SampleKey(rawValue: 1 << 10)
}

extension JSONScanner {
    /// Which known key a string is; empty for any other.
    func sampleKey(_ key: JSONString) -> SampleKey {
        if key.hasEscapes { return sampleKeySlowly(key) }
        switch key.range.count {
        case 1:
            switch byte(at: key.range.lowerBound) {
            case UInt8(ascii: "x"): return .x
            case UInt8(ascii: "y"): return .y
            case UInt8(ascii: "t"): return .time
            case UInt8(ascii: "w"): return .weight
            default: return []
            }
        case 2 where matches(key, "id"): return .identifier
        default: return sampleKeySlowly(key)
        }
    }

    private func sampleKeySlowly(_ key: JSONString) -> SampleKey {
        if matches(key, "seq") { return .sequence }
        if matches(key, "producer") { return .producer }
        if matches(key, "remember") { return .remember }
        if matches(key, "consistent") { return .consistent }
        if matches(key, "op") { return .operation }
        if matches(key, "last_acked") { return .lastAcknowledged }
        guard key.hasEscapes else { return [] }
        switch text(of: key) {
        case "x": return .x
        case "y": return .y
        case "id": return .identifier
        case "t": return .time
        case "w": return .weight
        default: return []
        }
    }
}
