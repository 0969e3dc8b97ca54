import Features
import Learner
import NeuralNetwork
import StateCoding
import WireFormat

/// A model as a safetensors file, complete: with NumPy and this description anyone can make the same
/// predictions from the file alone.
///
/// Tensors:
/// - `layers.N.weight` `[units, inputs]` and `layers.N.bias` `[units]`, `F32`: the lead network from
///   the inputs (`N` = 0) to the outputs; `members.K.layers.N.…` for each further network.
/// - `osier.state`, `U8`: schema and statistics for `osier serve --import`; no prediction needs it.
///
/// Metadata, each a text of JSON:
/// - `osier.format`: ``formatVersion``; `osier.version`: the Osier that wrote the file.
/// - `osier.model`: `task`, `loss`, `output` (`sigmoid`: the probability of class 1; `softmax`;
///   `identity`), `samples`, `structure`, and `members`, the lead first, each with `share`, `hidden`
///   and `activation` (of the hidden layers; `leaky_relu` has slope 0.01).
/// - `osier.inputs`: `form`, `scaling`, `clip`, `missing`, `features` by index, `buckets`, and
///   `columns`: what each input of the network is.
/// - `osier.classes`: the labels by output; `osier.target`: `mean` and `deviation` of each output.
///
/// Inputs, in double precision, then rounded to `F32`. A column of `kind`
/// - `number` is the number of the feature `feature`, less `shift`, times `factor`, clamped to
///   ± `bound`; where the number is missing, or a category stands in its place, it is `missing`;
/// - `category` is 1 where the feature has this `category`, else 0. A text that is none of the
///   feature's `categories` has an `overflow` column instead, if the feature has 256 categories or
///   the text more than 256 bytes: number `((h ^ h >> 32) mod 64)` with `h` its 64-bit FNV-1a hash;
/// - `value` is 1 where the feature's number is exactly `value`, else 0;
/// - `bucket` is a sum over what is hashed into it: 1 per category, a scaled number per number. The
///   bucket is `(h ^ h >> 32) mod hashing` with `h` the FNV-1a hash of the name, and for a category
///   of the byte 255 and its text;
/// - `past_class` and `past_number` stand for earlier targets, `lag` 0 for the last one; `now` is
///   their value at the time of the export.
///
/// Each layer is `W · input + b`, then its activation; the networks' outputs are averaged by their
/// `share`. A regression's answer is `mean + output · deviation`.
public enum ModelFile {
    /// Raised with each change of what is above.
    public static let formatVersion = 1

    static let formatKey = "osier.format"
    static let versionKey = "osier.version"
    static let stateName = "osier.state"

    /// The file of a model.
    ///
    /// - Parameter writer: Version of this Osier.
    /// - Throws: ``SafeTensorsError`` when a weight is not finite.
    public static func safeTensors(
        _ model: ExportedModel, writer: String
    ) throws(SafeTensorsError) -> SafeTensors {
        var tensors: [SafeTensors.Tensor] = []
        for (member, part) in model.parts.enumerated() {
            let prefix = member == 0 ? "" : "members.\(member)."
            for (index, layer) in part.layers.enumerated() {
                tensors.append(
                    try .init(
                        name: "\(prefix)layers.\(index).weight",
                        shape: [layer.unitCount, layer.inputCount], values: layer.weights))
                tensors.append(
                    try .init(
                        name: "\(prefix)layers.\(index).bias", shape: [layer.unitCount],
                        values: layer.biases))
            }
        }
        let state = state(of: model)
        tensors.append(
            try .init(name: stateName, type: .uint8, shape: [state.count], bytes: state))
        return try SafeTensors(metadata: metadata(of: model, writer: writer), tensors: tensors)
    }

    /// The canonical bytes of schema, encoder and scaler.
    private static func state(of model: ExportedModel) -> [UInt8] {
        var state = StateWriter()
        state.write(model.schema)
        state.write(model.encoder)
        state.write(model.scaler)
        return state.bytes
    }
}
