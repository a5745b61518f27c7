// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "dtheap",
  products: [
    .library(name: "Diagnostics", targets: ["Diagnostics"]),
    .library(name: "HeapModel", targets: ["HeapModel"]),
  ],
  targets: [
    .target(name: "Diagnostics"),
    .target(name: "HeapModel"),
    .target(name: "Rendering", dependencies: ["Diagnostics"], path: "Sources/dtheap/Rendering"),
    .target(name: "TestSupport", dependencies: ["Diagnostics"], path: "Tests/TestSupport"),
    .testTarget(name: "DiagnosticsTests", dependencies: ["Diagnostics", "TestSupport"]),
    .testTarget(
      name: "RenderingTests", dependencies: ["Diagnostics", "Rendering", "TestSupport"],
      exclude: ["Snapshots"]),
    .testTarget(name: "TidyTests", dependencies: ["TestSupport"]),
    .testTarget(
      name: "HeapModelTests", dependencies: ["HeapModel"], exclude: ["Fixtures"]),
  ]
)
