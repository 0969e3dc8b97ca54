import Features
import Randomness

/// Streams drawn from a seed.
enum Streams {
    /// Three numbers; the class tells on which side of a plane they lie, with some noise.
    static func classes(_ count: Int, seed: UInt64, classCount: Int = 2) -> [Sample] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in
            let values = (0..<3).map { _ in generator.nextNormal() }
            let position = values[0] - values[1] + 0.3 * generator.nextNormal()
            var index = 0
            for border in 1..<classCount where position > Double(border) - 1 { index = border }
            return Sample(values, .label(.text("c\(index)")))
        }
    }

    /// Two numbers and their noisy sum.
    static func sums(_ count: Int, seed: UInt64, noise: Double = 0.1) -> [Sample] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in
            let a = generator.nextNormal()
            let b = generator.nextNormal()
            return Sample([a, b], .number(a + b + noise * generator.nextNormal()))
        }
    }

    /// Two numbers, their sum and their difference.
    static func pairs(_ count: Int, seed: UInt64) -> [Sample] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in
            let a = generator.nextNormal()
            let b = generator.nextNormal()
            return Sample([a, b], .vector([a + b, 10 * (a - b)]))
        }
    }

    /// Named features, some of them missing, with categories and flags, and new names on the way.
    static func named(_ count: Int, seed: UInt64) -> [Sample] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { index in
            let number = generator.nextNormal()
            let colour = ["red", "green", "blue"][generator.nextIndex(below: 3)]
            var pairs: [(String, FeatureValue)] = [
                ("colour", .category(colour)),
                ("hour", .number(Double(generator.nextIndex(below: 24)))),
            ]
            if generator.nextIndex(below: 5) > 0 { pairs.append(("x", .number(number))) }
            if index > count / 2 { pairs.append(("late", .boolean(number > 0))) }
            let label = number > 0 && colour != "red"
            return Sample(.named(pairs), .label(.boolean(label)))
        }
    }
}
