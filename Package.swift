// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "dtheap",
  products: [
    .library(name: "Diagnostics", targets: ["Diagnostics"]),
    .library(name: "DTParse", targets: ["DTParse"]),
    .library(name: "HeapModel", targets: ["HeapModel"]),
    .library(name: "HeapCompiler", targets: ["HeapCompiler"]),
    .executable(name: "dtheap", targets: ["dtheap"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2", traits: []),
    .package(url: "https://github.com/swiftlang/swift-docc-plugin", exact: "1.5.0"),
  ],
  targets: [
    .systemLibrary(name: "CLibFDT"),
    .target(name: "Diagnostics"),
    .target(
      name: "DTParse",
      dependencies: [
        "CLibFDT", "Diagnostics", .product(name: "Subprocess", package: "swift-subprocess"),
      ]),
    .target(name: "HeapModel"),
    .target(
      name: "HeapCompiler", dependencies: ["Diagnostics", "DTParse", "HeapModel", "Yams"]),
    .executableTarget(
      name: "dtheap",
      dependencies: [
        "Diagnostics", "DTParse", "HeapModel", "HeapCompiler",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .target(
      name: "TestSupport", dependencies: ["Diagnostics"], path: "Tests/TestSupport"),
    .testTarget(name: "DiagnosticsTests", dependencies: ["Diagnostics", "TestSupport"]),
    .testTarget(name: "DTParseTests", dependencies: ["DTParse", "TestSupport"]),
    .testTarget(
      name: "HeapModelTests", dependencies: ["HeapModel", "TestSupport"],
      exclude: ["Fixtures"]),
    .testTarget(
      name: "HeapCompilerTests", dependencies: ["HeapCompiler", "TestSupport"], exclude: ["Fixtures"]),
    .testTarget(
      name: "CommandLineTests", dependencies: ["dtheap", "TestSupport"], exclude: ["Snapshots"]),
  ]
)
