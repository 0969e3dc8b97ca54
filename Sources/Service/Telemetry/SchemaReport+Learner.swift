import Features
import Learner
import WireFormat

extension SchemaReport {
    /// Features and classes of a learner, with what the stream has shown of them.
    init(_ learner: Learner) {
        self.init()
        let schema = learner.schema
        task = schema.task?.rawValue ?? "auto"
        for index in 0..<schema.featureCount {
            var feature = Feature()
            // Positional features have no names of their own.
            feature.name =
                index < schema.featureNames.count ? schema.featureNames[index] : String(index)
            let statistics = learner.statistics(ofFeature: index)
            feature.count = statistics.count
            feature.missing = statistics.missing
            feature.clipped = statistics.clipped
            if statistics.categories > 0 {
                feature.type = "category"
                feature.categories = statistics.categories
            } else {
                feature.mean = statistics.mean
                feature.standardDeviation = statistics.deviation
                feature.minimum = statistics.minimum
                feature.maximum = statistics.maximum
            }
            features.append(feature)
        }
        for (index, label) in schema.classes.enumerated() {
            classes.append(.init(label, count: learner.sampleCount(ofClass: index)))
        }
    }
}
