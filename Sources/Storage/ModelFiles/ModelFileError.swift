import Features

/// Why a model cannot be written in a format, or a file cannot be a model.
public enum ModelFileError: Error, Equatable, Sendable {
    /// The file is no safetensors file, or a damaged one.
    case tensors(SafeTensorsError)
    /// The format cannot express the model.
    case unsupported(reason: String)
    /// The file was written by a later Osier, whose form this one does not know.
    case newerFormat(found: String, supported: Int, writer: String)
    /// What an Osier wrote is not all there, or does not fit together.
    case damaged(reason: String)
    /// The tensors of another program are no network that Osier has.
    case layers(reason: String)
    /// The network and the configuration disagree.
    case configuration(reason: String)
}

extension ModelFileError: CustomStringConvertible {
    /// One line: what is wrong, the value seen, what to do next.
    public var description: String {
        switch self {
        case .tensors(let error): "\(error)"
        case .unsupported(let reason): reason
        case .newerFormat(let found, let supported, let writer):
            "the file has format \(found), written by Osier \(writer); this one reads up to "
                + "\(supported): install that version or a later one"
        case .damaged(let reason): "the model is damaged: \(reason); export it again"
        case .layers(let reason): reason
        case .configuration(let reason): reason
        }
    }
}
