/// Why a file of tensors is refused. Nothing of it was used.
public enum SafeTensorsError: Error, Equatable, Sendable {
    /// The file ends inside its length or its header.
    case truncated(byteCount: Int, needed: UInt64)
    case headerTooLarge(byteCount: UInt64, limit: Int)
    /// The header is not the JSON object that it has to be.
    case header(reason: String, offset: Int)
    /// A tensor or a metadata key comes twice, or has the name that metadata is kept under.
    case duplicate(name: String)
    case unknownType(tensor: String, type: String)
    /// The bytes that a tensor names are not what its shape needs.
    case shape(tensor: String, shape: [Int], byteCount: Int)
    /// The bytes that a tensor names are not in the file, or begin behind their end.
    case range(tensor: String, begin: Int, end: Int, byteCount: Int)
    /// Bytes between or behind the tensors belong to none.
    case hole(begin: Int, end: Int)
    /// A tensor begins inside the one before it.
    case overlap(tensor: String, begin: Int, previousEnd: Int)
    case notFinite(tensor: String, index: Int)
}

extension SafeTensorsError: CustomStringConvertible {
    /// One line: what is wrong, the value seen, what to do next.
    public var description: String {
        switch self {
        case .truncated(let byteCount, let needed):
            "the file has \(byteCount) bytes and needs \(needed); copy it again"
        case .headerTooLarge(let byteCount, let limit):
            "the header claims \(byteCount) bytes, the limit is \(limit); "
                + "is this a safetensors file?"
        case .header(let reason, let offset):
            "the header is not valid at byte \(offset): \(reason); export the file again"
        case .duplicate(let name):
            "the name '\(name)' comes twice; give each tensor its own"
        case .unknownType(let tensor, let type):
            "tensor '\(tensor)' has the type '\(type)'; convert it to F32"
        case .shape(let tensor, let shape, let byteCount):
            "tensor '\(tensor)' of shape \(shape) cannot have \(byteCount) bytes; "
                + "export the file again"
        case .range(let tensor, let begin, let end, let byteCount):
            "tensor '\(tensor)' claims bytes \(begin) to \(end) of \(byteCount); "
                + "copy the file again"
        case .hole(let begin, let end):
            "bytes \(begin) to \(end) belong to no tensor; export the file again"
        case .overlap(let tensor, let begin, let previousEnd):
            "tensor '\(tensor)' begins at \(begin), before \(previousEnd), where another ends; "
                + "export the file again"
        case .notFinite(let tensor, let index):
            "element \(index) of tensor '\(tensor)' is NaN or infinite; "
                + "a model cannot start from it"
        }
    }
}
