import Features

@testable import WireFormat

/// What a decoder made of a message.
struct Decoded {
    var block: SampleBlock
    var envelope: RequestEnvelope
}

/// Decodes a message with a new decoder.
func decode(
    _ frames: [[UInt8]], for purpose: SampleDecoder.Purpose = .learn,
    limits: DecodingLimits = DecodingLimits()
) throws(Refusal) -> Decoded {
    var decoder = SampleDecoder(purpose: purpose, limits: limits)
    var block = SampleBlock()
    let envelope = try decoder.decode(frames, into: &block)
    return Decoded(block: block, envelope: envelope)
}

func decode(
    _ text: String, for purpose: SampleDecoder.Purpose = .learn,
    limits: DecodingLimits = DecodingLimits()
) throws(Refusal) -> Decoded {
    try decode([Array(text.utf8)], for: purpose, limits: limits)
}

/// Bytes of numbers as they lie in memory.
func bytes<Element: BitwiseCopyable>(_ elements: Element...) -> [UInt8] {
    BufferWriter.bytes(of: elements)
}

func utf8(_ text: String) -> [UInt8] { Array(text.utf8) }
