import WireFormat
import ZeroMQ

/// A received message is decoded where ZeroMQ put it.
extension Multipart: FrameSource {}
