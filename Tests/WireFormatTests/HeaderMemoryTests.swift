import Features
import Randomness
import Testing

@testable import WireFormat

@Suite struct HeaderMemoryTests {
    private enum Outcome: Equatable {
        case decoded(SampleBlock, RequestEnvelope)
        case refused(Refusal)
    }

    private static func outcome(
        _ frames: [[UInt8]], _ decoder: inout SampleDecoder
    ) -> Outcome {
        var block = SampleBlock()
        do throws(Refusal) {
            let envelope = try decoder.decode(frames, into: &block)
            return .decoded(block, envelope)
        } catch {
            return .refused(error)
        }
    }

    /// Good messages, of which some differ in the last byte of the header or in a body alone, and
    /// bad ones behind good headers.
    private static let messages: [[[UInt8]]] = {
        let pair = bytes(Float(1), 2)
        let header = #"{"x":{"dtype":"float32","shape":[2,1]}}"#
        let labelled =
            #"{"x":{"dtype":"float32","shape":[1,2]},"y":{"dtype":"int64","shape":[1]},"#
            + #""features":["a","b"],"classes":["no","yes"]}"#
        return [
            [utf8(header), pair],
            [utf8(header), bytes(Float.infinity, 2)],
            [utf8(header), bytes(Float(1))],
            [utf8(header)],
            [utf8(header), pair, pair],
            [utf8(#"{"x":{"dtype":"float32","shape":[1,2]}}"#), pair],
            [utf8(#"{"x":{"dtype":"float32","shape":[1,2]}} "#), pair],
            [utf8(labelled), pair, bytes(Int64(1))],
            [utf8(labelled), pair, bytes(Int64(2))],
            [utf8(labelled.replacing("yes", with: "Yes")), pair, bytes(Int64(1))],
            [utf8(#"{"producer":"p","seq":1}"#), utf8(#"{"x":[1],"y":1}"#)],
            [utf8(#"{"x":[1],"y":1}"#)],
            [utf8(#"{"x":{"dtype":"float32","shape":[1,2]},"id":7}"#), pair],
        ] + MalformedMessageTests.buffers.map(\.frames)
    }()

    @Test(
        "a decoder that has seen other headers understands a message as a new one does",
        arguments: [SampleDecoder.Purpose.samples, .learn, .predict], [UInt64(1), 2, 3])
    func remembersNothingElse(purpose: SampleDecoder.Purpose, seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var used = SampleDecoder(purpose: purpose)
        var previous = 0
        for _ in 0..<500 {
            // Every other message is the one before it once more.
            let index =
                generator.nextIndex(below: 2) == 0
                ? previous : generator.nextIndex(below: Self.messages.count)
            previous = index
            var new = SampleDecoder(purpose: purpose)
            let frames = Self.messages[index]
            #expect(Self.outcome(frames, &used) == Self.outcome(frames, &new), "\(index)")
            #expect(used.requestIdentifier == new.requestIdentifier)
        }
    }

    @Test("names and sizes are taken from the header of the message at hand")
    func readsTheHeaderAtHand() throws {
        var decoder = SampleDecoder(purpose: .predict)
        var block = SampleBlock()
        for names in [["a", "b"], ["a", "b"], ["a", "c"], ["a", "b"]] {
            let header =
                #"{"x":{"dtype":"float32","shape":[1,2]},"features":["\#(names[0])","\#(names[1])"]}"#
            _ = try decoder.decode([utf8(header), bytes(Float(1), 2)], into: &block)
            #expect(block.columnNames == names)
            #expect(block.values == [1, 2])
        }
    }
}
