import Features

extension ControlRequest {
    /// The request as JSON.
    public var encoded: [UInt8] {
        var arguments = JSONObject()
        arguments["op"] = .string(operation.name)
        switch identifier {
        case .text(let text)?: arguments["id"] = .string(text)
        case .integer(let integer)?: arguments["id"] = .integer(integer)
        case nil: break
        }
        operation.write(to: &arguments)
        return JSONValue.object(arguments).encoded
    }
}

extension ControlRequest.Operation {
    /// The value of `op`.
    public var name: String {
        switch self {
        case .status: "status"
        case .schema: "schema"
        case .ping: "ping"
        case .digest: "digest"
        case .pause: "pause"
        case .resume: "resume"
        case .checkpoint: "checkpoint"
        case .grow: "grow"
        case .shrink: "shrink"
        case .insertLayer: "insert_layer"
        case .removeLayer: "remove_layer"
        case .prune: "prune"
        case .restore: "restore"
        case .refresh: "refresh"
        case .distill: "distill"
        case .controller: "controller"
        case .budget: "budget"
        case .optimizer: "optimizer"
        case .schedule: "schedule"
        case .export: "export"
        case .shutdown: "shutdown"
        }
    }

    fileprivate func write(to object: inout JSONObject) {
        switch self {
        case .status, .schema, .ping, .digest, .pause, .resume, .checkpoint, .shutdown: break
        case .grow(let layer, let units, let member), .shrink(let layer, let units, let member):
            object.set("layer", layer)
            object.set("units", units)
            object.set("member", member)
        case .insertLayer(let layer, let units, let member):
            object.set("layer", layer)
            object.set("units", units)
            object.set("member", member)
        case .removeLayer(let layer, let member):
            object.set("layer", layer)
            object.set("member", member)
        case .prune(let pruning, let member):
            object.set("criterion", pruning.criterion.rawValue)
            object.set("scope", pruning.scope.rawValue)
            switch pruning.amount {
            case .fraction(let fraction): object.set("fraction", fraction)
            case .threshold(let threshold): object.set("threshold", threshold)
            }
            object.set("member", member)
        case .restore(let method, let fraction, let member):
            object.set("method", method.rawValue)
            object.set("fraction", fraction)
            object.set("member", member)
        case .refresh(let fraction, let member):
            object.set("fraction", fraction)
            object.set("member", member)
        case .distill(let hidden, let member):
            object["hidden"] = .array(hidden.map { .integer(Int64($0)) })
            object.set("member", member)
        case .controller(let policy, let mode):
            object.set("policy", policy?.rawValue)
            object.set("mode", mode?.rawValue)
        case .export(let format, let name):
            object.set("format", format.rawValue)
            object.set("name", name)
        case .budget(let change): change.write(to: &object)
        case .optimizer(let change): change.write(to: &object)
        case .schedule(let change): change.write(to: &object)
        }
    }
}

extension ControlRequest.BudgetChange {
    fileprivate func write(to object: inout JSONObject) {
        object.set("cpu_fraction", cpuFraction)
        object.set("memory_bytes", memoryBytes)
        object.set("predict_p99_microseconds", predictP99Microseconds)
        object.set("max_parameters", maxParameters)
    }
}

extension ControlRequest.OptimizerChange {
    fileprivate func write(to object: inout JSONObject) {
        object.set("name", name?.rawValue)
        object.set("learning_rate", learningRate)
        object.set("momentum", momentum)
        object.set("beta1", beta1)
        object.set("beta2", beta2)
        object.set("rho", rho)
        object.set("epsilon", epsilon)
        object.set("weight_decay", weightDecay)
        object.set("gradient_clip", gradientClip)
    }
}

extension ControlRequest.ScheduleChange {
    fileprivate func write(to object: inout JSONObject) {
        object.set("name", name?.rawValue)
        object.set("gamma", gamma)
        object.set("every", every)
        object.set("factor", factor)
        object.set("total", total)
        object.set("power", power)
        object.set("delta", delta)
        object.set("floor", floor)
    }
}

extension JSONObject {
    fileprivate mutating func set(_ key: String, _ value: Int?) {
        if let value { self[key] = .integer(Int64(value)) }
    }

    fileprivate mutating func set(_ key: String, _ value: Double?) {
        if let value { self[key] = .number(value) }
    }

    fileprivate mutating func set(_ key: String, _ value: String?) {
        if let value { self[key] = .string(value) }
    }
}
