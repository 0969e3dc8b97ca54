import StateCoding

/// The newest decisions and what came of them.
public struct ReplayMemory: Equatable, Sendable {
    public struct Transition: Equatable, Sendable {
        public var features: [Float]
        public var choice: Int
        /// What was earned while the decision lasted, discounted.
        public var reward: Float
        /// What the next state counts for.
        public var discount: Float
        /// `nil` when nothing comes after.
        public var next: [Float]?
        /// What may be chosen next.
        public var legal: ChoiceSet
        /// What no one may choose where this was chosen: worth less than what was.
        public var barred: ChoiceSet

        public init(
            features: [Float], choice: Int, reward: Float, discount: Float, next: [Float]?,
            legal: ChoiceSet, barred: ChoiceSet = ChoiceSet()
        ) {
            self.features = features
            self.choice = choice
            self.reward = reward
            self.discount = discount
            self.next = next
            self.legal = legal
            self.barred = barred
        }
    }

    public let capacity: Int
    private var transitions: [Transition] = []
    private var oldest = 0

    /// - Parameter capacity: At least 1.
    public init(capacity: Int) {
        precondition(capacity >= 1, "a memory of \(capacity) remembers nothing")
        self.capacity = capacity
    }

    public var count: Int { transitions.count }
    public subscript(index: Int) -> Transition { transitions[index] }

    /// The oldest yields.
    public mutating func insert(_ transition: Transition) {
        if transitions.count < capacity {
            transitions.append(transition)
        } else {
            transitions[oldest] = transition
            oldest = (oldest + 1) % capacity
        }
    }

    func isSound(featureCount: Int, choiceCount: Int) -> Bool {
        transitions.allSatisfy {
            $0.features.count == featureCount && (0..<choiceCount).contains($0.choice)
                && ($0.next == nil || $0.next!.count == featureCount && $0.legal.bits != 0)
        }
    }
}

extension ReplayMemory: StateCodable {
    public func encode(to writer: inout StateWriter) {
        writer.write(capacity)
        writer.write(oldest)
        writer.write(transitions)
    }

    public init(from reader: inout StateReader) throws(StateError) {
        let offset = reader.offset
        capacity = try reader.readInt()
        oldest = try reader.readInt()
        transitions = try reader.readArray()
        guard capacity >= 1, transitions.count <= capacity, (0..<capacity).contains(oldest) else {
            throw .invalid(what: "memory of decisions", offset: offset)
        }
    }
}

extension ReplayMemory.Transition: StateCodable {
    public func encode(to writer: inout StateWriter) {
        writer.write(features)
        writer.write(choice)
        writer.write(reward)
        writer.write(discount)
        writer.write(next != nil)
        writer.write(next ?? [])
        writer.write(legal.bits)
        writer.write(barred.bits)
    }

    public init(from reader: inout StateReader) throws(StateError) {
        features = try reader.readFloats()
        choice = try reader.readInt()
        reward = try reader.readFloat()
        discount = try reader.readFloat()
        let hasNext = try reader.readBool()
        let values = try reader.readFloats()
        next = hasNext ? values : nil
        legal = ChoiceSet(bits: try reader.readUInt32())
        barred = ChoiceSet(bits: try reader.readUInt32())
    }
}
