extension SafeTensors {
    /// Where the header says that a tensor lies.
    private struct Claim {
        let name: String
        let type: String
        let shape: [Int]
        let begin: Int
        let end: Int
    }

    /// Reads a whole file. No claim of it is believed before it is checked against the bytes.
    ///
    /// - Throws: ``SafeTensorsError`` naming the first thing that is wrong.
    public init(bytes: [UInt8]) throws(SafeTensorsError) {
        guard bytes.count >= 8 else { throw .truncated(byteCount: bytes.count, needed: 8) }
        let claimed = Self.pattern(bytes, at: 0, byteCount: 8)
        guard claimed <= UInt64(Self.maxHeaderByteCount) else {
            throw .headerTooLarge(byteCount: claimed, limit: Self.maxHeaderByteCount)
        }
        let dataStart = 8 + Int(claimed)
        guard dataStart <= bytes.count else {
            throw .truncated(byteCount: bytes.count, needed: UInt64(dataStart))
        }
        let (metadata, claims) = try Self.header(bytes[8..<dataStart])
        try Self.checkCover(claims, byteCount: bytes.count - dataStart)
        var tensors: [Tensor] = []
        tensors.reserveCapacity(claims.count)
        for claim in claims {
            guard let type = ElementType(rawValue: claim.type) else {
                throw .unknownType(tensor: claim.name, type: claim.type)
            }
            let range = dataStart + claim.begin..<dataStart + claim.end
            tensors.append(
                try Tensor(
                    name: claim.name, type: type, shape: claim.shape, bytes: Array(bytes[range])))
        }
        try self.init(metadata: metadata, tensors: tensors)
    }

    /// Every byte of the data belongs to exactly one tensor.
    private static func checkCover(
        _ claims: [Claim], byteCount: Int
    ) throws(SafeTensorsError) {
        for claim in claims {
            guard claim.begin <= claim.end, claim.end <= byteCount else {
                throw .range(
                    tensor: claim.name, begin: claim.begin, end: claim.end, byteCount: byteCount)
            }
        }
        var end = 0
        for claim in claims.sorted(by: { ($0.begin, $0.end) < ($1.begin, $1.end) }) {
            if claim.begin < end {
                throw .overlap(tensor: claim.name, begin: claim.begin, previousEnd: end)
            }
            if claim.begin > end { throw .hole(begin: end, end: claim.begin) }
            end = claim.end
        }
        if end != byteCount { throw .hole(begin: end, end: byteCount) }
    }

    private static func header(
        _ bytes: ArraySlice<UInt8>
    ) throws(SafeTensorsError) -> (metadata: [Entry], claims: [Claim]) {
        var scanner = HeaderScanner(bytes)
        var metadata: [Entry]?
        var claims: [Claim] = []
        try scanner.object { scanner, name throws(SafeTensorsError) in
            if name == "__metadata__" {
                guard metadata == nil else { throw .duplicate(name: name) }
                var entries: [Entry] = []
                try scanner.object { scanner, key throws(SafeTensorsError) in
                    entries.append(Entry(key: key, value: try scanner.string()))
                }
                metadata = entries
            } else {
                claims.append(try claim(named: name, &scanner))
            }
        }
        try scanner.finish()
        return (metadata ?? [], claims)
    }

    private static func claim(
        named name: String, _ scanner: inout HeaderScanner
    ) throws(SafeTensorsError) -> Claim {
        var type: String?
        var shape: [Int]?
        var offsets: [Int]?
        try scanner.object { scanner, key throws(SafeTensorsError) in
            switch key {
            case "dtype" where type == nil: type = try scanner.string()
            case "shape" where shape == nil: shape = try scanner.integers()
            case "data_offsets" where offsets == nil: offsets = try scanner.integers()
            default: throw scanner.failure("tensor '\(name)' has the key '\(key)' too many")
            }
        }
        guard let type, let shape, let offsets, offsets.count == 2 else {
            throw scanner.failure("tensor '\(name)' needs dtype, shape and two data_offsets")
        }
        return Claim(name: name, type: type, shape: shape, begin: offsets[0], end: offsets[1])
    }
}
