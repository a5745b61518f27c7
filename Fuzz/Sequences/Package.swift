// swift-tools-version: 6.1
import PackageDescription

// Random sequences of operations, many and optimised. `make sequences` builds and runs them; the sources beside
// `main.swift` are those of the tests.
let package = Package(
  name: "Sequences",
  dependencies: [.package(name: "dtheap", path: "../..")],
  targets: [
    .executableTarget(name: "sequences", dependencies: [.product(name: "HeapModel", package: "dtheap")])
  ]
)
