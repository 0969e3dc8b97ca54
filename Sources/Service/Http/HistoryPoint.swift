import WireFormat

/// What the dashboard's curves are drawn of: one status, in few numbers.
struct HistoryPoint: Equatable, Sendable {
    /// Seconds since the epoch.
    let time: Double
    let learned: Int
    let samplesPerSecond: Float
    let predictionsPerSecond: Float
    let lagSeconds: Float
    let queue: Int
    let predictMedian: Float
    let predictP99: Float
    /// The headline figure over the window: accuracy, or the mean absolute error. `nil` before
    /// anything was scored.
    let quality: Float?
    /// Its baselines over all samples: majority or mean, then no change.
    let baseline: Float?
    let noChange: Float?
    let cpuFraction: Float
    let residentBytes: Int
    let parameters: Int
    let hidden: [Int]
    let drifts: Int

    init(_ status: StatusReport) {
        time = status.time
        learned = status.stream.learned
        samplesPerSecond = Float(status.stream.samplesPerSecond)
        predictionsPerSecond = Float(status.predict.perSecond)
        lagSeconds = Float(status.stream.lagSeconds)
        queue = status.stream.queue
        predictMedian = Float(status.predict.latencyMicroseconds.p50)
        predictP99 = Float(status.predict.latencyMicroseconds.p99)
        cpuFraction = Float(status.resources.cpuFraction)
        residentBytes = status.resources.residentBytes
        parameters = status.model.parameters
        hidden = status.model.hidden
        drifts = status.drift.detections
        switch status.quality {
        case .classification(let report) where report.samples > 0:
            quality = Float(report.window.scores.accuracy)
            baseline = Float(report.baselines.majority)
            noChange = Float(report.baselines.noChange)
        case .regression(let report) where report.samples > 0:
            quality = Float(report.window.scores.meanAbsoluteError)
            baseline = Float(report.baselines.mean)
            noChange = Float(report.baselines.noChange)
        case .classification, .regression:
            (quality, baseline, noChange) = (nil, nil, nil)
        }
    }
}

/// The newest points, in a fixed number of places.
struct HistoryRing: Sendable {
    let capacity: Int
    private var places: [HistoryPoint] = []
    private var oldest = 0

    /// - Parameter capacity: At least 1.
    init(capacity: Int) {
        precondition(capacity >= 1, "a history of \(capacity) points")
        self.capacity = capacity
    }

    var count: Int { places.count }

    /// Adds a point; the oldest yields when there is no place left.
    mutating func append(_ point: HistoryPoint) {
        if places.count < capacity {
            places.append(point)
        } else {
            places[oldest] = point
            oldest = (oldest + 1) % capacity
        }
    }

    /// From the oldest to the newest.
    var points: [HistoryPoint] { Array(places[oldest...] + places[..<oldest]) }
}

extension HistoryRing {
    /// `{"capacity":…,"series":{"time":[…],…},"widths":[[time,[64,64]],…]`: the beginning of the
    /// answer of `/api/history`; the caller closes the object.
    func write(to writer: inout JSONWriter) {
        let points = points
        writer.key("capacity")
        writer.write(capacity)
        writer.key("series")
        writer.beginObject()
        func series(_ name: String, _ write: (HistoryPoint, inout JSONWriter) -> Void) {
            writer.key(name)
            writer.beginArray()
            for point in points { write(point, &writer) }
            writer.endArray()
        }
        func numbers(_ name: String, _ value: (HistoryPoint) -> Float?) {
            series(name) { point, writer in
                if let value = value(point) { writer.write(value) } else { writer.writeNull() }
            }
        }
        func counts(_ name: String, _ value: (HistoryPoint) -> Int) {
            series(name) { $1.write(value($0)) }
        }
        series("time") { $1.write($0.time) }
        counts("learned", \.learned)
        numbers("samples_per_second", \.samplesPerSecond)
        numbers("predictions_per_second", \.predictionsPerSecond)
        numbers("lag_seconds", \.lagSeconds)
        counts("queue", \.queue)
        numbers("predict_p50_microseconds", \.predictMedian)
        numbers("predict_p99_microseconds", \.predictP99)
        numbers("quality", \.quality)
        numbers("baseline", \.baseline)
        numbers("no_change", \.noChange)
        numbers("cpu_fraction", \.cpuFraction)
        counts("resident_bytes", \.residentBytes)
        counts("parameters", \.parameters)
        counts("drifts", \.drifts)
        writer.endObject()
        writer.key("widths")
        writeWidths(points, to: &writer)
    }

    /// The hidden layers, whenever they are others than before.
    private func writeWidths(_ points: [HistoryPoint], to writer: inout JSONWriter) {
        writer.beginArray()
        var last: [Int]?
        for point in points where point.hidden != last {
            last = point.hidden
            writer.beginArray()
            writer.write(point.time)
            writer.beginArray()
            for units in point.hidden { writer.write(units) }
            writer.endArray()
            writer.endArray()
        }
        writer.endArray()
    }
}
