import NeuralNetwork

/// The linear layers among the tensors of a file, in the order in which a sample passes them.
struct LayerChain {
    let layers: [DenseLayer]
    /// Which tensor became which layer.
    let notes: [String]

    /// Layers that a search by shape looks at; more come in the order of their names or not at all.
    private static let searchLimit = 8

    /// Finds a network of another program: `P.weight` `[units, inputs]` and, unless it was left out,
    /// `P.bias` `[units]`, whatever `P` is, as PyTorch saves its `Linear` layers.
    ///
    /// - Throws: ``ModelFileError/layers(reason:)`` when something else is among the tensors, or
    ///   the layers do not follow each other in exactly one way.
    init(_ tensors: [SafeTensors.Tensor]) throws(ModelFileError) {
        var found: [(prefix: String, layer: DenseLayer)] = []
        for weight in tensors where weight.name.isLast("weight") {
            let prefix = String(weight.name.dropLast("weight".count))
            let bias = tensors.first { $0.name == prefix + "bias" }
            found.append((prefix, try Self.layer(weight, bias)))
        }
        for tensor in tensors {
            let isPart = found.contains {
                tensor.name == $0.prefix + "weight" || tensor.name == $0.prefix + "bias"
            }
            guard isPart else {
                throw .layers(
                    reason: "tensor '\(tensor.name)' belongs to no linear layer; only weights "
                        + "[units, inputs] with their biases can be imported")
            }
        }
        guard !found.isEmpty else {
            throw .layers(
                reason: "the file has no layer; save a network whose layers are called such as "
                    + "layers.0.weight and layers.0.bias")
        }
        found.sort { Self.precedes($0.prefix, $1.prefix) }
        let order = try Self.order(found)
        layers = order.map { found[$0].layer }
        notes = order.enumerated().map { position, index in
            let (prefix, layer) = found[index]
            return "\(prefix)weight [\(layer.unitCount), \(layer.inputCount)] → layer \(position)"
        }
    }

    /// Reads the lead of a file of Osier's own.
    init(ofLeadIn tensors: SafeTensors) throws(ModelFileError) {
        var layers: [DenseLayer] = []
        while let weight = tensors.tensor(named: "layers.\(layers.count).weight") {
            guard let bias = tensors.tensor(named: "layers.\(layers.count).bias") else {
                throw .damaged(reason: "layers.\(layers.count).bias is missing")
            }
            layers.append(try Self.layer(weight, bias))
        }
        guard !layers.isEmpty else { throw .damaged(reason: "layers.0.weight is missing") }
        self.layers = layers
        notes = []
    }

    private static func layer(
        _ weight: SafeTensors.Tensor, _ bias: SafeTensors.Tensor?
    ) throws(ModelFileError) -> DenseLayer {
        guard weight.shape.count == 2, weight.shape[0] >= 1, weight.shape[1] >= 1 else {
            throw .layers(
                reason: "tensor '\(weight.name)' has shape \(weight.shape); the weights of a "
                    + "linear layer have shape [units, inputs]")
        }
        let biasShape = bias?.shape ?? [weight.shape[0]]
        guard biasShape == [weight.shape[0]] else {
            throw .layers(
                reason: "tensor '\(bias?.name ?? "")' has shape \(biasShape); '\(weight.name)' has "
                    + "\(weight.shape[0]) units")
        }
        let biases = try bias.map(numbers) ?? [Float](repeating: 0, count: weight.shape[0])
        return DenseLayer(
            inputCount: weight.shape[1], weights: try numbers(weight), biases: biases)
    }

    private static func numbers(_ tensor: SafeTensors.Tensor) throws(ModelFileError) -> [Float] {
        guard let numbers = tensor.numbers else {
            throw .layers(
                reason: "tensor '\(tensor.name)' has the type \(tensor.type.rawValue); weights are "
                    + "F32, F64, F16 or BF16")
        }
        if let index = numbers.firstIndex(where: { !$0.isFinite }) {
            throw .tensors(.notFinite(tensor: tensor.name, index: index))
        }
        return numbers
    }

    /// The order of the names when the layers fit on each other so; else the only one in which they
    /// do.
    private static func order(
        _ found: [(prefix: String, layer: DenseLayer)]
    ) throws(ModelFileError) -> [Int] {
        let byName = Array(found.indices)
        if follow(byName.map { found[$0].layer }) { return byName }
        let shapes = found.map {
            "\($0.prefix)weight [\($0.layer.unitCount), \($0.layer.inputCount)]"
        }
        .joined(separator: ", ")
        guard found.count <= searchLimit else {
            throw .layers(reason: "the layers do not follow each other: \(shapes)")
        }
        let orders = orders(of: found.map(\.layer), begun: [])
        guard orders.count == 1 else {
            throw .layers(
                reason:
                    "the layers follow each other in \(orders.isEmpty ? "no" : "more than one") "
                    + "order: \(shapes); call them layers.0, layers.1 and so on")
        }
        return orders[0]
    }

    private static func follow(_ layers: [DenseLayer]) -> Bool {
        zip(layers, layers.dropFirst()).allSatisfy { $0.unitCount == $1.inputCount }
    }

    /// All orders, two at most: more than one is as bad as many.
    private static func orders(of layers: [DenseLayer], begun: [Int]) -> [[Int]] {
        if begun.count == layers.count { return [begun] }
        var result: [[Int]] = []
        for index in layers.indices where !begun.contains(index) {
            if let last = begun.last, layers[last].unitCount != layers[index].inputCount {
                continue
            }
            result += orders(of: layers, begun: begun + [index])
            if result.count > 1 { break }
        }
        return result
    }

    /// The order of names that a person expects: digits count as numbers.
    private static func precedes(_ left: String, _ right: String) -> Bool {
        for (a, b) in zip(pieces(left), pieces(right)) where a != b {
            if let first = Int(a), let second = Int(b), first != second { return first < second }
            return a < b
        }
        return pieces(left).count < pieces(right).count
    }

    private static func pieces(_ text: String) -> [String] {
        var pieces: [String] = []
        var isNumber = false
        for character in text {
            let isDigit = character.isASCII && character.isNumber
            if isDigit == isNumber, !pieces.isEmpty {
                pieces[pieces.count - 1].append(character)
            } else {
                pieces.append(String(character))
            }
            isNumber = isDigit
        }
        return pieces
    }
}

extension String {
    /// Whether a name ends with a part, behind a dot or alone.
    fileprivate func isLast(_ part: String) -> Bool { self == part || hasSuffix("." + part) }
}

extension SafeTensors.Tensor {
    /// The elements of a tensor of floating-point numbers, rounded to 32 bits; nil for another type.
    public var numbers: [Float]? {
        let count = bytes.count / type.byteCount
        func element(_ index: Int) -> UInt64 {
            SafeTensors.pattern(bytes, at: index, byteCount: type.byteCount)
        }
        switch type {
        case .float32: return floats
        case .float64: return (0..<count).map { Float(Double(bitPattern: element($0))) }
        case .float16:
            return (0..<count).map { Float(Float16(bitPattern: UInt16(element($0)))) }
        case .bfloat16:
            return (0..<count).map { Float(bitPattern: UInt32(element($0)) << 16) }
        default: return nil
        }
    }
}
