import Features

extension ControlRequest {
    /// A request that cannot be carried out; the reply carries the identifier.
    public struct Failure: Error, Equatable, Sendable {
        public let refusal: Refusal
        public let identifier: SampleIdentifier?
    }

    /// Reads a request.
    ///
    /// - Throws: `bad_json`, `wrong_type`, `missing_field`, `unknown_op` or `bad_value`, naming the
    ///   argument.
    public init(decoding bytes: RawSpan) throws(Failure) {
        var identifier: SampleIdentifier?
        do throws(Refusal) {
            let value = try JSONValue(parsing: bytes)
            guard case .object(let object) = value else {
                throw Refusal(
                    .wrongType, "the request is \(value.kindName); send {\"op\":…}")
            }
            identifier = try Self.identifier(object["id"])
            guard let name = object["op"] else {
                throw Refusal(.missingField, "the request has no \"op\"; send {\"op\":\"status\"}")
            }
            guard case .string(let text) = name else {
                throw Refusal(.wrongType, "\"op\" is \(name.kindName); send a string")
            }
            let arguments = ControlArguments(text, object)
            self.init(try Operation(arguments), identifier: identifier)
        } catch {
            throw Failure(refusal: error, identifier: identifier)
        }
    }

    /// Reads a request.
    public init(decoding bytes: [UInt8]) throws(Failure) {
        let span = unsafe bytes.span.bytes
        try self.init(decoding: span)
    }

    private static func identifier(_ value: JSONValue?) throws(Refusal) -> SampleIdentifier? {
        switch value {
        case nil, .null?: return nil
        case let value?:
            let identifier = try SampleIdentifier(json: value, name: "id")
            if case .text(let text) = identifier,
                let flaw = RequestRules.flaw(inIdentifier: text)
            {
                throw flaw
            }
            return identifier
        }
    }
}

extension ControlRequest.Operation {
    init(_ arguments: ControlArguments) throws(Refusal) {
        switch arguments.operation {
        case "status": self = .status
        case "schema": self = .schema
        case "ping": self = .ping
        case "digest": self = .digest
        case "pause": self = .pause
        case "resume": self = .resume
        case "checkpoint": self = .checkpoint
        case "shutdown": self = .shutdown
        case "grow", "shrink", "insert_layer", "remove_layer", "prune", "restore", "refresh",
            "distill":
            try self.init(structural: arguments)
        case "controller":
            let policy = try arguments.optionalChoice("policy", ControlRequest.Policy.self)
            let mode = try arguments.optionalChoice("mode", ControlRequest.Mode.self)
            guard policy != nil || mode != nil else { throw arguments.missing("policy") }
            self = .controller(policy: policy, mode: mode)
        case "budget": self = .budget(try .init(arguments))
        case "optimizer": self = .optimizer(try .init(try arguments.section()))
        case "schedule": self = .schedule(try .init(try arguments.section()))
        case "export":
            self = .export(
                format: try arguments.choice("format", ControlRequest.ExportFormat.self),
                name: try Self.fileName(arguments))
        default:
            throw Refusal(
                .unknownOperation,
                "op \"\(RequestRules.excerpt(arguments.operation))\" is unknown; \"status\" and "
                    + "\"grow\" are known, and all that the protocol lists")
        }
    }

    private init(structural arguments: ControlArguments) throws(Refusal) {
        let member = try arguments.optionalInteger("member", in: 0 ... .max)
        func layer(from first: Int = 0) throws(Refusal) -> Int {
            try arguments.integer("layer", in: first ... .max)
        }
        switch arguments.operation {
        case "grow":
            self = .grow(
                layer: try layer(), units: try arguments.integer("units", in: 1 ... .max),
                member: member)
        case "shrink":
            self = .shrink(
                layer: try layer(), units: try arguments.integer("units", in: 1 ... .max),
                member: member)
        case "insert_layer":
            self = .insertLayer(
                layer: try layer(),
                units: try arguments.optionalInteger("units", in: 1 ... .max), member: member)
        case "remove_layer": self = .removeLayer(layer: try layer(), member: member)
        case "prune": self = .prune(try .init(arguments), member: member)
        case "restore":
            self = .restore(
                method: try arguments.choice("method", ControlRequest.RestoreMethod.self),
                fraction: try arguments.number("fraction", "above 0, at most 1") {
                    $0 > 0 && $0 <= 1
                },
                member: member)
        case "refresh":
            self = .refresh(
                fraction: try arguments.number("fraction", "above 0, at most 1") {
                    $0 > 0 && $0 <= 1
                },
                member: member)
        default:
            self = .distill(
                hidden: try arguments.integers("hidden", in: 1 ... .max), member: member)
        }
    }

