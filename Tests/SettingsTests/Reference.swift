import Foundation

/// The reference configuration that operators install.
enum Reference {
    static let url = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "deploy/osier.yaml")

    static func text() throws -> String { try String(contentsOf: url, encoding: .utf8) }

    /// The keys as a reader of the file sees them: `section:` at the margin, `  key:` below it.
    static func keys() throws -> [String] {
        var section = ""
        var keys: [String] = []
        for line in try text().split(separator: "\n") {
            if let match = line.wholeMatch(of: /([a-z]+):\s*/) { section = String(match.1) }
            if let match = line.prefixMatch(of: /\s\s([a-z0-9_]+):/) {
                keys.append(section + "." + match.1)
            }
        }
        return keys
    }
}
