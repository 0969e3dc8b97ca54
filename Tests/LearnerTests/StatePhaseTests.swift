import Features
import NeuralNetwork
import StructureControl
import Testing

@testable import Learner

/// A checkpoint may be taken between any two events: whatever is under way then has to go on. Trials
/// are among the tests of the controller, and imports among those of imports.
@Suite("A learner's state amid its work") struct StatePhaseTests {
    /// Something under way, and how a run gets there.
    enum Phase: CaseIterable {
        case distilling, distillingAMember, shedding
        case grown, shrunk, deepened, flattened, prunedUnits, prunedConnections, restored, refreshed
        case narrowAllowance, observed, waitingForLabels, amidABatch
    }

    private static func edits(of phase: Phase) -> [StructureEdit]? {
        let connections = Pruning(
            criterion: .gradient, scope: .connections, amount: .fraction(0.5))
        return switch phase {
        case .grown: [.grow(layer: 0, units: 5, method: .pair)]
        case .shrunk: [.shrink(layer: 0, units: 3)]
        case .deepened: [.insertLayer(layer: 1)]
        case .flattened: [.insertLayer(layer: 1, units: 6), .removeLayer(layer: 0)]
        case .prunedUnits:
            [.prune(Pruning(criterion: .magnitude, scope: .units, amount: .fraction(0.4)))]
        case .prunedConnections: [.prune(connections)]
        case .restored: [.prune(connections), .restore(method: .greedy, fraction: 0.5)]
        case .refreshed: [.refresh(fraction: 0.5)]
        default: nil
        }
    }

    private static func configure(_ configuration: inout LearnerConfiguration, for phase: Phase) {
        configuration.makeSmall()
        configuration.learning.holdout = 0.05
        configuration.control.epsilon = 0.5
        // The others of a committee are slow, and most phases have nothing to do with them.
        if phase != .distillingAMember, phase != .narrowAllowance {
            configuration.makeSingle()
        }
        switch phase {
        case .shedding: configuration.control.policy = .rules
        case .observed:
            configuration.control.policy = .dqn
            configuration.control.mode = .observe
        case .amidABatch: configuration.learning.batch = 70
        default: break
        }
    }

    private static func reach(_ phase: Phase, _ run: inout Run) {
        run.teach(300, seed: 1)
        if let edits = edits(of: phase) {
            for edit in edits { run.change(.edit(edit)) }
            #expect(run.learner.counts.structure == edits.count)
            return
        }
        switch phase {
        case .distilling, .distillingAMember:
            let member = phase == .distillingAMember ? 1 : nil
            run.change(.distill(hidden: [5, 4]), member: member)
            #expect(!run.learner.distillation.isEmpty)
            run.teach(40, seed: 2)
            #expect(run.learner.distillation.count == 1)
        case .shedding: run.go(until: { $0.control.trainShare < 1 }, load: 3)
        case .narrowAllowance: run.obey(.allow(Allowance(members: 1, replays: false, batch: 4)))
        case .observed: run.go(until: { $0.controlReport.counts.decisions > 3 }, load: 0.1)
        case .waitingForLabels: run.wait(for: 20)
        default: break
        }
    }

    @Test("is whole in its bytes, and goes on as without a restart", arguments: Phase.allCases)
    func roundTrip(phase: Phase) throws {
        var run = Run { Self.configure(&$0, for: phase) }
        Self.reach(phase, &run)
        let bytes = run.learner.stateBytes()
        var copy = try run.restored()
        let isWhole = copy.learner.stateBytes() == bytes
        #expect(isWhole)
        for step in 0..<3 {
            for load in [0.1, 2] {
                run.stretch(load: load, seed: UInt64(100 + step))
                copy.stretch(load: load, seed: UInt64(100 + step))
            }
            run.change(.edit(.grow(layer: 0, units: 2)))
            copy.change(.edit(.grow(layer: 0, units: 2)))
            let isSame = copy.learner.stateBytes() == run.learner.stateBytes()
            #expect(isSame, "step \(step)")
            // What began after the restart survives one as well.
            copy = try copy.restored()
        }
    }
}

extension Run {
    fileprivate mutating func teach(_ count: Int, seed: UInt64) {
        take(SampleBlock(Streams.classes(count, seed: seed, classCount: 3)))
    }

    fileprivate mutating func change(_ action: StructureCommand.Action, member: Int? = nil) {
        obey(.structure(StructureCommand(action, member: member, limits: StructureLimits())))
    }

    /// Some samples, and a tick that tells how busy they keep the machine.
    fileprivate mutating func stretch(load: Double, seed: UInt64) {
        teach(100, seed: seed)
        let measurements = Measurements(
            elapsedSeconds: 1, arrivedSamples: 100, serviceSeconds: load / 100,
            lagSeconds: load > 1 ? 1 : 0)
        learner.handle(.tick(measurements), effects: &effects)
    }

    fileprivate mutating func go(until isThere: (Learner) -> Bool, load: Double) {
        var count = 0
        while !isThere(learner), count < 100 {
            stretch(load: load, seed: UInt64(1_000 + count))
            count += 1
        }
        // The learner itself would be written out at length, should this fail.
        let isReached = isThere(learner)
        #expect(isReached)
    }

    /// Features whose labels come later, or never.
    fileprivate mutating func wait(for count: Int) {
        var block = SampleBlock(
            Streams.classes(count, seed: 3).map { Sample($0.features, .none) })
        for index in block.rows.indices { block.rows[index].identifier = .integer(Int64(index)) }
        take(block)
        #expect(learner.counts.unlabelled == count)
    }
}
