import Foundation
import WireFormat

/// Tells other programs where the daemon's sockets are.
enum PortFile {
    /// Writes the endpoints as a JSON object, all at once: a reader finds the whole file or none.
    static func write(_ endpoints: BoundEndpoints, to path: String) throws {
        var writer = JSONWriter()
        writer.beginObject()
        let lists = [
            ("feed", endpoints.feed), ("samples", endpoints.samples), ("learn", endpoints.learn),
            ("predict", endpoints.predict), ("status", endpoints.status),
            ("control", endpoints.control),
        ]
        for (name, addresses) in lists {
            writer.key(name)
            writer.beginArray()
            for address in addresses { writer.write(address) }
            writer.endArray()
        }
        writer.key("http")
        if let http = endpoints.http { writer.write(http) } else { writer.writeNull() }
        writer.endObject()
        writer.endLine()
        try Data(writer.bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
    }
}
