import Features

extension StatusReport {
    /// Labels that came without features, and the features that wait for such labels.
    public struct LateLabels: WireMessage {
        /// Labels that found their features.
        public var joined = 0
        /// Labels refused because nothing was stored under their identifier.
        public var unknown = 0
        /// Labels refused because their features had expired or made room for newer ones.
        public var tooLate = 0
        /// Labels refused because their features had one already.
        public var duplicate = 0
        /// Features whose label did not come within the time to live.
        public var expiredFeatures = 0
        /// Features that made room for newer ones.
        public var yieldedFeatures = 0
        /// Features whose identifier was used again before their label came.
        public var replacedFeatures = 0
        /// Seconds from features to label; null before the first.
        public var meanDelaySeconds: Double?
        public var lastDelaySeconds: Double?

        public init() {}

        public mutating func list(_ fields: inout FieldList) throws(Refusal) {
            try fields.field("joined", &joined)
            try fields.field("unknown", &unknown)
            try fields.field("expired", &tooLate)
            try fields.field("duplicate", &duplicate)
            try fields.field("expired_features", &expiredFeatures)
            try fields.field("yielded_features", &yieldedFeatures)
            try fields.field("replaced_features", &replacedFeatures)
            try fields.nullable("mean_delay_seconds", &meanDelaySeconds)
            try fields.nullable("last_delay_seconds", &lastDelaySeconds)
        }
    }
}
