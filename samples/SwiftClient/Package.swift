// swift-tools-version: 6.2
import PackageDescription

// A program of yours that uses a daemon: take the package by its address instead of the path.
let package = Package(
    name: "SwiftClient",
    dependencies: [.package(name: "osier", path: "../..")],
    targets: [
        .executableTarget(
            name: "SwiftClient",
            dependencies: [
                .product(name: "OsierClient", package: "osier"),
                .product(name: "ZeroMQ", package: "osier"),
            ])
    ]
)
