import Features
import Learner
import NeuralNetwork
import WireFormat

/// Changes of structure that an operator asks for.
extension NetworkLoop {
    /// The command for the learner; `nil` for an operation that changes no structure.
    ///
    /// It carries the limits that hold now, so that a replay of the journal decides as was decided.
    func structureCommand(_ operation: ControlRequest.Operation) -> StructureCommand? {
        var limits = StructureLimits()
        limits.minUnits = settings.structure.minUnits
        limits.maxUnits = settings.structure.maxUnits
        limits.maxLayers = settings.structure.maxLayers
        limits.maxParameters = assembler.budget.maxParameters
        func edit(_ edit: StructureEdit, _ member: Int?) -> StructureCommand {
            StructureCommand(.edit(edit), member: member, limits: limits)
        }
        switch operation {
        case .grow(let layer, let units, let member):
            return edit(.grow(layer: layer, units: units), member)
        case .shrink(let layer, let units, let member):
            return edit(.shrink(layer: layer, units: units), member)
        case .insertLayer(let layer, let units, let member):
            return edit(.insertLayer(layer: layer, units: units), member)
        case .removeLayer(let layer, let member):
            return edit(.removeLayer(layer: layer), member)
        case .prune(let pruning, let member):
            return edit(.prune(Pruning(pruning)), member)
        case .restore(let method, let fraction, let member):
            return edit(
                .restore(method: method == .random ? .random : .greedy, fraction: fraction), member)
        case .refresh(let fraction, let member):
            return edit(.refresh(fraction: fraction), member)
        case .distill(let hidden, let member):
            return StructureCommand(.distill(hidden: hidden), member: member, limits: limits)
        default:
            return nil
        }
    }
}

extension Pruning {
    fileprivate init(_ pruning: ControlRequest.Pruning) {
        let amount: Amount =
            switch pruning.amount {
            case .fraction(let fraction): .fraction(fraction)
            case .threshold(let threshold): .threshold(threshold)
            }
        self.init(
            criterion: pruning.criterion == .magnitude ? .magnitude : .gradient,
            scope: pruning.scope == .units ? .units : .connections, amount: amount)
    }
}

extension StructureReport {
    init(_ change: StructureChange) {
        self.init()
        hidden = .init(before: change.hidden.before, after: change.hidden.after)
        parameters = .init(before: change.parameters.before, after: change.parameters.after)
        structure = change.structure
    }
}

extension AdaptationMessage {
    init(_ change: StructureChange) {
        self.init()
        structure = change.structure
        event = change.event == .forced ? .forced : .reverted
        action = change.command.json
        hidden = .init(before: change.hidden.before, after: change.hidden.after)
        parameters = .init(before: change.parameters.before, after: change.parameters.after)
        origin = .operator
        reason = change.reason
    }
}

extension StructureCommand {
    /// Worded as in a control request.
    fileprivate var json: JSONObject {
        var object = JSONObject()
        switch action {
        case .distill(let hidden):
            object["op"] = .string("distill")
            object["hidden"] = .array(hidden.map { .integer(Int64($0)) })
        case .edit(let edit): edit.write(to: &object)
        }
        if let member { object["member"] = .integer(Int64(member)) }
        return object
    }
}

extension StructureEdit {
    fileprivate func write(to object: inout JSONObject) {
        func set(_ name: String, layer: Int? = nil, units: Int? = nil, fraction: Double? = nil) {
            object["op"] = .string(name)
            if let layer { object["layer"] = .integer(Int64(layer)) }
            if let units { object["units"] = .integer(Int64(units)) }
            if let fraction { object["fraction"] = .number(fraction) }
        }
        switch self {
        case .grow(let layer, let units, let method):
            set("grow", layer: layer, units: units)
            if method != .zeroOutgoing { object["method"] = .string(method.rawValue) }
        case .shrink(let layer, let units): set("shrink", layer: layer, units: units)
        case .insertLayer(let layer, let units): set("insert_layer", layer: layer, units: units)
        case .removeLayer(let layer): set("remove_layer", layer: layer)
        case .refresh(let fraction): set("refresh", fraction: fraction)
        case .restore(let method, let fraction):
            set("restore", fraction: fraction)
            object["method"] = .string(method.rawValue)
        case .prune(let pruning):
            set("prune")
            object["criterion"] = .string(pruning.criterion.rawValue)
            object["scope"] = .string(pruning.scope.rawValue)
            switch pruning.amount {
            case .fraction(let fraction): object["fraction"] = .number(fraction)
            case .threshold(let threshold): object["threshold"] = .number(threshold)
            }
        }
    }
}
