import Features
import Randomness

/// Draws the samples of a scenario's stream.
struct StreamGenerator {
    private let stream: Scenario.Stream
    private var concepts: SeededGenerator
    private var draws: SeededGenerator
    /// Prototypes `[classes · complexity][inputs]`, units of the teacher, or one border.
    private var points: [[Double]] = []
    /// Of the teacher, `[classes][complexity]`.
    private var readout: [[Double]] = []
    private var places: [Int]
    private var threshold = 8.0
    /// Cosine and sine of the angle by which inputs are turned.
    private var turn = (cosine: 1.0, sine: 0.0)
    private var count = 0

    init(_ stream: Scenario.Stream, seed: UInt64) {
        self.stream = stream
        concepts = SeededGenerator(seed: seed ^ 0x636F_6E63_6570_7473)
        draws = SeededGenerator(seed: seed ^ 0x6472_6177_7364_7261)
        places = Array(0..<stream.inputs)
        drawConcept()
    }

    /// Fills a block with the next samples.
    mutating func fill(_ block: inout SampleBlock, count: Int) {
        if stream.kind == .file {
            block = stream.blocks[self.count / Run.blockSize % stream.blocks.count]
            self.count += count
            return
        }
        block.removeAll()
        for index in 0..<count {
            var (inputs, label) = next()
            if stream.drift == .rotate { rotate(&inputs) }
            block.rows.append(
                SampleBlock.Row(
                    shape: .positional(start: block.values.count, count: inputs.count),
                    target: .label(.integer(Int64(label))), index: index))
            for place in places { block.values.append(inputs[place]) }
        }
    }

    private mutating func next() -> ([Double], Int) {
        if count > 0, count % stream.driftSamples == 0 {
            switch stream.drift {
            case .none, .rotate: break
            case .redraw: drawConcept()
            case .permute:
                for index in places.indices.reversed() {
                    places.swapAt(index, concepts.nextIndex(below: index + 1))
                }
            }
        }
        count += 1
        switch stream.kind {
        case .prototypes:
            let point = draws.nextIndex(below: points.count)
            let inputs = points[point].map { $0 + stream.noise * draws.nextNormal() }
            return (inputs, point % stream.classes)
        case .teacher:
            let inputs = normals(stream.inputs)
            return (inputs, flipped(teach(inputs)))
        case .hyperplane:
            let inputs = normals(stream.inputs)
            let score = zip(inputs, points[0]).reduce(0) { $0 + $1.0 * $1.1 }
            return (inputs, flipped(score > 0 ? 1 : 0))
        case .sea:
            let inputs = (0..<stream.inputs).map { _ in 10 * draws.nextUniformDouble() }
            return (inputs, flipped(inputs[0] + inputs[1] <= threshold ? 1 : 0))
        case .file: preconditionFailure("the samples of a file are not drawn")
        }
    }

    /// One small turn more for each sample, without the functions of an angle, whose last bits differ
    /// between machines.
    private mutating func rotate(_ inputs: inout [Double]) {
        let step = 1 / Double(stream.driftSamples)
        let cosine = turn.cosine - step * turn.sine
        let sine = turn.sine + step * turn.cosine
        let length = (cosine * cosine + sine * sine).squareRoot()
        turn = (cosine / length, sine / length)
        for index in stride(from: 0, to: inputs.count - 1, by: 2) {
            let (first, second) = (inputs[index], inputs[index + 1])
            inputs[index] = turn.cosine * first - turn.sine * second
            inputs[index + 1] = turn.sine * first + turn.cosine * second
        }
    }

    private mutating func normals(_ count: Int) -> [Double] {
        (0..<count).map { _ in draws.nextNormal() }
    }

    private mutating func flipped(_ label: Int) -> Int {
        let classCount = stream.kind == .teacher ? stream.classes : 2
        return draws.nextUniformDouble() < stream.noise
            ? draws.nextIndex(below: classCount) : label
    }

    private func teach(_ inputs: [Double]) -> Int {
        let hidden = points.map { unit in
            max(0, zip(inputs, unit).reduce(0) { $0 + $1.0 * $1.1 })
        }
        let scores = readout.map { row in zip(row, hidden).reduce(0) { $0 + $1.0 * $1.1 } }
        return scores.indices.max { (scores[$0], $1) < (scores[$1], $0) }!
    }

    private mutating func drawConcept() {
        let pointCount: Int
        switch stream.kind {
        case .prototypes: pointCount = stream.classes * stream.complexity
        case .teacher: pointCount = stream.complexity
        case .hyperplane, .sea, .file: pointCount = 1
        }
        points = (0..<pointCount).map { _ in
            (0..<stream.inputs).map { _ in concepts.nextNormal() }
        }
        readout = (0..<stream.classes).map { _ in
            (0..<stream.complexity).map { _ in concepts.nextNormal() }
        }
        threshold = 7 + 2.5 * concepts.nextUniformDouble()
    }
}
