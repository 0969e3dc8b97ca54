import Foundation
import StructureControl

/// Three files that each hold a trained policy: a setting that names none is refused. Always the
/// same files, so that runs leave nothing more behind.
enum PolicyFiles {
    static let paths: [String] = (0..<3).map { index in
        let url = FileManager.default.temporaryDirectory
            .appending(path: "osier-policy-\(index)")
        do {
            let text = Policy.shipped().text(notes: [])
            try (text ?? "").write(to: url, atomically: true, encoding: .utf8)
        } catch {
            preconditionFailure("\(error)")
        }
        return url.path
    }
}
