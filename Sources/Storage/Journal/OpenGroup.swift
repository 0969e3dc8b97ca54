/// The records that the next commit will write.
struct OpenGroup {
    private(set) var recordCount = 0
    private(set) var eventCount = 0
    private(set) var records: [UInt8] = []
    private var producers = ProducerTable()

    var marks: [ProducerMark] { producers.marks }
    var byteCount: Int { records.count }

    mutating func append(_ record: Span<UInt8>, eventCount: Int) {
        // Sound: the buffers are only read, and only inside the closures. Appending byte by byte
        // would cost more than everything else.
        for number in [record.count, eventCount] {
            unsafe withUnsafeBytes(of: UInt32(number).littleEndian) {
                unsafe records.append(contentsOf: $0)
            }
        }
        unsafe record.withUnsafeBufferPointer { unsafe records.append(contentsOf: $0) }
        recordCount += 1
        self.eventCount += eventCount
    }

    mutating func mark(_ mark: ProducerMark) { producers.fold(mark) }

    mutating func removeAll() {
        recordCount = 0
        eventCount = 0
        records.removeAll(keepingCapacity: true)
        producers.removeAll()
    }
}
