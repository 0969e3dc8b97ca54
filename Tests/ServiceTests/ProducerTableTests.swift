import Features
import Testing

@testable import Service

@Suite("The table of producers") struct ProducerTableTests {
    @Test("takes the requests of a producer in order, each once")
    func order() throws {
        var table = ProducerTable()
        #expect(table.lastSequence(of: "p") == 0)
        #expect(try table.verdict(producer: "p", sequence: 2) == .gap(expected: 1))
        for sequence in Int64(1)...5 {
            #expect(try table.verdict(producer: "p", sequence: sequence) == .next)
            table.advance(producer: "p", to: sequence, offset: Int(sequence) * 10)
            #expect(table.lastSequence(of: "p") == sequence)
        }
        #expect(try table.verdict(producer: "p", sequence: 5) == .duplicate(offset: 50))
        // What came before the last one is known to be a duplicate, but no longer where it went.
        #expect(try table.verdict(producer: "p", sequence: 4) == .duplicate(offset: nil))
        #expect(try table.verdict(producer: "p", sequence: 6) == .next)
        #expect(try table.verdict(producer: "p", sequence: 7) == .gap(expected: 6))
        #expect(try table.verdict(producer: "p", sequence: .max) == .gap(expected: 6))
    }

    @Test("tells producers apart")
    func producers() throws {
        var table = ProducerTable()
        table.advance(producer: "a", to: 9, offset: 1)
        #expect(table.lastSequence(of: "b") == 0)
        #expect(try table.verdict(producer: "b", sequence: 1) == .next)
        #expect(try table.verdict(producer: "", sequence: 1) == .next)
        #expect(try table.verdict(producer: "a", sequence: 1) == .duplicate(offset: nil))
    }

    @Test("knows a bounded number of producers, and serves those it knows when it is full")
    func limit() throws {
        var table = ProducerTable()
        for number in 0..<ProducerTable.capacity {
            table.advance(producer: "p\(number)", to: 1, offset: number)
        }
        #expect(try table.verdict(producer: "p7", sequence: 2) == .next)
        do throws(Refusal) {
            _ = try table.verdict(producer: "one more", sequence: 1)
            Issue.record("one producer too many was accepted")
        } catch {
            #expect(error.code == .tooLarge)
            #expect(error.message.contains("one more"))
        }
    }
}
