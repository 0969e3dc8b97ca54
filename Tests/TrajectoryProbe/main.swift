/// Learns a given stream from given weights and prints the weights after it, so that another
/// program can do the same and compare.
///
/// Standard input, in words:
///
///     OPTIMIZER ACTIVATION LOSS RATE WEIGHT_DECAY STEPS INPUTS OUTPUTS HIDDEN...
///     every weight and bias, layer by layer: weights unit by unit, then biases
///     for each step its inputs, then its targets
// Links the library of elementary functions, which the kernels call.
import Glibc
import Kernels
import NeuralNetwork
import Randomness

func words() -> [Substring] { (readLine() ?? "").split(separator: " ") }

func numbers() -> [Float] {
    words().map { word in
        guard let number = Float(word) else { fatalError("\(word) is not a number") }
        return number
    }
}

let head = words()
guard head.count >= 8, let name = OptimizerConfiguration.Name(rawValue: String(head[0])),
    let activation = Activation(rawValue: String(head[1])),
    let loss = Loss(rawValue: String(head[2])), let rate = Float(head[3]),
    let weightDecay = Float(head[4]), let stepCount = Int(head[5]), let inputCount = Int(head[6]),
    let outputCount = Int(head[7])
else { fatalError("the first line does not say what to learn") }

var optimizer = OptimizerConfiguration()
optimizer.name = name
optimizer.weightDecay = weightDecay
optimizer.gradientClip = 0
optimizer.rho = 0.9
optimizer.epsilon = 1e-8

var generator = SeededGenerator(seed: 0)
var network = Network(
    inputCount: inputCount, hidden: head[8...].compactMap { Int($0) }, outputCount: outputCount,
    activation: activation, loss: loss, optimizer: optimizer, generator: &generator)
let start = numbers()
precondition(start.count == network.positions.count, "one number for each weight and bias")
for (position, number) in zip(network.positions, start) { network[position] = number }

var workspace = Workspace()
let importances: [Float] = [1]
for _ in 0..<stepCount {
    let sample = numbers()
    let inputs = Array(sample[..<inputCount])
    let targets = Array(sample[inputCount...])
    let outcome = network.learn(
        inputs: inputs.span, targets: targets.span, importances: importances.span,
        learningRate: rate, using: &workspace)
    precondition(outcome.applied, "a step was not finite")
}
print(network.positions.map { "\(network[$0])" }.joined(separator: " "))
