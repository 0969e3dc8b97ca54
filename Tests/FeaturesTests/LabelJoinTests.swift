import Features
import Randomness
import StateCoding
import Testing

@Suite struct LabelJoinTests {
    /// What waits, as text.
    struct Note: StateCodable, Equatable {
        var text: String

        init(_ text: String) { self.text = text }
        func encode(to writer: inout StateWriter) { writer.write(text) }
        init(from reader: inout StateReader) throws(StateError) { text = try reader.readString() }
    }

    static func join(seconds: Double = 10, capacity: Int = 3) -> LabelJoin<Note> {
        var configuration = JoinConfiguration()
        configuration.timeToLiveSeconds = seconds
        configuration.capacity = capacity
        return LabelJoin(configuration: configuration)
    }

    static func bytes(_ join: LabelJoin<Note>) -> [UInt8] {
        var writer = StateWriter()
        join.encode(to: &writer)
        return writer.bytes
    }

    @Test("each label finds its features once")
    func joinsOnce() {
        var join = Self.join()
        join.insert(Note("a"), for: .text("1"))
        join.insert(Note("b"), for: .integer(1))
        #expect(join.join(.integer(1)) == Note("b"))
        #expect(join.join(.integer(1)) == nil)
        #expect(join.join(.text("1")) == Note("a"))
        #expect(join.count == 0)
        #expect(join.counts.joined == 2)
    }

    @Test("the oldest yields, and one used again counts as new")
    func yields() {
        var join = Self.join()
        var yielded: [SampleIdentifier] = []
        for identifier: Int64 in [1, 2, 3, 1, 4, 5] {
            join.insert(Note("\(identifier)"), for: .integer(identifier)) { yielded.append($0) }
        }
        #expect(yielded == [.integer(2), .integer(3)])
        #expect(join.counts.yielded == 2)
        #expect(join.counts.replaced == 1)
        #expect([1, 4, 5].allSatisfy { join.contains(.integer($0)) })
    }

    @Test("features wait exactly as long as they may, and time never runs back")
    func expires() {
        var join = Self.join(seconds: 10)
        join.advance(to: 100)
        join.insert(Note("old"), for: .integer(1))
        join.advance(to: 50)
        join.advance(to: 105)
        join.insert(Note("new"), for: .integer(2))
        join.advance(to: 110)
        #expect(join.contains(.integer(1)))
        var expired: [SampleIdentifier] = []
        join.advance(to: 110.5) { expired.append($0) }
        #expect(expired == [.integer(1)])
        #expect(join.join(.integer(2)) == Note("new"))
        #expect(join.counts.expired == 1)
        #expect(join.counts.lastDelay == 5.5)
    }

    @Test(
        "does what a plain list does, and what comes back from its bytes does too",
        arguments: [
            UInt64(1), 2, 3,
        ])
    func agreesWithReference(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var join = Self.join(seconds: 20, capacity: 8)
        var list: [(identifier: Int64, time: Double, note: Note)] = []
        var time = 0.0
        for step in 0..<2_000 {
            time += Double(generator.nextIndex(below: 3))
            let identifier = Int64(generator.nextIndex(below: 12))
            join.advance(to: time)
            list.removeAll { time - $0.time > 20 }
            if generator.nextIndex(below: 3) == 0 {
                let expected = list.first { $0.identifier == identifier }?.note
                list.removeAll { $0.identifier == identifier }
                #expect(join.join(.integer(identifier)) == expected)
            } else {
                let note = Note("\(step)")
                list.removeAll { $0.identifier == identifier }
                if list.count == 8 { list.removeFirst() }
                list.append((identifier, time, note))
                join.insert(note, for: .integer(identifier))
            }
            #expect(join.count == list.count)
            if step % 100 == 0 {
                let state = Self.bytes(join)
                var reader = StateReader(bytes: state)
                join = try LabelJoin(configuration: join.configuration, from: &reader)
                #expect(Self.bytes(join) == state)
            }
        }
    }

    @Test("the door knows what the learner has, and why a label finds nothing")
    func doorFollows() {
        var configuration = JoinConfiguration()
        configuration.capacity = 2
        configuration.timeToLiveSeconds = 10
        var schema = SampleSchema(features: .init(), target: .init())
        var door = LabelDoor(configuration: configuration)

        func admit(_ rows: [SampleBlock.Row], _ values: [Double], at time: Double) -> [Refusal.Code]
        {
            var block = SampleBlock()
            block.rows = rows
            block.values = values
            return schema.admit(takingNumbersOf: &block, arrival: time, joining: &door)
                .refusals.map(\.refusal.code)
        }
        func features(_ identifier: Int64) -> SampleBlock.Row {
            .init(
                shape: .positional(start: 0, count: 1), identifier: .integer(identifier), index: 0)
        }
        func label(_ identifier: Int64) -> SampleBlock.Row {
            .init(
                shape: .absent, target: .label(.integer(1)), identifier: .integer(identifier),
                index: 0)
        }
        for identifier: Int64 in 1...3 {
            #expect(admit([features(identifier)], [1], at: 0).isEmpty)
        }
        #expect(admit([label(1)], [], at: 1) == [.unknownIdentifier])
        #expect(admit([label(2)], [], at: 1).isEmpty)
        #expect(admit([label(2)], [], at: 2) == [.unknownIdentifier])
        #expect(admit([label(3)], [], at: 20) == [.unknownIdentifier])
        #expect(admit([label(9)], [], at: 20) == [.unknownIdentifier])
        #expect(door.refused == .init(unknown: 1, expired: 2, duplicate: 1))
    }
}
