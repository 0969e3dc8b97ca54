import Features
import Foundation
import Testing
import WireFormat

@Suite("The page Messages") struct DocumentationTests {
    static let page = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Sources/WireFormat/WireFormat.docc/Protocol.md")

    /// The first cells of the table under a heading, and whether each of the others says something.
    static func rows(under heading: String) throws -> [(name: String, isDescribed: Bool)] {
        let lines = try String(contentsOf: page, encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false)
        let start = try #require(lines.firstIndex(of: "### \(heading)"))
        return lines[(start + 1)...]
            .prefix { !$0.hasPrefix("### ") }
            .filter { $0.hasPrefix("| `") }
            .map { line in
                let cells = line.split(separator: "|").map { $0.trimmingPrefix(" ") }
                let name = cells[0].filter { $0 != "`" && $0 != " " }
                return (String(name), cells.dropFirst().allSatisfy { $0.count > 3 })
            }
    }

    @Test("lists every error code once, in the order of the protocol, with advice")
    func codes() throws {
        let rows = try Self.rows(under: "Error codes")
        #expect(rows.map(\.name) == Refusal.Code.allCases.map(\.rawValue))
        #expect(rows.allSatisfy { $0.isDescribed })
    }

    @Test("lists every topic once")
    func topics() throws {
        let rows = try Self.rows(under: "Topics")
        #expect(rows.map(\.name).sorted() == StatusTopic.allCases.map(\.rawValue).sorted())
        #expect(rows.allSatisfy { $0.isDescribed })
    }
}
