// swift-tools-version: 6.1
import PackageDescription

// libFuzzer targets. `scripts/fuzz` builds them with the sanitizers and runs them.
let package = Package(
  name: "Fuzz",
  dependencies: [.package(name: "dtheap", path: "..")],
  targets: [
    .target(
      name: "FuzzEntry",
      dependencies: [
        .product(name: "Diagnostics", package: "dtheap"), .product(name: "DTParse", package: "dtheap"),
        .product(name: "BindingSchema", package: "dtheap"), .product(name: "HeapModel", package: "dtheap"),
        .product(name: "HeapCompiler", package: "dtheap"),
      ]),
    .executableTarget(name: "FuzzSource", dependencies: ["FuzzEntry"]),
    .executableTarget(name: "FuzzBlob", dependencies: ["FuzzEntry"]),
    .executableTarget(name: "FuzzBinding", dependencies: ["FuzzEntry"]),
    .executableTarget(name: "FuzzValidation", dependencies: ["FuzzEntry"]),
    .executableTarget(name: "FuzzPlan", dependencies: ["FuzzEntry"]),
    .executableTarget(name: "FuzzTrace", dependencies: ["FuzzEntry"]),
    .executableTarget(name: "FuzzFtrace", dependencies: ["FuzzEntry"]),
  ]
)
