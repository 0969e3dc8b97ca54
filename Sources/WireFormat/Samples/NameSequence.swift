import Glibc

/// The feature names of the last named sample, to be met again in the same order.
///
/// Producers write their keys in one order, so a comparison of bytes replaces hashing, and the
/// strings are shared.
struct NameSequence: Sendable {
    private struct Entry: Sendable {
        /// Where the bytes of the name lie.
        let bytes: Range<Int>
        /// JSON writes the name as it is, without escapes.
        let isPlain: Bool
        let isASCII: Bool
    }

    private(set) var names: [String] = []
    private var bytes: [UInt8] = []
    private var entries: [Entry] = []

    var count: Int { names.count }

    mutating func removeAll() {
        names.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
        entries.removeAll(keepingCapacity: true)
    }

    mutating func append(_ name: String) {
        let start = bytes.count
        names.append(name)
        bytes.append(contentsOf: name.utf8)
        let isPlain = name.utf8.allSatisfy {
            $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
        }
        let isASCII = name.utf8.allSatisfy { $0 < 0x80 }
        entries.append(
            Entry(bytes: start..<bytes.count, isPlain: isPlain, isASCII: isASCII))
    }

    /// Passes the key at which the scanner stands, quotes included, if it is the name at `index`.
    ///
    /// A name that needs escapes is never found: that is only slow.
    func pass(_ index: Int, _ scanner: inout JSONScanner) -> JSONString? {
        let entry = entries[index]
        let start = scanner.position + 1
        let end = start + entry.bytes.count
        guard entry.isPlain, scanner.current == UInt8(ascii: "\""),
            scanner.byte(at: end) == UInt8(ascii: "\"")
        else { return nil }
        // The closing quote was found, so the whole name lies within the text.
        let isEqual = unsafe bytes.withUnsafeBufferPointer { known in
            guard !entry.bytes.isEmpty else { return true }
            let name = unsafe known.baseAddress! + entry.bytes.lowerBound
            let found = unsafe scanner.bytes.baseAddress! + start
            return unsafe memcmp(name, found, entry.bytes.count) == 0
        }
        guard isEqual else { return nil }
        scanner.position = end + 1
        return JSONString(range: start..<end, hasEscapes: false, isASCII: entry.isASCII)
    }
}
