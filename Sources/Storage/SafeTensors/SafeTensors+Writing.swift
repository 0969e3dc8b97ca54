extension SafeTensors {
    /// The file's bytes. The header is padded so that the tensors begin at a multiple of eight.
    public var bytes: [UInt8] {
        var header = Array("{".utf8)
        if !metadata.isEmpty {
            header += Array("\"__metadata__\":{".utf8)
            for (index, entry) in metadata.enumerated() {
                if index > 0 { header.append(UInt8(ascii: ",")) }
                header += Self.quoted(entry.key) + [UInt8(ascii: ":")] + Self.quoted(entry.value)
            }
            header.append(UInt8(ascii: "}"))
        }
        var end = 0
        for tensor in tensors {
            if header.count > 1 { header.append(UInt8(ascii: ",")) }
            let begin = end
            end += tensor.bytes.count
            let shape = tensor.shape.map(String.init).joined(separator: ",")
            header += Self.quoted(tensor.name)
            header += Array(
                """
                :{"dtype":"\(tensor.type.rawValue)","shape":[\(shape)],\
                "data_offsets":[\(begin),\(end)]}
                """.utf8)
        }
        header.append(UInt8(ascii: "}"))
        while header.count % 8 != 0 { header.append(UInt8(ascii: " ")) }

        var result: [UInt8] = []
        result.reserveCapacity(8 + header.count + end)
        for index in 0..<8 { result.append(UInt8(truncatingIfNeeded: header.count >> (8 * index))) }
        result += header
        for tensor in tensors { result += tensor.bytes }
        return result
    }

    private static func quoted(_ text: String) -> [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        var result: [UInt8] = [UInt8(ascii: "\"")]
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                result += [UInt8(ascii: "\\"), byte]
            case ..<0x20:
                result += Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            default:
                result.append(byte)
            }
        }
        result.append(UInt8(ascii: "\""))
        return result
    }
}
