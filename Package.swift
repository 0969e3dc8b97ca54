// swift-tools-version: 6.2
import PackageDescription

/// Every target of ours: Swift 6 language mode, strict memory safety, and no warning goes unread.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(
        name: name + "Tests", dependencies: dependencies + ["TestSupport"], swiftSettings: strict)
}

let configuration = Target.Dependency.product(name: "Configuration", package: "swift-configuration")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let http = Target.Dependency.product(name: "FlyingFox", package: "FlyingFox")
let httpSockets = Target.Dependency.product(name: "FlyingSocks", package: "FlyingFox")
let histogram = Target.Dependency.product(name: "Histogram", package: "hdrhistogram-swift")

let package = Package(
    name: "osier",
    products: [
        .executable(name: "osier", targets: ["osier"]),
        .library(name: "OsierClient", targets: ["OsierClient"]),
        .library(name: "ZeroMQ", targets: ["ZeroMQ"]),
        // Preloaded by a test.
        .library(name: "AllocationCounter", type: .dynamic, targets: ["AllocationCounter"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(
            url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: []),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
    ],
    // From the ground floor up; a target may import only what stands above it in this list.
    targets: [
        .systemLibrary(name: "CZeroMQ", providers: [.apt(["libzmq3-dev"])]),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CSodium", providers: [.apt(["libsodium-dev"])]),
        .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),
        library("ZeroMQ", ["CZeroMQ"]),
        library("StateCoding"),
        library("Randomness", ["StateCoding"]),
        .target(name: "CKernels"),
        library("Kernels", ["CKernels", "StateCoding"]),
        library("Features", ["StateCoding"]),
        library("Evaluation", ["StateCoding"]),
        library("NeuralNetwork", ["Kernels", "Randomness", "StateCoding"]),
        library("StructureControl", ["NeuralNetwork", "Kernels", "Randomness", "StateCoding"]),
        library("WireFormat", ["Features"]),
        library("Datasets", ["Features", "WireFormat", "CZlib"]),
        library(
            "Learner",
            [
                "StructureControl", "NeuralNetwork", "Kernels", "Features", "Evaluation",
                "Randomness", "StateCoding",
            ]),
        library(
            "Simulation",
            [
                "Learner", "StructureControl", "NeuralNetwork", "Features", "Evaluation",
                "Randomness",
            ]),
        library(
            "Storage",
            [
                "Learner", "NeuralNetwork", "WireFormat", "Features", "StateCoding", "CSQLite",
                "CSodium",
            ]),
        library(
            "Settings",
            [
                "Learner", "StructureControl", "NeuralNetwork", "Features", "Evaluation",
                configuration, yams,
            ]),
        library("OsierClient", ["WireFormat", "Features", "ZeroMQ"]),
        library("CommandSupport", ["WireFormat", "Features"]),
        library("Dashboard"),
        library(
            "Service",
            [
                "Learner", "Settings", "Storage", "WireFormat", "ZeroMQ", "Features", "Evaluation",
                "StructureControl", "NeuralNetwork", "StateCoding", "Dashboard", logging, histogram,
                deque, http, httpSockets,
            ]),
        .executableTarget(
            name: "osier",
            dependencies: [
                "Service", "Storage", "OsierClient", "Datasets", "Settings", "Simulation",
                "Learner", "NeuralNetwork", "StructureControl", "Features", "Evaluation",
                "WireFormat", "ZeroMQ", "CommandSupport", arguments, yams,
            ],
            swiftSettings: strict),
        .target(name: "CMachineLimits"),
        .executableTarget(
            name: "Benchmarks",
            dependencies: [
                "CMachineLimits", "Service", "Learner", "NeuralNetwork", "Kernels", "Features",
                "Randomness", "WireFormat", "ZeroMQ", arguments,
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "HostTelemetry",
            dependencies: ["ZeroMQ", "WireFormat", arguments],
            path: "samples/HostTelemetry", swiftSettings: strict),
        .executableTarget(
            name: "SwiftClient",
            dependencies: ["OsierClient", "WireFormat", "Features", "ZeroMQ"],
            path: "samples/SwiftClient/Sources/SwiftClient", swiftSettings: strict),

        .target(
            name: "TestSupport", dependencies: ["Randomness", "StateCoding"],
            path: "Tests/TestSupport", swiftSettings: strict),
        .target(name: "AllocationCounter", path: "Tests/AllocationCounter"),
        .executableTarget(
            name: "StorageProbe", dependencies: ["Storage", "TestSupport"],
            path: "Tests/StorageProbe", swiftSettings: strict),
        .executableTarget(
            name: "TrajectoryProbe", dependencies: ["NeuralNetwork", "Kernels", "Randomness"],
            path: "Tests/TrajectoryProbe", swiftSettings: strict),
        tests("StateCoding", ["StateCoding"]),
        tests("Randomness", ["Randomness", "StateCoding"]),
        tests("Kernels", ["Kernels", "CKernels", "Randomness", "StateCoding"]),
        tests("NeuralNetwork", ["NeuralNetwork", "Randomness", "StateCoding"]),
        tests("StructureControl", ["StructureControl", "Randomness", "StateCoding"]),
        tests("Features", ["Features", "Randomness", "StateCoding"]),
        tests("Evaluation", ["Evaluation"]),
        tests("WireFormat", ["WireFormat", "Features", "Randomness"]),
        tests("Datasets", ["Datasets", "Features", "Randomness"]),
        tests("ZeroMQ", ["ZeroMQ", "CZeroMQ"]),
        tests("OsierClient", ["OsierClient", "ZeroMQ", "WireFormat", "Features", "Randomness"]),
        tests("CommandSupport", ["CommandSupport", "WireFormat", "Features"]),
        tests("HostTelemetry", ["HostTelemetry"]),
        tests(
            "Settings",
            ["Settings", "StructureControl", "Features", "NeuralNetwork", "Randomness"]),
        tests("Storage", ["Storage", "StorageProbe", "Randomness"]),
        tests(
            "Learner",
            [
                "Learner", "StructureControl", "Datasets", "Features", "Kernels", "NeuralNetwork",
                "Randomness", "StateCoding",
            ]),
        tests("Simulation", ["Simulation", "StructureControl"]),
        tests(
            "Service",
            [
                "Service", "OsierClient", "Settings", "Storage", "Learner", "WireFormat",
                "Features", "StateCoding", "Randomness", "ZeroMQ", logging,
            ]),
    ]
)

// Of a sanitizer's build, which compiles everything anew, what the tests that it is for need.
if let wanted = Context.environment["OSIER_TEST_TARGETS"]?.split(separator: ",").map(String.init) {
    let programs = package.targets.filter { $0.type == .executable }.map(\.name)
    package.products.removeAll { programs.contains($0.name) }
    package.targets.removeAll {
        $0.type == .executable || $0.type == .test && !wanted.contains($0.name)
    }
}
