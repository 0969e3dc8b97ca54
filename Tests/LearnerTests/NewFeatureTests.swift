import Features
import Randomness
import Testing

@testable import Learner

@Suite("Features that come and go") struct NewFeatureTests {
    /// A stream of named numbers whose names are drawn, so that new ones sort before and behind.
    struct Names {
        private var generator: SeededGenerator
        private(set) var names: [String] = []

        init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

        mutating func add(_ count: Int) {
            let wanted = names.count + count
            while names.count < wanted {
                let letters = Array("ABCxyz019_é 🌿".unicodeScalars)
                let length = 1 + generator.nextIndex(below: 6)
                var name = ""
                for _ in 0..<length {
                    name.unicodeScalars.append(letters[generator.nextIndex(below: letters.count)])
                }
                if !names.contains(name) { names.append(name) }
            }
        }

        mutating func sample(label: Bool = true) -> Sample {
            var pairs = names.map { ($0, FeatureValue.number(generator.nextNormal())) }
            // A sender may write names in any order.
            for index in pairs.indices.reversed() {
                pairs.swapAt(index, generator.nextIndex(below: index + 1))
            }
            let target = Target.label(.integer(Int64(generator.nextIndex(below: 2))))
            return Sample(.named(pairs), label ? target : .none)
        }
    }

    static func run(seed: UInt64) -> (Run, Names) {
        var names = Names(seed: seed)
        names.add(4)
        var run = Run {
            $0.makePlain(rate: 0.05)
            $0.model.hidden = [6]
            $0.schedule.floor = 0
        }
        run.take((0..<100).map { _ in names.sample() })
        return (run, names)
    }

    @Test("a new name moves no prediction", arguments: [UInt64](1...20))
    func newNames(seed: UInt64) throws {
        var (run, names) = Self.run(seed: seed)
        let probes = (0..<10).map { _ in names.sample(label: false).features }
        let before = try probes.map { try run.prediction($0) }
        let columns = run.learner.report().model?.inputCount ?? 0

        // No step moves a weight from here on, so what moves is due to the columns.
        var optimizer = run.learner.configuration.optimizer
        optimizer.learningRate = 0
        run.obey(.setOptimizer(optimizer))
        names.add(5)
        run.take((0..<20).map { _ in names.sample() })

        #expect(run.learner.report().model?.inputCount == columns + 5)
        #expect(try probes.map { try run.prediction($0) } == before)
    }

    @Test(
        "a name that is gone is missing, and no other takes its place", arguments: [UInt64](1...20))
    func goneNames(seed: UInt64) throws {
        var (run, names) = Self.run(seed: seed)
        guard case .named(let pairs) = names.sample(label: false).features else { return }
        for gone in pairs.indices {
            var without = pairs
            without.remove(at: gone)
            var missing = pairs
            missing[gone].1 = .missing
            let expected = try run.prediction(.named(missing))
            #expect(try run.prediction(.named(without)) == expected)
            #expect(try run.prediction(.named(without.reversed())) == expected)
        }
        run.take([Sample(.named(Array(pairs.dropFirst())), .label(.integer(1)))])
        #expect(run.learner.report().model?.inputCount == 4)
    }
}
