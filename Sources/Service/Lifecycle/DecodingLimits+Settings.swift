import Settings
import WireFormat

extension DecodingLimits {
    /// The limits that the settings name.
    init(_ settings: Settings) {
        self.init()
        maxMessageBytes = settings.sockets.maxMessageBytes
    }
}
