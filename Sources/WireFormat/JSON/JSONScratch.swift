import Features

/// Working memory of a scanner: the keys of the objects that are open.
struct JSONScratch {
    fileprivate struct Key {
        /// Where the key stands in the text.
        let offset: Int
        /// Where its bytes lie: in the text, or in `unescaped`.
        let range: Range<Int>
        let isUnescaped: Bool
    }

    fileprivate var keys: [Key] = []
    /// Bytes of keys that were written with escapes.
    fileprivate var unescaped: [UInt8] = []

    mutating func removeAll() {
        keys.removeAll(keepingCapacity: true)
        unescaped.removeAll(keepingCapacity: true)
    }
}

extension JSONScanner {
    /// Remembers that the innermost open object has a key.
    mutating func register(_ key: JSONString) {
        var range = key.range
        if key.hasEscapes {
            let bytes = unescaped(key)
            range = scratch.unescaped.count..<scratch.unescaped.count + bytes.count
            scratch.unescaped.append(contentsOf: bytes)
        }
        scratch.keys.append(
            .init(offset: key.range.lowerBound - 1, range: range, isUnescaped: key.hasEscapes))
    }

    /// How many keys the objects around the one that begins here have had so far.
    var keyMark: Int { scratch.keys.count }

    /// Forgets the keys registered since a mark.
    mutating func forgetKeys(since mark: Int) {
        scratch.keys.removeSubrange(mark...)
        if mark == 0 { scratch.unescaped.removeAll(keepingCapacity: true) }
    }

    /// Checks that the keys registered since a mark are distinct, and forgets them.
    mutating func closeKeys(since mark: Int) throws(Refusal) {
        defer { forgetKeys(since: mark) }
        let count = scratch.keys.count - mark
        guard count > 1 else { return }
        if count <= 8 {
            for later in mark + 1..<mark + count {
                for earlier in mark..<later where order(earlier, later) == 0 {
                    throw failure(.duplicateKey, at: scratch.keys[later].offset)
                }
            }
            return
        }
        // Sorting keeps its bound whatever the keys are; a hash table would have to be seeded.
        let sorted = (mark..<mark + count).sorted { first, second in
            let order = order(first, second)
            return order < 0 || order == 0 && first < second
        }
        for index in 1..<count where order(sorted[index - 1], sorted[index]) == 0 {
            throw failure(.duplicateKey, at: scratch.keys[sorted[index]].offset)
        }
    }

    /// Below, at or above 0 as one key sorts before, with or after another: by length, then bytes.
    private func order(_ first: Int, _ second: Int) -> Int {
        let first = scratch.keys[first]
        let second = scratch.keys[second]
        guard first.range.count == second.range.count else {
            return first.range.count - second.range.count
        }
        for offset in 0..<first.range.count {
            let left = byte(first, offset)
            let right = byte(second, offset)
            if left != right { return Int(left) - Int(right) }
        }
        return 0
    }

    @inline(__always)
    private func byte(_ key: JSONScratch.Key, _ offset: Int) -> UInt8 {
        let index = key.range.lowerBound + offset
        return key.isUnescaped ? scratch.unescaped[index] : byte(at: index)
    }
}
