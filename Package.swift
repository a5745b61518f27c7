// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "dtheap",
  products: [
    .library(name: "Diagnostics", targets: ["Diagnostics"]),
    .library(name: "DTParse", targets: ["DTParse"]),
    .library(name: "BindingSchema", targets: ["BindingSchema"]),
    .library(name: "HeapModel", targets: ["HeapModel"]),
    .library(name: "HeapCompiler", targets: ["HeapCompiler"]),
    .executable(name: "dtheap", targets: ["dtheap"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", exact: "0.2.0"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    .package(url: "https://github.com/swiftlang/swift-docc-plugin", exact: "1.5.0"),
  ],
  targets: [
    .systemLibrary(name: "CLibFDT"),
    .target(name: "Diagnostics"),
    .target(name: "DTParse", dependencies: ["CLibFDT", "Diagnostics"]),
    .target(name: "BindingSchema", dependencies: ["Diagnostics", "DTParse", "Yams"]),
    .target(
      name: "HeapModel", dependencies: [.product(name: "Histogram", package: "hdrhistogram-swift")]),
    .target(
      name: "HeapCompiler", dependencies: ["Diagnostics", "DTParse", "BindingSchema", "HeapModel", "Yams"]),
    .target(
      name: "Rendering",
      dependencies: ["Diagnostics", "DTParse", "BindingSchema", "HeapModel", "HeapCompiler"],
      path: "Sources/dtheap/Rendering"),
    .executableTarget(
      name: "dtheap",
      dependencies: [
        "Diagnostics", "DTParse", "BindingSchema", "HeapModel", "HeapCompiler", "Rendering",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      exclude: ["Rendering"]),
    .target(name: "TestSupport", dependencies: ["Diagnostics"], path: "Tests/TestSupport"),
    .testTarget(name: "DiagnosticsTests", dependencies: ["Diagnostics", "TestSupport"]),
    .testTarget(name: "DTParseTests", dependencies: ["DTParse", "TestSupport"]),
    .testTarget(
      name: "BindingSchemaTests", dependencies: ["BindingSchema", "TestSupport"],
      exclude: ["Cases", "Fixtures"]),
    .testTarget(
      name: "HeapModelTests", dependencies: ["HeapModel", "TestSupport"],
      exclude: ["Fixtures", "Pressure/Snapshots"]),
    .testTarget(
      name: "HeapCompilerTests", dependencies: ["BindingSchema", "HeapCompiler", "Rendering", "TestSupport"],
      exclude: ["Cases", "Fixtures", "Snapshots"]),
    .testTarget(
      name: "RenderingTests", dependencies: ["Diagnostics", "Rendering", "TestSupport"],
      exclude: ["Snapshots"]),
    .testTarget(name: "CommandLineTests", dependencies: ["dtheap", "TestSupport"], exclude: ["Snapshots"]),
    .testTarget(name: "TidyTests", dependencies: ["TestSupport"]),
    .testTarget(name: "ConformanceTests", dependencies: ["DTParse", "TestSupport"]),
  ]
)
