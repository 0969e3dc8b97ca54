import NeuralNetwork
import StructureControl

/// What is given up at once under load, and comes back when there is room.
extension Learner {
    /// What a single network learned again waits for better times.
    mutating func shedReplays() {
        guard isSingle, leads[0].plan.replays > 0 else { return }
        control.shedReplays = leads[0].plan.replays
        leads[0].plan.replays = 0
    }

    mutating func resumeReplays() {
        guard control.shedReplays > 0 else { return }
        leads[0].plan.replays = control.shedReplays
        control.shedReplays = 0
    }

    /// Under load: act first. The wider network waits for better times, and a narrower one from
    /// before the last growths takes over where it answers better than what is left of the wide one.
    mutating func narrowAtOnce(
        to widthFactor: Double, effects: inout [Effect]
    ) -> Adaptation.Operation? {
        learnPending(effects: &effects)
        let whole = leads[0].network
        guard let width = whole.hidden.max(), let layer = whole.hidden.lastIndex(of: width) else {
            return nil
        }
        let asked = max(
            control.controller.configuration.limits.minUnits,
            Int((Double(width) * widthFactor).rounded()))
        var network = whole
        let samples = newestSamples
        let edit = StructureEdit.shrink(layer: layer, units: width - asked)
        do throws(EditRefusal) {
            _ = try network.edit(
                edit, limits: structureLimits, samples: samples, using: &control.generator)
        } catch {
            return nil
        }
        var operation = operation(edit)
        // Up to twice the width: what answers much better may be somewhat slower.
        let most = min(2 * network.parameterCount, whole.parameterCount - 1)
        if let reserve = takeReserve(atMost: most, below: network.meanLoss(samples), samples) {
            let units = reserve.network.hidden.reduce(0, +)
            operation = .init("restore", [.init("units", Double(units))])
            control.reserves.removeAll { $0 == reserve.identifier }
            promote(member: reserve.identifier)
            shedReplays()
        } else {
            leads[0].network = network
        }
        if control.parked == nil { control.parked = whole }
        counts.structure += 1
        return operation
    }
}
