@testable import HeapModel

/// Why a cell of the kernel's table hangs on something that was not recorded or that the model does not have; such a
/// cell is shown and not asserted.
enum ScenarioNote: String {
  /// The disk wrote on between the count of what was lent and the request.
  case disk = "a"
  /// Where the first page that the journal keeps lay.
  case journalPlace = "b"
  /// Pages of files that had been counted were gone when the area was asked for.
  case gone = "c"
  /// A reference that was taken between the isolation of a page and its copy.
  case race = "d"
  /// What the open transaction kept when the area was asked for later is not recorded.
  case transaction = "e"
  /// I/O began and ended while the kernel tried.
  case ioWentOn = "f"

  /// The note of a cell.
  static func of(_ row: MeasuredScenario, _ request: PressureLab.Request) -> ScenarioNote? {
    switch (row.name, row.areaMiB, request) {
    case ("b-dirty", 256..., .whole), ("d-mix", 256, .whole), ("e-wbslow", 256, .whole): .disk
    case ("a-small", 512, .whole), ("d-mix", 512, .whole), ("e-meta", _, .whole), ("x-smp2-meta", _, .whole),
      ("b-journal", 512, .whole):
      .journalPlace
    case ("e-aiod-fast", _, .whole), ("x-smp2-odrfast", _, .whole): .race
    case ("b-journal", 64, .nineOf20), ("b-journal", 64, .failfast), ("b-journal", 64, .bulk): .transaction
    case ("e-odr-thr", 256, .nineOf20), ("e-odw-thr", 256, .nineOf20), ("x-smp2-aiod", 256, .nineOf20):
      .ioWentOn
    case (_, 512, .whole) where row.name.wholeMatch(of: /[ef]-(aio|od|pin|get|pipew|vms).*/) != nil: .gone
    default: nil
    }
  }
}
