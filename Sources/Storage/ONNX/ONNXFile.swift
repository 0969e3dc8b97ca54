import Features
import Learner
import NeuralNetwork

/// A model as an ONNX file: scaling, categories, networks and the meaning of the outputs are all
/// in the graph.
///
/// Inputs, as far as the model has them:
/// - `x` `[batch, n]`, float: the numbers of the features named by the metadata `osier.x`, raw; NaN is
///   missing;
/// - `categories` `[batch, n]`, string: the texts of the features named by `osier.categories`, `true`
///   and `false` among them; any other text is a category that was never met, or a missing one;
/// - `past` `[batch, n]`, float: the columns `past_class` and `past_number` of `osier.inputs`, in
///   their order.
///
/// One output: `probabilities` `[batch, classes]`, or `y` `[batch, outputs]` in the target's units.
public enum ONNXFile {
    /// The file of a model.
    ///
    /// - Parameter writer: Version of this Osier.
    /// - Throws: ``ModelFileError/unsupported(reason:)`` for features that are hashed, which no
    ///   operator of ONNX can do as Osier does.
    public static func bytes(
        _ model: ExportedModel, writer: String
    ) throws(ModelFileError) -> [UInt8] {
        let inputs = try ONNXInputs(model)
        var graph = ONNXGraph()
        let input = inputs.add(to: &graph)
        let mixed = mix(model, input: input, order: inputs.order, in: &graph)
        if model.schema.task == .classification {
            addProbabilities(model, mixed, to: &graph)
        } else {
            addValues(model, mixed, to: &graph)
        }
        let metadata = ModelFile.metadata(of: model, writer: writer) + inputs.metadata
        return graph.model(metadata: metadata, writer: writer)
    }

    /// The networks' outputs after their output function, averaged by their shares.
    private static func mix(
        _ model: ExportedModel, input: String, order: [Int], in graph: inout ONNXGraph
    ) -> String {
        var sum: String?
        for (member, part) in model.parts.enumerated() {
            let prefix = member == 0 ? "" : "members.\(member)."
            var value = input
            for (index, layer) in part.layers.enumerated() {
                let name = "\(prefix)layers.\(index)"
                let weights = layer.transposed(inputs: index == 0 ? order : nil)
                value = graph.add(
                    "Gemm",
                    [
                        value,
                        graph.constant(
                            weights, shape: [layer.inputCount, layer.unitCount],
                            name: name + ".weight"),
                        graph.constant(
                            layer.biases, shape: [layer.unitCount], name: name + ".bias"),
                    ])
                if index < part.layers.count - 1 {
                    value = part.activation.add(value, to: &graph)
                }
            }
            switch model.loss {
            case .logistic: value = graph.add("Sigmoid", [value])
            case .crossEntropy: value = graph.add("Softmax", [value], [.integer("axis", 1)])
            case .squared, .absolute, .huber: break
            }
            if model.parts.count > 1 {
                let share = graph.constant([Float(part.share)], shape: [1])
                value = graph.add("Mul", [value, share])
            }
            sum = sum.map { graph.add("Add", [$0, value]) } ?? value
        }
        return sum ?? input
    }

    private static func addProbabilities(
        _ model: ExportedModel, _ value: String, to graph: inout ONNXGraph
    ) {
        let name = "probabilities"
        if model.loss == .logistic {
            let one = graph.constant([Float(1)], shape: [1])
            if model.schema.classes.count > 1 {
                let other = graph.add("Sub", [one, value])
                graph.add("Concat", [other, value], [.integer("axis", 1)], output: name)
            } else {
                // The only class that was met is all that can be answered.
                let zero = graph.constant([Float(0)], shape: [1])
                graph.add("Add", [graph.add("Mul", [value, zero]), one], output: name)
            }
        } else {
            graph.add("Identity", [value], output: name)
        }
        graph.outputs.append(
            .init(name: name, type: .float, width: model.schema.classes.count))
    }

    private static func addValues(
        _ model: ExportedModel, _ value: String, to graph: inout ONNXGraph
    ) {
        let scales = model.outputScales
        let double = graph.add("Cast", [value], [.integer("to", ONNXGraph.double)])
        let deviations = graph.constant(scales.map(\.deviation), shape: [scales.count])
        let means = graph.constant(scales.map(\.mean), shape: [scales.count])
        let restored = graph.add("Add", [graph.add("Mul", [double, deviations]), means])
        graph.add("Cast", [restored], [.integer("to", ONNXGraph.float)], output: "y")
        graph.outputs.append(.init(name: "y", type: .float, width: scales.count))
    }
}

extension ONNXGraph {
    static var float: Int { ElementType.float.rawValue }
    static var double: Int { ElementType.double.rawValue }
}

extension Activation {
    fileprivate func add(_ value: String, to graph: inout ONNXGraph) -> String {
        switch self {
        case .relu: graph.add("Relu", [value])
        case .leakyReLU: graph.add("LeakyRelu", [value], [.float("alpha", 0.01)])
        case .tanh: graph.add("Tanh", [value])
        case .sigmoid: graph.add("Sigmoid", [value])
        }
    }
}

extension DenseLayer {
    /// Shape `[inputs, units]`.
    ///
    /// - Parameter inputs: The order in which the inputs come; nil when it is their own.
    fileprivate func transposed(inputs order: [Int]?) -> [Float] {
        var result: [Float] = []
        result.reserveCapacity(weights.count)
        for position in 0..<inputCount {
            let input = order?[position] ?? position
            for unit in 0..<unitCount { result.append(weights[unit * inputCount + input]) }
        }
        return result
    }
}
