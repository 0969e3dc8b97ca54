/// Finds what a misspelt key was meant to be.
enum Spelling {
    /// The candidate that is at most two edits away, the nearest and then the first of them.
    static func nearest(to word: String, among candidates: [String]) -> String? {
        var best: (word: String, distance: Int)?
        for candidate in candidates {
            let distance = distance(Array(word.utf8.prefix(64)), Array(candidate.utf8))
            if distance <= 2, distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.word
    }

    /// Insertions, removals and replacements between two words.
    ///
    /// - Source: Wagner, Fischer, "The String-to-String Correction Problem", J. ACM 21(1), 1974.
    private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var row = Array(0...b.count)
        for i in a.indices {
            var diagonal = row[0]
            row[0] = i + 1
            for j in b.indices {
                let replaced = diagonal + (a[i] == b[j] ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[b.count]
    }
}
