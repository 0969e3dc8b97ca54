import Foundation

/// The reference configuration, which lies beside the repository on development machines.
enum Reference {
    static let url = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "shared/osier.yaml")

    static var exists: Bool { FileManager.default.fileExists(atPath: url.path) }

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
