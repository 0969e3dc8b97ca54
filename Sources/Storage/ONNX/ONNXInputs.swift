import Features
import Learner
import WireFormat

/// How raw samples become the inputs of the networks, as a graph.
///
/// Columns are joined by kind, which is not the order in which the model has them; ``order`` tells.
struct ONNXInputs {
    private let model: ExportedModel
    /// Features with a number, rising: the columns of `x`.
    private var numbers: [Int] = []
    private var numberColumns: [Int] = []
    /// Indices in `numbers`, and the values that have a column.
    private var indicators: [(place: Int, value: Double)] = []
    private var indicatorColumns: [Int] = []
    /// Features with categories, rising: the columns of `categories`.
    private var texts: [(feature: Int, categories: [String])] = []
    private var textColumns: [[Int]] = []
    private var pastColumns: [Int] = []

    /// The model's column at each place of what ``add(to:)`` gives.
    var order: [Int] {
        numberColumns + indicatorColumns + textColumns.flatMap { $0 } + pastColumns
    }

    /// - Throws: ``ModelFileError/unsupported(reason:)``.
    init(_ model: ExportedModel) throws(ModelFileError) {
        self.model = model
        guard !model.encoder.columns.isEmpty else {
            throw .unsupported(reason: "the model has no inputs yet; send labelled samples first")
        }
        let numbered = model.encoder.columns.enumerated().compactMap { index, column in
            if case .number(let feature) = column { (feature, index) } else { nil }
        }
        for (feature, index) in numbered.sorted(by: { $0.0 < $1.0 }) {
            numbers.append(feature)
            numberColumns.append(index)
        }
        for (index, column) in model.encoder.columns.enumerated() {
            try place(column, at: index)
        }
    }

    private mutating func place(_ column: InputColumn, at index: Int) throws(ModelFileError) {
        switch column {
        case .number: break
        case .indicator(let feature, let value):
            guard let place = numbers.firstIndex(of: feature) else { break }
            indicators.append((place, value))
            indicatorColumns.append(index)
        case .category(let feature, let category):
            let known = model.schema.categories(ofFeature: feature)
            guard category < known.count else {
                throw .unsupported(
                    reason: "feature '\(model.featureName(feature))' has more than "
                        + "\(SampleSchema.categoryLimit) categories, and ONNX cannot hash them as "
                        + "Osier does; export safetensors")
            }
            let place = texts.firstIndex { $0.feature >= feature } ?? texts.count
            if place == texts.count || texts[place].feature != feature {
                texts.insert((feature, []), at: place)
                textColumns.insert([], at: place)
            }
            texts[place].categories.append(known[category])
            textColumns[place].append(index)
        case .bucket:
            throw .unsupported(
                reason: "features are hashed, and ONNX cannot hash them as Osier does; export "
                    + "safetensors")
        case .pastClass, .pastNumber:
            pastColumns.append(index)
        }
    }

    /// Names of the features behind the columns of `x` and `categories`.
    var metadata: [SafeTensors.Entry] {
        func entry(_ key: String, _ features: [Int]) -> SafeTensors.Entry {
            let names = features.map { JSONValue.string(model.featureName($0)) }
            return .init(key: key, value: ModelFile.text(.array(names)))
        }
        return [entry("osier.x", numbers), entry("osier.categories", texts.map(\.feature))]
    }

    /// Adds the way from the raw inputs to one row of inputs per sample.
    ///
    /// - Returns: The name of the result, `[batch, columns]` in ``order``.
    func add(to graph: inout ONNXGraph) -> String {
        var parts: [String] = []
        if !numbers.isEmpty {
            graph.inputs.append(.init(name: "x", type: .float, width: numbers.count))
            parts.append(addScaling(to: &graph))
        }
        if !indicators.isEmpty { parts.append(addIndicators(to: &graph)) }
        if !texts.isEmpty {
            graph.inputs.append(.init(name: "categories", type: .string, width: texts.count))
            for place in texts.indices {
                let index = graph.constant([place], shape: [])
                let column = graph.add("Gather", ["categories", index], [.integer("axis", 1)])
                parts.append(
                    graph.add(
                        "OneHotEncoder", [column],
                        [.strings("cats_strings", texts[place].categories), .integer("zeros", 1)],
                        domain: "ai.onnx.ml"))
            }
        }
        if !pastColumns.isEmpty {
            graph.inputs.append(.init(name: "past", type: .float, width: pastColumns.count))
            parts.append("past")
        }
        return parts.count == 1 ? parts[0] : graph.add("Concat", parts, [.integer("axis", 1)])
    }

    /// In double precision, as the daemon does it.
    private func addScaling(to graph: inout ONNXGraph) -> String {
        let scales = numbers.map { model.encoder.scale(ofFeature: $0) }
        let shape = [scales.count]
        let shifts = graph.constant(scales.map(\.shift), shape: shape)
        let factors = graph.constant(scales.map(\.factor), shape: shape)
        let missing = graph.constant(scales.map(\.missing), shape: shape)
        // One bound for all: it is a setting.
        let bound = scales[0].bound
        let low = graph.constant([-bound], shape: [])
        let high = graph.constant([bound], shape: [])
        let double = graph.add("Cast", ["x"], [.integer("to", ONNXGraph.double)])
        let scaled = graph.add("Mul", [graph.add("Sub", [double, shifts]), factors])
        let clipped = graph.add("Clip", [scaled, low, high])
        let float = graph.add("Cast", [clipped], [.integer("to", ONNXGraph.float)])
        return graph.add("Where", [graph.add("IsNaN", ["x"]), missing, float])
    }

    private func addIndicators(to graph: inout ONNXGraph) -> String {
        let places = graph.constant(indicators.map(\.place), shape: [indicators.count])
        let values = graph.constant(
            indicators.map { Float($0.value) }, shape: [indicators.count])
        let numbers = graph.add("Gather", ["x", places], [.integer("axis", 1)])
        let equal = graph.add("Equal", [numbers, values])
        return graph.add("Cast", [equal], [.integer("to", ONNXGraph.float)])
    }
}
