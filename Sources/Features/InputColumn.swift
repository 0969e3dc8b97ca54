import StateCoding

/// What one input of the network stands for.
public enum InputColumn: Hashable, Sendable {
    /// A feature's number, scaled.
    case number(feature: Int)
    /// 1 when the feature has the category, else 0.
    case category(feature: Int, category: Int)
    /// 1 when the feature's number is exactly this value, else 0.
    case indicator(feature: Int, value: Double)
    /// The sum of what was hashed into the bucket.
    case bucket(Int)
    /// 1 when the target was this class, `lag` (from 0) labels before the last one.
    case pastClass(lag: Int, classIndex: Int)
    /// The standardised target, `lag` (from 0) labels before the last one.
    case pastNumber(lag: Int, output: Int)
}

/// How the inputs changed; the network follows before it sees the next input.
///
/// First the columns in ``removed`` go, and those behind them move up; then ``appended`` columns
/// with zero weights come to the end.
public struct InputChange: Equatable, Sendable {
    /// Columns that are gone, rising, numbered as before the change.
    public var removed: [Int] = []
    /// How many columns are new.
    public var appended = 0

    public init(removed: [Int] = [], appended: Int = 0) {
        self.removed = removed
        self.appended = appended
    }

    public var isEmpty: Bool { appended == 0 && removed.isEmpty }
}

extension InputColumn: StateCodable {
    public func encode(to writer: inout StateWriter) {
        switch self {
        case .number(let feature): Self.write(0, feature, 0, to: &writer)
        case .category(let feature, let category): Self.write(1, feature, category, to: &writer)
        case .indicator(let feature, let value):
            Self.write(2, feature, Int(bitPattern: UInt(value.bitPattern)), to: &writer)
        case .bucket(let bucket): Self.write(3, bucket, 0, to: &writer)
        case .pastClass(let lag, let classIndex): Self.write(4, lag, classIndex, to: &writer)
        case .pastNumber(let lag, let output): Self.write(5, lag, output, to: &writer)
        }
    }

    public init(from reader: inout StateReader) throws(StateError) {
        let kind = try reader.readUInt8()
        let first = try reader.readInt()
        let second = try reader.readInt()
        guard first >= 0, second >= 0 || kind == 2 else {
            throw .invalid(what: "input column", offset: reader.offset)
        }
        switch kind {
        case 0: self = .number(feature: first)
        case 1: self = .category(feature: first, category: second)
        case 2:
            let bits = UInt64(UInt(bitPattern: second))
            self = .indicator(feature: first, value: Double(bitPattern: bits))
        case 3: self = .bucket(first)
        case 4: self = .pastClass(lag: first, classIndex: second)
        case 5: self = .pastNumber(lag: first, output: second)
        default: throw .invalid(what: "input column", offset: reader.offset)
        }
    }

    private static func write(
        _ kind: UInt8, _ first: Int, _ second: Int, to writer: inout StateWriter
    ) {
        writer.write(kind)
        writer.write(first)
        writer.write(second)
    }
}
