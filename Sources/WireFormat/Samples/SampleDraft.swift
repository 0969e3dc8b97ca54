import Features

/// A sample while its object is read.
struct SampleDraft {
    var keys: SampleKey = []
    var shape: SampleBlock.Shape?
    var target = Target.none
    var weight: Float = 1
    var time: Double?
    var identifier: SampleIdentifier?
    var remember = false
    var consistent = false
    var operation: String?
    var producer: String?
    var sequence: Int64?
    var lastAcknowledged: Int64?
    /// The first thing that is wrong with the sample; the rest is still scanned.
    private(set) var flaw: Refusal?
    /// The first thing that is wrong with the request around it.
    private(set) var requestFlaw: Refusal?

    mutating func refuse(_ code: Refusal.Code, _ message: String) {
        if flaw == nil { flaw = Refusal(code, message) }
    }

    mutating func refuseRequest(_ code: Refusal.Code, _ message: String) {
        if requestFlaw == nil { requestFlaw = Refusal(code, message) }
    }
}

/// How much of a block's storage was filled before a sample, so that a refused one leaves nothing.
struct BlockMark {
    private let values: Int
    private let indices: Int
    private let names: Int

    init(_ block: SampleBlock) {
        values = block.values.count
        indices = block.indices.count
        names = block.names.count
    }

    func restore(_ block: inout SampleBlock) {
        block.values.removeLast(block.values.count - values)
        block.indices.removeLast(block.indices.count - indices)
        block.names.removeLast(block.names.count - names)
        block.namedValues.removeLast(block.namedValues.count - names)
    }
}
