import StateCoding

/// A checkpoint and what a restart needs beside it, as one row holds them.
struct StoredCheckpoint: Equatable {
    let checkpoint: Checkpoint
    /// The end of the last group that the state has wholly taken in: a replay begins there.
    let anchor: ChainAnchor
    /// The last event of the transaction that wrote the row.
    let writtenOffset: Int
    /// The newest mark of each producer up to `writtenOffset`, so that trimming forgets none.
    let producers: [ProducerMark]
}

extension StoredCheckpoint {
    /// Everything but the state.
    var header: [UInt8] {
        var writer = StateWriter()
        writer.write(checkpoint.samples)
        writer.write(checkpoint.structure)
        writer.write(writtenOffset)
        return writer.bytes + anchor.bytes + ProducerMark.bytes(of: producers)
    }

    /// Covers the offset too: a row under another number is not this checkpoint.
    var digest: Digest { Self.digest(offset: checkpoint.offset, header, checkpoint.state) }

    /// Reads a row back.
    ///
    /// - Throws: ``StorageError/damaged(what:place:)`` when it is not what was written.
    init(
        offset: Int, header: [UInt8], digest: [UInt8], state: [UInt8]
    ) throws(StorageError) {
        let numbersEnd = 24
        let anchorEnd = numbersEnd + ChainAnchor.byteCount
        guard Self.digest(offset: offset, header, state).bytes == digest,
            header.count >= anchorEnd,
            let anchor = ChainAnchor(bytes: Array(header[numbersEnd..<anchorEnd])),
            let producers = ProducerMark.marks(in: Array(header[anchorEnd...]))
        else {
            throw .damaged(
                what: "the checkpoint at offset \(offset)", place: "its digest is wrong")
        }
        var numbers: [Int] = []
        for start in stride(from: 0, to: numbersEnd, by: 8) {
            let bits = header[start..<start + 8].reversed().reduce(UInt64(0)) { bits, byte in
                bits << 8 | UInt64(byte)
            }
            numbers.append(Int(truncatingIfNeeded: bits))
        }
        checkpoint = Checkpoint(
            offset: offset, samples: numbers[0], structure: numbers[1], state: state)
        writtenOffset = numbers[2]
        self.anchor = anchor
        self.producers = producers
    }

    private static func digest(offset: Int, _ header: [UInt8], _ state: [UInt8]) -> Digest {
        var writer = StateWriter()
        writer.write(offset)
        writer.write(header.count)
        return Digest(of: writer.bytes, header, state)
    }
}
