import NeuralNetwork
import StateCoding

/// A new network that learns from a present one, its teacher, which goes on learning.
struct Distillation: Equatable, Sendable {
    var command: StructureCommand
    /// The member that teaches, and will be replaced.
    let teacher: Int
    var student: Member
    /// Labelled samples since the start.
    var sampleCount = 0
    /// The teacher's loss minus the student's over the last window, each sample before it was
    /// learned.
    var paired = PairedLoss()

    /// Samples of one verdict.
    static let window = 256
    /// Samples after which a student that is still worse is given up.
    static let patience = 20_000
    /// Samples until labels alone are learned.
    static let teachingLength: Float = 5_000
    /// Kept samples that are learned again with each new one.
    static let repetitions = 8
    /// Classes whose probabilities are taught; the others are hardly ever likely.
    static let taughtClasses = 4

    init(command: StructureCommand, teacher: Int, student: Member) {
        self.command = command
        self.teacher = teacher
        self.student = student
    }

    /// Share of what is learned that comes from the teacher.
    var teachingShare: Float {
        0.9 * max(0, 1 - Float(sampleCount) / Self.teachingLength)
    }

    /// Whether the student is no worse: its mean loss lies within a standard error of the
    /// teacher's, or below.
    var isNoWorse: Bool {
        let error = (paired.variance / Double(max(1, paired.count))).squareRoot()
        return paired.mean >= -error
    }
}

extension Distillation: StateCodable {
    func encode(to writer: inout StateWriter) {
        writer.write(command)
        writer.write(teacher)
        writer.write(student)
        writer.write(sampleCount)
        writer.write(paired)
    }

    init(from reader: inout StateReader) throws(StateError) {
        command = try reader.read()
        teacher = try reader.readInt()
        student = try reader.read()
        sampleCount = try reader.readInt()
        paired = try reader.read()
    }
}
