import Foundation

/// Reads the text of a configuration file.
enum SettingsFile {
    private static let maxBytes = 4 << 20

    static func text(path: String) -> Result<String, SettingsError> {
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? handle.close() }
            // By hand and not by the file's size, so that a pipe works and an endless device ends.
            var data = Data()
            while data.count <= maxBytes,
                let chunk = try handle.read(upToCount: maxBytes + 1 - data.count), !chunk.isEmpty
            {
                data.append(chunk)
            }
            guard data.count <= maxBytes else {
                return refusal("file \(path): is larger than \(maxBytes) bytes; shorten it")
            }
            guard let text = String(validating: data, as: UTF8.self) else {
                return refusal("file \(path): is not UTF-8 text; save it as UTF-8")
            }
            return .success(text)
        } catch {
            return refusal("file \(path): \(reason(error)); name a readable YAML file")
        }
    }

    private static func refusal(_ line: String) -> Result<String, SettingsError> {
        .failure(SettingsError([line]))
    }

    private static func reason(_ error: any Error) -> String {
        switch (error as? CocoaError)?.code {
        case .fileReadNoSuchFile, .fileNoSuchFile: "does not exist"
        case .fileReadNoPermission: "may not be read by this user"
        default: "cannot be read (is it a directory?)"
        }
    }
}
