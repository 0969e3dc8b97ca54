import Glibc
import NeuralNetwork
import StateCoding
import Testing

@Suite("Schedules")
struct ScheduleTests {
    typealias Name = ScheduleConfiguration.Name

    static let steps = [0, 1, 2, 99, 100, 101, 250, 999, 1_000, 123_456]

    private func schedule(
        _ name: Name, _ change: (inout ScheduleConfiguration) -> Void = { _ in }
    ) -> Schedule {
        var configuration = ScheduleConfiguration()
        configuration.name = name
        configuration.floor = 0
        change(&configuration)
        return Schedule(configuration, baseRate: 0.1)
    }

    /// The C library's functions, right to the last bits of Double, make the closed forms; the
    /// result is a Float, so half its last bit is what may be lost.
    private func check(_ schedule: Schedule, _ closedForm: (Double) -> Double) {
        for step in Self.steps {
            let expected = max(closedForm(Double(step)), Double(Float.leastNormalMagnitude))
            let rate = Double(schedule.rate(at: step))
            #expect(abs(rate - expected) <= expected * Double(Float.ulpOfOne), "step \(step)")
        }
    }

    @Test("constant is the base rate")
    func constant() { check(schedule(.constant)) { _ in 0.1 } }

    @Test("exponential is rate · gamma^t", arguments: [0.5, 0.999, 0.99999, 1])
    func exponential(gamma: Double) {
        check(schedule(.exponential) { $0.gamma = gamma }) { 0.1 * pow(gamma, $0) }
    }

    @Test("step is rate · factor^⌊t / every⌋", arguments: [1, 100, 1_000])
    func step(every: Int) {
        let schedule = schedule(.step) {
            $0.every = every
            $0.factor = 0.9
        }
        check(schedule) { 0.1 * pow(0.9, floor($0 / Double(every))) }
    }

    @Test("sawtooth falls from the rate and starts again", arguments: [1, 100, 1_000])
    func sawtooth(every: Int) {
        check(schedule(.sawtooth) { $0.every = every }) {
            0.1 * (1 - fmod($0, Double(every)) / Double(every))
        }
    }

    @Test("polynomial is rate · (1 − t / total)^power", arguments: [0.25, 0.5, 1, 1.7, 3])
    func polynomial(power: Double) {
        let schedule = schedule(.polynomial) {
            $0.total = 1_000
            $0.power = power
        }
        check(schedule) { 0.1 * pow(max(0, 1 - $0 / 1_000), power) }
    }

    @Test("inverse_sqrt is rate / √(1 + delta · t)", arguments: [0, 0.0001, 2])
    func inverseSquareRoot(delta: Double) {
        check(schedule(.inverseSquareRoot) { $0.delta = delta }) {
            0.1 / (1 + delta * $0).squareRoot()
        }
    }

    @Test("drift decays like inverse_sqrt and starts again when told")
    func drift() {
        var drifting = schedule(.drift) { $0.delta = 0.01 }
        check(drifting) { 0.1 / (1 + 0.01 * $0).squareRoot() }
        drifting.noteDrift(at: 5_000)
        #expect(drifting.rate(at: 5_000) == 0.1)
        #expect(drifting.rate(at: 5_300) == 0.05)
    }

    @Test("plateau waits for `every` updates without a lower loss, then multiplies by the factor")
    func plateau() {
        var plateau = schedule(.plateau) {
            $0.every = 100
            $0.factor = 0.5
        }
        plateau.observe(validationLoss: 1, at: 0)
        plateau.observe(validationLoss: 0.9, at: 50)
        // Lower by less than one part in 10,000: not falling.
        plateau.observe(validationLoss: 0.89995, at: 149)
        #expect(plateau.rate(at: 149) == 0.1)
        plateau.observe(validationLoss: .nan, at: 150)
        #expect(plateau.rate(at: 150) == 0.05)
        plateau.observe(validationLoss: 0.95, at: 249)
        #expect(plateau.rate(at: 249) == 0.05)
        plateau.observe(validationLoss: 0.95, at: 250)
        #expect(plateau.rate(at: 250) == 0.025)
        plateau.observe(validationLoss: 0.5, at: 350)
        #expect(plateau.rate(at: 350) == 0.025)
    }

    @Test("plateau forgets the best loss at a drift: it was another stream's")
    func plateauForgetsAtDrift() {
        var plateau = schedule(.plateau) { $0.every = 100 }
        plateau.observe(validationLoss: 0.5, at: 0)
        plateau.noteDrift(at: 60)
        plateau.observe(validationLoss: 3, at: 70)
        plateau.observe(validationLoss: 2, at: 165)
        plateau.observe(validationLoss: 2, at: 200)
        #expect(plateau.rate(at: 200) == 0.1)
    }

    @Test("no schedule ever falls below the floor, nor to zero", arguments: Name.allCases)
    func neverReachesZero(name: Name) {
        for floor in [0, 1e-5] {
            let schedule = schedule(name) { $0.floor = floor }
            for step in [0, 9_999, 1_000_000, 1 << 40, Int.max] {
                #expect(schedule.rate(at: step) > 0)
                #expect(schedule.rate(at: step) >= Float(floor))
            }
        }
    }

    @Test("a schedule comes back from its bytes as it was", arguments: Name.allCases)
    func roundTrips(name: Name) throws {
        var schedule = schedule(name) { $0.every = 10 }
        schedule.observe(validationLoss: 2, at: 5)
        schedule.observe(validationLoss: 2, at: 30)
        schedule.noteDrift(at: 40)
        schedule.observe(validationLoss: 1.5, at: 50)
        var writer = StateWriter()
        schedule.encode(to: &writer)
        var reader = StateReader(bytes: writer.bytes)
        #expect(try Schedule(from: &reader) == schedule)
        #expect(reader.remainingCount == 0)
    }

    @Test("a schedule of no length is refused, not divided by")
    func refusesEmptyPeriods() {
        var configuration = ScheduleConfiguration()
        configuration.every = 0
        var writer = StateWriter()
        configuration.encode(to: &writer)
        var reader = StateReader(bytes: writer.bytes)
        #expect(throws: StateError.self) { try ScheduleConfiguration(from: &reader) }
    }
}
