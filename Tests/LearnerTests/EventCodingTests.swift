import Features
import NeuralNetwork
import StateCoding
import TestSupport
import Testing

@testable import Learner

/// A learner fed from bytes is the learner that was fed first hand.
@Suite struct EventCodingTests {
    @Test("Events that went through bytes teach the same state")
    func sameState() throws {
        var first = Run { $0.model.hidden = [5] }
        var second = Learner(configuration: first.learner.configuration)
        var effects: [Effect] = []
        var optimizer = OptimizerConfiguration()
        optimizer.name = .adam
        var schedule = ScheduleConfiguration()
        schedule.name = .inverseSquareRoot
        var events: [Event] = []
        for step in 0..<60 {
            let x = Double(step % 7) / 3
            let samples = [
                Sample(
                    .named([("a", .number(x)), ("b", .category("c\(step % 3)"))]),
                    .label(.text(x > 1 ? "UP" : "DOWN"))),
                Sample(.named([("a", .missing)]), .none),
                Sample(.named([("z\(step / 20)", .boolean(true))]), .label(.text("UP"))),
            ]
            events.append(.samples(first.schema.admit(SampleBlock(samples))))
            if step == 20 { events.append(.command(.setOptimizer(optimizer))) }
            if step == 30 { events.append(.command(.setSchedule(schedule))) }
            if step == 40 { events += [.command(.pause), .command(.resume)] }
        }
        for event in events {
            first.learner.handle(event, effects: &effects)
            second.handle(
                try value(Event.self, fromState: stateBytes(of: event)), effects: &effects)
        }
        #expect(first.learner.stateBytes() == second.stateBytes())
    }

    @Test("What commands have changed of the configuration is in the state")
    func commandsSurvive() throws {
        var run = Run()
        var optimizer = OptimizerConfiguration()
        optimizer.learningRate = 0.125
        run.obey(.setOptimizer(optimizer))
        let copy = try Learner(
            configuration: LearnerConfiguration(), stateBytes: run.learner.stateBytes())
        #expect(copy.configuration.optimizer.learningRate == 0.125)
    }

    @Test("An unknown kind of event or command is refused", arguments: [[255], [1, 255]])
    func refusesUnknown(bytes: [UInt8]) {
        #expect(throws: StateError.self) { _ = try value(Event.self, fromState: bytes) }
    }
}
