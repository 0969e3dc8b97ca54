import Features

/// The `status` object: the whole state of the daemon (PROTOCOL.md, section 5).
public struct StatusReport: WireMessage {
    /// Of the protocol.
    public var version = 1
    /// Seconds since the epoch.
    public var time = 0.0
    /// Number of this message on its topic.
    public var sequence: Int64 = 0
    /// `running`, `paused`, `draining`, …
    public var state = "running"
    public var uptimeSeconds = 0.0
    /// The instruction set of the kernels in use.
    public var kernels = ""
    public var stream = Stream()
    public var predict = Predict()
    public var model = Model()
    public var committee: [Member] = []
    public var quality = Quality.classification(.init())
    public var controller = Controller()
    public var resources = Resources()
    public var drift = Drift()
    public var journal = Journal()

    public init() {}

    public mutating func list(_ fields: inout FieldList) throws(Refusal) {
        try fields.field("version", &version)
        try fields.field("time", &time)
        try fields.field("sequence", &sequence)
        try fields.field("state", &state)
        try fields.field("uptime_seconds", &uptimeSeconds)
        try fields.field("stream", &stream)
        try fields.field("predict", &predict)
        try fields.field("model", &model)
        try fields.field("committee", &committee)
        try fields.field("quality", &quality)
        try fields.field("controller", &controller)
        try fields.field("resources", &resources)
        try fields.field("drift", &drift)
        try fields.field("journal", &journal)
        try fields.field("kernels", &kernels)
    }

    /// What came in. `received` = `learned` + `shed` + `rejected` + `unlabelled` + waiting.
    public struct Stream: WireMessage {
        public var received = 0
        /// Labelled samples that the learner took in.
        public var learned = 0
        /// Those of `learned` that are kept for validation.
        public var heldOut = 0
        public var rejected = 0
        /// Predicted and scored, but not learned, to keep up.
        public var shed = 0
        public var unlabelled = 0
        public var pendingLabels = 0
        public var samplesPerSecond = 0.0
        public var queue = 0
        public var queueCapacity = 0
        public var lagSeconds = 0.0
        /// `rejected` by error code.
        public var rejectedByCode = NamedCounts()
        public var lateLabels = LateLabels()

        public init() {}

        public mutating func list(_ fields: inout FieldList) throws(Refusal) {
            try fields.field("received", &received)
            try fields.field("learned", &learned)
            try fields.field("held_out", &heldOut)
            try fields.field("rejected", &rejected)
            try fields.field("shed", &shed)
            try fields.field("pending_labels", &pendingLabels)
            try fields.field("samples_per_second", &samplesPerSecond)
            try fields.field("queue", &queue)
            try fields.field("queue_capacity", &queueCapacity)
            try fields.field("lag_seconds", &lagSeconds)
            try fields.field("unlabelled", &unlabelled)
            try fields.field("rejected_by_code", &rejectedByCode)
            try fields.field("late_labels", &lateLabels)
        }
    }

    public struct Predict: WireMessage {
        public var served = 0
        public var perSecond = 0.0
        public var latencyMicroseconds = Latency()
        /// Age of the snapshot that answers; null before there is one.
        public var snapshotAgeSeconds: Double?

        public init() {}

        public mutating func list(_ fields: inout FieldList) throws(Refusal) {
            try fields.field("served", &served)
            try fields.field("per_second", &perSecond)
            try fields.field("latency_microseconds", &latencyMicroseconds)
            try fields.nullable("snapshot_age_seconds", &snapshotAgeSeconds)
        }

        public struct Latency: WireMessage {
            public var p50 = 0.0
            public var p99 = 0.0
            public var max = 0.0

            public init() {}

            public mutating func list(_ fields: inout FieldList) throws(Refusal) {
                try fields.field("p50", &p50)
                try fields.field("p99", &p99)
                try fields.field("max", &max)
            }
        }
    }

    /// A network of the committee.
    public struct Member: WireMessage {
        public var id = 0
        /// `lead`, `twin`, …
        public var role = "lead"
        public var hidden: [Int] = []
        /// Its share of the mixture.
        public var weight = 1.0
        public var optimizer = ""
        public var learningRate: Float = 0

        public init() {}

        public mutating func list(_ fields: inout FieldList) throws(Refusal) {
            try fields.field("id", &id)
            try fields.field("role", &role)
            try fields.field("hidden", &hidden)
            try fields.field("weight", &weight)
            try fields.field("optimizer", &optimizer)
            try fields.field("learning_rate", &learningRate)
        }
    }
}
