import Foundation
import TestSupport
import Testing

/// SARIF logs of the built binary, validated by `scripts/check-sarif`.
@Suite struct SARIFValidationTests {
  /// Whether `make test`, or somebody, has installed the validator.
  private static let hasValidator = FileManager.default.fileExists(
    atPath: Examples.path(".build/sarif-check/installed"))

  @Test(
    .enabled(if: hasValidator, "there is no validator; scripts/check-sarif --install says why"),
    arguments: [
      ["examples/boards/faulty.dts", "examples/boards/media-soc.dts"], ["examples/boards/camera.dts"],
    ])
  func logsAreValid(files: [String]) throws {
    let run = try CommandRun.dtheap(["lint", "--format", "sarif"] + files.map(Examples.path))
    let folder = try folder([
      "log.sarif": run.output, "wrong.sarif": "{\"version\": \"2.1.0\", \"runs\": {}}",
    ])
    let check = try CommandRun.run(Examples.path("scripts/check-sarif"), ["\(folder.path)/log.sarif"])
    #expect(check.status == 0, "\(check.output)\(check.errors)")
    let wrong = try CommandRun.run(Examples.path("scripts/check-sarif"), ["\(folder.path)/wrong.sarif"])
    #expect(wrong.status == 1, "the validator finds faults")
  }
}
