import Features

extension StatusReport {
    /// The lead network.
    public struct Model: WireMessage {
        /// `classification`, `regression`, or `auto` until a label has told.
        public var task = "auto"
        /// Features of a sample.
        public var inputs = 0
        /// Inputs of the network, which encode the features.
        public var columns = 0
        public var hidden: [Int] = []
        public var outputs = 0
        public var parameters = 0
        public var nonzeroParameters = 0
        public var bytes = 0
        /// Revision of the architecture.
        public var structure = 0
        public var activation = ""
        public var loss = ""
        public var optimizer = ""
        public var schedule = ""
        public var learningRate: Float = 0

        public init() {}

        public mutating func list(_ fields: inout FieldList) throws(Refusal) {
            try fields.field("task", &task)
            try fields.field("inputs", &inputs)
            try fields.field("hidden", &hidden)
            try fields.field("outputs", &outputs)
            try fields.field("parameters", &parameters)
            try fields.field("nonzero_parameters", &nonzeroParameters)
            try fields.field("bytes", &bytes)
            try fields.field("structure", &structure)
            try fields.field("activation", &activation)
            try fields.field("loss", &loss)
            try fields.field("optimizer", &optimizer)
            try fields.field("schedule", &schedule)
            try fields.field("learning_rate", &learningRate)
            try fields.field("columns", &columns)
        }
    }

    public struct Controller: WireMessage {
        public var policy = "off"
        public var mode = "act"
        public var decisions = 0
        public var kept = 0
        public var reverted = 0
        /// Share of random actions; 0 for a policy without.
        public var epsilon = 0.0
        public var observation = NamedNumbers()
        /// An operation with its arguments, worded as in a control request.
        public var lastAction: JSONObject?
        public var lastReward: Double?
        public var budget = Budget()
        /// What a sample has cost with each set of networks, the last measured last.
        public var serviceTimes: [ServiceTime] = []

        public init() {}

        public mutating func list(_ fields: inout FieldList) throws(Refusal) {
            try fields.field("policy", &policy)
            try fields.field("mode", &mode)
            try fields.field("decisions", &decisions)
            try fields.field("kept", &kept)
            try fields.field("reverted", &reverted)
            try fields.field("epsilon", &epsilon)
            try fields.field("observation", &observation)
            try fields.nullable("last_action", &lastAction)
            try fields.nullable("last_reward", &lastReward)
            try fields.field("budget", &budget)
            try fields.field("service_times", &serviceTimes)
        }
    }

    /// The measured cost of a sample with one set of networks.
    public struct ServiceTime: WireMessage {
        /// Widths of the lead's hidden layers.
        public var hidden: [Int] = []
        /// Networks that learn, the lead among them.
        public var members = 1
        /// Whether recent samples are learned again.
        public var replay = false
        /// Parameters that learn a sample, each as often as it does.
        public var parameters = 0
        /// Per sample.
        public var seconds = 0.0
        /// That were measured.
        public var samples = 0

        public init() {}

        public mutating func list(_ fields: inout FieldList) throws(Refusal) {
            try fields.field("hidden", &hidden)
            try fields.field("members", &members)
            try fields.field("replay", &replay)
            try fields.field("parameters", &parameters)
            try fields.field("seconds", &seconds)
            try fields.field("samples", &samples)
        }
    }

    /// Null where there is no limit.
    public struct Budget: WireMessage {
        public var cpuFraction: Double? = 1
        public var memoryBytes: Int?
        public var predictP99Microseconds: Double?
        public var maxParameters: Int?

        public init() {}

        public mutating func list(_ fields: inout FieldList) throws(Refusal) {
            try fields.nullable("cpu_fraction", &cpuFraction)
            try fields.nullable("memory_bytes", &memoryBytes)
            try fields.nullable("predict_p99_microseconds", &predictP99Microseconds)
            try fields.nullable("max_parameters", &maxParameters)
        }
    }

    public struct Resources: WireMessage {
        public var cpuFraction = 0.0
        public var residentBytes = 0
        public var threads = 0
        public var openFiles = 0

        public init() {}

        public mutating func list(_ fields: inout FieldList) throws(Refusal) {
            try fields.field("cpu_fraction", &cpuFraction)
            try fields.field("resident_bytes", &residentBytes)
            try fields.field("threads", &threads)
            try fields.field("open_files", &openFiles)
        }
    }

    public struct Drift: WireMessage {
        public var detector = "off"
        public var detections = 0
        /// `stream.learned` at the last detection.
        public var lastAtSample: Int?

        public init() {}

        public mutating func list(_ fields: inout FieldList) throws(Refusal) {
            try fields.field("detector", &detector)
            try fields.field("detections", &detections)
            try fields.nullable("last_at_sample", &lastAtSample)
        }
    }

    public struct Journal: WireMessage {
        public var offset: Int64 = 0
        public var durableOffset: Int64 = 0
        public var bytes = 0
        public var lastCheckpointSamples = 0

        public init() {}

        public mutating func list(_ fields: inout FieldList) throws(Refusal) {
            try fields.field("offset", &offset)
            try fields.field("durable_offset", &durableOffset)
            try fields.field("bytes", &bytes)
            try fields.field("last_checkpoint_samples", &lastCheckpointSamples)
        }
    }
}
