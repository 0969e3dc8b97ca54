import Randomness
import Testing

@testable import Service

@Suite("Requests that wait for learning") struct DeferredRequestsTests {
    private func request(
        _ client: UInt8, body: Int, samples: Int
    ) -> DeferredRequests.Request {
        .init(
            address: [[client], []], body: [[UInt8(truncatingIfNeeded: body)]],
            finishedSamples: samples, arrival: .now)
    }

    @Test("are ready once the samples before them are learned")
    func ready() {
        var deferred = DeferredRequests()
        #expect(deferred.isEmpty)
        let isKept = deferred.append(request(1, body: 1, samples: 10))
        #expect(isKept)
        #expect(!deferred.isEmpty)
        #expect(deferred.contains([[1]]) && !deferred.contains([[2]]))
        let early = deferred.takeReady(finishedSamples: 9)
        let late = deferred.takeReady(finishedSamples: 10)
        #expect(early.isEmpty && late.count == 1)
        #expect(deferred.isEmpty)
        #expect(!deferred.contains([[1]]))
    }

    @Test("of one client stay in order, and do not hold up another client")
    func order() {
        var deferred = DeferredRequests()
        for (client, body, samples) in [(1, 1, 20), (2, 2, 0), (1, 3, 0), (2, 4, 5), (1, 5, 10)] {
            let isKept = deferred.append(request(UInt8(client), body: body, samples: samples))
            #expect(isKept)
        }
        let answered = [5, 19, 20].map { finishedSamples in
            deferred.takeReady(finishedSamples: finishedSamples).map { $0.body[0][0] }
        }
        #expect(answered == [[2, 4], [], [1, 3, 5]])
    }

    @Test("have a limit")
    func limit() {
        var deferred = DeferredRequests()
        for body in 0..<DeferredRequests.capacity {
            let isKept = deferred.append(request(1, body: body, samples: 1))
            #expect(isKept)
        }
        let isOneMoreKept = deferred.append(request(2, body: 0, samples: 1))
        #expect(!isOneMoreKept)
        let ready = deferred.takeReady(finishedSamples: 1)
        #expect(ready.count == DeferredRequests.capacity)
        let isKept = deferred.append(request(2, body: 0, samples: 1))
        #expect(isKept)
    }

    @Test("all get out, each client's in its order, whatever is asked", arguments: [UInt64](1...10))
    func anyOrder(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var deferred = DeferredRequests()
        var sent = [[Int]](repeating: [], count: 4)
        var answered = sent
        var finished = 0
        for body in 0..<200 {
            let client = generator.nextIndex(below: 4)
            sent[client].append(body)
            let samples = finished + generator.nextIndex(below: 10)
            let isKept = deferred.append(request(UInt8(client), body: body, samples: samples))
            #expect(isKept)
            finished += generator.nextIndex(below: 3)
            for ready in deferred.takeReady(finishedSamples: finished) {
                #expect(ready.finishedSamples <= finished)
                answered[Int(ready.address[0][0])].append(Int(ready.body[0][0]))
            }
        }
        for ready in deferred.takeReady(finishedSamples: .max) {
            answered[Int(ready.address[0][0])].append(Int(ready.body[0][0]))
        }
        #expect(answered == sent)
        #expect(deferred.isEmpty)
    }
}