    /// A bare name: nothing in it leads to another directory.
    private static func fileName(_ arguments: ControlArguments) throws(Refusal) -> String? {
        guard let name = try arguments.optionalText("name") else { return nil }
        let isBare =
            !name.isEmpty && name.utf8.count <= 255 && !name.utf8.contains(UInt8(ascii: "/"))
            && !name.utf8.contains(0) && !name.utf8.elementsEqual(".".utf8)
            && !name.utf8.elementsEqual("..".utf8)
        guard isBare else {
            throw Refusal(
                .badValue,
                "\"name\" of op \"export\" is \"\(RequestRules.excerpt(name))\"; send a bare file "
                    + "name of at most 255 bytes")
        }
        return name
    }
}

extension ControlRequest.Pruning {
    init(_ arguments: ControlArguments) throws(Refusal) {
        criterion = try arguments.choice("criterion", Criterion.self)
        scope = try arguments.choice("scope", Scope.self)
        let fraction = try arguments.optionalNumber("fraction", "above 0, at most 1") {
            $0 > 0 && $0 <= 1
        }
        let threshold = try arguments.optionalNumber("threshold", "at least 0") { $0 >= 0 }
        switch (fraction, threshold) {
        case (let fraction?, nil): amount = .fraction(fraction)
        case (nil, let threshold?): amount = .threshold(threshold)
        case (nil, nil): throw arguments.missing("fraction")
        case (_?, _?):
            throw Refusal(
                .badValue, "op \"prune\" has \"fraction\" and \"threshold\"; send one of them")
        }
    }
}

extension ControlRequest.BudgetChange {
    static let keys = [
        "cpu_fraction", "memory_bytes", "predict_p99_microseconds", "max_parameters",
    ]

    init(_ arguments: ControlArguments) throws(Refusal) {
        cpuFraction = try arguments.optionalNumber("cpu_fraction", "above 0") { $0 > 0 }
        memoryBytes = try arguments.optionalInteger("memory_bytes", in: 0 ... .max)
        predictP99Microseconds = try arguments.optionalNumber(
            "predict_p99_microseconds", "at least 0"
        ) { $0 >= 0 }
        maxParameters = try arguments.optionalInteger("max_parameters", in: 1 ... .max)
        try arguments.refuseOthers(than: Self.keys)
    }
}

extension ControlRequest.OptimizerChange {
    static let keys = [
        "name", "learning_rate", "momentum", "beta1", "beta2", "rho", "epsilon", "weight_decay",
        "gradient_clip",
    ]

    init(_ arguments: ControlArguments) throws(Refusal) {
        func share(_ key: String) throws(Refusal) -> Double? {
            try arguments.optionalNumber(key, "at least 0, below 1") { $0 >= 0 && $0 < 1 }
        }
        name = try arguments.optionalChoice("name", Name.self)
        learningRate = try arguments.optionalNumber("learning_rate", "above 0, at most 10") {
            $0 > 0 && $0 <= 10
        }
        momentum = try share("momentum")
        beta1 = try share("beta1")
        beta2 = try share("beta2")
        rho = try share("rho")
        epsilon = try arguments.optionalNumber("epsilon", "above 0") { $0 > 0 }
        weightDecay = try share("weight_decay")
        gradientClip = try arguments.optionalNumber("gradient_clip", "at least 0") { $0 >= 0 }
        try arguments.refuseOthers(than: Self.keys)
    }
}

extension ControlRequest.ScheduleChange {
    static let keys = ["name", "gamma", "every", "factor", "total", "power", "delta", "floor"]

    init(_ arguments: ControlArguments) throws(Refusal) {
        func share(_ key: String) throws(Refusal) -> Double? {
            try arguments.optionalNumber(key, "above 0, at most 1") { $0 > 0 && $0 <= 1 }
        }
        name = try arguments.optionalChoice("name", Name.self)
        gamma = try share("gamma")
        every = try arguments.optionalInteger("every", in: 1 ... .max)
        factor = try share("factor")
        total = try arguments.optionalInteger("total", in: 1 ... .max)
        power = try arguments.optionalNumber("power", "above 0") { $0 > 0 }
        delta = try arguments.optionalNumber("delta", "at least 0") { $0 >= 0 }
        floor = try arguments.optionalNumber("floor", "at least 0") { $0 >= 0 }
        try arguments.refuseOthers(than: Self.keys)
    }
}
