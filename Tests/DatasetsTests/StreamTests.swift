import Datasets
import Features
import Foundation
import Testing

/// The development streams, which lie beside the repository on development machines.
enum Streams {
    static let directory = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "shared/data")

    static var exist: Bool { FileManager.default.fileExists(atPath: directory.path) }
}

@Suite("The development streams", .enabled(if: Streams.exist, "../shared/data is absent"))
struct StreamTests {
    /// Rows, features and classes as the streams' own description has them.
    @Test(
        "have the rows, columns and classes of their description",
        arguments: [
            ("elec2", 45_312, 8, 2), ("weather", 18_159, 8, 2), ("insects_gradual", 24_150, 33, 6),
            ("phishing", 1_250, 9, 2), ("bike_sharing", 17_379, 12, nil),
        ] as [(String, Int, Int, Int?)])
    func counts(name: String, rows: Int, features: Int, classes: Int?) throws {
        let path = Streams.directory.appending(path: name + ".csv.gz").path
        let task: Features.Task? = classes == nil ? .regression : nil
        let reading = try Fixture.read(path: path, target: "target", task: task, limit: 1_000)
        #expect(reading.errors.isEmpty)
        #expect(reading.count == rows)
        #expect(reading.columnNames?.count == features)
        #expect(
            reading.features.allSatisfy {
                if case .numbers(let values) = $0 { values.count == features } else { false }
            })
        if let classes {
            let labels = reading.targets.map {
                if case .label(let label) = $0 { label.text } else { "" }
            }
            #expect(Set(labels).count == classes)
            #expect(!labels.contains(""))
        } else {
            let numbers = reading.targets.compactMap {
                if case .number(let y) = $0 { y } else { nil }
            }
            // The mean that the description gives, to its last digit.
            #expect(abs(numbers.reduce(0, +) / Double(numbers.count) - 189.5) < 0.05)
        }
    }
}
