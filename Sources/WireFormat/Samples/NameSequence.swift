import Features

/// The feature names of the last named sample, to be met again in the same order.
///
/// Producers write their keys in one order, so a comparison of bytes replaces hashing, and the
/// strings are shared.
struct NameSequence: Sendable {
    private(set) var names: [String] = []
    private var bytes: [UInt8] = []
    /// Where the bytes of each name end.
    private var ends: [Int] = []

    var count: Int { names.count }

    mutating func removeAll() {
        names.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
    }

    mutating func append(_ name: String) {
        names.append(name)
        bytes.append(contentsOf: name.utf8)
        ends.append(bytes.count)
    }

    /// Whether the name at `index` is `key`. A key with escapes is never found: that is only slow.
    func matches(_ index: Int, _ key: JSONString, _ scanner: borrowing JSONScanner) -> Bool {
        let start = index == 0 ? 0 : ends[index - 1]
        return scanner.matches(key, bytes.span.extracting(start..<ends[index]))
    }
}
