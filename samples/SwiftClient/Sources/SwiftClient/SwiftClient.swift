import Features
import OsierClient
import WireFormat
import ZeroMQ

/// Teaches a daemon on which side of a line points lie, asks about two of them, and shows the quality.
///
///     osier serve &
///     swift run SwiftClient [LEARN PREDICT CONTROL]
@main
struct SwiftClient {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        let endpoints =
            arguments.count == 3
            ? Array(arguments)
            : [DefaultEndpoint.learn, DefaultEndpoint.predict, DefaultEndpoint.control]
        let context = try Context()

        // The daemon learns each of these once, whatever breaks in between.
        var sender = try AcknowledgedSender(
            context, to: endpoints[0], producer: "swift-client")
        for step in 0..<20 { try sender.send(points(step)) }
        try sender.flush()
        print("\(sender.takeAcknowledgements().count) requests acknowledged")

        var predictor = try Predictor(context, to: endpoints[1])
        for point in [[0.9, 0.1], [0.1, 0.9]] {
            let prediction = try predictor.predict(
                .positional(point), request: .init(consistent: true))
            guard case .classification(let label, _) = prediction.value else { continue }
            print("\(point): \(label) after \(prediction.model.samples) samples")
        }

        var control = try ControlClient(context, to: endpoints[2])
        print("\(try control.status().stream.learned) samples learned")
    }

    /// Sixteen points of the unit square; the label says whether the first coordinate is larger.
    private static func points(_ step: Int) -> SampleBlock {
        var block = SampleBlock()
        for index in 0..<16 {
            let number = Double(step * 16 + index)
            // Multiples of irrational numbers fill the square evenly.
            let x = fraction(number * 0.618_033_988_75)
            let y = fraction(number * 0.414_213_562_37)
            block.append(
                Sample(.positional([x, y]), target: .label(.text(x > y ? "right" : "left"))))
        }
        return block
    }

    private static func fraction(_ number: Double) -> Double { number - number.rounded(.down) }
}
